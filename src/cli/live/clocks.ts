/** Clocks of the machine, and of bars that are replayed at a stated pace. */
import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../domain/clock.ts'
import type { Instant } from '../../domain/units.ts'

/** The longest that a timer can wait. */
const WAIT_MOST_MS = 2_147_483_647

/** Lets timers and signals in also where there is nothing to wait for. */
async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true || milliseconds <= 0) await breathe()
  else
    await wait(Math.min(milliseconds, WAIT_MOST_MS), undefined, signal === undefined ? {} : { signal }).catch(() => {})
}

export const machineClock: Clock = {
  now: () => Date.now() as Instant,
  monotonic: () => performance.now(),
  wait: pause,
}

/**
 * Time of the bars, so many times as fast as that of the machine. It begins where the market stands when it is first asked,
 * and not before `pacedFrom`: what lies before that is in the past already, and is waited for by nobody. Where a bar was
 * played before its time, it goes on from there.
 *
 * @param speed above 0: 60 plays an hour in a minute
 */
export function replayClock(speed: number, market: () => Instant, pacedFrom = 0): Clock {
  let begun: { readonly at: Instant; readonly since: number } | null = null
  const now = (): Instant => {
    const since = performance.now()
    const at = market()
    begun ??= { at: Math.max(at, pacedFrom) as Instant, since }
    const passed = (begun.at + Math.floor((since - begun.since) * speed)) as Instant
    if (at <= passed) return passed
    begun = { at, since }
    return at
  }
  return {
    now,
    monotonic: () => performance.now() * speed,
    wait: (milliseconds, signal) => pause(milliseconds / speed, signal),
  }
}
