import { type Sessions, sessionsBetween } from '../../domain/sessions.ts'
import type { CalendarId, TradeDate } from '../../domain/units.ts'
import { CONTINUOUS, continuousSessions } from './continuous.ts'
import { NYSE, nyseSessions } from './nyse.ts'

/** The sessions of one calendar from one date to another, both included. */
export type Calendar = (from: TradeDate, to: TradeDate) => Sessions

let nyse: Sessions | undefined

/**
 * Every calendar by the name that a configuration gives it. The table of the NYSE reaches from NYSE_FIRST to NYSE_LAST;
 * a stretch beyond is cut to it.
 */
export const CALENDARS: ReadonlyMap<CalendarId, Calendar> = new Map<CalendarId, Calendar>([
  [
    NYSE,
    (from, to) => {
      nyse ??= nyseSessions()
      return sessionsBetween(nyse, from, to)
    },
  ],
  [CONTINUOUS, continuousSessions],
])
