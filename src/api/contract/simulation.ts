/*
 * Simulated futures: the document of `simulate --json`. Values are multiples of the start, drawdowns positive fractions,
 * probabilities fractions of all paths.
 */

export interface BreachProbability {
  /** A drawdown, as a positive fraction. */
  readonly drawdown: number
  /** Share of paths that are ever deeper. */
  readonly probability: number
}

export interface SimulatedOutcome {
  readonly name: string
  readonly title: string
  /** By quantile, at the end. */
  readonly final: readonly number[]
  readonly mean: number
  /** Share of paths that end below their start. */
  readonly lossProbability: number
  /** Share of paths that ever stand at or below `ruinAt`. */
  readonly ruinProbability: number
  readonly breaches: readonly BreachProbability[]
  /** By quantile, of the deepest drawdown of each path. */
  readonly drawdown: readonly number[]
}

export interface SimulationView {
  readonly name: string
  /** The configuration or file that the past comes from. */
  readonly source: string
  readonly method: string
  readonly horizon: number
  readonly paths: number
  readonly seed: number
  /** Periods that stay together in a bootstrap; null for other methods. */
  readonly block: number | null
  /** Degrees of freedom of a Student t; null for other methods. */
  readonly degrees: number | null
  readonly periodsPerYear: number
  /** Periods of the past, and its first and last day; null where the file has no dates. */
  readonly observations: number
  readonly start: string | null
  readonly end: string | null
  readonly ruinAt: number
  readonly quantiles: readonly number[]
  /** By quantile, then by period; period 0 is the start. */
  readonly cone: readonly (readonly number[])[]
  readonly portfolio: SimulatedOutcome
  readonly sleeves: readonly SimulatedOutcome[]
  readonly notes: readonly string[]
}
