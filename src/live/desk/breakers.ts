/** Breakers against runaway loops: what they shut stays shut until an operator opens it. */
import type { OrderRecord } from '../../domain/order-records.ts'
import type { Instant } from '../../domain/units.ts'
import { alert, type Desk, type Tracked } from './tracked.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const FOR_EVER = Number.POSITIVE_INFINITY

/** A rejection counts for its instrument, for the account, and, where it was a closing order, for the loop it may be in. */
export function countReject(desk: Desk, tracked: Tracked, evidence: string, now: Instant): void {
  const { breakers } = desk.policy
  const name = nameOf(tracked.record)
  if (isReached(desk, 'rejects', breakers.rejects, now, HOUR)) {
    const reason = `${breakers.rejects} orders were rejected within an hour, the last: ${evidence}`
    alert(desk, now, 'rejects', tracked, reason)
    disarm(desk, reason)
  }
  if (isReached(desk, `rejects ${name}`, breakers.rejectsOfInstrument, now, HOUR)) {
    const reason = `${breakers.rejectsOfInstrument} orders of ${name} were rejected within an hour, the last: ${evidence}`
    alert(desk, now, 'rejectsOfInstrument', tracked, reason)
    freeze(desk, tracked.record, reason)
  }
  const { rejectedCloses } = breakers
  if (!tracked.record.reducing || !isReached(desk, `closes ${name}`, rejectedCloses, now, FOR_EVER)) return
  const reason = `${rejectedCloses} closing orders of ${name} in a row were rejected, the last: ${evidence}`
  alert(desk, now, 'rejectedCloses', tracked, reason)
  freeze(desk, tracked.record, reason)
}

/** The venue took an order: closing orders of its instrument are in no loop. */
export function countTaken(desk: Desk, { record }: Tracked): void {
  if (record.reducing && desk.counted.delete(`closes ${nameOf(record)}`)) desk.mark += 1
}

/** Whether an order leaves, or why not; `all`: nor does any other that waits now. */
export type Leaving = 'leave' | { readonly refuse: string; readonly all: boolean }

/** Counts an order that is about to leave. */
export function judgeLeaving(desk: Desk, tracked: Tracked, now: Instant): Leaving {
  const { ordersPerMinute, notionalPerDay } = desk.policy.breakers
  if (isReached(desk, 'orders', ordersPerMinute + 1, now, MINUTE)) {
    const reason = `more than ${ordersPerMinute} orders within a minute`
    alert(desk, now, 'orderRate', tracked, reason)
    disarm(desk, reason)
    return { refuse: reason, all: true }
  }
  if (tracked.record.sends > 0 || notionalPerDay === FOR_EVER) return 'leave'
  const worth = desk.options.notionalOf(tracked.record)
  if (!tracked.record.reducing && notionalOf(desk, now) + worth > notionalPerDay) {
    const reason = `with it the orders of this day would be worth more than ${notionalPerDay}`
    alert(desk, now, 'notional', tracked, reason)
    desk.said.push({ kind: 'mode', mode: 'reducing', reason })
    return { refuse: reason, all: false }
  }
  desk.notional.amount = notionalOf(desk, now) + worth
  desk.mark += 1
  return 'leave'
}

/** Of the orders of this day; a new day begins with nothing. */
function notionalOf({ notional }: Desk, now: Instant): number {
  const day = Math.floor(now / DAY)
  if (notional.day !== day) {
    notional.day = day
    notional.amount = 0
  }
  return notional.amount
}

/**
 * Adds one; true where that reaches the limit within the window. It then begins to count anew: what a breaker shuts is its
 * latch.
 */
function isReached(desk: Desk, what: string, limit: number, now: Instant, window: number): boolean {
  if (limit === FOR_EVER) return false
  const recent = (desk.counted.get(what) ?? []).filter((at) => at > now - window)
  recent.push(now)
  desk.mark += 1
  if (recent.length < limit) {
    desk.counted.set(what, recent)
    return false
  }
  desk.counted.delete(what)
  return true
}

function disarm(desk: Desk, reason: string): void {
  desk.said.push({ kind: 'gate', gate: 'armed', isOpen: false, instrument: null, reason })
}

/** Of a structure every leg. */
function freeze(desk: Desk, { legs }: OrderRecord, reason: string): void {
  for (const { instrument } of legs) {
    desk.said.push({ kind: 'gate', gate: 'frozen', isOpen: false, instrument, reason })
  }
}

function nameOf({ legs }: OrderRecord): string {
  return legs.map(({ instrument }) => instrument).join(' ')
}
