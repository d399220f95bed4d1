/** How much stricter than bars alone orders on paper are filled. */
import type { CommissionSchedule } from './commissions.ts'
import type { InstrumentKind } from './instruments.ts'
import type { InstrumentId } from './units.ts'

type ByKind<T> = Readonly<Partial<Record<InstrumentKind, T>>>

/** What a simulated broker does that a bar does not say. Every part makes fills worse or fewer, none better. */
export interface PaperRules {
  /** Half of the spread as a fraction of price where nobody quotes, on top of the slippage of `costs`. */
  readonly halfSpread: ByKind<number>
  /** Largest part of a bar's volume that one order may take, where `costs` states none or more. */
  readonly participation: number
  /** Charged for kinds whose `costs` name no commission. */
  readonly commission: ByKind<CommissionSchedule>
  /** Milliseconds from sending to the market, of orders and of cancels. */
  readonly latency: number
  /** What borrowing shares costs a year as a fraction of their value, where no record says it. */
  readonly borrowRate: number
  /** What nobody lends. */
  readonly unborrowable: readonly InstrumentId[]
  /** Band around the strike, as a fraction of it, in which a contract sold is assigned at its expiry all the same. */
  readonly pinBand: number
  /** Smallest value of an order that opens, in the instrument's currency. */
  readonly orderMinimum: ByKind<number>
  /** Whose capabilities it takes on; null: it can do everything. */
  readonly broker: string | null
}

/** As a backtest fills, for comparing the two; or strictly. */
export type PaperFills = { readonly fills: 'backtest' } | ({ readonly fills: 'strict' } & PaperRules)
