import type { CurveView } from './report.ts'

/*
 * Allocators side by side on the same series: the document of `compare-allocators --json`. Everything is out of sample:
 * weights are computed from the rows before those that they earn.
 */

export interface AllocatorFigures {
  readonly method: string
  /** Why there are no figures; null where there are. */
  readonly skipped: string | null
  readonly totalReturn: number | null
  readonly annualReturn: number | null
  readonly volatility: number | null
  /** Annual; its standard error, and the two ends of its 95 % interval. */
  readonly sharpe: number | null
  readonly sharpeError: number | null
  readonly sharpeLow: number | null
  readonly sharpeHigh: number | null
  /** Probability that the true Sharpe ratio is above 0. */
  readonly probabilisticSharpe: number | null
  /** Negative. */
  readonly maxDrawdown: number | null
  /** Half of all that was moved in a year: 1 is the whole portfolio once. */
  readonly turnover: number | null
  /** Of moving, per year, as a fraction of equity. */
  readonly cost: number | null
  /** Times that weights were computed; how often the method had no answer and its stated other one was taken. */
  readonly computed: number
  readonly fallbacks: number
  /** Weights in force at the end, and their mean over all days. */
  readonly finalWeights: Readonly<Record<string, number>> | null
  readonly meanWeights: Readonly<Record<string, number>> | null
}

export interface AllocatorsView {
  /** The file or the portfolio that the series come from. */
  readonly source: string
  readonly series: readonly string[]
  /** First and last row that is earned; null when no row is left behind the first window. */
  readonly start: string | null
  readonly end: string | null
  /** Rows that are earned, and those behind which the first weights stand. */
  readonly rows: number
  readonly window: number
  /** When weights are computed anew, in words. */
  readonly schedule: string
  readonly periods: number
  readonly covariance: string
  /** Basis points of what is moved. */
  readonly costBps: number
  readonly allocators: readonly AllocatorFigures[]
  /** At most 900 days, the last one among them. */
  readonly curves: {
    readonly days: readonly string[]
    /** Cumulative return after costs. */
    readonly allocators: readonly CurveView[]
  }
  readonly notes: readonly string[]
}
