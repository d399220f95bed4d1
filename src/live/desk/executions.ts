/** Executions: each is booked once, on its order or as foreign; nothing is ever filled in that was not heard. */

import type { ClientOrderId, Execution } from '../../domain/broker.ts'
import { fillColumns } from '../../domain/columns.ts'
import { FOREIGN_ORDER } from '../../domain/orders.ts'
import {
  type Instant,
  type InstrumentId,
  type Money,
  type OrderId,
  type Quantity,
  quantity,
} from '../../domain/units.ts'
import { countTaken } from './breakers.ts'
import { finish, hasArrived } from './endings.ts'
import type { Recalled } from './order-desk.ts'
import { alert, change, type Desk, isEnded, type Tracked, tell, track } from './tracked.ts'

/** Broker's clocks and ours may differ by this much and more will have been noticed. */
const SKEW_MAX = 3_600_000

/** Takes executions in the order in which they were told. */
export function takeExecutions(desk: Desk, executions: readonly Execution[], now: Instant): void {
  for (const execution of executions) take(desk, execution, now)
}

function take(desk: Desk, execution: Execution, now: Instant): void {
  const { id, kind, clientId, quantity: units, price } = execution
  if (desk.booked.has(id) || desk.recalls.has(id)) return
  const isWhole = Number.isSafeInteger(units) && (kind === 'bust' || (units !== 0 && Number.isFinite(price)))
  if (!isWhole) {
    alertMisfit(desk, now, `execution "${id}" of ${units} at ${price} cannot be read: it is not booked`)
    return
  }
  const isKnown = clientId === null || desk.orders.has(clientId)
  if (kind !== 'trade' || !isKnown || !isSurelyNew(desk, execution, now)) {
    desk.recalls.set(id, { execution, isAsked: false })
    return
  }
  book(desk, execution, now)
}

/** What is older than memory, or than this process, may be in the store. */
function isSurelyNew(desk: Desk, { at }: Execution, now: Instant): boolean {
  const remembered = now - desk.policy.forgetAfter
  const own = desk.resumedAt === null ? Number.NEGATIVE_INFINITY : desk.resumedAt + SKEW_MAX
  return at >= Math.max(remembered, own)
}

/** What the store knows of an execution that memory could not judge. */
export function takeRecalled(desk: Desk, id: string, { record, execution: kept }: Recalled, now: Instant): void {
  const waiting = desk.recalls.get(id)
  if (waiting === undefined) return
  desk.recalls.delete(id)
  const { execution } = waiting
  if (execution.kind !== 'trade') return
  if (kept !== null) {
    desk.booked.set(id, { clientId: kept.clientId, number: kept.number, at: now })
    return
  }
  if (record !== null && !desk.orders.has(record.clientId)) recallOrder(desk, record)
  book(desk, execution, now)
}

/** An ended order comes back to memory for a fill that is late. */
function recallOrder(desk: Desk, record: Parameters<typeof track>[1]): void {
  const tracked = track(desk, record)
  tracked.isVenueEnd = true
  desk.ended.push(tracked)
}

function book(desk: Desk, execution: Execution, now: Instant): void {
  const tracked = execution.clientId === null ? undefined : desk.orders.get(execution.clientId)
  if (tracked === undefined || !fits(desk, tracked, execution, now)) {
    post(desk, execution, { order: FOREIGN_ORDER, clientId: null, quantity: execution.quantity }, now)
    return
  }
  confirm(desk, tracked, execution, now)
  const { record } = tracked
  if (record.legs.length > 1 && record.filled === 0) {
    hold(desk, tracked, execution, now)
    return
  }
  const room = Math.abs(record.quantity) - Math.abs(record.filled)
  const own = Math.min(Math.abs(execution.quantity), room) * Math.sign(execution.quantity)
  const beyond = execution.quantity - own
  if (own !== 0) {
    const part = { order: record.order, clientId: record.clientId, quantity: quantity(own) }
    post(desk, execution, part, now)
    change(desk, tracked, now, { filled: quantity(record.filled + own) })
  }
  if (beyond !== 0) {
    const text = `order ${record.order} was filled ${beyond} beyond its ${record.quantity} units by execution "${execution.id}": they are the external sleeve's`
    alert(desk, now, 'overfilled', tracked, text)
    const id = own === 0 ? execution.id : `${execution.id}+`
    const fee = own === 0 ? execution.fee : (0 as Money)
    post(desk, { ...execution, id, fee }, { order: FOREIGN_ORDER, clientId: null, quantity: quantity(beyond) }, now)
  }
  settle(desk, tracked, now)
}

/** Whether an execution can be of the order that it names. */
function fits(desk: Desk, { record }: Tracked, execution: Execution, now: Instant): boolean {
  const leg = record.legs.find(({ instrument }) => instrument === execution.instrument)
  if (leg !== undefined && execution.quantity > 0 === record.quantity * leg.ratio > 0) return true
  const text = `execution "${execution.id}" of ${execution.quantity} ${execution.symbol} names order ${record.order}, which is for ${record.quantity} ${record.legs.map(({ instrument }) => instrument).join(' ')}: it is the external sleeve's`
  alertMisfit(desk, now, text)
  return false
}

function alertMisfit(desk: Desk, now: Instant, text: string): void {
  alert(desk, now, 'misfit', null, text)
}

/** An execution is the best evidence that the venue has the order. */
function confirm(desk: Desk, tracked: Tracked, { brokerId, id }: Execution, now: Instant): void {
  const { record } = tracked
  tracked.absences = 0
  tracked.isOut = true
  if (isEnded(tracked) || record.state === 'acked') {
    if (record.brokerId === null) change(desk, tracked, now, { brokerId })
    if (isEnded(tracked) && !tracked.isVenueEnd) lookAgain(desk, tracked, now)
    return
  }
  change(desk, tracked, now, { state: 'acked', brokerId, evidence: `execution "${id}"` })
  countTaken(desk, tracked)
  tracked.unknownSince = null
  tracked.sendAt = null
  if (!tracked.isFrozen) return
  tracked.isFrozen = false
  tell(desk, tracked, 'working', `execution "${id}"`)
}

/** It was concluded never to have arrived: what the venue shows of it now decides whether it is taken back. */
function lookAgain(desk: Desk, tracked: Tracked, now: Instant): void {
  desk.open.add(tracked)
  tracked.query.at = now
}

/** A structure is booked as a unit: its legs wait for each other. */
function hold(desk: Desk, tracked: Tracked, execution: Execution, now: Instant): void {
  desk.booked.set(execution.id, { clientId: tracked.record.clientId, number: 0, at: now })
  tracked.heldLegs.push(execution)
  const { record } = tracked
  const isComplete = record.legs.every(({ instrument, ratio }) => {
    const wanted = Math.abs(ratio * record.quantity)
    return heldOf(tracked, instrument) >= wanted
  })
  if (!isComplete) return
  for (const leg of tracked.heldLegs) {
    const part = { order: record.order, clientId: record.clientId, quantity: leg.quantity }
    post(desk, leg, part, now)
  }
  tracked.heldLegs.length = 0
  change(desk, tracked, now, { filled: record.quantity })
  settle(desk, tracked, now)
}

function heldOf({ heldLegs }: Tracked, instrument: InstrumentId): number {
  let sum = 0
  for (const leg of heldLegs) if (leg.instrument === instrument) sum += Math.abs(leg.quantity)
  return sum
}

/** An order that got all it wanted is filled, whatever else was said; one that waited for its fills ends with them. */
function settle(desk: Desk, tracked: Tracked, now: Instant): void {
  const { record, pendingEnd } = tracked
  if (record.filled === record.quantity) {
    if (record.state !== 'filled') finish(desk, tracked, 'filled', record.evidence, now)
    tracked.isVenueEnd = true
    desk.open.delete(tracked)
    return
  }
  if (!isEnded(tracked) && pendingEnd !== null && hasArrived(tracked)) {
    finish(desk, tracked, pendingEnd.state, pendingEnd.evidence, now)
  }
}

/** One row for the kernel and one for the store. Fills of one moment that come together are one event. */
function post(
  desk: Desk,
  execution: Execution,
  part: { readonly order: OrderId; readonly clientId: ClientOrderId | null; readonly quantity: Quantity },
  now: Instant,
): void {
  const { id, symbol, instrument, price, fee, at } = execution
  const number = desk.nextExecution
  desk.nextExecution += 1
  desk.booked.set(id, { clientId: part.clientId, number, at: now })
  desk.executions.push({
    broker: desk.options.broker,
    id,
    number,
    corrects: null,
    clientId: part.clientId,
    symbol,
    instrument,
    quantity: part.quantity,
    price,
    fee,
    at,
    shares: null,
  })
  if (instrument === null) return
  const { indexOf } = desk.options
  fillsAt(desk, at).push(part.order, number, indexOf(instrument), part.quantity, price, fee ?? 0)
}

function fillsAt(desk: Desk, at: Instant): ReturnType<typeof fillColumns> {
  const last = desk.said.at(-1)
  if (last?.kind === 'fills' && last.fills.moment === at) return last.fills
  const { account, instrumentOf } = desk.options
  const fills = fillColumns(account, instrumentOf, 4)
  fills.clear(at)
  desk.said.push({ kind: 'fills', fills })
  return fills
}
