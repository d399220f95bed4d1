/** What the kernel remembers of moving capital: plain data, absent until something moves or waits to. */
import type { RebalancingMethod } from '../../domain/capital.ts'

export interface RebalanceState {
  /** Portfolio days that have ended, and the last one's date. */
  days: number
  tradeDate: number
  /** Why one is asked for at the end of this day; '' where none is. */
  asked: string
  /** Orders of a rebalancing are on their way: money is dealt when they have ended. */
  underWay: { readonly by: RebalancingMethod; readonly reason: string; days: number } | null
  /** Counts that each sleeve should have given at the last one and could not. */
  unfunded: Float64Array
}

export interface LoanState {
  /** Highest close of the benchmark so far, splits taken out. */
  peak: number
  /** The last day judged; 0 before the first. */
  tradeDate: number
  /** Whether the rule may lend: one fall is lent into once. */
  isArmed: boolean
  /** Whether what the rule lent is out and not yet asked back, and for how many portfolio days. */
  isOut: boolean
  days: number
  /** Counts of the base currency that each sleeve owes the reserve. */
  readonly lent: Float64Array
  /** 1 for a sleeve that is to pay back as soon as it can. */
  readonly recalled: Uint8Array
}

export function startRebalancing(sleeves: number): RebalanceState {
  return { days: 0, tradeDate: 0, asked: '', underWay: null, unfunded: new Float64Array(sleeves) }
}

export function startLoans(sleeves: number): LoanState {
  return {
    peak: 0,
    tradeDate: 0,
    isArmed: true,
    isOut: false,
    days: 0,
    lent: new Float64Array(sleeves),
    recalled: new Uint8Array(sleeves),
  }
}
