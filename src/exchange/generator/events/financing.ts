/** What holding costs, where no record of it exists: funding of perpetuals from their basis, rates of borrowed shares from volatility. */
import type { BorrowRecord, FundingRecord } from '../../../domain/market-records.ts'
import { daysBetween, weekday } from '../../../domain/sessions.ts'
import type { Instant } from '../../../domain/units.ts'
import { createRandom } from '../../../numerics/random.ts'
import { type DayBars, lastClosedDay, volatilityAt } from './day-bars.ts'

const HOUR_MS = 3_600_000
const SETTLEMENT_MS = 8 * HOUR_MS
/** Of eight hours: what funding is without any basis, how far it follows the basis freely, and its cap. */
const FUNDING = { interest: 0.0001, band: 0.0005, most: 0.0075 }
/** Standard deviation of the basis where no spot price tells it. */
const BASIS_DRAWN = 0.0004

/**
 * Funding every eight hours, at 00:00, 08:00 and 16:00 UTC, of the premium of the perpetual over its spot at the last close of
 * a day that both have: premium + (interest - premium, within a band), capped. Without a spot the premium is drawn.
 */
export function syntheticFunding(bars: DayBars, spot: DayBars | null, seed: number): FundingRecord[] {
  const { instrument, closes } = bars
  const first = closes[0]
  const last = closes.at(-1)
  if (first === undefined || last === undefined) return []
  const random = createRandom(seed).fork(`funding ${instrument}`)
  const records: FundingRecord[] = []
  for (let at = Math.ceil(first / SETTLEMENT_MS) * SETTLEMENT_MS; at <= last; at += SETTLEMENT_MS) {
    const day = lastClosedDay(bars, at as Instant)
    const drawn = BASIS_DRAWN * random.fork(`${bars.dates[day]!}`).normal()
    const eventAt = at as Instant
    const rate = fundingRate(spot === null ? drawn : (premiumAt(bars, spot, day) ?? drawn))
    const id = `synthetic funding ${instrument} ${at}`
    records.push({ id, instrument, eventAt, publishedAt: eventAt, origin: 'synthetic', kind: 'funding', rate })
  }
  return records
}

/** The premium at the close of a day; null where the spot has no price of that very close. */
function premiumAt(bars: DayBars, spot: DayBars, day: number): number | null {
  const other = lastClosedDay(spot, bars.closes[day]!)
  return other < 0 || spot.closes[other] !== bars.closes[day] ? null : bars.rawClose[day]! / spot.rawClose[other]! - 1
}

function fundingRate(premium: number): number {
  const pull = Math.max(0 - FUNDING.band, Math.min(FUNDING.band, FUNDING.interest - premium))
  return Math.max(0 - FUNDING.most, Math.min(FUNDING.most, premium + pull))
}

/** Of a year: what is easy to borrow, how much more a volatile share costs, and from when on it may be gone. */
const BORROW = { easy: 0.003, spread: 0.002, volatileFrom: 0.8, perVolatility: 0.25, goneFrom: 1, goneShare: 0.05 }
const SESSIONS_A_YEAR = 252
const DAYS_A_WEEK = 7

/**
 * One rate a week, published an hour before the first open of the week: a third of a percent for what is quiet, more for
 * what moves by more than 80 % a year, of which some weeks nothing can be borrowed.
 */
export function syntheticBorrow(bars: DayBars, seed: number): BorrowRecord[] {
  const { instrument, dates, opens } = bars
  const random = createRandom(seed).fork(`borrow ${instrument}`)
  const records: BorrowRecord[] = []
  for (let day = 0; day < dates.length; day += 1) {
    const before = dates[day - 1]
    const isSameWeek =
      before !== undefined &&
      daysBetween(before, dates[day]!) < DAYS_A_WEEK &&
      weekdayFromMonday(before) < weekdayFromMonday(dates[day]!)
    if (isSameWeek) continue
    const own = random.fork(`${dates[day]!}`)
    const at = (opens[day]! - HOUR_MS) as Instant
    const volatility = volatilityAt(bars, day - 1) * Math.sqrt(SESSIONS_A_YEAR)
    const excess = volatility > BORROW.volatileFrom ? volatility - BORROW.volatileFrom : 0
    const rate = BORROW.easy + BORROW.spread * own.uniform() + BORROW.perVolatility * excess
    const isGone = own.uniform() < BORROW.goneShare && volatility > BORROW.goneFrom
    const id = `synthetic borrow ${instrument} ${dates[day]!}`
    records.push({
      id,
      instrument,
      eventAt: at,
      publishedAt: at,
      origin: 'synthetic',
      kind: 'borrow',
      rate,
      available: !isGone,
    })
  }
  return records
}

const weekdayFromMonday = (date: DayBars['dates'][number]): number => (weekday(date) + 6) % DAYS_A_WEEK
