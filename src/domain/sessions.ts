import { assert } from './assert.ts'
import type { CalendarId, Instant, TradeDate } from './units.ts'

/*
 * Trade dates and trading sessions.
 * A trade date is a civil date of the proleptic Gregorian calendar, written as the integer yyyymmdd; it carries no zone.
 * A session is the half-open stretch [open, close) during which one calendar trades one trade date.
 */

const MS_PER_DAY = 86_400_000
const DAYS_PER_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** Days of the week as `weekday` numbers them. */
export const WEEKDAY = {
  sunday: 0,
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
} as const

/** A civil date taken apart: `month` 1..12, `day` 1..31. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/**
 * All sessions of one calendar over a stretch of time, in ascending order, as columns.
 * Session `i` trades `dates[i]` during [`opens[i]`, `closes[i]`); sessions never overlap.
 */
export interface Sessions {
  readonly calendar: CalendarId
  readonly dates: Int32Array // yyyymmdd
  readonly opens: Float64Array // ms since epoch, UTC
  readonly closes: Float64Array // ms since epoch, UTC
}

/** One row of `Sessions`. */
export interface Session {
  readonly date: TradeDate
  readonly open: Instant
  readonly close: Instant
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Number of days in a month (1..12) of a year. */
export function daysInMonth(year: number, month: number): number {
  assert(month >= 1 && month <= 12, `month must be 1..12, was "${month}"`)
  return month === 2 && isLeapYear(year) ? 29 : DAYS_PER_MONTH[month - 1]!
}

/** Whether an integer is a date that exists, written yyyymmdd: 20240229 is one, 20230229 is none. Years 1..9999. */
export function isTradeDate(value: number): value is TradeDate {
  if (!Number.isInteger(value) || value < 10_101 || value > 99_991_231) return false
  const { year, month, day } = civilDate(value)
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** The trade date yyyymmdd of an integer known to be one; a date that does not exist is a bug. */
export function tradeDate(value: number): TradeDate {
  assert(isTradeDate(value), `trade date must be an existing date written yyyymmdd, was "${value}"`)
  return value
}

/** The trade date of its parts. */
export function tradeDateOf({ year, month, day }: CivilDate): TradeDate {
  return tradeDate(year * 10_000 + month * 100 + day)
}

/** Year, month (1..12) and day (1..31) of a trade date. */
export function civilDate(date: number): CivilDate {
  return { year: Math.floor(date / 10_000), month: Math.floor(date / 100) % 100, day: date % 100 }
}

/**
 * Days since 1970-01-01; negative before.
 * @see Hinnant (2013), "chrono-Compatible Low-Level Date Algorithms", days_from_civil
 */
export function toDays(date: TradeDate): number {
  const { year, month, day } = civilDate(date)
  const shifted = month <= 2 ? year - 1 : year // years begin in March, so the leap day comes last
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/**
 * The trade date that lies `days` after 1970-01-01.
 * @see Hinnant (2013), "chrono-Compatible Low-Level Date Algorithms", civil_from_days
 */
export function fromDays(days: number): TradeDate {
  assert(Number.isInteger(days), `days must be an integer, was "${days}"`)
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return tradeDateOf({ year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day })
}

/** The date `days` calendar days later; earlier when negative. */
export function addDays(date: TradeDate, days: number): TradeDate {
  return fromDays(toDays(date) + days)
}

/** Calendar days from one date to another; negative when `to` is the earlier one. */
export function daysBetween(from: TradeDate, to: TradeDate): number {
  return toDays(to) - toDays(from)
}

/** Day of the week, 0 = Sunday .. 6 = Saturday. */
export function weekday(date: TradeDate): number {
  const days = toDays(date) + WEEKDAY.thursday // 1970-01-01 was a Thursday
  return days - Math.floor(days / 7) * 7
}

/** The n-th (1..5) given weekday of a month: the third Friday is `nthWeekday({ year, month, weekday: 5, nth: 3 })`. */
export function nthWeekday(wanted: { year: number; month: number; weekday: number; nth: number }): TradeDate {
  const { year, month, nth } = wanted
  const first = tradeDateOf({ year, month, day: 1 })
  const ahead = (wanted.weekday - weekday(first) + 7) % 7
  return tradeDateOf({ year, month, day: 1 + ahead + 7 * (nth - 1) })
}

/** The last given weekday of a month. */
export function lastWeekday(wanted: { year: number; month: number; weekday: number }): TradeDate {
  const { year, month } = wanted
  const last = tradeDateOf({ year, month, day: daysInMonth(year, month) })
  return addDays(last, -((weekday(last) - wanted.weekday + 7) % 7))
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** ISO 8601 text of a trade date: 20240131 is "2024-01-31". */
export function formatDate(date: TradeDate): string {
  const { year, month, day } = civilDate(date)
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`
}

/** Reads "2024-01-31" or "20240131"; null for any other text and for dates that do not exist. */
export function parseDate(text: string): TradeDate | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (parts === null) return null
  const value = Number(parts[1]) * 10_000 + Number(parts[2]) * 100 + Number(parts[3])
  return isTradeDate(value) ? value : null
}

/** The instant at which a date begins in UTC. */
export function startOfDay(date: TradeDate): Instant {
  return (toDays(date) * MS_PER_DAY) as Instant
}

/** The UTC date of an instant. An exchange's own trade date comes from its sessions, never from here. */
export function utcDate(at: Instant): TradeDate {
  const days = Math.floor(at / MS_PER_DAY)
  if (days !== lastAsked.days) {
    lastAsked.date = fromDays(days)
    lastAsked.days = days
  }
  return lastAsked.date
}

/** The day asked for last: bars of one day ask again and again. */
const lastAsked = { days: 0, date: fromDays(0) }

/** ISO 8601 text of an instant in UTC, to the millisecond: "2024-01-31T14:30:00.000Z". */
export function formatInstant(at: Instant): string {
  const date = utcDate(at)
  const ms = at - startOfDay(date)
  const hours = padded(Math.floor(ms / 3_600_000), 2)
  const minutes = padded(Math.floor(ms / 60_000) % 60, 2)
  const seconds = padded(Math.floor(ms / 1_000) % 60, 2)
  return `${formatDate(date)}T${hours}:${minutes}:${seconds}.${padded(ms % 1_000, 3)}Z`
}

/** Columns of sessions from rows in ascending order; overlap, disorder and empty sessions are bugs of the calendar. */
export function sessionsFrom(calendar: CalendarId, rows: readonly Session[]): Sessions {
  rows.forEach((row, index) => {
    assert(row.open < row.close, `session "${row.date}" of "${calendar}" must close after it opens`)
    const before = rows[index - 1]
    if (before === undefined) return
    assert(before.date < row.date, `session "${row.date}" of "${calendar}" must come after "${before.date}"`)
    assert(before.close <= row.open, `session "${row.date}" of "${calendar}" must not overlap "${before.date}"`)
  })
  return {
    calendar,
    dates: Int32Array.from(rows, (row) => row.date),
    opens: Float64Array.from(rows, (row) => row.open),
    closes: Float64Array.from(rows, (row) => row.close),
  }
}

/** The sessions of a table from one date to another, both included; views of the same columns. */
export function sessionsBetween(sessions: Sessions, from: TradeDate, to: TradeDate): Sessions {
  const first = countUpTo(sessions.dates, from - 1)
  const end = Math.max(first, countUpTo(sessions.dates, to))
  return {
    calendar: sessions.calendar,
    dates: sessions.dates.subarray(first, end),
    opens: sessions.opens.subarray(first, end),
    closes: sessions.closes.subarray(first, end),
  }
}

/** The session at an index of the table; an index outside it is a bug. */
export function sessionAtIndex(sessions: Sessions, index: number): Session {
  assert(index >= 0 && index < sessions.dates.length, `session index "${index}" is outside "${sessions.calendar}"`)
  return {
    date: sessions.dates[index] as TradeDate,
    open: sessions.opens[index] as Instant,
    close: sessions.closes[index] as Instant,
  }
}

/** How many leading entries of an ascending column are at most `limit`. */
function countUpTo(column: Int32Array | Float64Array, limit: number): number {
  let low = 0
  let high = column.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (column[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the session that trades `date`; -1 when the calendar does not trade then, or the table does not reach. */
export function sessionOf(sessions: Sessions, date: TradeDate): number {
  const index = countUpTo(sessions.dates, date) - 1
  return index >= 0 && sessions.dates[index] === date ? index : -1
}

/** Whether the calendar trades on `date`. */
export function isSession(sessions: Sessions, date: TradeDate): boolean {
  return sessionOf(sessions, date) !== -1
}

/** Index of the session open at an instant, its open included and its close not; -1 while closed. */
export function sessionAt(sessions: Sessions, at: Instant): number {
  const index = countUpTo(sessions.opens, at) - 1
  return index >= 0 && at < sessions.closes[index]! ? index : -1
}

/** Index of the session open at an instant, else of the next to open; -1 behind the last. At a close it is the next. */
export function sessionAtOrAfter(sessions: Sessions, at: Instant): number {
  const closed = countUpTo(sessions.closes, at)
  return closed < sessions.closes.length ? closed : -1
}

/** Whether the session of a date closes at the instant; also where the calendar has no such session: it ends nothing later. */
export function endsSessionAt(sessions: Sessions, date: TradeDate, at: Instant): boolean {
  const index = sessionOf(sessions, date)
  return index === -1 || sessions.closes[index] === at
}

/** Index of the last session that has closed by an instant, the very close included; -1 when none has. */
export function lastClosed(sessions: Sessions, at: Instant): number {
  return countUpTo(sessions.closes, at) - 1
}

/** The first session date on `date` or later; null behind the end of the table. */
export function sessionOnOrAfter(sessions: Sessions, date: TradeDate): TradeDate | null {
  return (sessions.dates[countUpTo(sessions.dates, date - 1)] ?? null) as TradeDate | null
}

/** The last session date on `date` or earlier; null before the start of the table. */
export function sessionOnOrBefore(sessions: Sessions, date: TradeDate): TradeDate | null {
  return (sessions.dates[countUpTo(sessions.dates, date) - 1] ?? null) as TradeDate | null
}

/** The last session date strictly before `date`; null before the start of the table. */
export function previousSession(sessions: Sessions, date: TradeDate): TradeDate | null {
  return (sessions.dates[countUpTo(sessions.dates, date - 1) - 1] ?? null) as TradeDate | null
}

/** The first session date strictly after `date`; null behind the end of the table. */
export function nextSession(sessions: Sessions, date: TradeDate): TradeDate | null {
  return (sessions.dates[countUpTo(sessions.dates, date)] ?? null) as TradeDate | null
}

/**
 * Sessions that follow `from` up to and including `to`: 0 on the same date, 1 from a session to the next one.
 * Negative when `to` is earlier, so `countBetween(s, a, b) === -countBetween(s, b, a)`.
 */
export function countBetween(sessions: Sessions, from: TradeDate, to: TradeDate): number {
  return countUpTo(sessions.dates, to) - countUpTo(sessions.dates, from)
}
