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
