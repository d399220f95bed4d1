/** What portfolios are run with, and what a draft would change: read and checked here, written by whoever owns the file. */
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import type { ProblemDetail } from '../../api/contract/answers.ts'
import type {
  ConfigurationChange,
  ConfigurationVersion,
  ConfigurationView,
  StrategyForm,
} from '../../api/contract/configuration.ts'
import type { Configurations } from '../../api/ports.ts'
import { REBALANCING_METHODS } from '../../domain/capital.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { describeFault, FaultError } from '../../domain/faults.ts'
import type { ProjectedRows } from '../../domain/projections.ts'
import type { Projections } from '../../domain/store.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { strayFiles } from '../config/draft-files.ts'
import { readDocument } from '../config/includes.ts'
import { loadPortfolio } from '../config/load.ts'
import { ConfigRefused } from '../config/problems.ts'
import { builtInViews, type ParameterView } from '../strategies/views.ts'

type Row = ProjectedRows['configuration']

/** A journal can be played again only under the configuration that it began with. */
const READ_ONLY =
  'A journal belongs to the configuration that it began with. Check a draft here, write it to a file of its own, and start it with another store.'
const CHANGES_MOST = 500

/** @param files by portfolio, of those that this process was started with */
export function openConfigurations(projections: Projections, files: ReadonlyMap<string, string>): Configurations {
  async function rowsOf(portfolio: string): Promise<readonly Row[]> {
    const rows: Row[] = []
    for await (const row of projections.projectedRows(portfolio, 'configuration')) rows.push(row as unknown as Row)
    return rows
  }

  async function view(portfolio: string): Promise<ConfigurationView> {
    const rows = await rowsOf(portfolio)
    const last = rows.at(-1)
    const config = last === undefined ? null : (JSON.parse(last.document) as PortfolioConfig)
    const file = files.get(portfolio)
    const currency = last?.currency ?? 'USD'
    return {
      portfolio,
      currency,
      capital: ((last?.capital ?? 0) / countsPerUnit(currency as CurrencyCode)).toFixed(2),
      version: last?.seq ?? -1,
      at: new Date(last?.at ?? 0).toISOString(),
      document: file === undefined ? config : readDocument(file).value,
      text: file === undefined ? null : readFileSync(file, 'utf8'),
      readOnlyWhy: READ_ONLY,
      history: rows.map((row, index) => versionOf(row, rows[index - 1])).reverse(),
      strategies: builtInViews().map(({ name, summary, parameters }) => formOf(name, summary, parameters)),
      rebalancing: { text: rebalancingText(config), methods: REBALANCING_METHODS },
    }
  }

  return {
    view,
    async check(portfolio, { text }) {
      const file = files.get(portfolio)
      const problems = await problemsOf(text, file)
      const before: unknown = file === undefined ? null : parse(readFileSync(file, 'utf8'))
      const changes = problems.some(({ at }) => at === 'yaml') ? [] : changesBetween(before, parse(text) as unknown)
      return { valid: problems.length === 0, problems, warnings: [], changes }
    },
    save() {
      const problems = [{ at: 'body', text: READ_ONLY }]
      return Promise.resolve({ state: 'refused', check: { valid: false, problems, warnings: [], changes: [] } })
    },
  }
}

/** What is wrong with a draft, read as if it stood where the file stands. */
async function problemsOf(text: string, file: string | undefined): Promise<readonly ProblemDetail[]> {
  const strays = strayFiles(text, file === undefined ? '' : readFileSync(file, 'utf8'))
  if (strays.length > 0) return strays.map(({ path, reason }) => ({ at: path, text: `${path} ${reason}` }))
  const draft = join(file === undefined ? tmpdir() : dirname(file), `.draft-${randomUUID()}.yaml`)
  const named = (said: string): string =>
    said.replaceAll(draft, basename(file ?? 'draft.yaml')).replaceAll(basename(draft), basename(file ?? 'draft.yaml'))
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    await loadPortfolio(draft)
    return []
  } catch (error) {
    if (error instanceof ConfigRefused) {
      return error.faults.map((one) => ({ at: String(one.values['path'] ?? ''), text: named(describeFault(one)) }))
    }
    if (error instanceof FaultError) return [{ at: 'yaml', text: named(error.message) }]
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function versionOf(row: Row, before: Row | undefined): ConfigurationVersion {
  const changes = before === undefined ? [] : changesBetween(JSON.parse(before.document), JSON.parse(row.document))
  return { seq: row.seq, at: new Date(row.at).toISOString(), changes }
}

/** Key by key; items of a list that have an id are the same where their ids are. */
function changesBetween(before: unknown, after: unknown, path = ''): readonly ConfigurationChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const [left, right] = [keyed(before), keyed(after)]
  if (left === null || right === null) return [changeOf(path, before, after)]
  const names = [...new Set([...left.keys(), ...right.keys()])]
  return names
    .flatMap((name) => changesBetween(left.get(name), right.get(name), path === '' ? name : `${path}.${name}`))
    .slice(0, CHANGES_MOST)
}

function keyed(value: unknown): ReadonlyMap<string, unknown> | null {
  if (value === null || typeof value !== 'object') return null
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const ids = value.map((item: unknown) => (item as { readonly id?: unknown } | null)?.id)
  if (value.length === 0 || ids.some((id) => typeof id !== 'string')) return null
  return new Map(value.map((item: unknown, index) => [ids[index] as string, item]))
}

function changeOf(path: string, before: unknown, after: unknown): ConfigurationChange {
  const isGone = after === undefined && path.startsWith('sleeves.')
  const isLooser = /(^|\.)(limits|max|risk)/i.test(path) && Number(after) > Number(before)
  const consequence = isGone ? 'Its positions are closed before it is taken away.' : ''
  return { path, before: before ?? null, after: after ?? null, consequence, isDangerous: isGone || isLooser }
}

function formOf(strategy: string, summary: string | null, parameters: readonly ParameterView[]): StrategyForm {
  return {
    strategy,
    title: strategy,
    description: summary ?? '',
    parameters: parameters.map(({ name, kind, title, default: standard, min, max, options }) => ({
      name,
      title: title ?? name,
      kind: KINDS[kind],
      default: standard,
      least: min,
      most: max,
      choices: options ?? [],
      unit: '',
      description: kind === 'optional' ? 'May be left out: the rule then does not apply.' : '',
    })),
  }
}

const KINDS = { integer: 'integer', real: 'number', choice: 'choice', flag: 'boolean', optional: 'number' } as const

function rebalancingText(config: PortfolioConfig | null): string {
  const rule = config?.capitalPlan?.rebalancing
  if (rule === undefined || rule.triggers.length === 0) return 'Capital is dealt once and not moved by a rule.'
  return `${rule.triggers.join(', ')}; by ${rule.by}; drift of at most ${(rule.threshold * 100).toFixed(1)} points`
}
