/** How far a broker elsewhere has been heard, as each commit keeps it. */
import type { BrokerPlace } from '../domain/store.ts'
import type { AccountLine } from './account-line.ts'
import type { OrderDesk } from './desk/order-desk.ts'

export interface PlaceKeeper {
  /** Null: it stands where it was written down last. */
  next(): BrokerPlace | null
  /** What `next` said is durable. */
  committed(): void
}

export function placeKeeper(
  broker: string,
  desk: Pick<OrderDesk, 'mark' | 'state'>,
  account: Pick<AccountLine, 'cursor'>,
): PlaceKeeper {
  let [mark, events] = [-1, '']
  let said: readonly [number, string] = [mark, events]
  return {
    next() {
      const { cursor } = account
      if (desk.mark === mark && cursor === events) return null
      const { cursor: executions, counted, notional } = desk.state()
      said = [desk.mark, cursor]
      return { broker, executions, events: cursor, counts: { counted, notional } }
    },
    committed() {
      ;[mark, events] = said
    },
  }
}
