/** Executions that no event brought: asked for at intervals, at once where something is missing, and after every gap. */
import type { Instant } from '../../domain/units.ts'
import { ask, sweepSoon } from './answers.ts'
import { expectedFilled, hasArrived } from './endings.ts'
import { takeExecutions } from './executions.ts'
import type { Swept } from './order-desk.ts'
import { giveUpCorrections, recallOwn } from './recall-queue.ts'
import { alert, alertOnce, type Desk, isEnded, later, type Tracked } from './tracked.ts'

/** Sweeps in a row that fail, or bring nothing of what is missing, before somebody is told. */
const FRUITLESS_MAX = 3

export function sweepLater(desk: Desk, now: Instant): void {
  const at = now + desk.policy.sweepEvery
  desk.sweep.at = Number.isFinite(at) ? (at as Instant) : null
}

export function takeSwept(desk: Desk, { executions, cursor }: Swept, now: Instant): void {
  const { sweep } = desk
  sweep.isAsked = false
  sweep.tries = 0
  takeExecutions(desk, executions, now)
  giveUpCorrections(desk, now)
  desk.cursor = cursor
  keepCursor(desk)
  sweepLater(desk, now)
  if (sweep.isWantedAgain) sweep.at = now
  else seekMissing(desk, now)
  sweep.isWantedAgain = false
  if (desk.catchUp !== null && sweep.at !== now) desk.catchUp.isSwept = true
  endCatchUp(desk)
}

/** The cursor that a restart begins from: never past an execution that is not booked yet. */
export function keepCursor(desk: Desk): void {
  if (desk.recalls.size > 0) return
  if (desk.incomplete.size > 0) return
  if (desk.safeCursor === desk.cursor) return
  desk.safeCursor = desk.cursor
  desk.mark += 1
}

/** Orders of which the venue says that more was filled than was told: asked for again, each time later. */
function seekMissing(desk: Desk, now: Instant): void {
  for (const tracked of desk.open) {
    const { record, pendingEnd } = tracked
    if (pendingEnd === null && hasArrived(tracked)) continue
    tracked.fruitless += 1
    recallOwn(desk, tracked, now)
    const { resolveAfter, resolveAtMost } = desk.policy
    const at = later(now, resolveAfter, resolveAtMost, tracked.fruitless)
    if (desk.sweep.at === null || at < desk.sweep.at) desk.sweep.at = at
    if (tracked.fruitless < FRUITLESS_MAX) continue
    const text = `the broker filled ${expectedFilled(tracked)} units of order ${record.order}, and told executions of ${Math.abs(record.filled)}: nothing is booked for the rest`
    alertOnce(desk, now, 'missingFills', tracked, text)
  }
}

export function takeSweepFailed(desk: Desk, reason: string, now: Instant): void {
  const { sweep, policy } = desk
  sweep.isAsked = false
  sweep.isWantedAgain = false
  sweep.at = later(now, policy.resolveAfter, policy.resolveAtMost, sweep.tries)
  if (sweep.tries !== FRUITLESS_MAX) return
  alert(desk, now, 'sweepFails', null, `executions could not be asked for ${FRUITLESS_MAX} times: ${reason}`)
  beginCatchUp(desk, `executions cannot be asked for: ${reason}`, now)
  sweep.at = later(now, policy.resolveAfter, policy.resolveAtMost, sweep.tries)
}

/** Something may have been missed: nothing new is sent until executions and every order that is out were asked for. */
export function beginCatchUp(desk: Desk, evidence: string, now: Instant): void {
  const catchUp = desk.catchUp ?? { pending: new Set<Tracked>(), isSwept: false, isShut: false, clearAt: null }
  desk.catchUp = catchUp
  catchUp.isSwept = false
  for (const tracked of desk.open) {
    if (!tracked.isOut || isEnded(tracked)) continue
    catchUp.pending.add(tracked)
    ask(tracked, now)
  }
  sweepSoon(desk, now)
  if (catchUp.isShut) return
  catchUp.isShut = true
  desk.said.push({ kind: 'gate', gate: 'connected', isOpen: false, instrument: null, reason: evidence })
}

/** Nothing that the process before sent can arrive any longer: what became of all of it is asked for now. */
export function endTakeover(desk: Desk, now: Instant): void {
  const { catchUp } = desk
  if (catchUp === null || catchUp.clearAt === null || catchUp.clearAt > now) return
  catchUp.clearAt = null
  beginCatchUp(desk, '', now)
}

/** An order was asked for, and the venue answered. */
export function noteAsked(desk: Desk, tracked: Tracked): void {
  desk.catchUp?.pending.delete(tracked)
  endCatchUp(desk)
}

/** Over once everything was asked for, and what came of it is booked. */
export function endCatchUp(desk: Desk): void {
  const { catchUp } = desk
  if (catchUp === null || !catchUp.isSwept || catchUp.clearAt !== null) return
  for (const tracked of catchUp.pending) if (isEnded(tracked)) catchUp.pending.delete(tracked)
  if (catchUp.pending.size > 0 || isJudging(desk)) return
  desk.catchUp = null
  if (!catchUp.isShut) return
  const reason = 'executions and orders were asked for again'
  desk.said.push({ kind: 'gate', gate: 'connected', isOpen: true, instrument: null, reason })
}

/** Whether the store is still to say of something that was heard whether it is booked. */
function isJudging({ recalls }: Desk): boolean {
  for (const { lostSince } of recalls.values()) if (lostSince === null) return true
  return false
}
