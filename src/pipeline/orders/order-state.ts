/**
 * Orders: what has become of each order sent.
 * In:    broker states and fills   Out: the order's state
 * Keeps: a terminal state is left only by more fills, which are still accepted
 */
import { unreachable } from '../../domain/assert.ts'
import type { OrderState } from '../../domain/orders.ts'

export interface OrderProgress {
  readonly state: OrderState
  /** Signed units filled so far. */
  readonly filled: number
}

export type OrderEvent =
  | { readonly kind: 'fill'; readonly quantity: number; readonly ordered: number }
  | { readonly kind: 'state'; readonly state: OrderState }

const isTerminal = (state: OrderState): boolean => state !== 'working'

/** The next state of an order. A fill that arrives after the end is booked all the same: the money has moved. */
export function applyOrderEvent(order: OrderProgress, event: OrderEvent): OrderProgress {
  switch (event.kind) {
    case 'fill': {
      const filled = order.filled + event.quantity
      const complete = Math.abs(filled) >= Math.abs(event.ordered)
      return { filled, state: complete ? 'filled' : order.state }
    }
    case 'state':
      return isTerminal(order.state) ? order : { ...order, state: event.state }
    default:
      return unreachable(event)
  }
}
