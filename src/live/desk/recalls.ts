/** Executions that memory cannot judge: of orders that have left it, of an earlier process, and what corrects others. */
import type { BrokerOrder, ClientOrderId, Execution } from '../../domain/broker.ts'
import type { Amendment, Correction } from '../../domain/corrections.ts'
import type { ExecutionRecord, OrderRecord } from '../../domain/order-records.ts'
import { FOREIGN_ORDER } from '../../domain/orders.ts'
import { type Instant, type OrderId, quantity } from '../../domain/units.ts'
import { openShares } from '../executions/open-shares.ts'
import { isLive, sweepSoon, takeOrder } from './answers.ts'
import { bookTrade, noteExecution, settle } from './executions.ts'
import type { DeskAction, Recalled } from './order-desk.ts'
import { alert, change, type Desk, isEnded, later, type Retry, type Tracked, track } from './tracked.ts'

type RecallAction = Extract<DeskAction, { readonly kind: 'recall' }>

/** What the store must be asked before it can be judged: an execution, or an order that memory does not know. */
export interface Recall extends Retry {
  readonly clientId: ClientOrderId | null
  readonly execution: Execution | null
  /** Of an order alone: as the venue shows it; null where memory knows it and not all that was taken back of it. */
  readonly order: BrokerOrder | null
  /** Since when the store does not know what it corrects; null: it has not said so. */
  lostSince: Instant | null
}

/** An execution that memory cannot judge. */
export function recallExecution(desk: Desk, execution: Execution, now: Instant): void {
  ask(desk, { clientId: execution.clientId, execution, order: null }, now)
}

/** How much was taken back of an order before this process knew it. */
export function recallOwn(desk: Desk, { record: { clientId } }: Tracked, now: Instant): void {
  if (desk.resumedAt !== null) ask(desk, { clientId, execution: null, order: null }, now)
}

function ask(desk: Desk, recall: Pick<Recall, 'clientId' | 'execution' | 'order'>, now: Instant): void {
  const key = keyOf(recall.execution?.id ?? null, recall.clientId)
  if (!desk.recalls.has(key)) desk.recalls.set(key, { ...recall, at: now, isAsked: false, tries: 0, lostSince: null })
}

/** An order that works at the venue under an id that memory does not know: an old one of ours, or a stranger's. */
export function recallStranger(desk: Desk, order: BrokerOrder, now: Instant): void {
  if (order.clientId !== null && isLive(order.state))
    ask(desk, { clientId: order.clientId, execution: null, order }, now)
}

function keyOf(execution: string | null, clientId: ClientOrderId | null): string {
  return execution ?? `order ${clientId}`
}

/** What may be asked now: never of an order of which something is not committed yet. */
export function takeRecalls(desk: Desk, now: Instant, actions: DeskAction[]): void {
  for (const recall of desk.recalls.values()) {
    if (!isAskable(desk, recall) || recall.at! > now) continue
    recall.isAsked = true
    recall.tries += 1
    const { execution, clientId } = recall
    actions.push({ kind: 'recall', clientId, execution: execution?.id ?? null, corrects: execution?.corrects ?? null })
  }
}

export function isAskable(desk: Desk, { clientId, execution, isAsked, lostSince }: Recall): boolean {
  const tracked = clientId === null ? undefined : desk.orders.get(clientId)
  const isAwaited = lostSince !== null && !desk.booked.has(execution?.corrects ?? '')
  return !isAsked && !isAwaited && tracked?.version === tracked?.durable && desk.executions.length === 0
}

/** What the store knows of what memory could not judge. */
export function takeRecalled(desk: Desk, action: RecallAction, recalled: Recalled | null, now: Instant): void {
  const key = keyOf(action.execution, action.clientId)
  const recall = desk.recalls.get(key)
  if (recall === undefined) return
  const { policy } = desk
  recall.isAsked = false
  recall.at = later(now, policy.resolveAfter, policy.resolveAtMost, recall.tries)
  if (recalled === null) return
  const { execution } = recall
  if (execution === null) {
    desk.recalls.delete(key)
    takeOrderRecalled(desk, recall, recalled, now)
    return
  }
  if (recalled.execution !== null) {
    desk.recalls.delete(key)
    desk.booked.set(key, now)
    return
  }
  // Another one of this order came before the answer: what the store said is old.
  const isOld = execution.clientId !== null && desk.executions.some(({ clientId }) => clientId === execution.clientId)
  if (isOld) {
    recall.at = now
    return
  }
  if (execution.kind === 'trade') {
    desk.recalls.delete(key)
    takeTrade(desk, execution, recalled, now)
  } else takeCorrection(desk, recall, execution, recalled, now)
}

/** An order of ours that has ended, and lives, or one of a stranger: that one the comparison of the account finds. */
function takeOrderRecalled(desk: Desk, { order }: Recall, { record, executions }: Recalled, now: Instant): void {
  if (record === null) return
  const tracked = desk.orders.get(record.clientId) ?? recallOrder(desk, record)
  tracked.takenBack = takenBackOf(executions)
  if (order === null) settle(desk, tracked, now)
  else takeOrder(desk, tracked, order, now)
}

function takenBackOf(executions: readonly ExecutionRecord[]): number {
  let units = 0
  for (const { corrects, quantity: after } of executions) {
    const before = corrects === null ? undefined : executions.find(({ id }) => id === corrects)
    if (before !== undefined) units += before.quantity - after
  }
  return units
}

function takeTrade(desk: Desk, execution: Execution, { record, executions }: Recalled, now: Instant): void {
  const known = execution.clientId === null ? undefined : desk.orders.get(execution.clientId)
  if (known !== undefined && !known.isRecalled) {
    bookTrade(desk, execution, now)
    return
  }
  if (record !== null) recallOrder(desk, record)
  const { instrument } = execution
  const isOwn = record !== null && instrument !== null
  bookTrade(desk, execution, now, isOwn ? openShares(record, executions, instrument) : undefined)
}

/** An ended order comes back to memory until what was late is committed. */
function recallOrder(desk: Desk, record: OrderRecord): Tracked {
  const tracked = track(desk, record)
  tracked.isRecalled = true
  tracked.isOut = true
  tracked.isVenueEnd = record.brokerId !== null
  desk.ended.push(tracked)
  return tracked
}

/** What it corrects may be on its way; where sweeps do not bring it, nobody here has booked it. */
function takeCorrection(
  desk: Desk,
  recall: Recall,
  execution: Execution,
  { record, corrected, executions }: Recalled,
  now: Instant,
): void {
  const standing = corrected === null ? undefined : lastOf(corrected, executions)
  if (standing === undefined || standing.shares === null) {
    recall.lostSince ??= now
    recall.at = now
    sweepSoon(desk, now)
    return
  }
  desk.recalls.delete(execution.id)
  const known = execution.clientId === null ? undefined : desk.orders.get(execution.clientId)
  const tracked = known ?? (record === null ? undefined : recallOrder(desk, record))
  const { order = FOREIGN_ORDER } = tracked?.record ?? {}
  const number = noteExecution(desk, { ...execution, clientId: tracked?.record.clientId ?? null }, now)
  sayCorrection(desk, execution, standing, order, number)
  if (tracked !== undefined) amendFilled(desk, tracked, execution.quantity - standing.quantity, now)
}

/** A correction of what was corrected already is one of the last word on it. */
function lastOf(corrected: ExecutionRecord, executions: readonly ExecutionRecord[]): ExecutionRecord {
  const next = executions.find(({ corrects }) => corrects === corrected.id)
  return next === undefined ? corrected : lastOf(next, executions)
}

function sayCorrection(
  desk: Desk,
  execution: Execution,
  { instrument, number, price, shares, quantity: booked }: ExecutionRecord,
  order: OrderId,
  own: number,
): void {
  if (instrument === null || shares === null) return
  const correction: Correction = {
    amendment: amendmentOf(execution, booked, price),
    order,
    execution: number,
    number: own,
    instrument,
    price,
    shares,
    evidence: `execution "${execution.id}"`,
  }
  desk.said.push({ kind: 'correction', correction })
}

function amendmentOf({ kind, quantity: units, price, fee }: Execution, booked: number, bookedAt: number): Amendment {
  if (kind === 'bust') return { kind: 'bust' }
  if (fee !== null && units === booked && price === bookedAt) return { kind: 'fee', fee }
  return { kind: 'replaced', quantity: units, price, fee }
}

/** What was filled is what is booked. An end stays one; whether the venue sees it so, it is asked. */
function amendFilled(desk: Desk, tracked: Tracked, by: number, now: Instant): void {
  if (by === 0 || tracked.record.legs.length > 1) return
  const filled = quantity(tracked.record.filled + by)
  change(desk, tracked, now, { filled })
  tracked.takenBack -= by
  tracked.heardFilled = Math.min(tracked.heardFilled, Math.abs(filled))
  tracked.query.at = now
  if (!isEnded(tracked)) return
  tracked.isVenueEnd = false
  desk.open.add(tracked)
}

/** Sweeps have brought nothing of what is corrected, for long enough. */
export function giveUpCorrections(desk: Desk, now: Instant): void {
  for (const [id, { lostSince, execution }] of desk.recalls) {
    const corrects = execution?.corrects ?? ''
    if (lostSince === null || desk.booked.has(corrects) || desk.recalls.has(corrects)) continue
    if (now < lostSince + desk.policy.unresolvedAfter) continue
    desk.recalls.delete(id)
    alert(desk, now, 'misfit', null, `execution "${id}" corrects "${corrects}", which was never booked here`)
  }
}
