/** Breakers against runaway loops: what they shut stays shut until an operator opens it. */
import type { OrderRecord } from '../../domain/order-records.ts'
import type { Instant } from '../../domain/units.ts'
import type { DeskRule } from './order-desk.ts'
import { alert, type Desk, type Tracked } from './tracked.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A rejection counts for its instrument, for the account, and, where it was a closing order, for the loop it may be in. */
export function countReject(desk: Desk, tracked: Tracked, evidence: string, now: Instant): void {
  const { breakers } = desk.policy
  const { reducing } = tracked.record
  const name = nameOf(tracked.record)
  if (count(desk, 'rejects', now, HOUR) >= breakers.rejects) {
    const reason = `${breakers.rejects} orders were rejected within an hour, the last: ${evidence}`
    trip(desk, tracked, 'rejects', reason, now)
    disarm(desk, reason)
  }
  if (count(desk, `rejects ${name}`, now, HOUR) >= breakers.rejectsOfInstrument) {
    const reason = `${breakers.rejectsOfInstrument} orders of ${name} were rejected within an hour, the last: ${evidence}`
    trip(desk, tracked, 'rejectsOfInstrument', reason, now)
    freeze(desk, tracked.record, reason)
  }
  if (!reducing) return
  if (count(desk, `closes ${name}`, now, Number.POSITIVE_INFINITY) < breakers.rejectedCloses) return
  const reason = `${breakers.rejectedCloses} closing orders of ${name} in a row were rejected, the last: ${evidence}`
  trip(desk, tracked, 'rejectedCloses', reason, now)
  freeze(desk, tracked.record, reason)
}

/** An order of the instrument was taken: its closing orders are in no loop. */
export function countTaken(desk: Desk, { record }: Tracked): void {
  if (record.reducing) desk.counted.delete(`closes ${nameOf(record)}`)
}

/** Counts an order that is about to leave; false where it must not, because one of the breakers has tripped. */
export function mayLeave(desk: Desk, tracked: Tracked, now: Instant): boolean {
  const { breakers } = desk.policy
  if (count(desk, 'orders', now, MINUTE) > breakers.ordersPerMinute) {
    const reason = `more than ${breakers.ordersPerMinute} orders within a minute`
    trip(desk, tracked, 'orderRate', reason, now)
    disarm(desk, reason)
    return false
  }
  const isFirst = tracked.record.sends === 0
  if (!isFirst || breakers.notionalPerDay === Number.POSITIVE_INFINITY) return true
  const worth = desk.options.notionalOf(tracked.record)
  if (!tracked.record.reducing && notionalOf(desk, now) + worth > breakers.notionalPerDay) {
    const reason = `orders of this day would be worth more than ${breakers.notionalPerDay}`
    alert(desk, now, 'notional', tracked, reason)
    desk.said.push({ kind: 'mode', mode: 'reducing', reason })
    return false
  }
  desk.notional.amount = notionalOf(desk, now) + worth
  return true
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

/** Adds one and says how many there are within the window. */
function count(desk: Desk, what: string, now: Instant, window: number): number {
  const recent = (desk.counted.get(what) ?? []).filter((at) => at > now - window)
  recent.push(now)
  desk.counted.set(what, recent)
  return recent.length
}

/** Tells somebody, and begins to count anew: what it shuts is the latch. */
function trip(desk: Desk, tracked: Tracked, rule: DeskRule, reason: string, now: Instant): void {
  alert(desk, now, rule, tracked, reason)
  desk.counted.delete(COUNTED[rule]?.(nameOf(tracked.record)) ?? '')
}

const COUNTED: Readonly<Partial<Record<DeskRule, (name: string) => string>>> = {
  rejects: () => 'rejects',
  rejectsOfInstrument: (name) => `rejects ${name}`,
  rejectedCloses: (name) => `closes ${name}`,
  orderRate: () => 'orders',
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
