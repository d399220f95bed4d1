/** An operator's word on an order where the broker's cannot be had. */
import type { OperatorVerdict } from '../../domain/order-records.ts'
import type { Instant } from '../../domain/units.ts'
import { becomeAcked } from './answers.ts'
import { finish } from './endings.ts'
import { type Desk, isEnded, type Tracked } from './tracked.ts'

/** Why nobody is asked for a word on it; null: the broker cannot tell, and an operator may. */
export function undecidable(tracked: Tracked | undefined, verdict: OperatorVerdict): string | null {
  if (tracked === undefined) return 'no order of that id is open'
  const { state, evidence } = tracked.record
  if (isEnded(tracked)) return `it is ${state} already${evidence === '' ? '' : `: ${evidence}`}`
  // The broker said that it is over, and executions that belong to it never came: nobody else can end it.
  const isOver = tracked.pendingEnd !== null
  if (isOver && verdict === 'working') return 'the broker says that it is over'
  return state === 'unknown' || isOver ? null : `it is ${state}: the broker can tell what becomes of it`
}

/**
 * The order is as the operator says. There is no word for `filled`: what an account holds without executions is found by
 * its reconciliation, and assigned. Later evidence still counts.
 */
export function decideByHand(
  desk: Desk,
  tracked: Tracked | undefined,
  verdict: OperatorVerdict,
  actor: string,
  now: Instant,
): void {
  if (tracked === undefined || isEnded(tracked)) return
  const evidence = `${actor} says that it is ${verdict}`
  if (verdict === 'working') becomeAcked(desk, tracked, tracked.record.brokerId, evidence, now)
  else finish(desk, tracked, verdict === 'absent' ? 'expired' : verdict, evidence, now)
}
