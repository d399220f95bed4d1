import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { readTable } from '../adapters/feeds/read-table.ts'
import { plainName, type Table } from '../adapters/feeds/table.ts'
import { type BudgetPart, type GroupBounds, LIFECYCLE_STAGES, type SleeveRecord } from '../domain/allocation.ts'
import { FaultError, fault } from '../domain/faults.ts'
import type { RiskUnit } from '../pipeline/allocation/risk-units.ts'
import { pathText } from './config/problems.ts'

/*
 * What is known of sleeves beside their returns. YAML or JSON: `name: number`, `name: {budget, weight, stage, sharpe,
 * win_rate, payoff, strength, positions}`, or a group `name: {budget, sleeves: {...}}`; or numbers in the order of the sleeves. CSV:
 * a column of names and any of the same, or one row under the names.
 */

/** One sleeve, or a group of them; a group holds further ones under `sleeves`. */
export interface SleeveEntry {
  readonly budget?: number | undefined
  readonly weight?: number | undefined
  readonly stage?: SleeveRecord['stage'] | undefined
  readonly sharpe?: number | undefined
  readonly win_rate?: number | undefined
  readonly payoff?: number | undefined
  readonly strength?: number | undefined
  /** What the sleeve may hold, each with its share of the sleeve's risk and its volatility. */
  readonly positions?: Readonly<Record<string, { readonly budget: number; readonly volatility: number }>> | undefined
  readonly sleeves?: SleeveEntries | undefined
}
export interface SleeveEntries {
  readonly [name: string]: SleeveEntry
}

const ofOne = 'must be from 0 to 1'
const fraction = z.number({ error: ofOne }).min(0, { error: ofOne }).max(1, { error: ofOne })
const positionSchema = z.strictObject({
  budget: z.number().min(0).default(1),
  volatility: z.number().min(0),
})
const entrySchema: z.ZodType<SleeveEntry> = z.lazy(() =>
  z.union(
    [
      z
        .number()
        .min(0)
        .transform((value) => ({ budget: value, weight: value })),
      z.strictObject({
        budget: z.number().min(0).optional(),
        weight: z.number().min(0).optional(),
        stage: z.enum(LIFECYCLE_STAGES).optional(),
        sharpe: z.number().optional(),
        win_rate: fraction.optional(),
        payoff: z.number().positive().optional(),
        strength: fraction.optional(),
        positions: z.record(z.string(), positionSchema).optional(),
        sleeves: z.record(z.string(), entrySchema).optional(),
      }),
    ],
    {
      error:
        'must be a number of at least 0, or a block of budget, weight, stage, sharpe, win_rate (0 to 1), payoff, strength (0 to 1), positions, sleeves',
    },
  ),
) as z.ZodType<SleeveEntry>

const groupsSchema = z.record(
  z.string(),
  z.strictObject({
    sleeves: z.array(z.string()).min(1),
    lower: fraction.default(0),
    upper: fraction.default(1),
  }),
)

function invalid(file: string, path: string, reason: string): FaultError {
  return new FaultError(fault('FILE_VALUE_INVALID', { file, path, reason }))
}

function checkedBy<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const said = `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`
  throw invalid(file, pathText(issue.path as (string | number)[]), `${said}; correct it`)
}

async function readDocument(path: string): Promise<unknown> {
  const file = basename(path)
  try {
    return parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? ''
    throw new FaultError(
      isMissing ? fault('FILE_MISSING', { file }) : fault('FILE_UNREADABLE', { file, reason }),
      cause,
    )
  }
}

const FIELDS = ['budget', 'weight', 'stage', 'sharpe', 'win_rate', 'payoff', 'strength'] as const
const NAME_COLUMNS = new Set(['name', 'sleeve', 'series', 'strategy', 'asset', ''])

/** A table as the same document: one row per sleeve, or one row of numbers under their names. */
function documentOf(table: Table, sleeves: readonly string[]): Record<string, unknown> {
  const named = table.header.findIndex((name) => NAME_COLUMNS.has(plainName(name)))
  const under = sleeves.map((sleeve) => table.header.indexOf(sleeve))
  if (table.count === 1 && under.every((column) => column !== -1)) {
    return Object.fromEntries(sleeves.map((sleeve, index) => [sleeve, table.numbers(under[index]!)[0]!]))
  }
  const names = named === -1 ? 0 : named
  const out: Record<string, Record<string, unknown>> = {}
  // a first line of a name and its number is no header but the first row
  const [first = '', number = ''] = table.header
  if (table.header.length === 2 && sleeves.includes(first) && number !== '' && Number.isFinite(Number(number))) {
    out[first] = { budget: Number(number), weight: Number(number) }
  }
  const groupColumn = table.header.findIndex((name) => plainName(name) === 'group')
  const columns = FIELDS.flatMap((field) => {
    const column = table.header.findIndex((name) => plainName(name) === plainName(field))
    return column === -1 ? [] : [[field, column] as const]
  })
  const others = table.header.map((_, column) => column).filter((column) => column !== names && column !== groupColumn)
  for (let row = 0; row < table.count; row += 1) {
    const entry: Record<string, unknown> = {}
    // a single column of another name is what the file is about
    if (columns.length === 0 && others.length > 0) {
      const value = table.numbers(others[0]!)[row]!
      Object.assign(entry, { budget: value, weight: value })
    }
    for (const [field, column] of columns) {
      const text = table.cell(row, column)
      if (text !== '') entry[field] = field === 'stage' ? text : table.numbers(column)[row]
    }
    const group = groupColumn === -1 ? '' : table.cell(row, groupColumn)
    if (group === '') out[table.cell(row, names)] = entry
    else {
      out[group] ??= { sleeves: {} }
      Object.assign(out[group]['sleeves'] as object, { [table.cell(row, names)]: entry })
    }
  }
  return out
}

/** Where a document says what it is about, the rest of it is not looked at: `{weights: {...}}` of an earlier answer. */
function unwrapped(value: unknown, sleeves: readonly string[]): unknown {
  if (Array.isArray(value)) return Object.fromEntries(value.map((entry, index) => [sleeves[index] ?? index, entry]))
  if (typeof value !== 'object' || value === null) return value
  for (const key of ['weights', 'budgets', 'budget', 'means', 'sleeves']) {
    const inner = (value as Readonly<Record<string, unknown>>)[key]
    if (typeof inner === 'object' && inner !== null && !sleeves.includes(key)) return unwrapped(inner, sleeves)
  }
  return value
}

async function readNamed(path: string, sleeves: readonly string[]): Promise<unknown> {
  const isTable = /\.(csv|tsv|txt|parquet)$/i.test(path)
  if (isTable) return documentOf(await readTable(path, basename(path)), sleeves)
  return unwrapped(await readDocument(path), sleeves)
}

/** Every sleeve that entries name, inside groups too. */
function leavesOf(entries: SleeveEntries): (readonly [string, SleeveEntry])[] {
  return Object.entries(entries).flatMap(([name, entry]) =>
    entry.sleeves === undefined ? [[name, entry] as const] : leavesOf(entry.sleeves),
  )
}

/** What a file knows of the sleeves. @throws FaultError FILE_MISSING, FILE_UNREADABLE, FILE_VALUE_INVALID */
export async function readSleeves(path: string, sleeves: readonly string[]): Promise<SleeveEntries> {
  const file = basename(path)
  const entries = checkedBy(z.record(z.string(), entrySchema), await readNamed(path, sleeves), file)
  const seen = new Set<string>()
  for (const [name] of leavesOf(entries)) {
    if (!sleeves.includes(name)) throw invalid(file, name, `is no series; there are ${sleeves.join(', ')}`)
    if (seen.has(name)) throw invalid(file, name, 'stands there twice; name it once')
    seen.add(name)
  }
  return entries
}

/** The records of the sleeves in their order; null where the file says nothing. */
export function recordsOf(entries: SleeveEntries, sleeves: readonly string[]): SleeveRecord[] {
  const leaves = new Map(leavesOf(entries))
  return sleeves.map((name) => {
    const { weight = null, stage = null, sharpe = null, win_rate: winRate = null, ...rest } = leaves.get(name) ?? {}
    return { weight, stage, sharpe, winRate, payoff: rest.payoff ?? null, strength: rest.strength ?? null }
  })
}

/** Budgets as a tree; null when no entry states one. A sleeve or group without one beside others that do has none. */
export function budgetOf(entries: SleeveEntries): readonly BudgetPart[] | null {
  const hasBudget = (level: SleeveEntries): boolean =>
    Object.values(level).some((entry) => entry.budget !== undefined || (entry.sleeves && hasBudget(entry.sleeves)))
  if (!hasBudget(entries)) return null
  const treeOf = (level: SleeveEntries): BudgetPart[] => {
    const isStated = Object.values(level).some(({ budget }) => budget !== undefined)
    return Object.entries(level).map(([name, { budget, sleeves = {} }]) => ({
      name,
      share: budget ?? (isStated ? 0 : 1),
      parts: treeOf(sleeves),
    }))
  }
  return treeOf(entries)
}

/** The positions of every sleeve that states some. */
export function positionsOf(entries: SleeveEntries): ReadonlyMap<string, readonly RiskUnit[]> {
  const stated = leavesOf(entries).flatMap(([name, { positions }]) =>
    positions === undefined ? [] : [[name, positions] as const],
  )
  return new Map(
    stated.map(([name, positions]) => [
      name,
      Object.entries(positions).map(([position, { budget, volatility }]) => ({
        name: position,
        share: budget,
        volatility,
      })),
    ]),
  )
}

/** A number for every sleeve and for nothing else. @throws FaultError FILE_VALUE_INVALID */
export async function readNumbers(path: string, sleeves: readonly string[]): Promise<Float64Array> {
  const file = basename(path)
  const value = await readNamed(path, sleeves)
  const numbers = z.union([z.number(), z.object({ weight: z.number() }).transform(({ weight }) => weight)])
  const given = checkedBy(z.record(z.string(), numbers), value, file)
  const stranger = Object.keys(given).find((name) => !sleeves.includes(name))
  if (stranger !== undefined) throw invalid(file, stranger, `is no series; there are ${sleeves.join(', ')}`)
  return Float64Array.from(sleeves, (name) => {
    const own = given[name]
    if (own === undefined) throw invalid(file, name, 'is missing; give every series a number')
    return own
  })
}

/** Bounds of groups. @throws FaultError FILE_VALUE_INVALID */
export async function readGroups(path: string, sleeves: readonly string[]): Promise<readonly GroupBounds[]> {
  const file = basename(path)
  const groups = checkedBy(groupsSchema, await readDocument(path), file)
  return Object.entries(groups).map(([name, { sleeves: members, lower, upper }]) => ({
    name,
    members: members.map((member) => {
      const place = sleeves.indexOf(member)
      if (place === -1) throw invalid(file, `${name}.sleeves`, `name "${member}", which is no series`)
      return place
    }),
    lower,
    upper,
  }))
}
