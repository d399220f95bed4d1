/** What is published about an instrument beside its prices: each with the instant at which it could first be known. */
import type { Instant, InstrumentId, TradeDate } from './units.ts'

export const RECORD_KINDS = [
  'earnings',
  'news',
  'flow',
  'dividend',
  'split',
  'funding',
  'borrow',
  'fundamentals',
] as const

export type RecordKind = (typeof RECORD_KINDS)[number]

/** `recorded` from a file, `synthetic` from the seeded generator, `computed` from the bars of the run. */
export type RecordOrigin = 'recorded' | 'synthetic' | 'computed'

interface RecordHead {
  /** Unique within its feed. */
  readonly id: string
  readonly instrument: InstrumentId
  /** When it happened, or the moment that it speaks of. */
  readonly eventAt: Instant
  /** When it could first be known. A decision before that never sees it. */
  readonly publishedAt: Instant
  readonly origin: RecordOrigin
}

export const EARNINGS_SESSIONS = ['before_open', 'during', 'after_close'] as const

export type EarningsSession = (typeof EARNINGS_SESSIONS)[number]

export interface EarningsRecord extends RecordHead {
  readonly kind: 'earnings'
  /** Earnings per share as reported, on the share count of the day. */
  readonly actual: number
  /** Per share; null where nobody expected anything. */
  readonly estimate: number | null
  /**
   * Standardised: (actual - estimate) in standard deviations of past surprises. Null where the feed has none; a strategy
   * may then take (actual - estimate) as a fraction of the price.
   */
  readonly surprise: number | null
  /** Where in the day of its exchange it happened; null where the feed does not say. */
  readonly session: EarningsSession | null
}

export interface NewsRecord extends RecordHead {
  readonly kind: 'news'
  /** Who wrote it: several sources on one story count by their own. */
  readonly source: string
  /** From -1, bad for the price, to 1. */
  readonly sentiment: number
  /** From 0, the instrument is named in passing, to 1, it is what the text is about. */
  readonly relevance: number
  /** From 0, told before, to 1, new. */
  readonly novelty: number
  readonly topic: string
}

export interface FlowRecord extends RecordHead {
  readonly kind: 'flow'
  /** Shares traded, or options on them. */
  readonly measure: 'volume' | 'options'
  /** Traded volume over what is usual: 1 is an ordinary day. */
  readonly ratio: number
  /** The side that was in a hurry: 1 buyers, -1 sellers. */
  readonly side: 1 | -1
  /** Premium paid, in the instrument's currency; null for shares. */
  readonly premium: number | null
}

/** A cash dividend as it is announced; the cash itself comes on the ex-date, as a corporate action. */
export interface DividendRecord extends RecordHead {
  readonly kind: 'dividend'
  readonly exDate: TradeDate
  /** Per share, as the feed counts shares. */
  readonly amount: number
}

/** A split as it is announced: `numerator` new shares for `denominator` old ones on the ex-date. */
export interface SplitRecord extends RecordHead {
  readonly kind: 'split'
  readonly exDate: TradeDate
  readonly numerator: number
  readonly denominator: number
}

export interface FundingRecord extends RecordHead {
  readonly kind: 'funding'
  /** Fraction of the notional that longs pay shorts at `eventAt`; negative: shorts pay longs. */
  readonly rate: number
}

export interface BorrowRecord extends RecordHead {
  readonly kind: 'borrow'
  /** What short sellers pay a year, as a fraction of what they owe, from `eventAt` on. */
  readonly rate: number
  /** False: no shares can be borrowed. */
  readonly available: boolean
}

/** What a snapshot of companies says of one. Null or empty where it does not say, or does not list the name at all. */
export interface FundamentalsRecord extends RecordHead {
  readonly kind: 'fundamentals'
  readonly isListed: boolean
  /** In the instrument's currency. */
  readonly marketCap: number | null
  /** Shares that trade freely. */
  readonly floatShares: number | null
  readonly sector: string
  readonly industry: string
}

export type MarketRecord =
  | EarningsRecord
  | NewsRecord
  | FlowRecord
  | DividendRecord
  | SplitRecord
  | FundingRecord
  | BorrowRecord
  | FundamentalsRecord

/** What a slice without records carries. */
export const NO_RECORDS: readonly MarketRecord[] = Object.freeze([])
