/** Days by the clock of the exchange whose sessions are the portfolio's days. */
import { newYorkDate, newYorkInstants } from '../../domain/new-york.ts'
import { startOfDay, utcDate } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { Basis } from './basis.ts'
import { dayText } from './moments.ts'

export type Zone = 'America/New_York' | 'UTC'

/** Calendars whose closes end a portfolio's day in New York; every other one trades around the clock. */
const NEW_YORK: ReadonlySet<string> = new Set(['XNYS', 'NYSE'])
const HOUR_MS = 3_600_000
/** A century of days. */
const KEPT = 36_525

export function zoneOf({ config }: Pick<Basis, 'config'>): Zone {
  return NEW_YORK.has(String(config?.dayCalendar ?? '').toUpperCase()) ? 'America/New_York' : 'UTC'
}

function tradeDateAt(at: number, zone: Zone): TradeDate {
  return zone === 'UTC' ? utcDate(at as Instant) : newYorkDate(at as Instant)
}

/** The day that a close ends: one at midnight ends the day before. */
export function dayOf(at: number, zone: Zone): string {
  // Midnight of every zone here is a whole hour of UTC.
  const hour = Math.floor((at - 1) / HOUR_MS)
  const kept = days[zone]
  const known = kept.get(hour)
  if (known !== undefined) return known
  const text = dayText(tradeDateAt(hour * HOUR_MS, zone))
  if (kept.size > KEPT) kept.clear()
  kept.set(hour, text)
  return text
}

/** Midnight with which the day begins that a close ends. */
export function dayBegan(at: number, zone: Zone): number {
  const date = tradeDateAt(at - 1, zone)
  return zone === 'UTC' ? startOfDay(date) : newYorkInstants(date, 0)[0]!
}

const days: Readonly<Record<Zone, Map<number, string>>> = { 'America/New_York': new Map(), UTC: new Map() }
