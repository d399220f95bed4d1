/*
 * Stress tests: the document of `stress --json`. Changes are fractions of the value before the scenario, money is in the
 * portfolio's currency.
 */

export interface StressedSleeve {
  readonly name: string
  readonly title: string
  readonly before: number
  readonly after: number
  /** Profit or loss over the portfolio's value before. */
  readonly contribution: number
}

export interface StressOutcome {
  readonly name: string
  readonly kind: string
  /** Why it could not be played; null where it was. Every figure is null then. */
  readonly impossible: string | null
  /** Sessions from today to its end, those after the shock included. */
  readonly days: number | null
  readonly before: number | null
  readonly after: number | null
  readonly change: number | null
  /** Lowest value on the way over the value before, less one. */
  readonly worst: number | null
  readonly maxDrawdown: number | null
  /** Orders sent, and positions closed by reason of exit. */
  readonly orders: number | null
  readonly exits: Readonly<Record<string, number>>
  /** Rules violated during the scenario. */
  readonly violations: readonly { readonly rule: string; readonly subject: string; readonly action: string }[]
  readonly sleeves: readonly StressedSleeve[]
}

export interface StressView {
  readonly name: string
  readonly currency: string
  /** The last day before every scenario. */
  readonly today: string
  readonly value: number
  readonly benchmark: string
  readonly grossExposure: number
  readonly netExposure: number
  /** Annual volatility of the sleeves at today's values: as measured, and were all correlations one. */
  readonly volatility: number | null
  readonly volatilityTogether: number | null
  readonly outcomes: readonly StressOutcome[]
  readonly notes: readonly string[]
}
