/** One instrument's days as the generators of events read them: what a record may know is known by a close before it. */
import type { Instant, InstrumentId, TradeDate } from '../../../domain/units.ts'
import { log } from '../../../numerics/elementary.ts'

/** Days with a price, earliest first. */
export interface DayBars {
  readonly instrument: InstrumentId
  readonly dates: readonly TradeDate[]
  readonly opens: readonly Instant[]
  readonly closes: readonly Instant[]
  /** On the signal scale: a split is no move. */
  readonly close: Float64Array
  /** As traded. */
  readonly rawClose: Float64Array
}

const VOLATILITY_DAYS = 60
const VOLATILITY_DAYS_MIN = 20

/**
 * Standard deviation of the daily returns that end at day `last`, over up to 60 of them.
 *
 * @returns NaN where fewer than 20 are known, or the price never moved
 */
export function volatilityAt({ close }: DayBars, last: number): number {
  const first = Math.max(1, last - VOLATILITY_DAYS + 1)
  const count = last - first + 1
  if (count < VOLATILITY_DAYS_MIN) return Number.NaN
  let sum = 0
  let squares = 0
  for (let day = first; day <= last; day += 1) {
    const move = log(close[day]! / close[day - 1]!)
    sum += move
    squares += move * move
  }
  const variance = (squares - (sum * sum) / count) / (count - 1)
  return variance > 0 ? Math.sqrt(variance) : Number.NaN
}

/** A move over `days` days that ends at `last`, in standard deviations of the days before it, at most three; 0 where unknown. */
export function standardisedMove(bars: DayBars, last: number, days: number): number {
  const before = last - days
  const scale = before < 0 ? Number.NaN : volatilityAt(bars, before) * Math.sqrt(days)
  if (Number.isNaN(scale)) return 0
  const move = log(bars.close[last]! / bars.close[before]!) / scale
  return Math.max(-MOVE_MAX, Math.min(MOVE_MAX, move))
}

const MOVE_MAX = 3

/** The last day that had closed at an instant; -1 where none had. */
export function lastClosedDay({ closes }: DayBars, at: Instant): number {
  let low = 0
  let high = closes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (closes[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The first day on or after a date; the count of days where there is none. */
export function firstDayFrom({ dates }: DayBars, date: TradeDate): number {
  let low = 0
  let high = dates.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (dates[middle]! >= date) high = middle
    else low = middle + 1
  }
  return low
}
