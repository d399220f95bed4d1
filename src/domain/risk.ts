import type { LifecycleStage } from './allocation.ts'
import type { CurrencyCode, Instant, Money, SleeveId } from './units.ts'
import type { HaltReview, ParameterRecord, Resolution, Severity, SubjectKind } from './violations.ts'

/** Every rule that may trim or refuse, strictest first: the first to object names the refusal. */
export const RULES = [
  'paused',
  'killed',
  'reducing',
  'notListed',
  'priceMissing',
  'rateMissing',
  'universe',
  'notHoldable',
  'notBorrowable',
  'accountSize',
  'regime',
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
  'approval',
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
  /**
   * Exposure of one unit where a limit counts options by their deltas: for a structure the delta-adjusted notional of its
   * legs, positive where it gains as its underlying rises; else as `unitExposure`.
   */
  readonly unitDelta: number
  /** Smallest count that may be traded. */
  readonly step: number
  readonly structure: boolean
}

/** How limits put instruments together. */
export type Bucket = 'assetClass' | 'sector' | 'currency'

/** What rules may know: projections count filled, waiting and working at their worse end. Money in the base currency. */
export interface RiskView {
  readonly equity: number
  readonly halted: boolean
  /** Fall from the peak as a positive fraction. */
  readonly drawdown: number
  /** Equity with which the day began, and what was gained since. */
  readonly dayStart: number
  readonly dayProfit: number
  /** Null where nothing was measured yet. */
  readonly measured: MeasuredRisk | null
  sleeveEquity(sleeve: number): number
  /** Capital that the sleeve's sizes are measured on, before the overlays of the day. */
  sleeveAllocation(sleeve: number): number
  sleeveHalted(sleeve: number): boolean
  sleeveDrawdown(sleeve: number): number
  sleeveDayStart(sleeve: number): number
  sleeveDayProfit(sleeve: number): number
  /** Orders that the sleeve sent on this day, or in this minute. */
  orders(sleeve: number, per: 'day' | 'minute'): number
  stage(sleeve: number): LifecycleStage
  /** Cash of the instrument's currency that the sleeve may still spend. */
  sleeveAvailable(sleeve: number, instrument: number): number
  /** What the account may still spend on the change: settled cash or Reg-T buying power less what waits. */
  buyingPower(change: Change): number
  sleevePositions(sleeve: number): number
  readonly positions: number
  /** Whether the change opens a position that its sleeve does not hold or wait for yet. */
  opens(change: Change): boolean
  sleeveExposure(sleeve: number, instrument: number): number
  /** Sum over the sleeve's positions. */
  sleeveGross(sleeve: number): number
  /** Absolute exposure to the instrument, all sleeves netted. */
  exposure(instrument: number): number
  /** Exposure that the change takes without adding to the account's: what it nets against there; */
  beside(change: Change): number
  /** the same where options count by their deltas; */
  besideDelta(change: Change): number
  /** or in its own sleeve. */
  besideSleeve(change: Change): number
  bucketOf(bucket: Bucket, instrument: number): number
  /** Options by their deltas. */
  bucketExposure(bucket: Bucket, instrument: number): number
  /** Structures by their maximum loss; */
  readonly grossExposure: number
  /** by their deltas, netted with the positions in their underlyings. */
  readonly grossDelta: number
  /** Long less short exposure at its worse end, positive on the side of the change; options by their deltas. */
  netExposure(change: Change): number
  /**
   * The largest exposures to instruments other than this one: the sum of `count` - 1 of them, and the next one. The answer
   * is reused.
   */
  largest(instrument: number, count: number): { readonly others: number; readonly smallest: number }
  stageExposure(stage: LifecycleStage): number
  inGroup(group: number, change: Change): boolean
  groupEquity(group: number): number
  /** Options by their deltas. */
  groupExposure(group: number): number
  groupPositions(group: number): number
  besideGroup(group: number, change: Change): number
  /** Units per bar over the bars that the sleeve's limit names; NaN where it is not known. */
  averageVolume(sleeve: number, instrument: number): number
}

/** One rule with its limit. */
export interface RiskRule {
  readonly name: RuleName
  readonly scope: 'position' | 'sleeve' | 'group' | 'portfolio'
  /** `scale`: entries of one cycle that meet at the limit share what is left in proportion; `queue`: first come. */
  readonly contention: 'scale' | 'queue'
  /** Structures count by their deltas. Absent: by their maximum loss. */
  readonly byDelta?: true
  /** In the unit of `value`. */
  readonly limit: number | ((change: Change, books: RiskView) => number)
  /**
   * Money of exposure that the change may take; infinite where the rule does not speak, 0 or less refuses. Never asked
   * about a reducing change.
   *
   * @param allowed units of the change that the rules before it let pass
   */
  room(change: Change, books: RiskView, allowed: number): number
  /** What would stand against the limit if all that was asked passed. */
  value(change: Change, books: RiskView): number
  /** Which of the rooms behind this limit the change draws on. */
  pool(change: Change, books: RiskView): number
  /** A refusal after a trim keeps the name of the rule that trimmed. */
  readonly keepsName?: true
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

/** A limit that was exceeded, or a sleeve that failed: what it was, what was done about it, and how it ended. */
export interface Violation {
  /** Counts the violations of a run from 1. */
  readonly id: number
  readonly at: Instant
  readonly severity: Severity
  readonly rule: string
  readonly about: SubjectKind
  /** 'portfolio', or the id of what it is about; a position as 'sleeve/instrument', a pair as 'sleeve/sleeve'. */
  readonly subject: string
  readonly value: number
  readonly limit: number
  readonly action: string
  readonly resolvedAt: Instant | null
  readonly resolution: Resolution | null
  /** Of a violation that halted or liquidated the whole portfolio. */
  readonly review: HaltReview | null
  /** Of a violation above low. */
  readonly parameters: ParameterRecord | null
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

/** Money that is a gain or a cost of what is held: part of the return, while any other that comes or goes is a flow. */
const EARNED: ReadonlySet<string> = new Set<CashCause>(['dividend', 'interest', 'borrow', 'funding', 'fee'])

/** Whether money that moves for this cause is earned or charged, not put in or taken out. */
export function isEarned(cause: string): boolean {
  return EARNED.has(cause)
}

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
