/** Everything that a sleeve holds or waits for is given up: what ends a sleeve, or a portfolio's old places. */

import { TYPE_CODE } from '../../domain/columns.ts'
import { listPlain } from '../orders/plain.ts'
import { structuresToCome } from '../orders/working-structures.ts'
import type { Parts } from '../parts.ts'
import type { Runtime } from '../runtime.ts'
import { projectedOf, type Waiting } from '../state.ts'
import { pushWish, WISH } from '../view.ts'
import { takeWishes } from '../wishes/wishes.ts'
import { cancelWorking, withdrawWaiting } from '../wishes/withdraw.ts'

/** Whether a sleeve has nothing but money, and nothing on its way. */
export function isFlat({ state }: Runtime, sleeve: number): boolean {
  const { width, quantity } = state.books
  for (let at = sleeve * width; at < (sleeve + 1) * width; at += 1)
    if (quantity[at] !== 0 || state.pendingBuys[at] !== 0 || state.pendingSells[at] !== 0) return false
  const own = (one: { readonly sleeve: number }): boolean => one.sleeve === sleeve
  return !(state.structures.some(own) || structuresToCome(state).some(own) || state.leftovers.some(own))
}

/**
 * Takes back and cancels what has not filled, and closes what is held at the next auction. What is being cancelled at the
 * broker may still fill: asked again until the sleeve is flat.
 */
export function closeSleeve(parts: Parts, sleeve: number, reason: string): void {
  const { runtime, wishes } = parts
  const { state } = runtime
  wishes.count = 0
  for (const instrument of state.instruments) {
    if (runtime.isOption[instrument.index] === 1) continue
    const at = sleeve * state.books.width + instrument.index
    if (state.pendingBuys[at]! > 0) giveUp(runtime, sleeve, instrument.index, -1)
    if (state.pendingSells[at]! > 0) giveUp(runtime, sleeve, instrument.index, 1)
    // What is being cancelled at the broker may still fill: it is closed once that is known.
    if (state.books.quantity[at] !== 0 && projectedOf(state, sleeve, instrument.index) !== 0)
      pushWish(wishes, sleeve, instrument.index, WISH.exit, 0, reason, null, null)
  }
  for (const position of state.structures)
    if (position.sleeve === sleeve) pushWish(wishes, sleeve, -1, WISH.closeStructure, position.id, reason, null, null)
  takeWishes(runtime, wishes, parts.books)
  wishes.count = 0
  listPlain(runtime)
}

/** Ends the sleeve's wishes of the other side than `side`, wherever they are; an exit at the next auction may stay. */
function giveUp(runtime: Runtime, sleeve: number, instrument: number, side: number): void {
  const isOurs = (wish: Waiting): boolean => wish.sleeve === sleeve && wish.instrument === instrument
  const waiting = runtime.state.waiting.filter((wish) => isOurs(wish) && wish.quantity * side < 0)
  if (waiting.some((wish) => !wish.reducing || wish.type !== TYPE_CODE.market))
    withdrawWaiting(runtime, sleeve, instrument, side, Number.MAX_SAFE_INTEGER)
  cancelWorking(runtime, sleeve, instrument, side)
}
