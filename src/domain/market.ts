import type { Instrument } from './instruments.ts'
import type { MarketRecord } from './market-records.ts'
import type { Sessions } from './sessions.ts'
import type { CalendarId, ClockId, Instant, InstrumentId, Json, Price, TradeDate } from './units.ts'

/** One clock at one instant: every bar that closes now, one column per instrument. */
export interface Slice {
  readonly clock: ClockId
  readonly at: Instant
  readonly tradeDate: TradeDate
  /** Instrument.index of each column. */
  readonly instruments: Int32Array
  /** Raw prices as traded; NaN = no bar. */
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  /** Forward factor: signal price = raw x factor; 1 at the first bar, grows by each split ratio. */
  readonly factor: Float64Array
  /** Option chains of this instant, one per underlying that has one. */
  readonly chains: readonly OptionChain[]
  /**
   * Published after the previous close of this clock and at or before this one, earliest first; on the clock's first slice
   * all that was published up to it. One shared empty array where there is nothing.
   */
  readonly records: readonly MarketRecord[]
}

/**
 * What trades an instrument makes between two looks: live, the conflated quotes of a second; in a backtest, the open
 * auction (low = high = price) and then the range of the bar. Stops and targets are judged on low and high.
 */
export interface Quote {
  readonly instrument: number
  /** First price of the span: where a stop that was gapped through fills. */
  readonly first: Price
  readonly low: Price
  readonly high: Price
  readonly last: Price
}

/** Where in the bar a quotes event stands. `auction` activates waiting market and open orders. */
export type QuotePhase = 'auction' | 'range'

export interface OptionQuote {
  readonly bid: number
  readonly ask: number
  readonly mid: number
  readonly impliedVolatility: number
  readonly delta: number
}

/** Per share of the underlying: gamma per 1 of its price, vega per 1.00 of volatility, theta per year. */
export interface OptionSensitivities {
  readonly gamma: number
  readonly vega: number
  readonly theta: number
}

/** The options on one underlying at one instant: recorded quotes, or a model's stated parameters. Sparse: rows are asked for. */
export interface OptionChain {
  readonly underlying: InstrumentId
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly spot: number
  /** `recorded` from a file, `model` priced off a stated implied volatility. */
  readonly origin: 'recorded' | 'model'
  /** How its contracts are exercised: European ones at expiry only, in cash. Absent: American, in shares. */
  readonly style?: 'european'
  /** Listed expiries after today, soonest first. */
  expiries(): readonly TradeDate[]
  /** Strikes of an expiry, lowest first. */
  strikes(expiry: TradeDate, right: 'call' | 'put'): Float64Array
  /** Null where the contract is not listed or has no two-sided price. */
  quote(expiry: TradeDate, right: 'call' | 'put', strike: number): OptionQuote | null
  /** Of one contract, by Black-Scholes-Merton at the volatility of its quote. Absent: the chain does not say. */
  sensitivities?(expiry: TradeDate, right: 'call' | 'put', strike: number): OptionSensitivities | null
  /** The plain data from which the chain can be built again. */
  data(): Json
}

export type CorporateAction =
  /** New holders' count = old x numerator / denominator (7 for 1: 7, 1). Raw price divides by the same ratio. */
  | {
      readonly kind: 'split'
      readonly instrument: InstrumentId
      readonly numerator: number
      readonly denominator: number
      /** Price that cash in lieu of a fraction is paid at, after the split; null: the first price of the day. */
      readonly priceAfter: Price | null
    }
  /** Cash per share on the ex-date; short holders pay. */
  | { readonly kind: 'dividend'; readonly instrument: InstrumentId; readonly amount: number }
  /**
   * Of a perpetual: longs pay shorts `rate` of what they hold, valued at `price`; where the rate is negative, shorts pay
   * longs. Null: the last mark.
   */
  | { readonly kind: 'funding'; readonly instrument: InstrumentId; readonly rate: number; readonly price: Price | null }
  /**
   * Shorts pay for the shares that they borrow: `rate` a year on their value at `price` (null: the last mark), for `days`
   * days of 365. While the instrument is not available nobody sells it short anew.
   */
  | {
      readonly kind: 'borrow'
      readonly instrument: InstrumentId
      readonly rate: number
      readonly days: number
      readonly isAvailable: boolean
      readonly price: Price | null
    }
  /**
   * From this auction on a chain of futures stands for the contract `to`; what is held of `from` changes over, sold and
   * bought at this auction. Null: its first contract.
   */
  | {
      readonly kind: 'roll'
      readonly instrument: InstrumentId
      readonly from: InstrumentId | null
      readonly to: InstrumentId
    }
  /** The last bar has passed: positions close at the last price. */
  | { readonly kind: 'ended'; readonly instrument: InstrumentId; readonly price: Price; readonly cause: string }
  /** An option's last day: in the money it is exercised into shares at the strike, else it lapses. */
  | {
      readonly kind: 'expiry'
      readonly instrument: InstrumentId
      readonly underlyingPrice: Price
      /** Money instead of shares: the underlying trades no more. Absent: as the contract's style says. */
      readonly settlement?: 'cash'
    }
  /** The holder of the other side exercises early: all short contracts of the account are assigned. */
  | { readonly kind: 'assignment'; readonly instrument: InstrumentId; readonly underlyingPrice: Price }

  /**
   * A split of the underlying turns its option contracts into others: `count` new ones for each old one, at a strike that
   * follows the ratio. Both are listed. Value is conserved; no cash moves.
   */
  | {
      readonly kind: 'adjustment'
      readonly instrument: InstrumentId
      readonly contracts: readonly { readonly from: InstrumentId; readonly to: InstrumentId }[]
      readonly count: number
    }

export interface DatedAction {
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly action: CorporateAction
}

/** One clock's bars for a whole run, time-major: value of row r, column c at r * columns + c. */
export interface ClockBlock {
  readonly clock: ClockId
  readonly calendar: CalendarId
  readonly instruments: readonly InstrumentId[]
  readonly tradeDates: Int32Array
  /** Instants at which each row's bar opens and closes. */
  readonly opens: Float64Array
  readonly closes: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly factor: Float64Array
}

/** Gives the chains of an instant; `phase` is `close` where the session ends with it: before, only what earlier days ended with is known. */
export interface ChainSource {
  readonly underlyings: readonly InstrumentId[]
  /** Null where no chain is known on that day. `spot` is the underlying's raw price now. */
  chain(
    underlying: InstrumentId,
    at: Instant,
    tradeDate: TradeDate,
    phase: 'open' | 'close',
    spot: number,
  ): OptionChain | null
}

/** Everything a run reads: what the feeds and calendars give, aligned and dated. */
export interface MarketData {
  /** Tradable and watched instruments; `index` follows this order. */
  readonly instruments: readonly Instrument[]
  readonly blocks: readonly ClockBlock[]
  /** Sorted by `at`. */
  readonly actions: readonly DatedAction[]
  readonly sessions: readonly Sessions[]
  readonly chains: ChainSource | null
  /** What is published beside prices, sorted by `publishedAt`. Left out: nothing. */
  readonly records?: readonly MarketRecord[]
  /** More bars will come: the last one is no end, neither of its session nor of what it prices. Left out: it is all there is. */
  readonly isOngoing?: true
  /** What the reader of a report must know about the data. */
  readonly notes: readonly string[]
}
