/** The parts of wishes that shrink a sleeve's own position: never held back by a limit. */

import type { Runtime } from '../runtime.ts'
import { projectedOf } from '../state.ts'
import { WISH, type WishColumns } from '../view.ts'
import { returnedUnits } from '../watch/return.ts'
import type { ProjectedBooks } from './risk-view.ts'
import { closeStructure } from './structure-wishes.ts'
import { exitRoom } from './waiting.ts'
import { placeWish } from './wish-orders.ts'
import { cancelWorking, withdrawWaiting } from './withdraw.ts'

/** Units of orders that were asked to be cancelled in this cycle, signed as ordered, by sleeve and instrument. */
const cancelling = new Map<number, number>()

/** A new cycle: nothing is about to be cancelled yet. */
export function startReductions(): void {
  // Clearing makes a new table, even of an empty one.
  if (cancelling.size > 0) cancelling.clear()
}

/** Filled plus waiting and working, without what is about to be cancelled. */
export function expectedOf(runtime: Runtime, sleeve: number, instrument: number): number {
  if (cancelling.size === 0) return projectedOf(runtime.state, sleeve, instrument)
  const leaving = cancelling.get(sleeve * runtime.state.books.width + instrument) ?? 0
  return projectedOf(runtime.state, sleeve, instrument) - leaving
}

/** Units that a plain wish would change the projected position by; NaN for structures and refusals. */
function wishedChange(runtime: Runtime, wishes: WishColumns, row: number): number {
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  switch (wishes.kind[row]) {
    case WISH.exit:
      return 0 - expectedOf(runtime, sleeve, instrument)
    case WISH.target:
      return wishes.value[row]! - expectedOf(runtime, sleeve, instrument)
    case WISH.change:
      return wishes.value[row]!
    default:
      return Number.NaN
  }
}

/** The part of a wish that shrinks the sleeve's own position without crossing zero: never held back by a limit. */
export function reducePart(runtime: Runtime, wishes: WishColumns, row: number): void {
  if (wishes.kind[row] === WISH.closeStructure) {
    closeStructure(runtime, wishes.sleeve[row]!, wishes.value[row]!, wishes.reason[row]!)
    return
  }
  let wanted = wishedChange(runtime, wishes, row)
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  if (wishes.kind[row] === WISH.enter) {
    const expected = expectedOf(runtime, sleeve, instrument)
    // Turning around: the old side closes whatever the limits say about the new one.
    wanted = expected * wishes.value[row]! < 0 ? 0 - expected : 0
  }
  if (wanted === 0 || Number.isNaN(wanted)) return
  wishes.taken[row] = reduce(runtime, wishes, row, wanted)
}

/** What is left of a target or change once its reducing part is on its way; after a halt as much as has returned. */
export function restOfWish(runtime: Runtime, wishes: WishColumns, row: number): number {
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  const value = wishes.value[row]!
  if (wishes.kind[row] === WISH.change) return returnedUnits(runtime, sleeve, instrument, value - wishes.taken[row]!)
  const expected = expectedOf(runtime, sleeve, instrument)
  const rest = value - expected
  if (rest * value <= 0) return rest
  const missing = returnedUnits(runtime, sleeve, instrument, value) - expected
  return missing * value > 0 ? missing : 0
}

/** Signed units between what is expected and the size of an entry; 0 where that is reached. */
export function missingOf(runtime: Runtime, wishes: WishColumns, row: number, size: number): number {
  const side = wishes.value[row]!
  const missing = size * side - expectedOf(runtime, wishes.sleeve[row]!, wishes.instrument[row]!)
  return missing * side > 0 ? missing : 0
}

/** The same among the entries of the cycle, against what they have come to: the projected books follow it. */
export function reduceAmongEntries(
  runtime: Runtime,
  wishes: WishColumns,
  row: number,
  wanted: number,
  books: ProjectedBooks,
): number {
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  if (expectedOf(runtime, sleeve, instrument) * wanted >= 0) return 0
  books.leave(sleeve, instrument)
  const taken = reduce(runtime, wishes, row, wanted)
  books.rejoin(sleeve, instrument)
  return taken
}

/**
 * Carries out the reducing part of a wished change: first what is held for certain is closed, then entries that still
 * wait are taken back, then entries that work at the broker are cancelled. An entry that may never fill is never sold.
 *
 * @returns signed units by which the expected position moved; beyond the wish where a whole order had to be cancelled
 */
function reduce(runtime: Runtime, wishes: WishColumns, row: number, wanted: number): number {
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  const expected = expectedOf(runtime, sleeve, instrument)
  if (expected === 0 || expected > 0 === wanted > 0) return 0
  const side = wanted > 0 ? 1 : -1
  const size = Math.min(Math.abs(wanted), Math.abs(expected))
  const before = projectedOf(runtime.state, sleeve, instrument)
  const closed = Math.min(size, exitRoom(runtime.state, sleeve, instrument, side))
  if (closed > 0) placeWish(runtime, wishes, row, closed * side, true)
  const taken = size > closed ? withdrawWaiting(runtime, sleeve, instrument, side, size - closed) : 0
  runtime.observer?.reduced((closed + taken) * side, projectedOf(runtime.state, sleeve, instrument) - before)
  if (closed + taken === size) return size * side
  const cancelled = cancelWorking(runtime, sleeve, instrument, side)
  const at = sleeve * runtime.state.books.width + instrument
  cancelling.set(at, (cancelling.get(at) ?? 0) - cancelled * side)
  return (closed + taken + cancelled) * side
}
