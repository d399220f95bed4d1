/** Drawn bars on which strategies are tried, and the same bars with another future. */
import type { MarketRecord } from '../../domain/market-records.ts'
import { addDays, startOfDay, tradeDate, weekday } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { createRandom } from '../../numerics/random.ts'
import { drawnRecords, MS_OF_CLOSE, recordsAlteredAfter } from './rig-records.ts'

/** Daily bars of several instruments, time-major: bar b, column c at b * columns + c. NaN = no bar. */
export interface RigMarket {
  readonly columns: number
  readonly bars: number
  readonly dates: readonly TradeDate[]
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly factor: Float64Array
  /** What is published beside the bars, earliest first. Left out: nothing. */
  readonly records?: readonly MarketRecord[]
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const

/** So many weekdays from a day on. */
export function weekdaysFrom(first: TradeDate, count: number): TradeDate[] {
  const dates: TradeDate[] = []
  for (let date = first; dates.length < count; date = addDays(date, 1)) {
    if (weekday(date) !== 0 && weekday(date) !== 6) dates.push(date)
  }
  return dates
}

/**
 * Drawn bars in which every built-in strategy finds something to do: drifts that turn, sell-offs, bursts of volume,
 * missing bars, and one 2-for-1 split half way in column 1.
 */
export function drawnMarket(seed: number, columns = 6, bars = 900): RigMarket {
  const random = createRandom(seed)
  const size = columns * bars
  const field = (): Float64Array => new Float64Array(size).fill(Number.NaN)
  const market = { open: field(), high: field(), low: field(), close: field(), volume: field(), factor: field() }
  const dates = weekdaysFrom(tradeDate(20_200_102), bars)
  for (let column = 0; column < columns; column += 1) {
    let price = 60 + 20 * column
    let drift = 0
    let left = 0
    for (let bar = 0; bar < bars; bar += 1) {
      const at = bar * columns + column
      const factor = column === 1 && bar >= bars / 2 ? 2 : 1
      market.factor[at] = factor
      if (left === 0) {
        left = random.integer(10, 60)
        drift = [0.004, 0.001, -0.001, -0.012][random.integer(0, 3)]!
      }
      left -= 1
      const burst = random.uniform() < 0.04
      const move = drift + 0.018 * random.normal() + (burst ? 0.05 * random.normal() : 0)
      const open = price * (1 + 0.004 * random.normal())
      price = Math.min(2_000, Math.max(20, price * Math.max(0.7, 1 + move)))
      if (random.uniform() < 0.01) continue
      const top = Math.max(open, price) * (1 + 0.006 * random.uniform())
      const bottom = Math.min(open, price) * (1 - 0.006 * random.uniform())
      market.open[at] = open / factor
      market.high[at] = top / factor
      market.low[at] = bottom / factor
      market.close[at] = price / factor
      market.volume[at] = Math.floor((burst ? 4 : 1) * (800_000 + 400_000 * random.uniform()) * factor)
    }
  }
  return { columns, bars, dates, ...market, records: drawnRecords(seed, dates, columns) }
}

/**
 * The same market, but the last instrument follows the one before it at a distance that wanders and returns, with a
 * half-life of about seven bars: what strategies on pairs look for.
 */
export function withPair(market: RigMarket, seed: number): RigMarket {
  const random = createRandom(seed)
  const next = { ...market }
  for (const field of FIELDS) next[field] = market[field].slice() as never
  const own = market.columns - 1
  let gap = 0
  for (let bar = 0; bar < market.bars; bar += 1) {
    gap = 0.9 * gap + 0.015 * random.normal()
    const at = bar * market.columns + own
    // A bar that either lacks stays missing.
    if (Number.isNaN(market.close[at]!)) continue
    const scale = (market.factor[at - 1]! / market.factor[at]!) * (1 + gap)
    for (const field of ['open', 'high', 'low', 'close'] as const)
      (next[field] as Float64Array)[at] = market[field][at - 1]! * scale
    if (Number.isNaN(market.close[at - 1]!)) (next.volume as Float64Array)[at] = Number.NaN
  }
  return next
}

/** When a bar closes. */
export const closeOf = ({ dates }: RigMarket, bar: number): Instant =>
  (startOfDay(dates[bar]!) + MS_OF_CLOSE) as Instant

/** The same market with every bar after `last` and every record published after its close altered; all before stays. */
export function alteredAfter(market: RigMarket, last: number, seed: number): RigMarket {
  const random = createRandom(seed)
  const next = { ...market, records: recordsAlteredAfter(market.records ?? [], closeOf(market, last)) }
  for (const field of FIELDS) next[field] = market[field].slice() as never
  for (let at = (last + 1) * market.columns; at < market.close.length; at += 1) {
    const scale = 0.4 + 1.4 * random.uniform()
    for (const field of FIELDS) (next[field] as Float64Array)[at] = market[field][at]! * scale
  }
  return next
}

/** The same market without the bars after `last`, and without what is published after its close. */
export function cutAfter(market: RigMarket, last: number): RigMarket {
  const until = (last + 1) * market.columns
  const next = {
    ...market,
    bars: last + 1,
    dates: market.dates.slice(0, last + 1),
    factor: market.factor.slice(0, until),
    records: (market.records ?? []).filter(({ publishedAt }) => publishedAt <= closeOf(market, last)),
  }
  for (const field of FIELDS) next[field] = market[field].slice(0, until) as never
  return next
}
