/** The time of an engine: what it writes bears that of its clock, what it waits for is counted from its start. */
import type { Clock } from '../domain/clock.ts'
import type { Instant } from '../domain/units.ts'

export interface EngineTime {
  /** What is written, and what an operator or another machine compares with its own clock. Never before the market's. */
  now(): Instant
  /** Ages and deadlines: a clock that is set back or forth moves none of them. */
  steady(): Instant
}

/** @param market where the run stands; all there is to go by where there is no clock */
export function engineTime(clock: Clock | null, market: () => Instant): EngineTime {
  if (clock === null) return { now: market, steady: market }
  const [began, counted] = [clock.now(), clock.monotonic()]
  return {
    now: () => Math.max(market(), clock.now()) as Instant,
    steady: () => (began + clock.monotonic() - counted) as Instant,
  }
}

/** How long the loop sleeps at most. */
const SLEEP_MS = 60_000

/**
 * Milliseconds until the desk or a watch wants to be asked again.
 *
 * @param steady moments by the steady time, which is `now` there
 * @param wall by the clock
 */
export function untilWaking(
  steady: readonly (Instant | null)[],
  now: Instant,
  watches: readonly { nextAt(): Instant | null }[],
  wall: Instant,
): number {
  const watched = watches.map((watch) => watch.nextAt())
  return Math.min(SLEEP_MS, untilFirst(steady, now), untilFirst(watched, wall))
}

/** Milliseconds until the first of these moments; Infinity where there is none. */
export function untilFirst(moments: readonly (Instant | null)[], now: Instant): number {
  let until = Number.POSITIVE_INFINITY
  for (const at of moments) if (at !== null && at - now < until) until = at - now
  return until
}
