/** Exits that wait, where what they close has become less behind their sleeve's back. */
import { listPlain } from '../orders/plain.ts'
import type { Runtime } from '../runtime.ts'
import { release, type Waiting } from '../state.ts'
import { endWaiting } from './waiting.ts'

/** An exit that waits closes what is held or on its way, and nothing beyond: what was taken back cannot be sold. */
export function boundExits(runtime: Runtime, instrument: number): void {
  bound(runtime, instrument, (sleeve, side) => {
    const { books, pendingBuys, pendingSells } = runtime.state
    const at = sleeve * books.width + instrument
    return heldAgainst(runtime, at, side) + (side < 0 ? pendingBuys[at]! : pendingSells[at]!)
  })
}

/** An order that had ended was filled all the same: what it closed is closed, and an exit that waits closes the rest. */
export function boundExitsOf(runtime: Runtime, sleeve: number, instrument: number): void {
  const at = sleeve * runtime.state.books.width + instrument
  bound(runtime, instrument, (owner, side) =>
    owner === sleeve ? heldAgainst(runtime, at, side) : Number.POSITIVE_INFINITY,
  )
}

function heldAgainst({ state: { books } }: Runtime, at: number, side: number): number {
  return Math.max(0, 0 - side * books.quantity[at]!)
}

/** @param mostOf units that exits of a sleeve on a side may close together */
function bound(runtime: Runtime, instrument: number, mostOf: (sleeve: number, side: number) => number): void {
  const { state } = runtime
  listPlain(runtime)
  const left = new Map<number, number>()
  const gone = new Set<Waiting>()
  for (const wish of state.waiting) {
    if (wish.instrument !== instrument || !wish.reducing) continue
    const side = Math.sign(wish.quantity)
    const most = left.get(wish.sleeve) ?? mostOf(wish.sleeve, side)
    const units = Math.min(most, Math.abs(wish.quantity))
    left.set(wish.sleeve, most - units)
    if (units === Math.abs(wish.quantity)) continue
    if (units === 0) gone.add(wish)
    else {
      release(state, wish.sleeve, instrument, wish.quantity - side * units)
      wish.quantity = side * units
    }
  }
  if (gone.size === 0) return
  state.waiting = state.waiting.filter((wish) => !gone.has(wish))
  for (const wish of gone) endWaiting(runtime, wish, 'superseded', 'superseded')
}
