/** What waits for the store's word: executions that memory cannot judge, and orders that it does not know. */
import type { BrokerOrder, ClientOrderId, Execution } from '../../domain/broker.ts'
import type { Instant } from '../../domain/units.ts'
import { isLive } from './endings.ts'
import type { DeskAction } from './order-desk.ts'
import { alert, type Desk, type Recall, type Tracked } from './tracked.ts'

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

export function keyOf(execution: string | null, clientId: ClientOrderId | null): string {
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
