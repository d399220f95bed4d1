/**
 * Orders: what has become of each order sent.
 * In:    what the broker says of it, what it ordered, what it got   Out: whether it is done, and how it is reported
 * Keeps: fills decide; an order that got all it wanted is filled whatever else was said, and a late fill still counts
 */
import type { OrderState } from '../../domain/orders.ts'

/** How an order is reported once it has ended; `partial` got something, and less than it wanted. */
export type OrderOutcome = Exclude<OrderState, 'working' | 'unknown'> | 'partial'

/** Whether the signed units filled are all that was ordered. An order of nothing is complete. */
export function isComplete(filled: number, ordered: number): boolean {
  return Math.abs(filled) >= Math.abs(ordered)
}

/** What an order came to: by its fills first, and by the broker's word where there were none. */
export function outcomeOf(state: OrderState, filled: number, ordered: number): OrderOutcome {
  if (isComplete(filled, ordered)) return 'filled'
  if (filled !== 0) return 'partial'
  return state === 'rejected' || state === 'expired' ? state : 'cancelled'
}
