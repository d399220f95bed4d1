/**
 * Timeline: every calendar day from the first session to the last, so that all calendars share one history.
 * In:    sessions per calendar   Out: days, and each session's place among them
 * Keeps: nothing here depends on the assets, so that adding one changes no other
 */
import { assert } from '../../domain/assert.ts'
import { toDays, tradeDate } from '../../domain/sessions.ts'
import type { MarketSession } from './options.ts'

export interface Timeline {
  /** Number of days. */
  readonly length: number
  /** Day number of the first day, counted from 1970-01-01. */
  readonly firstDay: number
  /** Per calendar: the index of each session's day. */
  readonly sessionDays: ReadonlyMap<string, Int32Array>
}

export function timelineOf(sessions: Readonly<Record<string, readonly MarketSession[]>>): Timeline {
  const numbers = new Map<string, Int32Array>()
  let firstDay = Number.POSITIVE_INFINITY
  let lastDay = Number.NEGATIVE_INFINITY
  for (const [calendar, list] of Object.entries(sessions)) {
    assert(list.length > 0, `calendar "${calendar}" has no session`)
    const days = Int32Array.from(list, (session) => toDays(tradeDate(session.date)))
    for (let index = 1; index < days.length; index += 1) {
      assert(
        days[index]! > days[index - 1]!,
        `calendar "${calendar}": session ${list[index]!.date} does not follow ${list[index - 1]!.date}`,
      )
    }
    numbers.set(calendar, days)
    firstDay = Math.min(firstDay, days[0]!)
    lastDay = Math.max(lastDay, days[days.length - 1]!)
  }
  assert(numbers.size > 0, 'a simulated market needs the sessions of at least one calendar')
  const sessionDays = new Map([...numbers].map(([calendar, days]) => [calendar, days.map((day) => day - firstDay)]))
  return { length: lastDay - firstDay + 1, firstDay, sessionDays }
}

/** Saturday or Sunday; day 0 (1970-01-01) was a Thursday. */
export function isWeekend(day: number): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7
  return weekday === 0 || weekday === 6
}
