/** How often the broker's account is compared with the books, and how long it is waited for. */
import { TOLERANCE_RULES, type ToleranceRules } from './tolerance.ts'

export interface ReconcilePolicy {
  /** Between two comparisons, */
  readonly everyMs: number
  /** before one that could not be made, or found something, is made again, */
  readonly againMs: number
  /** after the last execution that was booked: a broker's answers may be older than its stream, */
  readonly quietMs: number
  /** and how often in a row it may fail before the account only reduces. */
  readonly failuresMost: number
  /** How long an account may go uncompared, because something is booked all the time, before somebody is told. */
  readonly uncomparedMostMs: number
  /** How long an answer is waited for before it counts as none. */
  readonly answerWithinMs: number
  readonly tolerance: ToleranceRules
}

export const RECONCILE_POLICY: ReconcilePolicy = {
  everyMs: 5 * 60_000,
  againMs: 10_000,
  quietMs: 10_000,
  failuresMost: 3,
  uncomparedMostMs: 15 * 60_000,
  answerWithinMs: 60_000,
  tolerance: TOLERANCE_RULES,
}
