/** Clocks in New York: whose time the exchange keeps, and many feeds write. */
import { addDays, civilDate, lastWeekday, nthWeekday, startOfDay, utcDate, WEEKDAY } from './sessions.ts'
import type { Instant, TradeDate } from './units.ts'

const MS_PER_HOUR = 3_600_000

/**
 * Whether New York keeps daylight saving time on a date, as seen during trading hours. Clocks change on Sundays at
 * 02:00: first Sunday of April to last of October up to 2006, second of March to first of November since 2007.
 */
export function isDaylightSaving(date: TradeDate): boolean {
  const { year } = civilDate(date)
  if (year < 2007) {
    const start = nthWeekday({ year, month: 4, weekday: WEEKDAY.sunday, nth: 1 })
    return date >= start && date < lastWeekday({ year, month: 10, weekday: WEEKDAY.sunday })
  }
  const start = nthWeekday({ year, month: 3, weekday: WEEKDAY.sunday, nth: 2 })
  return date >= start && date < nthWeekday({ year, month: 11, weekday: WEEKDAY.sunday, nth: 1 })
}

/** Whether New York keeps daylight saving time at an instant: clocks change at 02:00 local time, 07:00 and 06:00 UTC. */
function isDaylightSavingAt(at: Instant): boolean {
  const date = utcDate(at)
  const today = isDaylightSaving(date)
  if (today === isDaylightSaving(addDays(date, -1))) return today
  return today === at - startOfDay(date) >= (today ? 7 : 6) * MS_PER_HOUR
}

/** The date that clocks in New York show at an instant. */
export function newYorkDate(at: Instant): TradeDate {
  return utcDate((at - (isDaylightSavingAt(at) ? 4 : 5) * MS_PER_HOUR) as Instant)
}

/**
 * The instants at which clocks in New York show a time of a day, earliest first: none in the hour that is skipped in
 * spring, two in the one that is repeated in autumn.
 */
export function newYorkInstants(date: TradeDate, ms: number): readonly Instant[] {
  const local = startOfDay(date) + ms
  return [true, false].flatMap((daylight) => {
    const at = (local + (daylight ? 4 : 5) * MS_PER_HOUR) as Instant
    return isDaylightSavingAt(at) === daylight ? [at] : []
  })
}
