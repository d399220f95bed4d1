/** What a walk in weight space is given, and what it tells of. */
import type { Matrix } from '../../domain/allocation.ts'
import type {
  AllocationRule,
  BenchOverlay,
  DaySchedule,
  LadderOverlay,
  ReductionOverlay,
} from '../../domain/capital.ts'
import type { DrawdownBreaker } from '../../domain/limits.ts'

export interface WalkPlan {
  readonly allocation: AllocationRule
  /** When holdings that drifted go back to their targets; they also do when weights are computed or a factor changes. */
  readonly rebalance: DaySchedule
  readonly bench: BenchOverlay | null
  readonly reduction: ReductionOverlay | null
  readonly ladder: LadderOverlay | null
  readonly drawdown: DrawdownBreaker | null
  /** Cost of moving money, as a fraction of what is moved. */
  readonly cost: number
  /** Days in a year. */
  readonly periods: number
  /** Weights until the first are computed; null: computed from the rows before `start`. */
  readonly firstWeights: Float64Array | null
}

export interface WalkInput {
  readonly names: readonly string[]
  /** Trade dates of the rows, yyyymmdd. */
  readonly dates: ArrayLike<number>
  /** A row per day, a column per stream; NaN where a stream has no return: its holding stays as it is. */
  readonly returns: Matrix
  /** The first row whose returns are earned; rows before it are history that weights may be computed from. */
  readonly start: number
  readonly capital: number
  readonly plan: WalkPlan
}

export type WalkEvent =
  | { readonly kind: 'halt' | 'resume'; readonly row: number; readonly drawdown: number }
  | {
      readonly kind: 'bench' | 'return'
      readonly row: number
      readonly sleeve: number
      readonly pair: readonly [number, number] | null
      readonly correlation: number
      /** Of the window of the correlation, by sleeve; NaN where undefined. */
      readonly sharpe: readonly number[]
    }
  | { readonly kind: 'ladder'; readonly row: number; readonly sleeve: number; readonly factor: number }
  | {
      readonly kind: 'weights'
      readonly row: number
      /** `first`: too few days are known, so the first weights stand; `fallback`: the method had no answer. */
      readonly outcome: 'computed' | 'fallback' | 'first'
    }

/** Rows [from, end) of one stream. */
export function columnOf({ values, columns }: Matrix, column: number, from: number, end: number): Float64Array {
  return Float64Array.from({ length: end - from }, (_, index) => values[(from + index) * columns + column]!)
}
