/** Limits on what may be opened, level by level. Fractions name their base; null, or left out, binds nothing. */
import type { LifecycleStage } from './allocation.ts'
import type { InstrumentId, SleeveId } from './units.ts'

/** A drawdown limit that remembers that it was broken. */
export interface DrawdownBreaker {
  /** Entries halt when the drawdown from the peak is above this fraction, */
  readonly halt: number
  /** and resume when it is below this one. */
  readonly resume: number
  /** Everything is closed when the drawdown is above this deeper fraction; null, or left out: never. */
  readonly liquidate?: number | null
  /** Flat sessions after which a halted book's peak is set to its equity; null: never by itself. */
  readonly resetPeakAfter: number | null
}

/** A limit on a number that is measured at the end of each portfolio day, over `window` days. */
export interface MeasuredLimit {
  readonly limit: number
  readonly window: number
}

/** Largest one-day loss at `confidence` (0.95 or 0.99), as a fraction of equity. */
export interface ValueAtRiskLimit extends MeasuredLimit {
  readonly confidence: number
}

/** The exits that an entry must bring along; fractions of the entry price. */
export interface StopLimit {
  /** An entry without a stop or a trail is refused; otherwise it gets `standard` where that is given. */
  readonly required: boolean
  readonly standard: number | null
  /** A wider stop is drawn in to this one. */
  readonly widest: number | null
}

/** What one position of a sleeve may be. */
export interface PositionLimits {
  /** Largest position as a fraction of the named equity. */
  readonly weightMax: number | null
  readonly of: 'sleeve' | 'portfolio'
  /** In the base currency. */
  readonly notionalMax: number | null
  /** In the base currency: smaller entries are not worth their costs. */
  readonly sizeMin: number | null
  readonly stop: StopLimit | null
  /** Part of the mean volume of the last `bars` bars that the position may be. */
  readonly volume: { readonly fraction: number; readonly bars: number } | null
}

/** Orders of a sleeve by event time, exits included; only entries are refused. */
export interface OrderRate {
  readonly perDay: number | null
  readonly perMinute: number | null
}

export interface WeekendLimits {
  /** Factor on the size of entries on Saturday and Sunday UTC. */
  readonly sizeFactor: number
  /** Positions that may be opened over a weekend. */
  readonly positionsMax: number
  /** No entry once the sleeve has lost more than this fraction of its equity since the day began. */
  readonly dayLossMax: number
}

export interface SleeveLimits {
  readonly positionsMax: number | null
  /** Largest position as a fraction of the sleeve's equity. */
  readonly positionWeightMax: number | null
  readonly weekend: WeekendLimits | null
  /** Gross exposure over the sleeve's equity. */
  readonly leverageMax?: number
  /** Gross exposure over the portfolio's equity. */
  readonly exposureMax?: number
  readonly drawdown?: DrawdownBreaker
  /** Annual volatility of the sleeve's returns. */
  readonly volatility?: MeasuredLimit
  /** Loss since the day began, as a fraction of the equity with which it began. */
  readonly dailyLossMax?: number
  readonly orders?: OrderRate
  /** Largest position after a trade, over the capital that the sleeve is allocated. */
  readonly orderCap?: number
  readonly position?: PositionLimits
}

/** The limits of a portfolio whose sleeves have stages, refused in the order of its rules. Fractions of equity. */
export interface LifecycleLimits {
  readonly exposureMax: number
  /** Exposure of all sleeves in a stage together; a stage that is not named has no limit of its own. */
  readonly stageMax: Readonly<Partial<Record<LifecycleStage, number>>>
  readonly assetMax: number
  readonly cashMin: number
  readonly dailyLossMax: number | null
  readonly positionsMax: number | null
  /** In money: what is smaller is not worth its costs. */
  readonly sizeMin: number
}

export interface PortfolioLimits {
  readonly positionsMax: number | null
  readonly assetClassWeightMax: number | null
  /** Largest exposure to one instrument or structure across sleeves, as a fraction of portfolio equity. */
  readonly positionWeightMax: number | null
  /** Gross exposure over equity. */
  readonly leverageMax: number
  readonly drawdown: DrawdownBreaker | null
  /** Net exposure over equity, long or short. */
  readonly leverageNetMax?: number
  /** Gross exposure as a fraction of equity: stricter than leverage, which the margin account asks for anyway. */
  readonly exposureMax?: number
  /** Exposure to one sector or currency, as a fraction of equity. What has no sector is a sector of its own. */
  readonly sectorWeightMax?: number
  readonly currencyWeightMax?: number
  /** The `positions` largest instruments together, as a fraction of equity. */
  readonly concentration?: { readonly positions: number; readonly weightMax: number }
  /** Fraction of equity that is never put to work. */
  readonly cashMin?: number
  readonly dailyLossMax?: number
  /** Annual volatility of the portfolio's returns. */
  readonly volatility?: MeasuredLimit
  readonly valueAtRisk?: ValueAtRiskLimit
  /** Least ratio of the weighted volatilities of the sleeves to the portfolio's. */
  readonly diversification?: MeasuredLimit
  /** Highest correlation of two sleeves: of a pair above it, the one with the lower Sharpe ratio takes no entries. */
  readonly correlation?: MeasuredLimit
  readonly lifecycle?: LifecycleLimits
}

/**
 * Sleeves, or instruments, or what some sleeves hold of some instruments, under common limits. An empty list means all.
 */
export interface Group {
  readonly sleeves: readonly SleeveId[]
  readonly instruments: readonly InstrumentId[]
  readonly limits: GroupLimits
}

export interface GroupLimits {
  /** Equity of the group's sleeves as a fraction of the portfolio's. */
  readonly weightMax: number | null
  /** Exposure, netted between its sleeves, as a fraction of portfolio equity. */
  readonly exposureMax: number | null
  readonly positionsMax: number | null
}
