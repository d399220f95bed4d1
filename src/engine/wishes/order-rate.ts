/** How many orders a sleeve has sent on this day and in this minute of event time. */
import type { Runtime } from '../runtime.ts'
import type { OrderCount } from '../state.ts'

const MINUTE_MS = 60_000

export function noOrders(): OrderCount {
  return { day: 0, today: 0, minute: 0, inMinute: 0 }
}

const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS)

/** Counts one wish that became an order, exits included. */
export function countOrder({ state, tradeDate }: Runtime, sleeve: number): void {
  const orders = state.sleeves[sleeve]!.orders
  if (orders === undefined) return
  const minute = minuteOf(state.at)
  orders.today = orders.day === tradeDate ? orders.today + 1 : 1
  orders.inMinute = orders.minute === minute ? orders.inMinute + 1 : 1
  orders.day = tradeDate
  orders.minute = minute
}

export function ordersSent({ state, tradeDate }: Runtime, sleeve: number, per: 'day' | 'minute'): number {
  const orders = state.sleeves[sleeve]!.orders
  if (orders === undefined) return 0
  if (per === 'day') return orders.day === tradeDate ? orders.today : 0
  return orders.minute === minuteOf(state.at) ? orders.inMinute : 0
}
