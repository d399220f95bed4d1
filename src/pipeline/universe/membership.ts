/** Whether a name is a member of a sleeve's universe today, and every reason why not. */
import type { FundamentalsRecord } from '../../domain/market-records.ts'
import { formatDate, utcDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { Bounds, MembershipChange, UniverseRules } from '../../domain/universe.ts'
import { type Criterion, figureReason, isWithin, sectorReason } from './criteria.ts'

/** What the bars of a name say on a day; NaN where there are too few of them. */
export interface BarFigures {
  /** As traded. */
  readonly price: number
  /** A year, as a fraction. */
  readonly volatility: number
  /** Mean shares a bar, as they are traded today. */
  readonly volume: number
  /** Mean of price times volume a bar, in the instrument's currency. */
  readonly dollarVolume: number
}

/** Rules as they are asked, prepared once. */
export interface Membership {
  readonly asksBars: boolean
  readonly asksSnapshots: boolean
  /** Criteria of snapshots wait for the first one that is known of a name. */
  isMember(name: string, day: Day): boolean
  /** Every reason why a name is no member; empty for a member. */
  reasons(name: string, day: Day): readonly string[]
}

/** One name on one day. */
export interface Day {
  readonly tradeDate: TradeDate
  readonly bars: BarFigures
  /** Null before the first snapshot. */
  readonly fundamentals: FundamentalsRecord | null
}

type Figure = keyof BarFigures

const NO_CHANGES: readonly MembershipChange[] = []

const floor = (min: number): Bounds => ({ min, max: null })

/** Criteria that bars answer. */
function barCriteria(rules: UniverseRules): readonly (Criterion & { readonly figure: Figure })[] {
  const { volatilityMin, volatilityMax, volumeMin, price, dollarVolumeMin } = rules
  const swing = { min: volatilityMin, max: volatilityMax ?? null }
  return [
    ...(price === undefined ? [] : [{ name: 'price', figure: 'price' as const, bounds: price, isOpen: false }]),
    ...(swing.min === null && swing.max === null
      ? []
      : [{ name: 'volatility', figure: 'volatility' as const, bounds: swing, isOpen: true }]),
    ...(volumeMin === null
      ? []
      : [{ name: 'volume', figure: 'volume' as const, bounds: floor(volumeMin), isOpen: true }]),
    ...(dollarVolumeMin === undefined
      ? []
      : [{ name: 'dollar_volume', figure: 'dollarVolume' as const, bounds: floor(dollarVolumeMin), isOpen: true }]),
  ]
}

/** Criteria that only snapshots answer, as a reader is told of them. */
export function snapshotCriteria({ marketCap, floatShares, sectors }: UniverseRules): readonly string[] {
  const bounded = (name: string, { min, max }: Bounds): string =>
    `${name}${min === null ? '' : ` from ${min}`}${max === null ? '' : ` to ${max}`}`
  return [
    ...(marketCap === undefined ? [] : [bounded('market_cap', marketCap)]),
    ...(floatShares === undefined ? [] : [bounded('float_shares', floatShares)]),
    ...(sectors === undefined ? [] : [`sectors ${sectors.map(({ name }) => name).join(', ')}`]),
  ]
}

/** What could not be judged of a run that begins on `firstDay`: criteria without a snapshot, or before the first one. */
export function notEvaluated(
  rules: UniverseRules,
  firstSnapshot: TradeDate | null,
  firstDay: TradeDate | null,
): readonly string[] {
  const asked = snapshotCriteria(rules)
  if (firstSnapshot === null) return [...rules.notEvaluated, ...asked]
  const isLate = firstDay === null || firstDay < firstSnapshot
  const dated = isLate ? asked.map((criterion) => `${criterion} before ${formatDate(firstSnapshot)}`) : []
  return [...rules.notEvaluated, ...dated]
}

/** The rules, prepared; null where they ask nothing of anybody. */
export function membershipOf(rules: UniverseRules): Membership | null {
  const ofBars = barCriteria(rules)
  const asksSnapshots = snapshotCriteria(rules).length > 0
  const history = rules.history === undefined ? null : byName(rules.history)
  if (ofBars.length === 0 && !asksSnapshots && history === null) return null
  return {
    asksBars: ofBars.length > 0,
    asksSnapshots,
    isMember: (name, { tradeDate, bars, fundamentals }) => {
      for (const criterion of ofBars) if (!isWithin(criterion, bars[criterion.figure])) return false
      if (history !== null && changeOn(history.get(name) ?? NO_CHANGES, tradeDate)?.isMember !== true) return false
      return !asksSnapshots || fundamentals === null || snapshotReasons(rules, fundamentals).length === 0
    },
    reasons: (name, { tradeDate, bars, fundamentals }) => [
      ...(history === null ? [] : historyReasons(history.get(name) ?? NO_CHANGES, tradeDate)),
      ...ofBars.flatMap((criterion) => figureReason(criterion, bars[criterion.figure]) ?? []),
      ...(asksSnapshots && fundamentals !== null ? snapshotReasons(rules, fundamentals) : []),
    ],
  }
}

function byName(changes: readonly MembershipChange[]): ReadonlyMap<string, readonly MembershipChange[]> {
  const names = new Map<string, MembershipChange[]>()
  for (const change of changes) {
    const own = names.get(change.instrument)
    if (own === undefined) names.set(change.instrument, [change])
    else own.push(change)
  }
  return names
}

/** The latest change up to a day; null where all of them come later. */
function changeOn(changes: readonly MembershipChange[], tradeDate: TradeDate): MembershipChange | null {
  for (let at = changes.length - 1; at >= 0; at -= 1) if (changes[at]!.tradeDate <= tradeDate) return changes[at]!
  return null
}

function historyReasons(changes: readonly MembershipChange[], tradeDate: TradeDate): readonly string[] {
  const first = changes[0]
  if (first === undefined) return ['the history does not name it']
  const latest = changeOn(changes, tradeDate)
  if (latest === null) return [`the history names it from ${formatDate(first.tradeDate)} on`]
  if (latest.isMember) return []
  return latest.reasons.length === 0 ? ['out by the history'] : latest.reasons
}

function snapshotReasons({ marketCap, floatShares, sectors }: UniverseRules, facts: FundamentalsRecord): string[] {
  if (!facts.isListed) return [`not in the snapshot of ${formatDate(utcDate(facts.eventAt))}`]
  const reasons = [
    marketCap === undefined
      ? null
      : figureReason({ name: 'market_cap', bounds: marketCap, isOpen: false }, facts.marketCap),
    floatShares === undefined
      ? null
      : figureReason({ name: 'float_shares', bounds: floatShares, isOpen: true }, facts.floatShares),
    sectors === undefined ? null : sectorReason(sectors, facts.sector, facts.industry),
  ]
  return reasons.filter((reason) => reason !== null)
}
