import type { Rate } from './risk.ts'

/** What a metric may look at. Returns and rates are per period, as fractions; NaN is a missing observation. */
export interface MetricInput {
  readonly returns: Float64Array
  /** Periods in a year: 252 for daily, 12 for monthly returns. */
  readonly periods: number
  readonly riskFree: Rate
  /** Minimum acceptable return. */
  readonly mar: Rate
  /** Returns of the benchmark over the same periods; null where there is none. */
  readonly benchmark: Float64Array | null
  /** Required return per year of the omega ratio that is stated per year. */
  readonly requiredReturnAnnual: number
  /** Probability of the tail of value at risk where the name does not state it: 0.05. */
  readonly tail: number
  /** Periods in a moving window, for names that begin with `roll_`. */
  readonly window: number
}

/** A value as it is reported: null is undefined. */
export type MetricValue = number | string | null | readonly MetricValue[] | { readonly [name: string]: MetricValue }

/** One metric: NaN where it is undefined, several numbers under names or in order where it has several. */
export type Metric = (input: MetricInput) => number | readonly number[] | { readonly [name: string]: number }

/** A metric against a benchmark: NaN without one. */
export function against(
  measure: (returns: Float64Array, benchmark: Float64Array, input: MetricInput) => ReturnType<Metric>,
): Metric {
  return (input) => (input.benchmark === null ? Number.NaN : measure(input.returns, input.benchmark, input))
}

/** A rate as one number: the mean of one that changes per period. */
export function flatRate(rate: Rate): number {
  if (typeof rate === 'number') return rate
  let total = 0
  for (let index = 0; index < rate.length; index += 1) total += rate[index]!
  return total / rate.length
}
