/** What the simulated market is asked for, and what it gives back. */

/** One trading session of a calendar; the daily bars need no more of it than its date. */
export interface MarketSession {
  readonly date: number // yyyymmdd
}

export type AssetKind = 'equity' | 'etf' | 'crypto'

/** One asset's character. Rates are per year; correlations and yields are fractions. */
export interface AssetOptions {
  readonly symbol: string
  readonly kind: AssetKind
  /** A key of `sessions`. */
  readonly calendar: string
  /** The price before the first session, in the quote currency. */
  readonly price: number
  /** Logarithmic growth of the holder's wealth per year; a dividend yield is paid out of it. */
  readonly drift: number
  /** Deviation of the logarithmic return per year (252 sessions; 365 for crypto). */
  readonly volatility: number
  /** Units per session. */
  readonly averageVolume: number
  /** Correlation with the market factor. */
  readonly marketCorrelation: number
  /** Assets of one family share a second factor: a sector, a theme, a coin's ecosystem. */
  readonly family?: string
  /** Correlation with the family's factor, beyond what the market explains. */
  readonly familyCorrelation?: number
  readonly dividendYield?: number
  /** Expected number of forward splits per year; they wait until the price is high enough. */
  readonly splitProbability?: number
  /** Sudden news: expected number per year of gaps of three to four daily deviations. */
  readonly jumpsPerYear?: number
  /** Falls over some days that mostly recover (Summers 1986, "fads"): expected number per year. */
  readonly selloffsPerYear?: number
  /** Breakouts on high volume with some follow-through: expected number per year. */
  readonly burstsPerYear?: number
  /** Whether options exist, so that an implied volatility is given. */
  readonly iv?: boolean
  /** Volatility points that a put gains per unit of |delta| below 0.5. */
  readonly ivSkew?: number
  /** First and last date of trading, yyyymmdd. */
  readonly listed?: number
  readonly ends?: number
}

/** A state of the whole market. */
export interface RegimeOptions {
  readonly name: string
  /** Mean length, in days. */
  readonly days: number
  /** Multiplies the volatility of the market factor. */
  readonly volatility: number
  /** Multiplies the volatility of everything else; less than `volatility` means higher correlations. */
  readonly ownVolatility: number
  /** Mean of the market factor per day, in its own daily deviations. */
  readonly drift: number
  /** Relative chance of each regime that may follow. */
  readonly next: Readonly<Record<string, number>>
}

export interface MarketOptions {
  readonly seed: number | string
  /** Sessions of each calendar, oldest first. */
  readonly sessions: Readonly<Record<string, readonly MarketSession[]>>
  readonly assets: readonly AssetOptions[]
  /** The first one starts. */
  readonly regimes?: readonly RegimeOptions[]
}

/** `numerator` new shares for `denominator` old ones, from the open of `date`. */
export interface SimulatedSplit {
  readonly date: number
  readonly numerator: number
  readonly denominator: number
}

/** Cash per share of `date`, paid to who held over the night before. */
export interface SimulatedDividend {
  readonly date: number
  readonly amount: number
}

/** One asset's history; prices are raw, as they were printed on the day. */
export interface SimulatedAsset {
  readonly symbol: string
  readonly kind: AssetKind
  readonly calendar: string
  readonly dates: Int32Array // yyyymmdd
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly splits: readonly SimulatedSplit[]
  readonly dividends: readonly SimulatedDividend[]
  /** At-the-money implied volatility at the close, for about 30 days; a put of delta d adds ivSkew (0.5 - |d|). */
  readonly iv?: Float64Array
  readonly ivSkew?: number
}

/** A spell of one regime, both dates included. */
export interface RegimeSpell {
  readonly name: string
  readonly from: number
  readonly to: number
}

export interface SimulatedMarket {
  readonly assets: readonly SimulatedAsset[]
  readonly regimes: readonly RegimeSpell[]
  /** What the return correlations aim at, in the order of the assets. */
  readonly targetCorrelations: readonly Float64Array[]
}
