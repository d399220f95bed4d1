/** Moments and trade dates as text. */

export function moment(at: number): string {
  return new Date(at).toISOString()
}

export function momentOrNull(at: number | null): string | null {
  return at === null ? null : moment(at)
}

/** `2026-03-06` from 20260306. */
export function dayText(tradeDate: number): string {
  const digits = String(tradeDate).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
}

/** Day of UTC that a close ends: one at midnight ends the day before. */
export function dayOf(at: number): string {
  const day = Math.floor((at - 1) / DAY_MS)
  const known = days.get(day)
  if (known !== undefined) return known
  const text = moment(day * DAY_MS).slice(0, 10)
  if (days.size > DAYS_KEPT) days.clear()
  days.set(day, text)
  return text
}

const DAY_MS = 86_400_000
/** A century of them. */
const DAYS_KEPT = 36_525
const days = new Map<number, string>()
