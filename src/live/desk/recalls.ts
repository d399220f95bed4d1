/** Executions that memory cannot judge: of orders that have left it, of an earlier process, and what corrects others. */
import type { Execution } from '../../domain/broker.ts'
import type { Amendment, Correction } from '../../domain/corrections.ts'
import type { ExecutionRecord, OrderRecord } from '../../domain/order-records.ts'
import { FOREIGN_ORDER, isStructure } from '../../domain/orders.ts'
import { type Instant, type OrderId, quantity } from '../../domain/units.ts'
import { openShares } from '../executions/open-shares.ts'
import { sweepSoon, takeOrder } from './answers.ts'
import { bookTrade, noteExecution, settle } from './executions.ts'
import type { DeskAction, Recalled } from './order-desk.ts'
import { keyOf } from './recall-queue.ts'
import { alert, change, type Desk, isEnded, later, type Recall, type Tracked, track } from './tracked.ts'

type RecallAction = Extract<DeskAction, { readonly kind: 'recall' }>

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
  if (record !== null && known === undefined) recallOrder(desk, record)
  const { instrument } = execution
  const isOwn = record !== null && instrument !== null
  bookTrade(desk, execution, now, isOwn ? openShares(record, executions, instrument) : undefined)
}

/** An ended order comes back to memory until what was late is committed. */
function recallOrder(desk: Desk, record: OrderRecord): Tracked {
  const tracked = track(desk, record)
  tracked.isRecalled = true
  tracked.isOut = true
  // One that is being taken back after its end is not over.
  tracked.isVenueEnd = record.brokerId !== null && !record.isCancelling
  desk.recalled.push(tracked)
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
  if (tracked === undefined) return
  const by = execution.quantity - standing.quantity
  if (isStructure(tracked.record.legs)) amendLeg(desk, tracked, execution, by, now)
  else amendFilled(desk, tracked, by, now)
}

/** A correction of what was corrected already is one of the last word on it. */
function lastOf(corrected: ExecutionRecord, executions: readonly ExecutionRecord[]): ExecutionRecord {
  const next = executions.find(({ corrects }) => corrects === corrected.id)
  return next === undefined ? corrected : lastOf(next, executions)
}

function sayCorrection(
  desk: Desk,
  execution: Execution,
  { instrument, number, price, shares, at, quantity: booked }: ExecutionRecord,
  order: OrderId,
  own: number,
): void {
  if (instrument === null || shares === null) return
  const correction: Correction = {
    amendment: amendmentOf(execution, booked, price),
    order,
    execution: number,
    number: own,
    at,
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

/** Its others stay as they are: whole structures are counted, and what this one is now somebody must look at. */
function amendLeg(desk: Desk, tracked: Tracked, { id, symbol }: Execution, by: number, now: Instant): void {
  if (by === 0) return
  const evidence = `execution "${id}" changed its leg ${symbol} by ${by} units`
  change(desk, tracked, now, { evidence })
  const text = `structure ${tracked.record.order}: ${evidence}; its legs do not balance`
  alert(desk, now, 'misfit', tracked, text)
}

/** What was filled is what is booked. An end stays one; whether the venue sees it so, it is asked. */
function amendFilled(desk: Desk, tracked: Tracked, by: number, now: Instant): void {
  if (by === 0) return
  const filled = quantity(tracked.record.filled + by)
  change(desk, tracked, now, { filled })
  tracked.takenBack -= by
  tracked.heardFilled = Math.min(tracked.heardFilled, Math.abs(filled))
  tracked.query.at = now
  if (!isEnded(tracked)) return
  tracked.isVenueEnd = false
  desk.open.add(tracked)
}
