import { addDays, type Sessions, sessionsFrom, startOfDay, toDays } from '../../domain/sessions.ts'
import type { CalendarId, TradeDate } from '../../domain/units.ts'

export const CONTINUOUS = 'continuous' as CalendarId

/**
 * The calendar of markets that never close, such as crypto: one session [00:00, 24:00) UTC for each day from `from` to
 * `to`, both included. Empty when `to` is the earlier date.
 */
export function continuousSessions(from: TradeDate, to: TradeDate): Sessions {
  const count = Math.max(0, toDays(to) - toDays(from) + 1)
  const rows = Array.from({ length: count }, (_, index) => {
    const date = addDays(from, index)
    return { date, open: startOfDay(date), close: startOfDay(addDays(date, 1)) }
  })
  return sessionsFrom(CONTINUOUS, rows)
}
