/** What the kernel remembers of limits that are watched: plain data, absent where nothing is. */
import type { SubjectKind, ViolationKind } from '../../domain/violations.ts'
import type { ReentryState } from '../../pipeline/risk/re-entry.ts'

/** What a violation is about, by index where it has one; -1 and '' where not. */
export interface Subject {
  readonly about: SubjectKind
  /** Id of a group, a class, a sector or a currency. */
  readonly name: string
  /** Ordinal. Of a pair, the sleeve declared first. */
  readonly sleeve: number
  /** The other sleeve of a pair, or the index of an instrument. */
  readonly other: number
}

/** A violation that is not over. */
export interface OpenViolation {
  readonly id: number
  readonly kind: ViolationKind
  readonly subject: Subject
  /** The value at the last look was beyond the limit: the rule that judges entries by it says so itself. */
  beyond: boolean
  /** Everything is being closed: where a deeper level was passed after the first. */
  liquidating: boolean
}

/** A gradual return, of whatever a halt was about. */
export interface Reentry extends ReentryState {
  readonly subject: Subject
  /** The session that ends next does not count: a breach, or the return's own beginning, fell into it. */
  skips: boolean
}

export interface WatchState {
  open: OpenViolation[]
  reentries: Reentry[]
  /** Equity of each sleeve with which the last portfolio day ended, flows taken out since. */
  readonly dayStart: Float64Array
  /** The portfolio's highest equity, flows taken out, when that was, and what each sleeve had of it. */
  peak: number
  peakAt: number
  readonly peakEquity: Float64Array
  /** Positions that each sleeve closed so far, and until the peak. */
  readonly closed: Float64Array
  readonly peakClosed: Float64Array
  /** Returns of the last days, day-major: each sleeve's, then the portfolio's. Empty where no day is measured. */
  readonly returns: Float64Array
  readonly capacity: number
  days: number
}

export function startWatch(equity: Float64Array, capacity: number, at: number): WatchState {
  const sleeves = equity.length
  return {
    open: [],
    reentries: [],
    dayStart: Float64Array.from(equity),
    peak: totalOf(equity),
    peakAt: at,
    peakEquity: Float64Array.from(equity),
    closed: new Float64Array(sleeves),
    peakClosed: new Float64Array(sleeves),
    returns: new Float64Array(capacity * (sleeves + 1)),
    capacity,
    days: 0,
  }
}

export function totalOf(values: Float64Array): number {
  let total = 0
  for (let index = 0; index < values.length; index += 1) total += values[index]!
  return total
}
