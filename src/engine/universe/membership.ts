/** Who belongs to each sleeve's universe: judged anew at every close, kept in the state, told when it changes. */
import type { Slice } from '../../domain/market.ts'
import type { FundamentalsRecord } from '../../domain/market-records.ts'
import type { InstrumentId, TradeDate } from '../../domain/units.ts'
import { volatility } from '../../indicators/volatility/volatility.ts'
import { volumeAverage } from '../../indicators/volume-average/volume-average.ts'
import { vwap } from '../../indicators/vwap/vwap.ts'
import { type BarFigures, type Membership, membershipOf } from '../../pipeline/universe/membership.ts'
import { type ClockRuntime, type IndicatorRows, requestIndicator } from '../clock.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import type { KernelState } from '../state.ts'

/** A sleeve's rules and the indicators that answer them. */
export interface Screen {
  readonly sleeve: SleeveRuntime
  readonly membership: Membership
  /** The universe, and the one that a small account trades instead. */
  readonly names: readonly InstrumentId[]
  readonly volatility: IndicatorRows | null
  readonly volume: IndicatorRows | null
  /** Volume-weighted mean of the typical price: times the mean volume it is the mean of price times volume. */
  readonly typicalPrice: IndicatorRows | null
}

/** What a name is to a sleeve; before its first bar it is nothing yet. */
const STANDING = { in: 1, out: 2 } as const

/** Null where every name of the universe is always a member. */
export function screenOf(sleeve: SleeveRuntime, clock: ClockRuntime): Screen | null {
  const rules = sleeve.config.universeRules
  const membership = sleeve.strategy === null ? null : membershipOf(rules)
  if (membership === null) return null
  const asksVolatility = rules.volatilityMin !== null || rules.volatilityMax !== undefined
  const asksMoney = rules.dollarVolumeMin !== undefined
  const asksVolume = rules.volumeMin !== null || asksMoney
  return {
    sleeve,
    membership,
    names: [...new Set([...sleeve.config.universe, ...(sleeve.config.universeBelow ?? [])])],
    volatility: asksVolatility ? requestIndicator(clock, volatility(rules.volatilityBars), 0) : null,
    volume: asksVolume ? requestIndicator(clock, volumeAverage(rules.volumeBars), 0) : null,
    typicalPrice: asksMoney ? requestIndicator(clock, vwap(rules.volumeBars), 0) : null,
  }
}

/** Whether a sleeve may open a position in an instrument, as far as its universe is concerned. */
export function isMember(state: KernelState, sleeve: number, instrument: number): boolean {
  return state.sleeves[sleeve]!.membership?.[instrument] !== STANDING.out
}

/** Takes what the slice publishes of companies: the latest of each is what is known. */
export function takeFundamentals({ state, byId }: Runtime, { records }: Slice): void {
  for (const record of records) {
    if (record.kind !== 'fundamentals') continue
    state.fundamentals ??= []
    const index = byId.get(record.instrument)
    if (index !== undefined) placed<FundamentalsRecord | null>(state.fundamentals, index, record, null)
  }
}

/** Judges the universe of a sleeve whose clock closes; the indices of the names that left it. */
export function judgeUniverse(runtime: Runtime, screen: Screen, slices: readonly Slice[]): readonly number[] {
  for (const slice of slices) if (slice.clock === screen.sleeve.config.clock) return judgeNames(runtime, screen, slice)
  return NOBODY
}

const NOBODY: readonly number[] = []

/** A name without a bar keeps what it was; one that ended is out. */
function judgeNames(runtime: Runtime, screen: Screen, slice: Slice): readonly number[] {
  const { state, byId, clocks } = runtime
  const { sleeve, membership } = screen
  const { columnOf } = clocks.get(slice.clock)!
  const own = state.sleeves[sleeve.ordinal]!
  own.membership ??= []
  let left = NOBODY
  for (const id of screen.names) {
    const index = byId.get(id)
    const column = index === undefined ? -1 : (columnOf[index] ?? -1)
    if (index === undefined || column < 0) continue
    const before = own.membership[index] ?? 0
    if (state.delisted[index] === 1) {
      if (before === STANDING.in)
        change(runtime, screen, slice, { index, standing: STANDING.out }, ['no longer traded'])
      continue
    }
    if (Number.isNaN(slice.close[column]!)) continue
    const fundamentals = state.fundamentals?.[index] ?? null
    const day = { tradeDate: slice.tradeDate, bars: figuresOf(screen, slice, column), fundamentals }
    const standing = membership.isMember(id, day) ? STANDING.in : STANDING.out
    if (standing === before) continue
    change(runtime, screen, slice, { index, standing }, membership.reasons(id, day))
    if (before === STANDING.in) left = [...left, index]
  }
  return left
}

function change(
  { state, observer }: Runtime,
  { sleeve }: Screen,
  { tradeDate }: Slice,
  { index, standing }: { readonly index: number; readonly standing: number },
  reasons: readonly string[],
): void {
  placed(state.sleeves[sleeve.ordinal]!.membership!, index, standing, 0)
  observer?.membership?.({
    sleeve: sleeve.ordinal,
    instrument: index,
    tradeDate: tradeDate as TradeDate,
    isMember: standing === STANDING.in,
    reasons,
  })
}

/** Writes into a list that may be shorter. */
function placed<T>(list: T[], at: number, value: T, empty: T): void {
  while (list.length < at) list.push(empty)
  list[at] = value
}

/** Indicators read volume on the signal scale; shares are counted as they are traded today. */
function figuresOf(screen: Screen, slice: Slice, column: number): BarFigures {
  const { sleeve, volatility: swing, volume, typicalPrice } = screen
  const rows = (entry: IndicatorRows | null): number => (entry === null ? Number.NaN : entry.rows[0]![column]!)
  const shares = rows(volume)
  return {
    price: slice.close[column]!,
    volatility: rows(swing) * Math.sqrt(sleeve.config.periods),
    volume: shares * slice.factor[column]!,
    dollarVolume: shares === 0 ? 0 : shares * rows(typicalPrice),
  }
}
