import { assert } from '../../domain/assert.ts'
import { BACON_ALIASES, BACON_MAR_METRICS, BACON_PLAIN_METRICS } from './bacon-metrics.ts'
import { defined, definedOrInfinite } from './defined.ts'
import { EMPYRICAL_METRICS, INFINITE_METRICS } from './empyrical-metrics.ts'
import type { Metric, MetricInput, MetricValue } from './metric.ts'
import type { Rate } from './risk.ts'
import { STANDARD_METRICS } from './standard-metrics.ts'

const BACON_METRICS: Readonly<Record<string, Metric>> = { ...BACON_PLAIN_METRICS, ...BACON_MAR_METRICS }

/** Every metric by its name. Where two families share a name the convention of the first one holds. */
export const METRICS: Readonly<Record<string, Metric>> = { ...BACON_METRICS, ...EMPYRICAL_METRICS, ...STANDARD_METRICS }

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

const BY_BARE_NAME: ReadonlyMap<string, Metric> = new Map([
  ...Object.entries(BACON_ALIASES).map(([alias, name]) => [bare(alias), BACON_METRICS[name]!] as const),
  ...Object.entries(METRICS).map(([name, metric]) => [bare(name), metric] as const),
])
const BY_BARE_BACON_NAME: ReadonlyMap<string, Metric> = new Map([
  ...Object.entries(METRICS).map(([name, metric]) => [bare(name), metric] as const),
  ...Object.entries(BACON_ALIASES).map(([alias, name]) => [bare(alias), BACON_METRICS[name]!] as const),
  ...Object.entries(BACON_METRICS).map(([name, metric]) => [bare(name), metric] as const),
])

/** The digits after `mar` are those after the decimal point: `mar005` is 0.005. */
const STATED_MAR = /_mar(\d+)$/

/** One value of a moving window after the other, from the first full window on. */
function overWindows(metric: Metric): Metric {
  return (input) => {
    const out: number[] = []
    for (let end = input.window; end <= input.returns.length; end += 1) {
      const start = end - input.window
      const value = metric({
        ...input,
        returns: input.returns.subarray(start, end),
        benchmark: input.benchmark === null ? null : input.benchmark.subarray(start, end),
      })
      out.push(typeof value === 'number' ? value : Number.NaN)
    }
    return out
  }
}

/**
 * The metric of a name, or null where there is none. Known are the keys of `METRICS`, other spellings of the book's
 * measures, `bacon_` before them (which then wins over a metric of the same name), `_mar` and digits behind (which then
 * states the acceptable return), and `roll_` before a name for its moving window.
 */
export function findMetric(name: string): Metric | null {
  const exact = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined
  if (exact !== undefined) return exact
  if (name.startsWith('roll_')) {
    const rolled = findMetric(name.slice('roll_'.length))
    return rolled === null ? null : overWindows(rolled)
  }
  const stated = STATED_MAR.exec(name)
  if (stated !== null) {
    const metric = findMetric(name.slice(0, stated.index))
    const mar = Number(`0.${stated[1]}`)
    return metric === null ? null : (input) => metric({ ...input, mar })
  }
  const book = name.startsWith('bacon_')
  return (book ? BY_BARE_BACON_NAME.get(bare(name.slice('bacon_'.length))) : BY_BARE_NAME.get(bare(name))) ?? null
}

function reported(name: string, value: ReturnType<Metric>): MetricValue {
  const one = INFINITE_METRICS.has(name) ? definedOrInfinite : defined
  if (typeof value === 'number') return one(value)
  if (Array.isArray(value)) return value.map(one)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, one(part)]))
}

/** What an input may leave out: no risk-free rate, no acceptable return, no benchmark, a tail of 5 %. */
export function metricInput(given: Pick<MetricInput, 'returns'> & Partial<MetricInput>): MetricInput {
  return {
    periods: 252,
    riskFree: 0,
    mar: 0,
    benchmark: null,
    requiredReturnAnnual: 0,
    tail: 0.05,
    window: given.returns.length,
    ...given,
  }
}

/** One metric by name, ready to report: null where undefined. An unknown name is an assertion; ask `findMetric` first. */
export function computeMetric(name: string, input: MetricInput): MetricValue {
  const metric = findMetric(name)
  assert(metric !== null, `no metric is called "${name}"`)
  return reported(name, metric(input))
}

/** Options of `allMetrics`; rates are per period. */
export interface MetricOptions {
  readonly periods: number
  readonly rf: Rate
  readonly mar: Rate
  readonly benchmark: Float64Array | null
}

/** Measures whose published figures state a minimum acceptable return of half a percent in their name. */
const STATED_IN_PRINT = ['downsidedeviation', 'downsidefrequency', 'upsidefrequency'] as const
/** Series, not figures: left out where all figures are printed. */
const SERIES: ReadonlySet<string> = new Set(['cum_returns'])

/** The names that `allMetrics` prints for a minimum acceptable return, in the order in which it prints them. */
export function metricNames(mar: Rate): string[] {
  const families = [STANDARD_METRICS, EMPYRICAL_METRICS, BACON_PLAIN_METRICS, BACON_MAR_METRICS]
  const names = new Set(families.flatMap((family) => Object.keys(family)).filter((name) => !SERIES.has(name)))
  for (const name of STATED_IN_PRINT) names.add(`${name}_mar005`)
  const digits = typeof mar === 'number' ? /^0\.(\d+)$/.exec(String(mar)) : null
  if (digits !== null) for (const name of Object.keys(BACON_MAR_METRICS)) names.add(`${name}_mar${digits[1]}`)
  return [...names]
}

/**
 * Every metric by name; null where undefined, and for what needs a benchmark when there is none. Measures of the book
 * that look at the minimum acceptable return are also printed under names that state it, `downsidedeviation_mar005`.
 */
export function allMetrics(returns: Float64Array, options: MetricOptions): Record<string, MetricValue> {
  const { periods, rf, mar, benchmark } = options
  const input = metricInput({ returns, periods, riskFree: rf, mar, benchmark })
  return Object.fromEntries(metricNames(mar).map((name) => [name, computeMetric(name, input)]))
}
