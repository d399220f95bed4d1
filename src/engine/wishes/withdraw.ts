/** Entries that are given up before they filled: taken back while they wait, cancelled where they work at the broker. */
import type { OrderId } from '../../domain/units.ts'
import { listPlain } from '../orders/plain.ts'
import type { Runtime } from '../runtime.ts'
import { release, type Waiting } from '../state.ts'
import { endWaiting } from './waiting.ts'

/** Takes back up to `size` units of the sleeve's entries that wait on the other side, the newest first. */
export function withdrawWaiting(
  runtime: Runtime,
  sleeve: number,
  instrument: number,
  side: number,
  size: number,
): number {
  listPlain(runtime)
  const { state } = runtime
  let left = size
  const gone = new Set<Waiting>()
  for (let at = state.waiting.length - 1; at >= 0 && left > 0; at -= 1) {
    const wish = state.waiting[at]!
    if (wish.sleeve !== sleeve || wish.instrument !== instrument || wish.quantity * side > 0) continue
    const units = Math.min(left, Math.abs(wish.quantity))
    left -= units
    if (units === Math.abs(wish.quantity)) {
      gone.add(wish)
      continue
    }
    release(state, sleeve, instrument, 0 - units * side)
    wish.quantity += units * side
  }
  if (gone.size === 0) return size - left
  state.waiting = state.waiting.filter((wish) => !gone.has(wish))
  for (const wish of gone) endWaiting(runtime, wish, 'superseded', 'superseded')
  return size - left
}

/** Asks for the cancellation of orders that work on the other side for this sleeve; returns the units it has open there. */
export function cancelWorking(runtime: Runtime, sleeve: number, instrument: number, side: number): number {
  return workingUnits(runtime, sleeve, instrument, 0 - side, (order) => {
    const asked = runtime.commands.some((command) => command.kind === 'cancel' && command.order === order)
    if (!asked) runtime.commands.push({ kind: 'cancel', order: order as OrderId })
  })
}

/** Units that a sleeve has open at the broker on one side, each order with some of them shown. */
export function workingUnits(
  { state, batch, shares, rowEnded, shareStart, shareCount }: Runtime,
  sleeve: number,
  instrument: number,
  side: number,
  show: (order: number) => void,
): number {
  let units = 0
  const add = (order: number, open: number): void => {
    if (open === 0) return
    units += open
    show(order)
  }
  for (const order of state.working) {
    if (order.instrument !== instrument || order.quantity * side < 0) continue
    let open = 0
    for (const share of order.shares)
      if (share.sleeve === sleeve) open += Math.abs(share.wanted - share.crossed - share.filled)
    add(order.id, open)
  }
  for (let row = 0; row < batch.count; row += 1) {
    if (rowEnded[row] === 1 || batch.instrument[row] !== instrument || batch.quantity[row]! * side < 0) continue
    const start = shareStart[row]!
    let open = 0
    for (let at = start; at < start + shareCount[row]!; at += 1)
      if (shares.sleeve[at] === sleeve) open += Math.abs(shares.wanted[at]! - shares.crossed[at]! - shares.filled[at]!)
    add(batch.id[row]!, open)
  }
  return units
}
