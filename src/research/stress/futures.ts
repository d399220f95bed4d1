/**
 * Futures under stress: bars that go on from today's prices, for every instrument together.
 * In:    a scenario, every instrument's past, what is held today   Out: bars as multiples of the close before, or why not
 */
import { formatDate, toDays } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { mean, sampleCovariance, sampleDeviation, sampleVariance } from '../../numerics/statistics.ts'
import type { StressScenario } from './scenarios.ts'

/** Multiples of the close before. */
export interface RelativeBar {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export interface StressedInstrument {
  readonly id: string
  /** yyyymmdd, ascending; all that is known, also of days after today. */
  readonly dates: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Rows up to today. */
  readonly rows: number
  /** Money at work in it, signed, by sleeve; options count as their underlying. */
  readonly exposure: ReadonlyMap<string, number>
}

export interface StressedMarket {
  readonly instruments: readonly StressedInstrument[]
  /** What stands for the market: its dates are the days of the future. */
  readonly benchmark: StressedInstrument
  /** Of each sleeve today. */
  readonly equity: ReadonlyMap<string, number>
}

/** One future: `bars[day][instrument]`. */
export type StressedFuture =
  | { readonly possible: true; readonly bars: readonly (readonly RelativeBar[])[] }
  | { readonly possible: false; readonly reason: string }

export const FLAT: RelativeBar = { open: 1, high: 1, low: 1, close: 1 }
/** Daily returns that a beta is measured over; with fewer in common it is one. */
const BETA_BARS = 250
const BETA_BARS_MIN = 20
/** Part of a window's days that an instrument must have itself; else it moves by its beta. */
const COVERED_MIN = 0.95
/** Days at the end of a window on which no exchange may have been open; with more missing, half of it would be played. */
const CLOSED_DAYS_MAX = 7
/** A price never falls to nothing within a bar. */
const LEAST = 0.01

export function futureOf(scenario: StressScenario, market: StressedMarket): StressedFuture {
  const { instruments } = market
  switch (scenario.kind) {
    case 'move':
      return within(instruments.map((one) => moved(betaOf(one, market.benchmark) * scenario.move)))
    case 'gap': {
      const bars = instruments.map((one) => gapped(0 - Math.abs(scenario.move) * Math.sign(exposureOf(one))))
      const none = bars.every(({ open }) => open === 1)
      return none ? refused('nothing is held that could gap') : within(bars)
    }
    case 'sleeve':
      return sleeveShock(scenario, market)
    case 'window':
      return windowOf(scenario, market)
    case 'volatility': {
      const count = Math.min(scenario.bars, market.benchmark.rows - 1)
      return byDay(count, instruments, (one) => amplified(lastBars(one, count), scenario.factor))
    }
    case 'correlation':
      return together(scenario.bars, market)
  }
}

const refused = (reason: string): StressedFuture => ({ possible: false, reason })
const within = (bars: readonly RelativeBar[]): StressedFuture => ({ possible: true, bars: [bars] })
const exposureOf = ({ exposure }: StressedInstrument): number =>
  [...exposure.values()].reduce((sum, one) => sum + one, 0)
const least = (value: number): number => Math.max(LEAST, value)

/** Opens where it closed, and ends the day moved: stops on the way are met at their level. */
function moved(move: number): RelativeBar {
  const close = least(1 + move)
  return { open: 1, high: Math.max(1, close), low: Math.min(1, close), close }
}

/** Opens moved already, and stays there: stops in between are met at the open. */
function gapped(move: number): RelativeBar {
  const price = least(1 + move)
  return { open: price, high: price, low: price, close: price }
}

function sleeveShock(
  { sleeve, loss }: Extract<StressScenario, { kind: 'sleeve' }>,
  { instruments, equity }: StressedMarket,
): StressedFuture {
  const held = instruments.map(({ exposure }) => exposure.get(sleeve) ?? 0)
  const gross = held.reduce((sum, one) => sum + Math.abs(one), 0)
  const own = equity.get(sleeve) ?? 0
  if (gross === 0 || own <= 0) return refused(`sleeve "${sleeve}" holds nothing that could fall`)
  const move = (loss * own) / gross
  if (move >= 1)
    return refused(`sleeve "${sleeve}" holds less than the ${loss * 100} % of its equity that it should lose`)
  return within(held.map((one) => (one === 0 ? FLAT : gapped(0 - move * Math.sign(one)))))
}

/** The rows of a stretch of dates; the first one needs a close before it. */
function rowsWithin({ dates }: StressedInstrument, from: number, to: number): readonly number[] {
  const rows: number[] = []
  for (let row = 1; row < dates.length; row += 1) if (dates[row]! >= from && dates[row]! <= to) rows.push(row)
  return rows
}

function barAt({ open, high, low, close }: StressedInstrument, row: number): RelativeBar {
  const before = close[row - 1]!
  const bar = {
    open: open[row]! / before,
    high: high[row]! / before,
    low: low[row]! / before,
    close: close[row]! / before,
  }
  return Number.isFinite(bar.open + bar.high + bar.low + bar.close) ? bar : FLAT
}

function windowOf(
  { from, to }: Extract<StressScenario, { kind: 'window' }>,
  { instruments, benchmark }: StressedMarket,
): StressedFuture {
  const rows = rowsWithin(benchmark, from, to)
  const first = (benchmark.dates[0] ?? 0) as TradeDate
  const last = (benchmark.dates.at(-1) ?? 0) as TradeDate
  if (first > from)
    return refused(`the prices of ${benchmark.id} do not reach back that far: they begin on ${formatDate(first)}`)
  if (toDays(to as TradeDate) - toDays(last) > CLOSED_DAYS_MAX)
    return refused(`the prices of ${benchmark.id} do not reach that far: they end on ${formatDate(last)}`)
  if (rows.length === 0) return refused(`${benchmark.id} has no prices in that window`)
  return byDay(rows.length, instruments, (one) => {
    const own = new Map(rowsWithin(one, from, to).map((row) => [one.dates[row]!, row]))
    if (own.size >= rows.length * COVERED_MIN) {
      return rows.map((row) => {
        const mine = own.get(benchmark.dates[row]!)
        return mine === undefined ? FLAT : barAt(one, mine)
      })
    }
    const beta = betaOf(one, benchmark)
    return rows.map((row) => scaled(barAt(benchmark, row), beta))
  })
}

function scaled({ open, high, low, close }: RelativeBar, by: number): RelativeBar {
  const point = (value: number): number => least(1 + by * (value - 1))
  const [one, other] = [point(high), point(low)]
  return { open: point(open), high: Math.max(one, other), low: Math.min(one, other), close: point(close) }
}

/** The last bars before today, oldest first; flat ones before the past began. */
function lastBars(one: StressedInstrument, count: number): readonly RelativeBar[] {
  return Array.from({ length: count }, (_, day) => {
    const row = one.rows - count + day
    return row < 1 ? FLAT : barAt(one, row)
  })
}

/** Every move around the mean of the days as many times as large. */
function amplified(bars: readonly RelativeBar[], factor: number): readonly RelativeBar[] {
  const centre = mean(Float64Array.from(bars, ({ close }) => close - 1))
  const point = (value: number): number => least(1 + centre + factor * (value - 1 - centre))
  return bars.map(({ open, high, low, close }) => ({
    open: point(open),
    high: Math.max(point(high), point(open), point(close)),
    low: Math.min(point(low), point(open), point(close)),
    close: point(close),
  }))
}

function together(bars: number, { instruments, benchmark }: StressedMarket): StressedFuture {
  const count = Math.min(bars, benchmark.rows - 1)
  if (count < 2) return refused(`${benchmark.id} has no days that could come again`)
  const market = lastBars(benchmark, count)
  const whole = sampleDeviation(Float64Array.from(market, ({ close }) => close - 1))
  if (!(whole > 0)) return refused(`${benchmark.id} did not move in its last ${count} days`)
  return byDay(count, instruments, (one) => {
    const own = sampleDeviation(Float64Array.from(lastBars(one, count), ({ close }) => close - 1))
    return market.map((bar) => scaled(bar, own / whole))
  })
}

/** Turns the bars of each instrument into the bars of each day. */
function byDay(
  count: number,
  instruments: readonly StressedInstrument[],
  barsOf: (one: StressedInstrument) => readonly RelativeBar[],
): StressedFuture {
  if (count < 1) return refused('there is no past that could come again')
  const each = instruments.map(barsOf)
  return { possible: true, bars: Array.from({ length: count }, (_, day) => each.map((bars) => bars[day]!)) }
}

/**
 * How much an instrument moves with the market: covariance over variance of daily returns on common days, the last 250;
 * one where fewer than 20 are known or the market did not move.
 */
export function betaOf(one: StressedInstrument, benchmark: StressedInstrument): number {
  if (one === benchmark) return 1
  const own: number[] = []
  const market: number[] = []
  const rowOf = new Map<number, number>()
  for (let row = 0; row < one.rows; row += 1) rowOf.set(one.dates[row]!, row)
  for (let row = benchmark.rows - 1; row > 0 && own.length < BETA_BARS; row -= 1) {
    const now = rowOf.get(benchmark.dates[row]!)
    const before = rowOf.get(benchmark.dates[row - 1]!)
    if (now === undefined || before === undefined) continue
    const move = one.close[now]! / one.close[before]! - 1
    const whole = benchmark.close[row]! / benchmark.close[row - 1]! - 1
    if (!Number.isFinite(move + whole)) continue
    own.push(move)
    market.push(whole)
  }
  if (own.length < BETA_BARS_MIN) return 1
  const variance = sampleVariance(Float64Array.from(market))
  return variance > 0 ? sampleCovariance(Float64Array.from(own), Float64Array.from(market)) / variance : 1
}
