/** Positions that follow their sleeve's capital: down in proportion, whatever the limits say, and up as far as they allow. */

import { listPlain } from '../orders/plain.ts'
import { structuresToCome } from '../orders/working-structures.ts'
import type { Parts } from '../parts.ts'
import type { Runtime } from '../runtime.ts'
import { pushWish, WISH } from '../view.ts'
import { closeStructure } from '../wishes/structure-wishes.ts'
import { exitRoom, waitFor } from '../wishes/waiting.ts'
import { takeWishes } from '../wishes/wishes.ts'

export const REBALANCE = 'rebalance'
const MARKET = { type: 'market', force: 'day' } as const

/** Rounding of a fraction that must not cost a whole step. */
const STEP_SLACK = 1e-9

/** One position that changes with its sleeve. */
export interface Resize {
  readonly sleeve: number
  readonly instrument: number
  /** Signed units. */
  readonly quantity: number
}

/**
 * What each position of a sleeve changes by when the sleeve's capital does, in whole steps, never beyond the fraction.
 * A return stream follows its capital at every close without being told.
 */
function resizes(runtime: Runtime, sleeve: number, fraction: number): readonly Resize[] {
  const { state } = runtime
  const found: Resize[] = []
  if (runtime.sleeves[sleeve]!.config.kind === 'return_stream') return found
  for (const { index, step } of state.instruments) {
    if (runtime.isOption[index] === 1 || state.delisted[index] === 1) continue
    const held = state.books.quantity[sleeve * state.books.width + index]!
    const units = Math.floor((Math.abs(held) * Math.abs(fraction)) / step + STEP_SLACK) * step
    const grows = fraction > 0 === held > 0
    if (units > 0) found.push({ sleeve, instrument: index, quantity: grows ? units : 0 - units })
  }
  return found
}

/** Closes a part of each position; never more than is not on its way out already. Returns what was sent on its way. */
export function shrink(runtime: Runtime, sleeve: number, fraction: number): number {
  let sent = 0
  for (const { instrument, quantity } of resizes(runtime, sleeve, 0 - fraction)) {
    const side = quantity > 0 ? 1 : -1
    const units = Math.min(Math.abs(quantity), exitRoom(runtime.state, sleeve, instrument, side))
    if (units === 0) continue
    const wish = { sleeve, instrument, quantity: units * side, terms: MARKET, reducing: true, reason: REBALANCE }
    const before = runtime.state.waiting.length
    waitFor(runtime, { ...wish, protection: null })
    runtime.observer?.reduced(units * side, runtime.state.waiting.length > before ? units * side : 0)
    sent += 1
  }
  return sent + shrinkStructures(runtime, sleeve, fraction)
}

/**
 * Whole structures are closed in proportion; calls follow the shares that cover them. They are not opened again when
 * capital grows: what premium pays now is for the strategy to say.
 */
function shrinkStructures(runtime: Runtime, sleeve: number, fraction: number): number {
  let sent = 0
  for (const { id, sleeve: owner, quantity, covered, pending } of runtime.state.structures) {
    const units = Math.floor(quantity * fraction + STEP_SLACK)
    if (owner !== sleeve || covered === true || pending || units === 0) continue
    closeStructure(runtime, sleeve, id, REBALANCE, units)
    sent += 1
  }
  return sent
}

/** Adds to each position of the sleeves by the fraction of each; judged by every limit, as any entry is. */
export function grow(parts: Parts, fractions: ReadonlyMap<number, number>): void {
  const { runtime, wishes } = parts
  wishes.count = 0
  for (const [sleeve, fraction] of fractions) {
    if (runtime.state.sleeves[sleeve]!.paused !== '') continue
    for (const { instrument, quantity } of resizes(runtime, sleeve, fraction))
      pushWish(wishes, sleeve, instrument, WISH.change, quantity, REBALANCE, null, null)
  }
  takeWishes(runtime, wishes, parts.books)
  wishes.count = 0
  listPlain(runtime)
}

/** Whether a reduction that a rebalancing asked for is still on its way. */
export function isResizing({ state, batch, rowEnded, shares, shareStart, shareCount }: Runtime): boolean {
  if (state.waiting.some((wish) => wish.reducing && wish.reason === REBALANCE)) return true
  if (structuresToCome(state).some((wish) => wish.reason === REBALANCE)) return true
  const ours = (share: { readonly reason: string }): boolean => share.reason === REBALANCE
  if (state.working.some((order) => order.shares.some(ours))) return true
  for (let row = 0; row < batch.count; row += 1) {
    if (rowEnded[row] === 1) continue
    for (let at = shareStart[row]!; at < shareStart[row]! + shareCount[row]!; at += 1)
      if (shares.reason[at] === REBALANCE) return true
  }
  return false
}
