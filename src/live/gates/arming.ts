/** Leave to send orders: an operator gives it for a while, and whatever makes it doubtful takes it away. */
import { type Sessions, sessionAtOrAfter } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import { type GateChange, type Moment, open, shut } from './moment.ts'

/** What ends leave without anybody's word. */
export const DOUBTS = {
  started: 'the engine has just started',
  breach: 'a limit of the account was broken',
  mismatch: 'books and broker disagree',
  clock: "our clock is not the broker's",
  lease: 'another process has the account',
  killed: 'the kill switch was used',
} as const
export type Doubt = keyof typeof DOUBTS

export interface Arming {
  /** When leave ends; null: there is none. */
  readonly until: Instant | null
  /** The same by the clock that is never set back. */
  readonly monotonicUntil: number
}

export const DISARMED: Arming = { until: null, monotonicUntil: 0 }

export type ArmingInput =
  /** @param until later than now */
  | { readonly kind: 'arm'; readonly until: Instant }
  | { readonly kind: 'disarm'; readonly reason: string }
  | { readonly kind: 'doubt'; readonly doubt: Doubt }
  | { readonly kind: 'time' }

export interface ArmingStep {
  readonly arming: Arming
  readonly changes: readonly GateChange[]
}

/** At a start the gate is shut in any case, whatever it was before: a crash takes leave away. */
export function stepArming(arming: Arming, input: ArmingInput, now: Moment): ArmingStep {
  switch (input.kind) {
    case 'arm': {
      const until = input.until
      if (until <= now.wall) return ended(arming, 'leave that was given had ended already')
      const given = { until, monotonicUntil: now.monotonic + (until - now.wall) }
      return { arming: given, changes: [open('armed', 'an operator armed it')] }
    }
    case 'disarm':
      return ended(arming, input.reason)
    case 'doubt':
      if (input.doubt === 'started') return { arming: DISARMED, changes: [shut('armed', DOUBTS.started)] }
      return ended(arming, DOUBTS[input.doubt])
    case 'time':
      return isOver(arming, now) ? ended(arming, 'the time it was armed for is over') : { arming, changes: [] }
  }
}

/** By either clock: one that was set back gives nobody more time. */
function isOver({ until, monotonicUntil }: Arming, { wall, monotonic }: Moment): boolean {
  return until !== null && (wall >= until || monotonic >= monotonicUntil)
}

function ended(arming: Arming, reason: string): ArmingStep {
  return arming.until === null ? { arming, changes: [] } : { arming: DISARMED, changes: [shut('armed', reason)] }
}

/** Longest time for which anybody may arm. */
const ARMED_MOST_MS = 7 * 86_400_000

/**
 * When leave ends that is asked for: at the stated moment, or with the session that is open or comes next; null where that
 * moment is no later than now, too far away, or beyond the calendar.
 */
export function armedUntil(asked: Instant | null, sessions: Sessions, now: Instant): Instant | null {
  const at = asked ?? sessionEnd(sessions, now)
  return at === null || at <= now || at - now > ARMED_MOST_MS ? null : at
}

function sessionEnd(sessions: Sessions, now: Instant): Instant | null {
  const index = sessionAtOrAfter(sessions, now)
  return index === -1 ? null : (sessions.closes[index] as Instant)
}
