/** An operator's word on an order where the broker's cannot be had. */
import type { Instant } from '../../domain/units.ts'
import { becomeAcked } from './answers.ts'
import { finish } from './endings.ts'
import type { OperatorVerdict } from './order-desk.ts'
import { type Desk, isEnded, type Tracked } from './tracked.ts'

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
