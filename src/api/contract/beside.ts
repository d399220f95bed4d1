import type { Line } from './analysis.ts'

/* Results of backtests that were kept, to be seen beside what a portfolio does. */

export interface BacktestChoice {
  /** Of its folder. */
  readonly name: string
  /** Of the portfolio that was run. */
  readonly portfolio: string
  readonly start: string | null
  readonly end: string | null
  readonly totalReturn: number | null
}

export interface BesideRow {
  /** As in docs/metrics.md. */
  readonly metric: string
  readonly portfolio: number | null
  readonly backtest: number | null
  /** Portfolio less backtest, each over its own days; null where one of them is. */
  readonly difference: number | null
}

/** A backtest on the days that the portfolio has, counted from the portfolio's first one. */
export interface BacktestBeside extends BacktestChoice {
  /** Its days from the portfolio's first one to its last one. */
  readonly days: number
  /** Cumulative returns of those days; null where there are none. */
  readonly line: Line | null
  readonly rows: readonly BesideRow[]
  /** Why there is no line; empty where there is one. */
  readonly why: string
}
