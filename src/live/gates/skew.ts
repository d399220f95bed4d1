/** Whether our time is the broker's: by readings of its clock, and by the pace of our own. */
import type { Instant } from '../../domain/units.ts'
import { type GateChange, type Moment, open, shut } from './moment.ts'

/** Off by more than this, somebody is told; by more than the other, nothing is sent. */
const SKEW_WARN_MS = 1_000
const SKEW_SHUT_MS = 5_000
/** A reading older than this says nothing any more. */
export const READING_MOST_MS = 15 * 60_000

export interface ClockWatch {
  /** The last moment that was looked at; null before the first. */
  readonly last: Moment | null
  /** By the clock that only goes on, when the broker's was last read well enough; null: never. */
  readonly readAt: number | null
  readonly isShut: boolean
  /** Ours less theirs, in ms, when it was last read. */
  readonly skew: number
}

export const CLOCK_UNREAD: ClockWatch = { last: null, readAt: null, isShut: false, skew: 0 }

export type ClockInput =
  /** What the broker's clock said to a question that was sent and answered at these moments of ours. */
  | { readonly kind: 'reading'; readonly sent: Moment; readonly received: Moment; readonly theirs: Instant }
  | { readonly kind: 'time' }

export interface ClockStep {
  readonly watch: ClockWatch
  readonly changes: readonly GateChange[]
  /** What somebody should know though nothing is shut; empty: nothing. */
  readonly warning: string
}

/** A clock that was never read is judged as shut: who cannot tell does not send. */
export function stepClock(watch: ClockWatch, input: ClockInput, now: Moment): ClockStep {
  const jump = jumpSince(watch.last, now)
  const looked: ClockWatch = { ...watch, last: now }
  if (input.kind === 'reading') return judge(looked, input)
  if (jump !== 0) return closed({ ...looked, readAt: null }, jumpText(jump))
  if (watch.readAt === null) return closed(looked, "the broker's clock was not read yet")
  if (now.monotonic - watch.readAt > READING_MOST_MS) return closed(looked, "the broker's clock was not read for long")
  return { watch: looked, changes: [], warning: '' }
}

/** Milliseconds by which the calendar's clock went on more than the other; 0 where that is little. */
function jumpSince(last: Moment | null, now: Moment): number {
  if (last === null) return 0
  const jump = now.wall - last.wall - (now.monotonic - last.monotonic)
  return jump > SKEW_SHUT_MS || jump < -SKEW_SHUT_MS ? jump : 0
}

function jumpText(jump: number): string {
  const seconds = secondsText(jump)
  return jump > 0 ? `our clock jumped ${seconds} ahead, or the machine slept` : `our clock was set back by ${seconds}`
}

function secondsText(milliseconds: number): string {
  return `${Math.floor(Math.abs(milliseconds) / 100) / 10} s`
}

/** The answer was given somewhere between question and receipt: half of that time is doubt. */
function judge(watch: ClockWatch, { sent, received, theirs }: Extract<ClockInput, { kind: 'reading' }>): ClockStep {
  const trip = received.monotonic - sent.monotonic
  // Our clock was set while the question was under way: the answer can be compared with nothing.
  const isTorn = jumpSince(sent, received) !== 0
  if (isTorn || trip < 0 || trip > 2 * SKEW_SHUT_MS) return { watch, changes: [], warning: '' }
  const skew = received.wall - trip / 2 - theirs
  const off = Math.abs(skew)
  const doubt = trip / 2
  const said = `our clock is ${secondsText(skew)} ${skew > 0 ? 'ahead of' : 'behind'} the broker's`
  const seen: ClockWatch = { ...watch, skew }
  if (off - doubt > SKEW_SHUT_MS) return closed({ ...seen, readAt: null }, said)
  // Once shut it must be right again, not only better.
  if (watch.isShut && off > SKEW_WARN_MS) return { watch: seen, changes: [], warning: said }
  const read: ClockWatch = { ...seen, readAt: received.monotonic, isShut: false }
  const changes = watch.isShut ? [open('clock', "our clock agrees with the broker's")] : []
  return { watch: read, changes, warning: off - doubt > SKEW_WARN_MS ? said : '' }
}

function closed(watch: ClockWatch, reason: string): ClockStep {
  if (watch.isShut) return { watch, changes: [], warning: '' }
  return { watch: { ...watch, isShut: true }, changes: [shut('clock', reason)], warning: '' }
}
