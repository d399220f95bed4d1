/**
 * Bars within the day: each simulated day becomes the shorter bars that it could have been made of.
 * In:    bars of days, their sessions, a length, a stream of chance   Out: bars of that length
 * Keeps: put together again they are the very days: open, high, low, close and volume
 *
 * The path from open to close is a Brownian bridge, with steps as large as the day's range says: Parkinson (1980), "The
 * Extreme Value Method for Estimating the Variance of the Rate of Return".
 */
import { exp, log } from '../../numerics/elementary.ts'
import { roundHalfUp, splitByLargestRemainder } from '../../numerics/exact.ts'
import type { Random } from '../../numerics/random.ts'

interface Bars {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

export interface DayBars extends Bars {
  readonly dates: Int32Array // yyyymmdd
}

export interface IntradayBars extends DayBars {
  /** Starts of bars, ms since epoch. */
  readonly times: Float64Array
  /** The row of the day that a bar is part of. */
  readonly days: Int32Array
}

export interface IntradayRules {
  /** When each day opens and closes, ms since epoch. */
  readonly opens: ArrayLike<number>
  readonly closes: ArrayLike<number>
  readonly barMs: number
  /** Smallest step of a price. */
  readonly tick: number
}

/** The mean range of a Brownian path, in deviations of its move. */
const RANGE_PER_DEVIATION = 1.6
/** Volumes are dealt in parts of this many to the unit. */
const VOLUME_PARTS = 10_000
const WEIGHT_PARTS = 1_000

export function intradayBars(days: DayBars, rules: IntradayRules, random: Random): IntradayBars {
  const { opens, closes, barMs } = rules
  const counts = Array.from(days.dates, (_, day) => Math.ceil((closes[day]! - opens[day]!) / barMs))
  const total = counts.reduce((sum, count) => sum + count, 0)
  const column = (): Float64Array => new Float64Array(total)
  const bars: IntradayBars = {
    dates: new Int32Array(total),
    days: new Int32Array(total),
    times: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
  let from = 0
  for (const [day, count] of counts.entries()) {
    for (let bar = 0; bar < count; bar += 1) {
      bars.dates[from + bar] = days.dates[day]!
      bars.days[from + bar] = day
      bars.times[from + bar] = opens[day]! + bar * barMs
    }
    walkDay(bars, { from, count }, days, day, rules.tick, random)
    dealVolume(bars, { from, count }, days.volume[day]!, random)
    from += count
  }
  return bars
}

interface Span {
  readonly from: number
  readonly count: number
}

function walkDay(bars: Bars, { from, count }: Span, days: Bars, day: number, tick: number, random: Random): void {
  const [open, high, low, close] = [days.open[day]!, days.high[day]!, days.low[day]!, days.close[day]!]
  const within = (price: number): number => Math.min(high, Math.max(low, roundHalfUp(price / tick) * tick))
  const step = log(high / low) / RANGE_PER_DEVIATION / Math.sqrt(count)
  const steps = Array.from({ length: count }, () => random.normal() * step)
  const drift = (log(close / open) - steps.reduce((sum, one) => sum + one, 0)) / count
  let path = log(open)
  let price = open
  for (let bar = 0; bar < count; bar += 1) {
    const at = from + bar
    path += steps[bar]! + drift
    bars.open[at] = price
    price = bar === count - 1 ? close : within(exp(path))
    bars.close[at] = price
    const [top, bottom] = [Math.max(bars.open[at]!, price), Math.min(bars.open[at]!, price)]
    bars.high[at] = Math.max(top, within(top * exp(Math.abs(random.normal()) * step * 0.5)))
    bars.low[at] = Math.min(bottom, within(bottom * exp(-Math.abs(random.normal()) * step * 0.5)))
  }
  bars.high[furthest(bars.high, { from, count }, 1)] = high
  bars.low[furthest(bars.low, { from, count }, -1)] = low
}

/** The bar whose extreme is the day's. */
function furthest(column: Float64Array, { from, count }: Span, side: 1 | -1): number {
  let found = from
  for (let at = from; at < from + count; at += 1) if (column[at]! * side > column[found]! * side) found = at
  return found
}

/** More where the price moved more. Without volume in the day there is none within it. */
function dealVolume(bars: Bars, { from, count }: Span, volume: number, random: Random): void {
  if (!(volume > 0)) {
    bars.volume.fill(volume, from, from + count)
    return
  }
  const ranges = Array.from({ length: count }, (_, bar) => bars.high[from + bar]! / bars.low[from + bar]! - 1)
  const mean = ranges.reduce((sum, one) => sum + one, 0) / count
  const weights = ranges.map((range) =>
    roundHalfUp(WEIGHT_PARTS * (0.5 + random.uniform() + (mean > 0 ? range / mean : 1))),
  )
  const parts = splitByLargestRemainder(roundHalfUp(volume * VOLUME_PARTS), weights)
  for (let bar = 0; bar < count; bar += 1) bars.volume[from + bar] = parts[bar]! / VOLUME_PARTS
}
