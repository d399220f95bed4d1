/*
 * What the pages of a running portfolio have in common. Figures are those of report.json of the same events: fractions
 * (0.05 is 5 %), money in the portfolio's currency, dates as trade dates `YYYY-MM-DD`; an undefined figure is null.
 */

/** What was computed from a portfolio's events; `data` is null while there is nothing to compute from, `why` says so. */
export interface Analysis<T> {
  /** Time of the last event it knows, ISO 8601 in UTC; null where there is none. */
  readonly asOf: string | null
  /** Number of that event; -1 where there is none. */
  readonly seq: number
  readonly data: T | null
  /** One sentence; empty where there is data. */
  readonly why: string
}

/** What one panel shows, or why it shows nothing. */
export type Panel<T> = { readonly data: T; readonly why: '' } | { readonly data: null; readonly why: string }

/** One line of a chart: at most 900 points, highest and lowest of each stretch kept, the last one always the true last. */
export interface Line {
  /** A sleeve's id, `portfolio`, or an instrument. */
  readonly name: string
  readonly title: string
  readonly days: readonly string[]
  /** One for each day; null is a gap. */
  readonly values: readonly (number | null)[]
}
