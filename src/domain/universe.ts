/** Who belongs to a sleeve's universe: rules judged day by day, and histories of who was in and who was out. */
import type { InstrumentId, TradeDate } from './units.ts'

/** Null: no bound on that side. */
export interface Bounds {
  readonly min: number | null
  readonly max: number | null
}

/** One sector as a rule names it, and the sectors or industries of vendors that it stands for. */
export interface SectorGroup {
  readonly name: string
  readonly members: readonly string[]
}

/** From its date on a name is a member, or is not, for the reasons given. */
export interface MembershipChange {
  readonly tradeDate: TradeDate
  readonly instrument: InstrumentId
  readonly isMember: boolean
  readonly reasons: readonly string[]
}

/** Rules a symbol must meet, point in time, to take a new entry. Null or absent: not asked. */
export interface UniverseRules {
  /** Annualised sample volatility of the last `volatilityBars` daily returns must be above this fraction. */
  readonly volatilityMin: number | null
  readonly volatilityBars: number
  /** Mean volume of the last `volumeBars` bars must be above this count of shares, as they are traded today. */
  readonly volumeMin: number | null
  readonly volumeBars: number
  /** Criteria of the screen that this run has no point-in-time data for: named in the report. */
  readonly notEvaluated: readonly string[]
  /** Annualised volatility must be below this fraction. */
  readonly volatilityMax?: number
  /** The last price as traded, bounds included. */
  readonly price?: Bounds
  /** Mean of price times volume over the last `volumeBars` bars must be above this, in the instrument's currency. */
  readonly dollarVolumeMin?: number
  /** What snapshots say, judged from the date of a name's first one on: bounds included. */
  readonly marketCap?: Bounds
  /** Shares that trade freely, strictly between the bounds. */
  readonly floatShares?: Bounds
  readonly sectors?: readonly SectorGroup[]
  /** Who was in and who was out, earliest first: a name that is not in it, or before its first row, is no member. */
  readonly history?: readonly MembershipChange[]
}
