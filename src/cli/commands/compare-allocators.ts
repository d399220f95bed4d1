import type { AllocatorsView } from '../../api/contract/allocators.ts'
import type { CovarianceEstimator } from '../../domain/allocation.ts'
import type { AllocationRule, DaySchedule } from '../../domain/capital.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { boundsProblem, uniformBounds } from '../../pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS } from '../../pipeline/allocation/input.ts'
import { ALLOCATOR_COLUMNS } from '../allocators/columns.ts'
import { allocatorsPage } from '../allocators/page.ts'
import { type Series, seriesOfFile, seriesOfPortfolio } from '../allocators/series.ts'
import { allocatorsView } from '../allocators/view.ts'
import { print, printJson, writePage } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { longDate } from '../report/numbers.ts'
import type { RunReach } from '../run.ts'
import { budgetOf, readGroups, readSleeves, recordsOf } from '../sleeves-file.ts'
import { textTable } from '../text-table.ts'

interface CompareAllocatorsOptions extends RunReach {
  readonly returns?: string
  readonly data?: string
  readonly seed: number
  readonly window?: number
  readonly every?: DaySchedule
  readonly cov?: CovarianceEstimator
  readonly bounds?: readonly [number, number]
  readonly groups?: string
  readonly budget?: string
  readonly cost: number
  readonly periods?: number
  readonly rf?: number
  readonly turnoverPenalty?: number
  readonly buffer?: number
  readonly html?: string
  readonly json?: boolean
}

const WINDOW = 60
const MONTHS_IN_YEAR = 12
const BASIS_POINT = 0.0001

function refuse(option: string, reason: string): never {
  throw new FaultError(fault('OPTION_INVALID', { option, reason }))
}

/** `polyfolio compare-allocators`: every allocator on the same return streams, out of sample. */
export async function compareAllocators(config: string | undefined, options: CompareAllocatorsOptions): Promise<void> {
  const series = await seriesOf(config, options)
  const periods = options.periods ?? series.periods
  const rule = await ruleOf(series, periods, options)
  if (series.returns.rows <= rule.window) {
    refuse(
      '--window',
      `takes ${rule.window} rows, but "${series.source}" has ${series.returns.rows}; give a smaller one`,
    )
  }
  const { names, dates, returns } = series
  const input = { names, dates, returns, rule, cost: options.cost * BASIS_POINT, periods }
  const view = allocatorsView(series.source, input, series.notes)
  if (options.html !== undefined) await writePage(options.html, allocatorsPage(view))
  if (options.json === true) printJson(view)
  else print(allocatorsText(view, options.html))
}

async function seriesOf(config: string | undefined, options: CompareAllocatorsOptions): Promise<Series> {
  const { returns, data, seed } = options
  if (returns !== undefined && config !== undefined) refuse('--returns', 'stands beside a configuration; give one')
  if (returns !== undefined) return seriesOfFile(returns)
  if (config === undefined) refuse('--returns', 'or a configuration is needed; give a file')
  if (data !== undefined) requireFolder(data)
  return seriesOfPortfolio(config, data === undefined ? { seed } : { data }, options)
}

/** What is asked for, else what the portfolio deals its capital by, else sixty rows, and weights anew every month. */
async function ruleOf(
  { names, records, rule }: Series,
  periods: number,
  options: CompareAllocatorsOptions,
): Promise<Omit<AllocationRule, 'method'>> {
  const entries = options.budget === undefined ? null : await readSleeves(options.budget, names)
  const [lower, upper] = options.bounds ?? [0, 1]
  const given = options.bounds !== undefined || options.groups !== undefined
  const bounds =
    rule !== null && !given
      ? rule.bounds
      : {
          ...uniformBounds(names.length, lower, upper),
          groups: options.groups === undefined ? [] : await readGroups(options.groups, names),
        }
  const problem = boundsProblem(bounds, names)
  if (problem !== null) refuse('--bounds', problem)
  const window = options.window ?? rule?.window ?? WINDOW
  const settings = rule?.settings ?? ALLOCATION_SETTINGS
  return {
    window,
    observationsMin: Math.min(window, options.window === undefined ? (rule?.observationsMin ?? 2) : 2),
    recompute: options.every ?? scheduleOf(rule) ?? monthly(periods),
    investable: rule?.investable ?? 1,
    covariance: options.cov ?? rule?.covariance ?? 'sample',
    bounds,
    budget: entries === null ? (rule?.budget ?? null) : budgetOf(entries),
    records: entries === null ? records : recordsOf(entries, names),
    settings: {
      ...settings,
      periods,
      riskFree: options.rf ?? settings.riskFree,
      turnoverPenalty: options.turnoverPenalty ?? settings.turnoverPenalty,
      buffer: options.buffer ?? settings.buffer,
    },
  }
}

/** Stated weights are never computed anew: that says nothing of when others should be. */
function scheduleOf(rule: AllocationRule | null): DaySchedule | null {
  return rule === null || rule.recompute.kind === 'never' ? null : rule.recompute
}

function monthly(periods: number): DaySchedule {
  return { kind: 'days', every: Math.max(1, Math.round(periods / MONTHS_IN_YEAR)) }
}

const LEVELS = '▁▂▃▄▅▆▇█'
const SPARKS = 24

/** A curve in one line of text, between the lowest and the highest value of all curves. */
function spark(values: readonly (number | null)[], lowest: number, highest: number): string {
  const count = Math.min(SPARKS, values.length)
  return Array.from({ length: count }, (_, place) => {
    const at = count < 2 ? 0 : Math.floor((place * (values.length - 1)) / (count - 1))
    const value = values[at] ?? lowest
    const part = highest > lowest ? (value - lowest) / (highest - lowest) : 0
    return LEVELS[Math.min(LEVELS.length - 1, Math.floor(part * LEVELS.length))]!
  }).join('')
}

function allocatorsText(view: AllocatorsView, page: string | undefined): string {
  const { source, start, end, rows, window, schedule, covariance, costBps, curves, notes } = view
  const all = curves.allocators.flatMap(({ values }) => values.map((value) => value ?? 0))
  const [lowest, highest] = all.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0])
  const curveOf = (method: string): string =>
    spark(curves.allocators.find(({ name }) => name === method)?.values ?? [], lowest, highest)
  const shown = view.allocators.filter(({ skipped }) => skipped === null)
  const table = textTable(
    ['allocator', ...ALLOCATOR_COLUMNS.map(({ label }) => label), 'cumulative return'],
    shown.map((figures) => [
      figures.method,
      ...ALLOCATOR_COLUMNS.map(({ text }) => text(figures)),
      curveOf(figures.method),
    ]),
    ALLOCATOR_COLUMNS.map((_, index) => index + 1),
  )
  const span = start === null || end === null ? '' : `, ${longDate(start)} to ${longDate(end)}`
  return [
    `${source}: ${rows} rows out of sample${span}`,
    `window ${window} rows, weights anew ${schedule}, covariance ${covariance}, moving costs ${costBps} bps`,
    '',
    table,
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `note: ${note}`)]),
    ...(page === undefined ? [] : ['', `Page: ${page}`]),
  ].join('\n')
}
