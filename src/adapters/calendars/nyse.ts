import { isDaylightSaving } from '../../domain/new-york.ts'
import {
  addDays,
  civilDate,
  lastWeekday,
  nthWeekday,
  type Session,
  type Sessions,
  sessionsFrom,
  startOfDay,
  tradeDate,
  tradeDateOf,
  WEEKDAY,
  weekday,
} from '../../domain/sessions.ts'
import type { CalendarId, Instant, TradeDate } from '../../domain/units.ts'

export const NYSE = 'nyse' as CalendarId
/** The table begins and ends here. */
export const NYSE_FIRST = tradeDate(20000101)
export const NYSE_LAST = tradeDate(20301231)

const MS_PER_MINUTE = 60_000
const OPEN_MINUTE = 9 * 60 + 30
const CLOSE_MINUTE = 16 * 60
const EARLY_CLOSE_MINUTE = 13 * 60

/** Closures that no rule foresees. */
const UNSCHEDULED: ReadonlySet<number> = new Set([
  20010911, // attacks of 11 September: closed to the 14th
  20010912,
  20010913,
  20010914,
  20040611, // mourning for Ronald Reagan
  20070102, // mourning for Gerald Ford
  20121029, // Hurricane Sandy
  20121030,
  20181205, // mourning for George H. W. Bush
  20250109, // mourning for Jimmy Carter
])

/** Early closes that no rule foresees. */
const EARLY_ONCE: ReadonlySet<number> = new Set([20031226])

/** Late opens, date -> minute of the day in New York. */
const LATE_OPEN: ReadonlyMap<number, number> = new Map([[20020911, 12 * 60]]) // first anniversary of the attacks

/** Easter Sunday. @see Meeus (1991), "Astronomical Algorithms", chapter 8 (the anonymous Gregorian computus) */
function easter(year: number): TradeDate {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const yearOfCentury = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451)
  const sum = epact + toSunday - 7 * late + 114
  return tradeDateOf({ year, month: Math.floor(sum / 31), day: (sum % 31) + 1 })
}

/** A holiday on Saturday is kept on the Friday before, one on Sunday on the Monday after. */
function observed(date: TradeDate): TradeDate {
  const day = weekday(date)
  if (day === WEEKDAY.saturday) return addDays(date, -1)
  return day === WEEKDAY.sunday ? addDays(date, 1) : date
}

function thanksgiving(year: number): TradeDate {
  return nthWeekday({ year, month: 11, weekday: WEEKDAY.thursday, nth: 4 })
}

function holidays(year: number): readonly TradeDate[] {
  const newYear = tradeDateOf({ year, month: 1, day: 1 })
  const days = [
    nthWeekday({ year, month: 1, weekday: WEEKDAY.monday, nth: 3 }), // Martin Luther King Jr. Day
    nthWeekday({ year, month: 2, weekday: WEEKDAY.monday, nth: 3 }), // Washington's Birthday
    addDays(easter(year), -2), // Good Friday
    lastWeekday({ year, month: 5, weekday: WEEKDAY.monday }), // Memorial Day
    observed(tradeDateOf({ year, month: 7, day: 4 })), // Independence Day
    nthWeekday({ year, month: 9, weekday: WEEKDAY.monday, nth: 1 }), // Labor Day
    thanksgiving(year),
    observed(tradeDateOf({ year, month: 12, day: 25 })), // Christmas
  ]
  // A New Year's Day on Saturday is not made up: its Friday ends the accounting year and trades.
  if (weekday(newYear) !== WEEKDAY.saturday) days.push(observed(newYear))
  if (year >= 2022) days.push(observed(tradeDateOf({ year, month: 6, day: 19 }))) // Juneteenth
  return days
}

/**
 * The early close around Independence Day: on 3 July when the 4th is a Tuesday, Wednesday or Friday. When the 4th is a
 * Thursday it was Friday the 5th up to 2012 and is Wednesday the 3rd since 2013.
 */
function independenceEarlyClose(year: number): TradeDate | null {
  const third = tradeDateOf({ year, month: 7, day: 3 })
  const day = weekday(third)
  if (day === WEEKDAY.wednesday) return year >= 2013 ? third : addDays(third, 2)
  return day === WEEKDAY.monday || day === WEEKDAY.tuesday || day === WEEKDAY.thursday ? third : null
}

function earlyCloses(year: number): readonly TradeDate[] {
  const days = [addDays(thanksgiving(year), 1), tradeDateOf({ year, month: 12, day: 24 })]
  const independence = independenceEarlyClose(year)
  return independence === null ? days : [...days, independence]
}

/** The instant of a minute of the day in New York. */
function newYork(date: TradeDate, minute: number): Instant {
  const behindUtc = isDaylightSaving(date) ? 4 * 60 : 5 * 60
  return (startOfDay(date) + (minute + behindUtc) * MS_PER_MINUTE) as Instant
}

/**
 * Every session of the New York Stock Exchange from 2000-01-01 to 2030-12-31: 09:30 to 16:00 New York time, 13:00 on
 * half days. Dates ahead follow the exchange's rules as of 2025; a closure that is announced later is not in here.
 * @see NYSE Rule 7.2 (holidays), NYSE Rule 7.1 (hours), Energy Policy Act of 2005 section 110 (daylight saving)
 */
export function nyseSessions(): Sessions {
  const closed = new Set<number>(UNSCHEDULED)
  const early = new Set<number>(EARLY_ONCE)
  for (let year = civilDate(NYSE_FIRST).year; year <= civilDate(NYSE_LAST).year; year += 1) {
    for (const date of holidays(year)) closed.add(date)
    for (const date of earlyCloses(year)) early.add(date)
  }
  const rows: Session[] = []
  for (let date = NYSE_FIRST; date <= NYSE_LAST; date = addDays(date, 1)) {
    const day = weekday(date)
    if (day === WEEKDAY.saturday || day === WEEKDAY.sunday || closed.has(date)) continue
    const open = newYork(date, LATE_OPEN.get(date) ?? OPEN_MINUTE)
    const close = newYork(date, early.has(date) ? EARLY_CLOSE_MINUTE : CLOSE_MINUTE)
    rows.push({ date, open, close })
  }
  return sessionsFrom(NYSE, rows)
}
