/** A desk that goes on from what a store holds. */
import { isEnded, type OrderRecord } from '../../domain/order-records.ts'
import type { Instant } from '../../domain/units.ts'
import { sweepSoon } from './answers.ts'
import type { DeskLegacy, DeskState } from './order-desk.ts'
import { type Desk, type Tracked, track } from './tracked.ts'

/**
 * Whatever was intended may have been sent: every order that has not ended is asked for before anything new leaves, and
 * once more when no request of the process before can arrive any longer.
 */
export function resumeDesk(desk: Desk, legacy: DeskLegacy, now: Instant): void {
  const { records, executionIds, cursor, state, isSuccessor } = legacy
  const clearAt = (now + (isSuccessor ? desk.policy.takeoverWait : 0)) as Instant
  desk.resumedAt = now
  desk.cursor = cursor
  desk.safeCursor = cursor
  for (const id of executionIds) desk.booked.set(id, now)
  if (state !== undefined) takeState(desk, state)
  const pending = new Set<Tracked>()
  for (const record of records) {
    if (isEnded(record.state)) continue
    const tracked = track(desk, record)
    resumeOrder(desk, tracked, now)
    tracked.lastSentAt = clearAt
    pending.add(tracked)
  }
  // The gate may have been shut when the process before ended: the end of this opens it.
  desk.catchUp = { pending, isSwept: false, isShut: true, clearAt: clearAt > now ? clearAt : null }
  sweepSoon(desk, now)
}

/** As it stood between two moments at which nothing was under way. */
export function restoreDesk(desk: Desk, records: readonly OrderRecord[], state: DeskState): void {
  const { queryAfter, cancelAgainAfter } = desk.policy
  desk.cursor = state.cursor
  desk.safeCursor = state.cursor
  takeState(desk, state)
  for (const record of records) {
    if (isEnded(record.state)) continue
    const tracked = track(desk, record)
    const { changedAt, isCancelling, state: stood } = record
    desk.open.add(tracked)
    tracked.isOut = stood !== 'intended'
    tracked.isDoubtful = stood === 'unknown'
    tracked.isFrozen = stood === 'unknown'
    tracked.unknownSince = stood === 'unknown' ? changedAt : null
    tracked.lastSentAt = changedAt
    if (stood === 'intended') tracked.sendAt = record.intendedAt
    else tracked.query.at = (changedAt + queryAfter) as Instant
    if (!isCancelling) continue
    tracked.cancelSince = changedAt
    tracked.cancel.at = (changedAt + cancelAgainAfter) as Instant
  }
}

function takeState(desk: Desk, state: DeskState): void {
  desk.nextExecution = state.nextExecution
  for (const [what, instants] of Object.entries(state.counted)) desk.counted.set(what, instants as readonly Instant[])
  desk.notional.day = state.notional.day
  desk.notional.amount = state.notional.amount
}

function resumeOrder(desk: Desk, tracked: Tracked, now: Instant): void {
  const { record } = tracked
  tracked.isOut = true
  tracked.isDoubtful = record.state !== 'acked'
  tracked.query.at = now
  tracked.isFrozen = record.state === 'unknown'
  tracked.unknownSince = record.state === 'unknown' ? now : null
  tracked.cancelSince = record.isCancelling ? now : null
  if (record.isCancelling && record.state === 'acked') tracked.cancel.at = now
  desk.open.add(tracked)
}
