/** Money that moves while a portfolio runs: from and to outside, between sleeves on a date, and what the reserve lends. */
import type { LifecycleStage } from './allocation.ts'
import type { RebalancingMethod } from './capital.ts'
import type { InstrumentId, Money, SleeveId, TradeDate } from './units.ts'

/** Money from or to outside, on the first portfolio day at or after the date, before anything trades on it. */
export interface DatedFlow {
  readonly date: TradeDate
  /** Counts of the base currency; negative for a withdrawal. */
  readonly amount: Money
  /** Null: dealt by the weights in force. */
  readonly to: SleeveId | null
}

export const SLEEVE_OPERATIONS = ['pause', 'resume', 'remove', 'add'] as const
export type SleeveOperation = (typeof SLEEVE_OPERATIONS)[number]

/** A command of the operator that stands in the configuration, carried out as a flow is. */
export type DatedOperation = { readonly date: TradeDate } & (
  | { readonly kind: SleeveOperation; readonly sleeve: SleeveId }
  | { readonly kind: 'rebalance'; readonly by: RebalancingMethod }
  | { readonly kind: 'confirmStage'; readonly sleeve: SleeveId; readonly stage: LifecycleStage }
)

/** When the reserve lends to sleeves, and when it takes back what it lent. Judged at the end of every portfolio day. */
export interface DeployRule {
  readonly benchmark: InstrumentId
  /** The reserve lends when the benchmark is below its highest close by more than this fraction. */
  readonly drawdown: number
  readonly to: readonly SleeveId[]
  /** Part of the reserve's free cash that is lent, shared equally. */
  readonly fraction: number
  /** It takes back when the benchmark's fall is below this fraction, or after so many portfolio days. */
  readonly until: { readonly drawdown: number } | { readonly days: number }
}
