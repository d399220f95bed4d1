import type { LifecycleStage } from '../../domain/allocation.ts'
import type { CapitalRecord } from '../../domain/capital.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { RecordKind } from '../../domain/market-records.ts'
import type { IntentEnd } from '../../domain/orders.ts'
import type { Violation } from '../../domain/risk.ts'
import type { Instant, InstrumentId, IntentId, OrderId, SleeveId, TradeDate } from '../../domain/units.ts'

/** One closed round trip of a sleeve: from flat to flat, or the closed part of a flip. */
export interface TradeRecord {
  readonly sleeve: SleeveId
  /** Symbol, or 'SPY 2024-01-19 -470P +455P' for a structure. */
  readonly instrument: string
  readonly kind: 'position' | 'structure'
  readonly side: 'long' | 'short'
  /** Whole shares, contracts or coins at the largest. */
  readonly quantity: number
  readonly openedAt: Instant
  readonly closedAt: Instant
  readonly entryDate: TradeDate
  readonly exitDate: TradeDate
  readonly entryPrice: number
  readonly exitPrice: number
  /** After fees, in the base currency; dividends, funding and borrowing costs while held included. */
  readonly pnl: number
  readonly fees: number
  readonly bars: number
  readonly entryReason: string
  readonly exitReason: string
  /**
   * How far it went against and for the sleeve while it was open: zero or negative, zero or positive. Fractions of the
   * entry price; for a structure of its maximum loss. Null where nothing marked it in between.
   */
  readonly maximumAdverse: number | null
  readonly maximumFavourable: number | null
  /** Orders that opened and closed it: joins orders.csv. */
  readonly entryOrder: OrderId
  readonly exitOrder: OrderId
}

export interface OrderShareRecord {
  readonly sleeve: SleeveId
  readonly wanted: number
  readonly crossed: number
  readonly filled: number
  readonly fee: number
  readonly reason: string
}

/** One net order, or a cross that needed none (quantity 0). Quantities in whole shares, contracts, coins or structures. */
export interface OrderRecord {
  readonly id: OrderId
  readonly cycle: number
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly instrument: string
  readonly type: string
  readonly grossLong: number
  readonly grossShort: number
  readonly net: number
  readonly crossed: number
  readonly filled: number
  readonly price: number | null
  readonly fee: number
  readonly state: 'filled' | 'partial' | 'rejected' | 'cancelled' | 'expired' | 'crossed' | 'working'
  readonly shares: readonly OrderShareRecord[]
}

/** Each sleeve's part of each fill and cross: joins orders.csv by `order`. */
export interface AttributionRecord {
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly order: OrderId
  readonly execution: string
  readonly sleeve: SleeveId
  readonly instrument: string
  readonly kind:
    | 'fill'
    | 'cross'
    | 'dividend'
    | 'funding'
    | 'borrow'
    | 'split'
    | 'expiry'
    | 'assignment'
    | 'ended'
    | 'transfer'
    | 'marginCall'
    | 'conversion'
    | 'external'
    | 'assigned'
    | 'reversal'
    | 'correction'
  readonly quantity: number
  readonly price: number
  readonly cash: number
  readonly fee: number
  readonly realised: number
  readonly reason: string
}

/** An entry with what its strategy said of it. Prices raw; null where it named none. */
export interface SignalRecord {
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly sleeve: SleeveId
  readonly instrument: string
  /** Signed whole shares or coins that limits left of it. */
  readonly quantity: number
  /** 0 to 1: the part of its size that it asked for. */
  readonly confidence: number
  /** The close on which it was decided. */
  readonly price: number
  readonly stop: number | null
  readonly target: number | null
  /** The state of its market; '' where no sleeve asks for it. */
  readonly regime: string
  readonly reason: string
}

export interface RefusalRecord {
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly sleeve: SleeveId
  readonly instrument: string
  /** Number of the wish; what a limit cuts off another one is a wish of its own. */
  readonly intent: IntentId
  readonly end: Extract<IntentEnd, 'refused' | 'trimmed' | 'lapsed' | 'expired' | 'cancelled' | 'superseded'>
  readonly rule: string
  readonly wanted: number
  readonly allowed: number
  readonly value: number | null
  readonly limit: number | null
}

/** What netting saved in one cycle; only cycles that saved anything are kept. */
export interface NettingCycle {
  readonly cycle: number
  readonly tradeDate: TradeDate
  readonly savings: number
  readonly savingsPct: number
}

export interface NettingTotals {
  readonly ordersGross: number
  readonly ordersNet: number
  readonly unitsGross: number
  readonly unitsNet: number
  readonly notionalGross: number
  readonly notionalNet: number
  /** Traded value that needed no order, fully crossed instruments included. */
  readonly savings: number
  readonly savingsPct: number | null
  /** Fees that the gross orders would have paid beyond the fees paid. */
  readonly feesSaved: number
  readonly cycles: readonly NettingCycle[]
  readonly crosses: number
}

export interface SleeveResult {
  readonly id: SleeveId
  /** Equity in the base currency at each portfolio day. */
  readonly equity: Float64Array
  /** Net external and inter-sleeve flows booked since the previous day, for time-weighted returns. */
  readonly flows: Float64Array
  readonly cash: Float64Array
  readonly exposure: Float64Array
  readonly openPositions: Int32Array
  readonly maxPositionWeight: number
  readonly fees: number
  readonly realised: number
  readonly unrealised: number
  readonly dividends: number
  /** What its market, open, close and stop orders lost against the price before slippage; already in the prices it paid. */
  readonly slippage: number
  /** What crossing at the reference price spared it: fees and slippage of the orders that were not sent. */
  readonly crossingGain: number
  /** Interest, borrowing costs, funding and charges that no trade caused: received less paid. */
  readonly financing: number
  /** Per portfolio day, 1 where its calendar has a session. */
  readonly sessions: Uint8Array
  /**
   * Change in value of foreign cash and positions that came from rates alone; null where the books keep one currency.
   * Capital, flows, realised, unrealised, dividends, financing and this less the fees add up to the last equity.
   */
  readonly currencyGain: number | null
  /** Kinds of records on its instruments that were drawn from a seed: read by its strategy, or paid for by its positions. */
  readonly synthetic: readonly (RecordKind | 'futures prices')[]
  readonly paused: { readonly at: Instant; readonly tradeDate: TradeDate; readonly cause: string } | null
}

/** From the close of a day on a name is a member of a sleeve's universe, or is none, for the reasons given. */
export interface MembershipRecord {
  readonly sleeve: SleeveId
  /** Symbol. */
  readonly instrument: string
  readonly tradeDate: TradeDate
  readonly isMember: boolean
  readonly reasons: readonly string[]
}

/** Weights and factors by sleeve as they stand from the close of a day on. */
export interface CapitalDay {
  readonly tradeDate: TradeDate
  /** Whether the weights were computed anew; otherwise an overlay has moved. */
  readonly isComputed: boolean
  readonly weights: Float64Array
  readonly factors: Float64Array
}

export interface CapitalResult {
  readonly records: readonly CapitalRecord[]
  /** The start of the run first, with the date 0. */
  readonly days: readonly CapitalDay[]
  /** At the end: pairs that are too close for the bench today, and on how many days in a row they have been. */
  readonly closeness: readonly { readonly left: SleeveId; readonly right: SleeveId; readonly days: number }[]
  /** At the end, where stages are kept; `proposed` waits for an operator. */
  readonly stages: readonly {
    readonly sleeve: SleeveId
    readonly stage: LifecycleStage
    readonly proposed: LifecycleStage | null
  }[]
}

export interface PositionRecord {
  readonly sleeve: SleeveId
  readonly instrument: string
  readonly quantity: number
  /** Prices in the instrument's currency, amounts in the base currency. */
  readonly averagePrice: number
  readonly mark: number
  readonly value: number
  readonly unrealised: number
}

/** What the account holds in one instrument at the end, all sleeves netted; structures by maximum loss, on their underlying. */
export interface ExposureRecord {
  readonly instrument: string
  readonly exposure: number
}

/** Sensitivities of an open structure, all of it together. NaN where the last chain does not give them. */
export interface StructureRisk {
  readonly sleeve: SleeveId
  readonly underlying: string
  /** 'SPY 2024-01-19 -470P +455P' */
  readonly structure: string
  readonly quantity: number
  /** In money. */
  readonly maximumLoss: number
  /** Shares of the underlying that it stands for; */
  readonly delta: number
  /** shares per 1 of its price; */
  readonly gamma: number
  /** money per point (0.01) of volatility; */
  readonly vega: number
  /** money per calendar day. */
  readonly theta: number
  /** Where its prices come from; null where no chain is known. */
  readonly chain: 'recorded' | 'model' | null
}

/** Shares of an underlying, those that options on it stand for, and both; `value` in money. */
export interface UnderlyingDelta {
  readonly underlying: string
  readonly shares: number
  readonly options: number
  readonly net: number
  readonly value: number
}

export interface OptionRisk {
  readonly structures: readonly StructureRisk[]
  readonly underlyings: readonly UnderlyingDelta[]
}

/** Returns of a benchmark per portfolio day, dividends included; NaN where it has no price. */
export interface BenchmarkRecord {
  readonly instrument: InstrumentId
  readonly returns: Float64Array
}

/** What a sleeve would have done alone, at full capital, every order sent by itself. */
export interface ShadowResult {
  readonly sleeve: SleeveId
  /** Equity in the base currency at each portfolio day. */
  readonly equity: Float64Array
  readonly fees: number
  /** Closed round trips. */
  readonly trades: number
  readonly orders: number
  readonly units: number
  readonly notional: number
  /** Why it ended before the run did; null where it went on. */
  readonly fault: string | null
}

/** Everything a run leaves behind: columns and records, no text meant for eyes. */
export interface RunResult {
  readonly config: PortfolioConfig
  readonly instruments: readonly Instrument[]
  /** Portfolio days: trade dates of the day calendar. */
  readonly days: Int32Array
  readonly equity: Float64Array
  readonly cash: Float64Array
  readonly grossExposure: Float64Array
  readonly netExposure: Float64Array
  readonly sleeves: readonly SleeveResult[]
  readonly trades: readonly TradeRecord[]
  readonly orders: readonly OrderRecord[]
  readonly attribution: readonly AttributionRecord[]
  readonly refusals: readonly RefusalRecord[]
  readonly signals: readonly SignalRecord[]
  readonly violations: readonly Violation[]
  /** In the order of the days; nothing of sleeves whose universe is a fixed list. */
  readonly memberships: readonly MembershipRecord[]
  /** Day of the first snapshot of companies that the run could see; null where there was none. */
  readonly firstSnapshot: TradeDate | null
  readonly positions: readonly PositionRecord[]
  readonly exposures: readonly ExposureRecord[]
  /** Absent where no structure is open at the end. */
  readonly options?: OptionRisk
  /** Every benchmark that the configuration names. */
  readonly benchmarks: readonly BenchmarkRecord[]
  readonly netting: NettingTotals
  /** In the order of their sleeves; empty where none are kept. */
  readonly shadows: readonly ShadowResult[]
  /** Inverse-volatility weights day by day (day-major) and the last rolling correlations (sleeves x sleeves). */
  readonly allocation: { readonly weights: Float64Array; readonly correlation: Float64Array }
  /** Null where capital is dealt once and never moved. */
  readonly capital: CapitalResult | null
  readonly maxOrdersPerInstrumentCycle: number
  readonly invariants: { readonly checked: Readonly<Record<string, number>>; readonly violated: readonly string[] }
  /** Listing later, ending earlier, parity, model-priced options and the like: said in the report. */
  readonly notes: readonly string[]
  /** Canonical bytes of the final books and of every booking; the edge hashes them. */
  readonly canonical: Uint8Array
  readonly cycles: number
  readonly events: number
}
