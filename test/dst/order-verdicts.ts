/** What must be true of orders in the end, whoever drove the desk. */
import { isEnded } from '../../src/domain/order-records.ts'
import type { World } from './history.ts'
import { PORTFOLIO } from './scene.ts'
import { isOver } from './venue.ts'

/** What the venue says takes so long to be heard. */
const HEARD_MS = 6_000

/** Every order of ours ended here as it did at the venue, and what nobody could know was said. */
export function judgeOrders({ venue, disk, watch, alerts, endedAt }: World): void {
  const { orders } = disk.tables(PORTFOLIO)
  for (const { clientId, state, brokerId, versions } of venue.orders) {
    // What happened to it when the last process had ended, the next one will be told.
    const isHeard = endedAt === null || versions.at(-1)!.at < endedAt - HEARD_MS
    if (clientId === null || !isHeard) continue
    const said = orders.get(clientId)?.state
    if (said === undefined || isOver(state) !== isEnded(said))
      watch.report(`${brokerId} is ${state}, its record says ${said}`)
  }
  for (const { state, order } of orders.values()) {
    if (state !== 'unknown' && state !== 'intended') continue
    if (!alerts.some((text) => text.includes(String(order))))
      watch.report(`order ${order} is ${state} and nobody was told`)
  }
}
