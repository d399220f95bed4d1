/** The contract of an allocator: what is known of the sleeves in, weights and the cash that they leave out. */

/** Every method, in the order in which they are listed to people. */
export const ALLOCATION_METHODS = [
  'fixed',
  'equal',
  'inverse_volatility',
  'erc',
  'risk_budget',
  'hierarchical_risk_budget',
  'hrp',
  'min_variance',
  'max_diversification',
  'max_sharpe',
  'sharpe_weighted',
  'sortino_weighted',
  'return_weighted',
  'kelly',
  'lifecycle',
] as const
export type AllocationMethod = (typeof ALLOCATION_METHODS)[number]

/** Covariances from returns, by name. */
export const COVARIANCE_ESTIMATORS = ['sample', 'ewma', 'ledoit_wolf', 'ledoit_wolf_constant', 'oas'] as const
export type CovarianceEstimator = (typeof COVARIANCE_ESTIMATORS)[number]

/** Numbers row by row. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float64Array
}

/** How far a strategy has proved itself, the most trusted first. PAPER trades no money. */
export const LIFECYCLE_STAGES = ['MATURE', 'VALIDATION', 'DISCOVERY', 'DECAY', 'PAPER'] as const
export type LifecycleStage = (typeof LIFECYCLE_STAGES)[number]

/** What is known of one sleeve beside its returns; null for what is not. */
export interface SleeveRecord {
  /** Configured weight. */
  readonly weight: number | null
  readonly stage: LifecycleStage | null
  /** Annual Sharpe ratio. */
  readonly sharpe: number | null
  /** Fraction of trades that win, 0 to 1. */
  readonly winRate: number | null
  /** Mean gain of a winner over mean loss of a loser. */
  readonly payoff: number | null
  /** Strength of its signal, 0 to 1. */
  readonly strength: number | null
}

/** A part of the risk: a share of what its parent has, and its own parts. One without parts is a sleeve by its name. */
export interface BudgetPart {
  readonly name: string
  /** At least 0; only the proportion to its siblings counts. */
  readonly share: number
  readonly parts: readonly BudgetPart[]
}

/** Bounds on what some sleeves have together. No sleeve is in two groups. */
export interface GroupBounds {
  readonly name: string
  readonly members: readonly number[]
  readonly lower: number
  readonly upper: number
}

/** Bounds on weights, as fractions of the whole. */
export interface WeightBounds {
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly groups: readonly GroupBounds[]
}

export interface AllocationSettings {
  /** Risk-free rate per period of the returns. */
  readonly riskFree: number
  /** Periods in a year. */
  readonly periods: number
  /** Fraction of the full Kelly size. */
  readonly kellyFraction: number
  /** Together with the covariances, or each sleeve as if it were alone. */
  readonly kelly: 'joint' | 'each'
  /** What Kelly and lifecycle weights may add up to. */
  readonly leverageMax: number
  /** Every move is this much shorter, as a fraction of the whole. */
  readonly turnoverPenalty: number
  /** A weight that would move by no more than this stays where it is. */
  readonly buffer: number
  /** The formula of lifecycle sizes to the letter: a Sharpe ratio of 0 or less keeps the smallest confidence. */
  readonly lifecycleLiteral: boolean
}

export interface AllocationInput {
  readonly names: readonly string[]
  /** Returns per period, oldest first: a column per sleeve, only periods that all sleeves have. No rows: unknown. */
  readonly returns: Matrix
  /** Periods behind the moments; null where the moments themselves were given. */
  readonly observations: number | null
  /** Per period; symmetric. One that is not positive semidefinite, as published ones are by rounding, is coped with. */
  readonly covariance: Matrix
  /** Mean return per period; null where unknown. */
  readonly means: Float64Array | null
  readonly records: readonly SleeveRecord[]
  /** Null: every sleeve has the same share. */
  readonly budget: readonly BudgetPart[] | null
  /** Weights until now; empty when nothing is allocated yet. */
  readonly previous: Float64Array
  readonly bounds: WeightBounds
  readonly settings: AllocationSettings
}

/** Weights and cash add up to one; below 0, cash is borrowed. */
export interface Allocation {
  readonly weights: Float64Array
  readonly cash: number
  readonly diagnostics: Readonly<Record<string, number>>
}

export interface Allocator {
  readonly name: AllocationMethod
  /** With fewer periods than this the weights are equal. */
  readonly observationsMin: number
  /** True: what bounds cut goes to cash. False: it is invested, so it goes to the others in proportion. */
  readonly keepsSize: boolean
  allocate(input: AllocationInput): Allocation
}
