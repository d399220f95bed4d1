/** One order and what became of it, for tests that look at a single thing. */
import type { OrderRecord } from '../../src/domain/order-records.ts'
import type { NetOrder } from '../../src/domain/orders.ts'
import { INSTRUMENTS, type Rig } from './rig.ts'
import type { SubmitFate, VenueRules } from './venue.ts'

export const [SPY, QQQ] = INSTRUMENTS as [(typeof INSTRUMENTS)[0], (typeof INSTRUMENTS)[0]]
export const ENFORCED: VenueRules = { clientIds: 'enforced', requestLife: null, repeated: 'accepted' }
export const DAY = 86_400_000

export function legs(instrument = SPY): NetOrder['legs'] {
  return [{ instrument, ratio: 1 }]
}

/** An order for the first instrument, and what happens to its requests. */
export function send(rig: Rig, quantity: number, ...fates: SubmitFate[]): OrderRecord {
  rig.fates.push(...fates)
  rig.intend([{ legs: legs(), quantity }])
  return last(rig)
}

export function last({ records }: Rig): OrderRecord {
  return [...records.values()].at(-1)!
}

/** As it was written down last. */
export function now({ records }: Rig, { clientId }: OrderRecord): OrderRecord {
  return records.get(clientId)!
}

/** Names of what somebody was told. */
export function rules({ alerts }: Rig): readonly string[] {
  return alerts.map(({ rule }) => rule)
}
