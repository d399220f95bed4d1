/** The chain of one order: what was seen, wished, sized, allowed, netted, sent and filled, and whose it is. */
import type { Sizing } from '../../domain/config.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { ConsultedRule, JudgedEntry, SizeFactors } from '../../engine/records/witness.ts'

/** Quantities in whole shares, contracts, coins or structures; money in units of the instrument's currency. */
export interface Explanation {
  readonly portfolio: string
  readonly currency: string
  /** 0 for a wish that waits for an approval: nothing is ordered yet. */
  readonly order: number
  readonly cycle: number
  /** Number of the event that made it. */
  readonly event: number
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly instrument: string
  /** Of its prices, cash and fees. */
  readonly instrumentCurrency: string
  readonly type: string
  /** Signed; 0 where everything crossed inside. */
  readonly net: number
  /** On each side. */
  readonly crossed: number
  /** The price at which it was netted; null for a structure. */
  readonly reference: number | null
  readonly shares: readonly ExplainedShare[]
  readonly fills: readonly ExplainedFill[]
  /** Null while it is on its way. */
  readonly end: {
    readonly event: number
    readonly at: Instant
    readonly state: string
    readonly evidence: string
  } | null
}

/** One sleeve's part of it, from the bar on. */
export interface ExplainedShare {
  readonly sleeve: string
  readonly title: string
  readonly strategy: string | null
  readonly intent: number
  /** Number, kind and instant of the event in which it was wished for. */
  readonly event: number
  readonly kind: string
  readonly at: Instant
  readonly reason: string
  /** Signed. */
  readonly wanted: number
  readonly crossed: number
  readonly filled: number
  /** What its clock showed of the instrument; null where it was no close that made the wish. */
  readonly bar: ExplainedBar | null
  /** The declared indicators of its strategy at that close, on the signal scale; null: not defined yet. */
  readonly indicators: readonly { readonly name: string; readonly value: number | null }[]
  /** Null for what reduces, and where the strategy named the quantity itself. */
  readonly size: ExplainedSize | null
  /** Null for what reduces: no limit is asked about it. */
  readonly judgement: ExplainedJudgement | null
  readonly bookings: readonly ExplainedBooking[]
}

/** Raw prices. */
export interface ExplainedBar {
  readonly clock: string
  readonly tradeDate: TradeDate
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number | null
}

export interface ExplainedSize {
  readonly sizing: Sizing
  readonly price: number
  /** Of one whole share, contract or coin at that price, in the base currency, and in its own. */
  readonly value: number
  readonly ownValue: number
  readonly sleeveEquity: number
  readonly portfolioEquity: number
  readonly factors: SizeFactors
  /** Largest loss of one structure, in the base currency; 0 for a plain instrument. */
  readonly maximumLoss: number
  readonly step: number
  readonly size: number
}

export interface ExplainedJudgement {
  /** Signed: the size less what is held and on its way. */
  readonly asked: number
  readonly allowed: number
  readonly forbidden: JudgedEntry['forbidden']
  readonly consulted: readonly ConsultedRule[]
}

export interface ExplainedFill {
  readonly event: number
  readonly at: Instant
  readonly quantity: number
  readonly price: number
  readonly fee: number
}

export interface ExplainedBooking {
  readonly event: number
  readonly at: Instant
  readonly kind: string
  readonly instrument: string
  readonly quantity: number
  readonly price: number
  /** Signed, before the fee. */
  readonly cash: number
  readonly fee: number
  /** In the base currency. */
  readonly realised: number
}
