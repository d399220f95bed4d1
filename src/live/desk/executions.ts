/** Executions: each is booked once, on its order or as foreign; nothing is ever filled in that was not heard. */
import type { Execution } from '../../domain/broker.ts'
import { type FillColumns, fillColumns } from '../../domain/columns.ts'
import type { OpenShare } from '../../domain/corrections.ts'
import { FOREIGN_ORDER, isStructure } from '../../domain/orders.ts'
import { type Instant, type OrderId, quantity } from '../../domain/units.ts'
import { countTaken } from './breakers.ts'
import { finish, hasArrived, heldOf, leaveAlone } from './endings.ts'
import { recallExecution } from './recall-queue.ts'
import { alert, alertOnce, change, type Desk, isEnded, type Tracked, tell } from './tracked.ts'

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
    alert(desk, now, 'misfit', null, `execution "${id}" of ${units} at ${price} cannot be read: it is not booked`)
    return
  }
  const tracked = clientId === null ? undefined : desk.orders.get(clientId)
  const isKnown = clientId === null || (tracked !== undefined && !tracked.isRecalled)
  const isNext = isKnown && !isAwaited(desk, execution)
  if (kind === 'trade' && isNext && isSurelyNew(desk, execution, now)) bookTrade(desk, execution, now)
  else recallExecution(desk, execution, now)
}

/** Whether something that was told before it, of the same order, waits for the store. */
function isAwaited({ recalls }: Desk, { clientId }: Execution): boolean {
  if (clientId === null || recalls.size === 0) return false
  for (const recall of recalls.values()) if (recall.execution !== null && recall.clientId === clientId) return true
  return false
}

/** What is older than memory, or than this process, may be in the store. */
function isSurelyNew(desk: Desk, { at }: Execution, now: Instant): boolean {
  const remembered = now - desk.policy.forgetAfter
  const own = desk.resumedAt === null ? Number.NEGATIVE_INFINITY : desk.resumedAt + SKEW_MAX
  return at > remembered && at >= own
}

/**
 * Books a trade that is booked nowhere yet.
 *
 * @param open what the shares of its order still want, where the kernel may have let it go
 */
export function bookTrade(desk: Desk, execution: Execution, now: Instant, open?: readonly OpenShare[]): void {
  const tracked = execution.clientId === null ? undefined : desk.orders.get(execution.clientId)
  if (tracked === undefined || !fits(desk, tracked, execution, now)) {
    post(desk, { ...execution, clientId: null }, FOREIGN_ORDER, now)
    return
  }
  confirm(desk, tracked, execution, now)
  const { record } = tracked
  if (isStructure(record.legs) && record.filled === 0) {
    hold(desk, tracked, execution, now)
    return
  }
  post(desk, execution, record.order, now)
  if (open !== undefined) fillsAt(desk, execution.at).attach(open)
  const sum = record.filled + execution.quantity
  const isBeyond = Math.abs(sum) > Math.abs(record.quantity) || isStructure(record.legs)
  if (isBeyond) {
    const text = `execution "${execution.id}" fills order ${record.order} beyond its ${record.quantity} units`
    alert(desk, now, 'overfilled', tracked, text)
  }
  change(desk, tracked, now, { filled: isBeyond ? record.quantity : quantity(sum) })
  settle(desk, tracked, now)
}

/** Whether an execution can be of the order that it names. */
function fits(desk: Desk, tracked: Tracked, execution: Execution, now: Instant): boolean {
  const { record } = tracked
  const leg = record.legs.find(({ instrument }) => instrument === execution.instrument)
  if (leg !== undefined && execution.quantity > 0 === record.quantity * leg.ratio > 0) return true
  const traded = `${record.quantity} ${record.legs.map(({ instrument }) => instrument).join(' ')}`
  const text = `execution "${execution.id}" of ${execution.quantity} ${execution.symbol} names order ${record.order} of ${traded}: it is booked as foreign`
  alert(desk, now, 'misfit', tracked, text)
  return false
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
  const evidence = `execution "${id}"`
  change(desk, tracked, now, { state: 'acked', brokerId, evidence })
  countTaken(desk, tracked)
  tracked.unknownSince = null
  tracked.sendAt = null
  if (!tracked.isFrozen) return
  tracked.isFrozen = false
  tell(desk, tracked, 'working', evidence)
}

/** It was concluded never to have arrived: what the venue shows of it now decides whether it is taken back. */
function lookAgain(desk: Desk, tracked: Tracked, now: Instant): void {
  const { order, state } = tracked.record
  alertOnce(desk, now, 'orphan', tracked, `order ${order} ended as ${state}, yet it was filled`)
  desk.open.add(tracked)
  tracked.query.at = now
}

/** A structure is booked as a unit: its legs wait for each other. */
function hold(desk: Desk, tracked: Tracked, execution: Execution, now: Instant): void {
  const { record, heldLegs } = tracked
  desk.booked.set(execution.id, now)
  heldLegs.push(execution)
  desk.incomplete.add(tracked)
  const isComplete = record.legs.every(
    ({ instrument, ratio }) => heldOf(heldLegs, instrument) >= Math.abs(ratio * record.quantity),
  )
  if (!isComplete) {
    settle(desk, tracked, now)
    return
  }
  for (const leg of heldLegs) post(desk, leg, record.order, now)
  heldLegs.length = 0
  desk.incomplete.delete(tracked)
  change(desk, tracked, now, { filled: record.quantity })
  settle(desk, tracked, now)
}

/**
 * Legs of a structure that is over, and whose others have not come for long: nothing was filled as a unit, and what was
 * traded is on the account all the same.
 */
export function releaseLegs(desk: Desk, now: Instant): void {
  for (const tracked of desk.incomplete) {
    const { heldLegs, record } = tracked
    const at = releaseAt(desk, tracked)
    if (at === null || at > now) continue
    const text = `structure ${record.order} is over as ${record.state}, and ${heldLegs.length} executions of it make no whole one: they are booked as foreign`
    alert(desk, now, 'misfit', tracked, text)
    for (const leg of heldLegs) post(desk, { ...leg, clientId: null }, FOREIGN_ORDER, now)
    heldLegs.length = 0
    desk.incomplete.delete(tracked)
  }
}

/** When the legs that wait are waited for no longer; null: none waits, or their order may still bring the others. */
export function releaseAt({ booked, policy }: Desk, tracked: Tracked): Instant | null {
  const [first] = tracked.heldLegs
  if (first === undefined || !isEnded(tracked)) return null
  return ((booked.get(first.id) ?? 0) + policy.unresolvedAfter) as Instant
}

/** An order that got all it wanted is filled, whatever else was said; one that waited for its fills ends with them. */
export function settle(desk: Desk, tracked: Tracked, now: Instant): void {
  const { record, pendingEnd } = tracked
  if (record.filled === record.quantity) {
    if (record.state !== 'filled') finish(desk, tracked, 'filled', record.evidence, now)
    leaveAlone(desk, tracked, now)
    tracked.isVenueEnd = true
    return
  }
  if (!isEnded(tracked) && pendingEnd !== null && hasArrived(tracked)) {
    finish(desk, tracked, pendingEnd.state, pendingEnd.evidence, now)
  }
}

/** One row for the kernel and one for the store. Fills of one moment that come together are one event. */
function post(desk: Desk, execution: Execution, order: OrderId, now: Instant): void {
  const { instrument, quantity: units, price, fee, at } = execution
  const number = noteExecution(desk, execution, now)
  if (instrument === null) return
  fillsAt(desk, at).push(order, number, desk.options.indexOf(instrument), units, price, fee ?? 0)
}

/** The store's row of an execution or of its correction; says its number in the kernel. */
export function noteExecution(desk: Desk, execution: Execution, now: Instant): number {
  const { id, corrects, clientId, symbol, instrument, quantity: units, price, fee, at } = execution
  const number = desk.nextExecution
  desk.nextExecution += 1
  desk.booked.set(id, now)
  const { broker } = desk.options
  const shares = null
  desk.executions.push({
    broker,
    id,
    number,
    corrects,
    clientId,
    symbol,
    instrument,
    quantity: units,
    price,
    fee,
    at,
    shares,
  })
  return number
}

function fillsAt(desk: Desk, at: Instant): FillColumns {
  const last = desk.said.at(-1)
  if (last?.kind === 'fills' && last.fills.moment === at) return last.fills
  const { account, instrumentOf } = desk.options
  const fills = fillColumns(account, instrumentOf, 4)
  fills.clear(at)
  desk.said.push({ kind: 'fills', fills })
  return fills
}
