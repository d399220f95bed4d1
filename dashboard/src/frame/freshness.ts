/** How fresh a panel's figures are, told by the server's clock. */
export interface Freshness {
  readonly state: 'fresh' | 'late' | 'stale' | 'closed' | 'lost' | 'unknown'
  /** Milliseconds since the moment that the figures are of. */
  readonly ageMs: number
}

export interface FreshnessInput {
  readonly asOfMs: number | null
  /** Milliseconds after which newer figures are expected; null: none are. */
  readonly every: number | null
  readonly lateNames: number
  readonly nowMs: number
  /** When the push channel was last heard; null before the first time. */
  readonly heardAtMs: number | null
  readonly isLost: boolean
}

const LATE_AFTER = 2
const STALE_AFTER = 5
/** Without a heartbeat for this long nothing is called fresh. */
const SILENCE_MS = 10_000

export function freshnessOf(input: FreshnessInput): Freshness {
  const { asOfMs, every, lateNames, nowMs, heardAtMs, isLost } = input
  if (asOfMs === null) return { state: isLost ? 'lost' : 'unknown', ageMs: 0 }
  const ageMs = Math.max(0, nowMs - asOfMs)
  if (isLost) return { state: 'lost', ageMs }
  if (heardAtMs !== null && nowMs - heardAtMs > SILENCE_MS) return { state: 'stale', ageMs }
  if (every !== null && ageMs > STALE_AFTER * every) return { state: 'stale', ageMs }
  if (lateNames > 0 || (every !== null && ageMs > LATE_AFTER * every)) return { state: 'late', ageMs }
  return { state: every === null ? 'closed' : 'fresh', ageMs }
}
