/** The rules by which capital is dealt between sleeves, and how it may move afterwards. */
import type {
  AllocationMethod,
  AllocationSettings,
  BudgetPart,
  CovarianceEstimator,
  LifecycleStage,
  SleeveRecord,
  WeightBounds,
} from './allocation.ts'
import type { Instant, Money, SleeveId, TradeDate } from './units.ts'

/** When something periodic is due, counted in portfolio days; calendar units are due on their first day. */
export type DaySchedule =
  | { readonly kind: 'never' }
  | { readonly kind: 'days'; readonly every: number }
  | { readonly kind: 'calendar'; readonly unit: 'week' | 'month' | 'quarter' }

/**
 * How weights are computed, and when. Arrays are by sleeve ordinal over the sleeves that are not a reserve. The first
 * weights are the sleeves' own: as stated, else equal or whatever is stated of their risk gives.
 */
export interface AllocationRule {
  readonly method: AllocationMethod
  /** Portfolio days of scored returns that weights are computed from. */
  readonly window: number
  /** With fewer days the first weights stay. */
  readonly observationsMin: number
  /** When weights are computed anew. */
  readonly recompute: DaySchedule
  /** Part of the portfolio that weights are dealt within: what reserves are not meant to hold. */
  readonly investable: number
  readonly covariance: CovarianceEstimator
  readonly bounds: WeightBounds
  readonly budget: readonly BudgetPart[] | null
  /** What is stated of each sleeve; what the run itself shows takes its place. */
  readonly records: readonly SleeveRecord[]
  readonly settings: AllocationSettings
}

export interface BenchOverlay {
  readonly threshold: number
  readonly days: number
  readonly window: number
}

export interface ReductionOverlay {
  readonly threshold: number
  readonly window: number
}

/** Positive fractions of the equity with which the month began. */
export interface LadderOverlay {
  readonly halfAt: number
  readonly zeroAt: number
  /** Annual Sharpe ratio of the shadow over `window` days that opens a latched sleeve again. */
  readonly sharpeRelease: number
  readonly window: number
}

export interface VolatilityTargetOverlay {
  /** Annual. */
  readonly target: number
  readonly window: number
  /** The scale moves only when it would change by more than this fraction of itself. */
  readonly band: number
  /** Largest scale: 1 where nothing may be borrowed. */
  readonly scaleMax: number
}

export interface SpikeOverlay {
  readonly halt: number
  readonly resume: number
  readonly window: number
}

/** What every change of stage asks for. Probabilities, drawdowns as positive fractions, ratios per period of the returns. */
export interface StageRule {
  /** DISCOVERY -> VALIDATION: so many round trips, and a probability above this that the Sharpe ratio is above 0. */
  readonly validation: { readonly trades: number; readonly probability: number }
  /** VALIDATION -> MATURE: round trips, days of record, and a deflated Sharpe ratio above this probability. */
  readonly mature: { readonly trades: number; readonly days: number; readonly probability: number }
  /** -> DECAY: the Sharpe ratio of the last `days` is below `sharpe`, or the drawdown above this multiple of the validated. */
  readonly decay: { readonly days: number; readonly sharpe: number; readonly drawdownMultiple: number }
  /** DECAY -> PAPER after so many days. */
  readonly paper: { readonly days: number }
  /**
   * Alternatives that the strategy was chosen from. Without a known deviation of their Sharpe ratios, that of the estimate
   * itself stands in: what equal ones would differ by.
   */
  readonly trials: { readonly count: number; readonly deviation: number | null }
}

/** Stages by sleeve, what each stage may have, and whether a change of stage that the record asks for needs an operator. */
export interface LifecycleOverlay {
  readonly stages: readonly LifecycleStage[]
  /** Deepest fall that validation showed, by sleeve, as a positive fraction; null: unknown. */
  readonly validatedDrawdown: readonly (number | null)[]
  /** Most that one sleeve of a stage, and all of them together, may have: fractions of portfolio equity. */
  readonly stageBase: Readonly<Partial<Record<LifecycleStage, number>>>
  readonly stageMax: Readonly<Partial<Record<LifecycleStage, number>>>
  readonly rule: StageRule
  readonly changes: 'proposed' | 'applied'
}

/** In the order in which they are applied. Null: not used. */
export interface Overlays {
  readonly lifecycle: LifecycleOverlay | null
  readonly bench: BenchOverlay | null
  readonly reduction: ReductionOverlay | null
  readonly ladder: LadderOverlay | null
  readonly volatilityTarget: VolatilityTargetOverlay | null
  readonly spike: SpikeOverlay | null
}

export const REBALANCING_TRIGGERS = ['every_bar', 'periodic', 'threshold', 'on_breach', 'manual'] as const
export type RebalancingTrigger = (typeof REBALANCING_TRIGGERS)[number]

export const REBALANCING_METHODS = ['transfer', 'scaling', 'liquidation'] as const
export type RebalancingMethod = (typeof REBALANCING_METHODS)[number]

export interface RebalancingRule {
  /** Empty: never. `every_bar` sizes on portfolio equity x weight and moves nothing. */
  readonly triggers: readonly RebalancingTrigger[]
  readonly schedule: DaySchedule
  /** Absolute points of weight that one sleeve may drift. */
  readonly threshold: number
  readonly by: RebalancingMethod
}

export interface CapitalPlan {
  readonly allocation: AllocationRule
  readonly overlays: Overlays
  readonly rebalancing: RebalancingRule
  /** Every sleeve also keeps a book of what it would have done alone, at full capital. */
  readonly shadows: boolean
}

export const CAPITAL_CAUSES = [
  'weights',
  'lifecycle',
  'bench',
  'return',
  'reduction',
  'ladder',
  'volatilityTarget',
  'spike',
  'rebalance',
  'flow',
  'transfer',
  'loan',
  'operator',
] as const
export type CapitalCause = (typeof CAPITAL_CAUSES)[number]

/** One change of what a sleeve may use, with its reason. */
export interface CapitalRecord {
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly cause: CapitalCause
  /** Null: the whole portfolio. */
  readonly sleeve: SleeveId | null
  /** Weight, factor or money before and after, as `reason` says; null where there is none. */
  readonly before: number | null
  readonly after: number | null
  /** Money that moved to the sleeve (negative: away), in counts of the base currency; 0 where none did. */
  readonly moved: Money
  readonly reason: string
}
