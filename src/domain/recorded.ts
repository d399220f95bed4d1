import type { Fault } from './faults.ts'
import type { MarketRecord, RecordKind } from './market-records.ts'
import type { Finding } from './series.ts'
import type { TradeDate } from './units.ts'

/** What files hold, read but not yet judged: the market stage decides what is repaired and what is refused. */

/** One instrument's rows in file order. NaN is an empty cell. */
export interface RawSeries {
  /** File name relative to the data folder: never an absolute path. */
  readonly source: string
  readonly layout: string
  /** `close`: the file has no open, high and low at all. */
  readonly prices: 'ohlc' | 'close'
  readonly hasVolume: boolean
  readonly resolution: 'day' | 'intraday'
  /** yyyymmdd as written in the file for days, of UTC for intraday rows. */
  readonly dates: Int32Array
  /** Epoch ms UTC as written, time of day included. */
  readonly times: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly adjustedClose: Float64Array | null
  readonly dividend: Float64Array | null
  readonly split: Float64Array | null
  /** 1-based line of each row; the row number in a file without lines. */
  readonly lines: Int32Array
  /** What reading itself had to decide. */
  readonly findings: readonly Finding[]
}

export type RawSeriesResult =
  | { readonly ok: true; readonly raw: RawSeries }
  | { readonly ok: false; readonly error: Fault; readonly findings: readonly Finding[] }

/** Cash dividends by ex-date, per share as the file counts shares (today's, when split-adjusted). */
export interface DividendRecords {
  readonly source: string
  readonly dates: Int32Array
  readonly amounts: Float64Array
  readonly lines: Int32Array
  readonly findings: readonly Finding[]
}

/** Dated columns side by side: returns, implied volatilities, prices. NaN is an empty cell. */
export interface WideColumns {
  readonly source: string
  readonly dates: Int32Array
  readonly names: readonly string[]
  readonly columns: readonly Float64Array[]
  readonly lines: Int32Array
  readonly findings: readonly Finding[]
}

/** One row of a recorded option chain. NaN where the file says nothing. */
export interface OptionRecord {
  readonly underlying: string
  readonly quoteDate: TradeDate
  readonly expiry: TradeDate
  readonly right: 'call' | 'put'
  readonly strike: number
  readonly bid: number
  readonly ask: number
  /** Closing mid where the file gives no two sides. */
  readonly mid: number
  readonly impliedVolatility: number
  readonly delta: number
  readonly underlyingPrice: number
  readonly line: number
}

export interface OptionRecords {
  readonly source: string
  readonly layout: string
  readonly records: readonly OptionRecord[]
  readonly findings: readonly Finding[]
}

/** One company of a screener snapshot. Null where the snapshot has no value. */
export interface ScreenRecord {
  readonly snapshotDate: TradeDate
  readonly symbol: string
  readonly name: string
  readonly sector: string
  readonly industry: string
  readonly marketCap: number | null
  readonly sharesOutstanding: number | null
  readonly floatShares: number | null
  /** Fraction of the float. */
  readonly shortFloat: number | null
  readonly averageVolume: number | null
  readonly price: number | null
  readonly volume: number | null
  readonly previousClose: number | null
  readonly line: number
}

export interface ScreenRecords {
  readonly source: string
  readonly records: readonly ScreenRecord[]
  readonly findings: readonly Finding[]
}

/** What event files are called in a configuration, and what kind of record each gives. */
export const EVENT_KINDS = {
  earnings: 'earnings',
  news: 'news',
  flow: 'flow',
  dividends: 'dividend',
  splits: 'split',
  funding: 'funding',
  borrow: 'borrow',
} as const satisfies Readonly<Record<string, RecordKind>>

export type EventKind = keyof typeof EVENT_KINDS

/** An event file, read. The records name symbols as the file writes them. */
export interface EventRecords {
  readonly source: string
  readonly kind: EventKind
  readonly records: readonly MarketRecord[]
  /** 1-based line of each record; the row number in a file without lines. */
  readonly lines: Int32Array
  readonly findings: readonly Finding[]
}
