import type { CurrencyCode, Instant, Money, SleeveId } from './units.ts'

/** Every rule that may trim or refuse, strictest first: the first to object names the refusal. */
export const RULES = [
  'paused',
  'notListed',
  'priceMissing',
  'rateMissing',
  'universe',
  'notHoldable',
  'stopMissing',
  'openViolation',
  'rebalancing',
  'bench',
  'ladder',
  'spike',
  'lifecycle',
  'weekend',
  'belowStep',
  'drawdownBreaker',
  'sleeveDrawdown',
  'dailyLoss',
  'sleeveDailyLoss',
  'valueAtRisk',
  'volatility',
  'sleeveVolatility',
  'diversification',
  'strategyCorrelation',
  'orderRate',
  'groupWeight',
  'sleevePositions',
  'groupPositions',
  'portfolioPositions',
  'orderCap',
  'positionNotional',
  'volumeParticipation',
  'sleevePositionWeight',
  'sleeveLeverage',
  'sleeveExposure',
  'exposure',
  'cashReserve',
  'stageTotal',
  'positionWeight',
  'sectorWeight',
  'currencyWeight',
  'assetClassWeight',
  'groupExposure',
  'concentration',
  'leverage',
  'netLeverage',
  'minimumSize',
  'paper',
  'sleeveCash',
  'buyingPower',
  'brokerRejected',
] as const
export type RuleName = (typeof RULES)[number]

/** One sized wish under judgement. Reused between calls: never keep it. */
export interface Change {
  readonly sleeve: number
  /** Index of the instrument; for a structure, of its underlying. */
  readonly instrument: number
  /** Signed change in units; for a structure, in structures. */
  readonly quantity: number
  /** Shrinks the sleeve's own position without crossing zero. */
  readonly reducing: boolean
  /** Exposure of one unit in the base currency: market value, or the maximum loss of a structure. */
  readonly unitExposure: number
  /** Smallest count that may be traded. */
  readonly step: number
  readonly structure: boolean
}

/** What rules may know: projections count filled, waiting and working at their worse end. */
export interface RiskView {
  readonly equity: number
  readonly halted: boolean
  sleeveEquity(sleeve: number): number
  /** Cash of the instrument's currency that the sleeve may still spend, valued in the base currency. */
  sleeveAvailable(sleeve: number, instrument: number): number
  /** Cash the account may still spend: settled cash or Reg-T buying power less what waits. */
  readonly buyingPower: number
  sleevePositions(sleeve: number): number
  readonly positions: number
  /** Whether the change opens a position that its sleeve does not hold or wait for yet. */
  opens(change: Change): boolean
  sleeveExposure(sleeve: number, instrument: number): number
  /** Absolute exposure to the instrument, all sleeves netted, in the base currency. */
  exposure(instrument: number): number
  classExposure(instrument: number): number
  readonly grossExposure: number
}

export interface RiskRule<L = number> {
  readonly name: RuleName
  readonly scope: 'position' | 'sleeve' | 'group' | 'portfolio'
  readonly contention: 'scale' | 'queue'
  /** Units of the change (same sign, at most its size) that may pass; 0 refuses. Never asked about a reducing change. */
  room(change: Change, books: RiskView, limit: L): number
}

/** Persisted: what the last portfolio day measured; NaN where it is not known yet. Arrays are by sleeve ordinal. */
export interface MeasuredRisk {
  /** Annual. */
  volatility: number
  /** Of one day, as a positive fraction of equity. */
  valueAtRisk: number
  /** Weighted volatility of the sleeves over the portfolio's. */
  diversification: number
  /** Annual. */
  readonly sleeveVolatility: Float64Array
  /** Highest correlation of a sleeve with one that has the higher Sharpe ratio. */
  readonly closeness: Float64Array
}

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface Violation {
  readonly at: Instant
  readonly severity: Severity
  readonly rule: string
  /** 'portfolio' or the sleeve's id. */
  readonly subject: SleeveId | 'portfolio'
  readonly value: number
  readonly limit: number
  readonly action: string
  readonly resolvedAt: Instant | null
}

export type CashCause =
  | 'deposit'
  | 'withdrawal'
  | 'transfer'
  | 'dividend'
  | 'interest'
  | 'borrow'
  | 'funding'
  | 'marginCall'
  | 'fee'
  | 'conversion'

/** Money of one currency given up for money of another, in one sleeve's purses and on the account: both as stated. */
export interface CashConversion {
  readonly sleeve: SleeveId
  readonly from: CurrencyCode
  /** What is given up, in counts of `from`. */
  readonly sold: Money
  readonly to: CurrencyCode
  /** What comes for it, in counts of `to`. */
  readonly bought: Money
}

/** A movement between two sleeves of one account: creates and loses nothing. */
export interface CashTransfer {
  readonly from: SleeveId
  readonly to: SleeveId
  readonly amount: Money
}
