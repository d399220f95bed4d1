import type { CurveView, ReturnFigures } from './report.ts'

/*
 * Runs side by side: the document of `compare --json`. Figures of returns are over the days that all runs have, so that
 * they compare like with like; money, trades and costs are those of each whole run.
 */

export interface ComparedRun {
  /** What it is called here: the portfolio's name, told apart by a number where two share it. */
  readonly name: string
  /** The configuration or report that it came from, as it was given. */
  readonly source: string
  readonly currency: string
  /** First and last portfolio day of the whole run; null when it has none. */
  readonly start: string | null
  readonly end: string | null
  readonly initial: number
  readonly final: number
  /** Over the days that all runs have. */
  readonly figures: ReturnFigures
  readonly fees: number
  readonly roundTrips: number
  readonly orders: number
  /** Traded value that netting spared. */
  readonly netted: number
  readonly refused: number
  readonly violations: number
  readonly booksHash: string
  readonly sleeves: readonly { readonly name: string; readonly contribution: number | null }[]
}

export interface ComparisonView {
  readonly runs: readonly ComparedRun[]
  /** The days that all runs have; null when they share none. */
  readonly start: string | null
  readonly end: string | null
  readonly days: number
  /** Correlation of daily returns on those days; null where one side has no variance. */
  readonly correlation: readonly (readonly (number | null)[])[]
  readonly curves: {
    readonly days: readonly string[]
    /** Cumulative return since the first common day. */
    readonly runs: readonly CurveView[]
  }
  readonly notes: readonly string[]
}
