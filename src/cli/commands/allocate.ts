import type {
  Allocation,
  AllocationInput,
  AllocationMethod,
  CovarianceEstimator,
  WeightBounds,
} from '../../domain/allocation.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { deviationParts } from '../../numerics/components.ts'
import { diagonalOf } from '../../numerics/linear.ts'
import { NO_DEVIATION } from '../../numerics/statistics.ts'
import { allocate } from '../../pipeline/allocation/allocators.ts'
import { boundsProblem, uniformBounds } from '../../pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, inputOfMoments, inputOfReturns, NO_RECORD } from '../../pipeline/allocation/input.ts'
import { exposuresOf } from '../../pipeline/allocation/risk-units.ts'
import { type NamedMatrix, readCovariance, readReturnsMatrix } from '../moments-file.ts'
import { print, printJson } from '../output.ts'
import {
  budgetOf,
  positionsOf,
  readGroups,
  readNumbers,
  readSleeves,
  recordsOf,
  type SleeveEntries,
} from '../sleeves-file.ts'
import { textTable } from '../text-table.ts'

interface AllocateOptions {
  readonly returns?: string
  readonly covariance?: string
  readonly means?: string
  readonly method: AllocationMethod
  readonly bounds?: readonly [number, number]
  readonly groups?: string
  readonly budget?: string
  readonly cov: CovarianceEstimator
  readonly window?: number
  readonly periods: number
  readonly rf: number
  readonly fraction: number
  readonly kelly: 'joint' | 'each'
  readonly leverage: number
  readonly previous?: string
  readonly turnoverPenalty: number
  readonly buffer: number
  readonly literal?: boolean
  readonly json?: boolean
}

function refuse(option: string, reason: string): never {
  throw new FaultError(fault('OPTION_INVALID', { option, reason }))
}

/** `polyfolio allocate`: weights of sleeves by a method, and what they mean for risk. */
export async function allocateCommand(options: AllocateOptions): Promise<void> {
  const source = await sourceOf(options)
  const { names } = source.named
  const entries = options.budget === undefined ? {} : await readSleeves(options.budget, names)
  const known = await knownOf(options, names, entries)
  const input =
    options.covariance === undefined
      ? inputOfReturns(names, lastRows(source.named.matrix, options.window), options.cov, known)
      : inputOfMoments(names, source.named.matrix, source.means, known)
  checkNeeds(options, input)
  const allocation = allocate(options.method, input)
  const figures = figuresOf(allocation, input, options)
  const positions = exposures(entries, allocation, input, options)
  sayNotes(options, allocation, source.named.matrix.rows, input)
  if (options.json === true) {
    printJson({
      method: options.method,
      weights: Object.fromEntries(names.map((name, index) => [name, allocation.weights[index]])),
      cash: allocation.cash,
      ...(positions === null ? {} : { positions }),
      diagnostics: figures,
    })
    return
  }
  printTable(options.method, names, allocation, figures)
  for (const [name, held] of Object.entries(positions ?? {})) {
    print(
      textTable(
        [name, 'exposure'],
        Object.entries(held).map(([position, value]) => [position, percent(value)]),
        [1],
      ),
    )
  }
}

interface Source {
  readonly named: NamedMatrix
  readonly means: Float64Array | null
}

async function sourceOf({ returns, covariance, means }: AllocateOptions): Promise<Source> {
  if (returns !== undefined && covariance !== undefined) refuse('--covariance', 'stands beside --returns; give one')
  if (returns !== undefined) {
    if (means !== undefined) refuse('--means', 'goes with --covariance; means of --returns are those of the file')
    return { named: await readReturnsMatrix(returns), means: null }
  }
  if (covariance === undefined) refuse('--returns', 'or --covariance is needed; give a file')
  const named = await readCovariance(covariance)
  return { named, means: means === undefined ? null : await readNumbers(means, named.names) }
}

async function knownOf(
  options: AllocateOptions,
  names: readonly string[],
  entries: SleeveEntries,
): Promise<Partial<AllocationInput>> {
  const [lower, upper] = options.bounds ?? [0, 1]
  const bounds: WeightBounds = {
    ...uniformBounds(names.length, lower, upper),
    groups: options.groups === undefined ? [] : await readGroups(options.groups, names),
  }
  const problem = boundsProblem(bounds, names)
  if (problem !== null) refuse('--bounds', problem)
  return {
    bounds,
    records: options.budget === undefined ? names.map(() => NO_RECORD) : recordsOf(entries, names),
    budget: budgetOf(entries),
    previous: options.previous === undefined ? new Float64Array(0) : await readNumbers(options.previous, names),
    settings: {
      ...ALLOCATION_SETTINGS,
      riskFree: options.rf,
      periods: options.periods,
      kellyFraction: options.fraction,
      kelly: options.kelly,
      leverageMax: options.leverage,
      turnoverPenalty: options.turnoverPenalty,
      buffer: options.buffer,
      lifecycleLiteral: options.literal === true,
    },
  }
}

function lastRows(matrix: NamedMatrix['matrix'], window: number | undefined): NamedMatrix['matrix'] {
  const { rows, columns, values } = matrix
  if (window === undefined || window >= rows) return matrix
  return { rows: window, columns, values: values.slice((rows - window) * columns) }
}

const NEEDS_MEANS: ReadonlySet<AllocationMethod> = new Set(['max_sharpe', 'sharpe_weighted', 'return_weighted'])

/** Refuses what would silently be another method. */
function checkNeeds({ method, covariance, means }: AllocateOptions, { records }: AllocationInput): void {
  const isGiven = covariance !== undefined
  const hasTrades = records.every(({ winRate, payoff }) => winRate !== null && payoff !== null)
  if (isGiven && means === undefined && (NEEDS_MEANS.has(method) || (method === 'kelly' && !hasTrades))) {
    refuse('--means', `is needed for ${method} with --covariance; give the mean of each series, or --returns`)
  }
  if (isGiven && method === 'sortino_weighted') refuse('--returns', 'is needed for sortino_weighted; give the file')
  if (method === 'fixed' && records.every(({ weight }) => weight === null)) {
    refuse('--budget', 'is needed for fixed; give a file with a weight for each series')
  }
  if (method === 'lifecycle' && records.every(({ stage }) => stage === null)) {
    refuse('--budget', 'is needed for lifecycle; give a file with a stage for each series')
  }
}

/** What the weights mean. Volatilities are of a year for returns, in the unit of the file for a covariance. */
function figuresOf(allocation: Allocation, input: AllocationInput, options: AllocateOptions) {
  const { names, covariance, means, observations } = input
  const year = options.covariance === undefined ? options.periods : 1
  const { deviation, component } = deviationParts(covariance.values, names.length, allocation.weights)
  let weighted = 0
  let mean = 0
  diagonalOf(covariance.values, names.length).forEach((variance, index) => {
    weighted += Math.sqrt(variance) * allocation.weights[index]!
    mean += (means?.[index] ?? 0) * allocation.weights[index]!
  })
  const named = (of: (index: number) => number | null): Record<string, number | null> =>
    Object.fromEntries(names.map((name, index) => [name, of(index)]))
  return {
    observations,
    covariance: options.covariance === undefined ? options.cov : 'given',
    volatility: deviation * Math.sqrt(year),
    mean: means === null ? null : mean * year,
    sharpe: means === null || !(deviation >= NO_DEVIATION) ? null : ((mean - options.rf) / deviation) * Math.sqrt(year),
    diversificationRatio: deviation >= NO_DEVIATION ? weighted / deviation : null,
    contributions: named((index) => (deviation >= NO_DEVIATION ? component[index]! / deviation : null)),
    ...allocation.diagnostics,
  }
}

/** Exposures by risk units of the sleeves that state positions, as fractions of the whole; null where none does. */
function exposures(
  entries: SleeveEntries,
  { weights }: Allocation,
  { names, covariance }: AllocationInput,
  { covariance: given, periods }: AllocateOptions,
): Readonly<Record<string, Readonly<Record<string, number>>>> | null {
  const stated = positionsOf(entries)
  if (stated.size === 0) return null
  const year = given === undefined ? periods : 1
  return Object.fromEntries(
    [...stated].map(([name, positions]) => {
      const place = names.indexOf(name)
      const risk = weights[place]! * Math.sqrt(covariance.values[place * names.length + place]! * year)
      const held = exposuresOf(risk, positions)
      return [name, Object.fromEntries(positions.map((position, index) => [position.name, held[index]!]))]
    }),
  )
}

function sayNotes(options: AllocateOptions, { diagnostics }: Allocation, rows: number, input: AllocationInput): void {
  const note = (text: string): boolean => process.stderr.write(`note: ${text}\n`)
  const { observations } = input
  const taken = Math.min(rows, options.window ?? rows)
  if (observations !== null && observations < taken) {
    note(`${taken - observations} of ${taken} rows lack a return of some series and were left out`)
  }
  if (diagnostics['fallback'] === 1) {
    const count = observations === null ? '' : ` of ${observations} common rows`
    note(`${options.method} has no answer${count}; its fallback is shown (docs/cli.md says which)`)
  }
  if ((diagnostics['still'] ?? 0) > 0) {
    note(`${diagnostics['still']} series never move: their risk is unknown, each has the equal share`)
  }
}

const percent = (value: number | null): string => (value === null ? '' : `${(value * 100).toFixed(2)} %`)

function printTable(
  method: string,
  names: readonly string[],
  { weights, cash }: Allocation,
  figures: ReturnType<typeof figuresOf>,
): void {
  const of = figures.observations === null ? 'a given covariance' : `${figures.observations} common rows`
  print(`${method}, ${of}, covariance ${figures.covariance}`)
  const rows = names.map((name, index) => [name, percent(weights[index]!), percent(figures.contributions[name]!)])
  print(textTable(['series', 'weight', 'part of the risk'], [...rows, ['cash', percent(cash), '']], [1, 2]))
  const ratio = figures.diversificationRatio === null ? 'undefined' : figures.diversificationRatio.toFixed(3)
  print(`volatility ${percent(figures.volatility)}, diversification ratio ${ratio}`)
}
