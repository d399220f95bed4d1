/**
 * Quarterly futures on a market whose prices are known: cost of carry that wanders around its mean.
 * In:    daily bars of the underlying, a seed, carry and noise a year   Out: contracts from their listing to their expiry
 * Keeps: a contract is worth its underlying on its last day; a longer history begins with the same contracts
 *
 * Cost of carry: Cox, Ingersoll & Ross (1981), "The Relation between Forward Prices and Futures Prices".
 */
import { addDays, daysBetween, tradeDate, weekday } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { exp } from '../../numerics/elementary.ts'
import { createRandom } from '../../numerics/random.ts'

/** Bars of a day, on a scale without splits. */
export interface DailyBars {
  readonly dates: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

export interface FuturesRules {
  readonly seed: number
  /** Points of the future for one of the underlying. */
  readonly scale: number
  /** Mean of what carrying the underlying costs a year, less what it pays, as a fraction. */
  readonly carry: number
  /** Standard deviation of it. */
  readonly noise: number
  readonly tick: number
}

export interface GeneratedContract extends DailyBars {
  readonly year: number
  /** 3, 6, 9 or 12. */
  readonly month: number
  /** Third Friday of the month, or the last day before it on which the underlying trades. */
  readonly expiry: TradeDate
  /** Row of the underlying of each bar. */
  readonly rows: Int32Array
}

const MONTHS = [3, 6, 9, 12] as const
const DAYS_A_YEAR = 365
/** Calendar days before its expiry from which a contract trades. */
const LIFE_DAYS = 190
/** How much of yesterday's distance from the mean is left today. */
const PERSISTENCE = 0.97
/** The crowd changes over to the next contract within these days before an expiry. */
const CHANGE_DAYS = 8
/** Contracts traded a day for a share of the underlying, and the part of it that trades in contracts further out. */
const VOLUME_PART = 0.01
const FAR_PART = 0.02

/** Every contract that trades on one of the days, the first expiry first. */
export function generateFutures(underlying: DailyBars, rules: FuturesRules): readonly GeneratedContract[] {
  const { dates } = underlying
  const [first, last] = [dates[0] as TradeDate, dates.at(-1) as TradeDate]
  const rates = carryRates(dates.length, rules)
  const contracts: GeneratedContract[] = []
  let previous: TradeDate | null = null
  for (let year = Math.floor(first / 10_000); year <= Math.floor(last / 10_000) + 1; year += 1) {
    for (const month of MONTHS) {
      const third = thirdFriday(year, month)
      if (third < first || addDays(third, -LIFE_DAYS) > last) continue
      const expiry = lastTradedBy(dates, third)
      const contract = { year, month, expiry }
      contracts.push(contractOf(underlying, rules, { ...contract, previous, rates }))
      previous = expiry
    }
  }
  return contracts.filter(({ rows }) => rows.length > 0)
}

export function thirdFriday(year: number, month: number): TradeDate {
  const begin = tradeDate(year * 10_000 + month * 100 + 1)
  return addDays(begin, ((5 - weekday(begin) + 7) % 7) + 14)
}

/** Beyond the last bar nobody knows the calendar: there the Friday stands. */
function lastTradedBy(dates: Int32Array, friday: TradeDate): TradeDate {
  if (dates.at(-1)! < friday) return friday
  let found = dates[0]!
  for (const date of dates) if (date <= friday) found = date
  return found as TradeDate
}

/** What carrying costs a year, day by day. */
function carryRates(days: number, { seed, carry, noise }: FuturesRules): Float64Array {
  const random = createRandom(seed).fork('carry')
  const step = noise * Math.sqrt(1 - PERSISTENCE * PERSISTENCE)
  let distance = noise * random.normal()
  return Float64Array.from({ length: days }, () => {
    distance = PERSISTENCE * distance + step * random.normal()
    return carry + distance
  })
}

function contractOf(
  underlying: DailyBars,
  { scale, tick }: FuturesRules,
  contract: {
    readonly year: number
    readonly month: number
    readonly expiry: TradeDate
    readonly previous: TradeDate | null
    readonly rates: Float64Array
  },
): GeneratedContract {
  const { year, month, expiry, previous, rates } = contract
  const listed = addDays(expiry, -LIFE_DAYS)
  const rows = Int32Array.from(
    Array.from(underlying.dates.keys()).filter((row) => {
      const date = underlying.dates[row]!
      return date >= listed && date <= expiry && !Number.isNaN(underlying.close[row]!)
    }),
  )
  const leftOn = (row: number): number => daysBetween(underlying.dates[row] as TradeDate, expiry)
  const priced = (field: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => {
      const price = field[row]! * scale * exp((rates[row]! * leftOn(row)) / DAYS_A_YEAR)
      return Math.max(tick, Math.floor(price / tick + 0.5) * tick)
    })
  const volume = Float64Array.from(rows, (row) => {
    const before = previous === null ? 0 : daysBetween(underlying.dates[row] as TradeDate, previous)
    const part = shareOf(leftOn(row)) * (before > 0 ? Math.max(FAR_PART, 1 - shareOf(before)) : 1)
    return Math.floor(underlying.volume[row]! * VOLUME_PART * part) + 1
  })
  const { open, high, low, close } = underlying
  const prices = { open: priced(open), high: priced(high), low: priced(low), close: priced(close) }
  return { year, month, expiry, rows, dates: Int32Array.from(rows, (row) => underlying.dates[row]!), ...prices, volume }
}

/** Part of the crowd that is still in a contract so many days before its expiry. */
function shareOf(days: number): number {
  return Math.min(1, (days + 1) / (CHANGE_DAYS + 1))
}
