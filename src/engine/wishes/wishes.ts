/** From wishes to allowed changes: sizing, then risk. Reducing first, then entries in the order sleeves are declared. */
import { LIFECYCLE_STAGES } from '../../domain/allocation.ts'
import type { RuleName } from '../../domain/risk.ts'
import type { Claims } from '../../pipeline/risk/judge.ts'
import { growPlain, reducePlain } from '../orders/plain-wishes.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import { WISH, type WishColumns } from '../view.ts'
import { entrySize } from './entry-size.ts'
import { judgeEntry, refuse } from './judgement.ts'
import { missingOf, reduceAmongEntries, reducePart, restOfWish, startReductions } from './reductions.ts'
import type { ProjectedBooks } from './risk-view.ts'
import { claimRooms, ownClaim } from './shared-rooms.ts'
import { openStructure } from './structure-wishes.ts'
import { placeWish } from './wish-orders.ts'

/** Turns the cycle's wishes into waiting changes. */
export function takeWishes(runtime: Runtime, wishes: WishColumns, books: ProjectedBooks): void {
  if (wishes.count === 0) return
  startReductions()
  for (let row = reducePlain(runtime, wishes, 0); row < wishes.count; row = reducePlain(runtime, wishes, row + 1))
    reducePart(runtime, wishes, row)
  if (!anyGrows(wishes) || growPlain(runtime, wishes)) return
  books.refresh()
  const claims = claimRooms(runtime, wishes, books)
  if (runtime.state.config!.limits.lifecycle === undefined) {
    for (let row = 0; row < wishes.count; row += 1) growPart(runtime, wishes, row, books, claims)
    return
  }
  // The most trusted stage takes its room first.
  for (const stage of LIFECYCLE_STAGES) {
    for (let row = 0; row < wishes.count; row += 1)
      if (books.view.stage(wishes.sleeve[row]!) === stage) growPart(runtime, wishes, row, books, claims)
  }
}

/** Whether any wish is more than an exit: only then are limits asked. */
function anyGrows({ kind, count }: WishColumns): boolean {
  for (let row = 0; row < count; row += 1) if (kind[row] !== WISH.exit && kind[row] !== WISH.closeStructure) return true
  return false
}

function growPart(
  runtime: Runtime,
  wishes: WishColumns,
  row: number,
  books: ProjectedBooks,
  claims: Claims | null,
): void {
  const kind = wishes.kind[row]!
  if (kind === WISH.closeStructure || kind === WISH.exit) return
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const instrument = wishes.instrument[row]!
  if (claims !== null) claims.own = ownClaim(row)
  if (kind === WISH.refuse) {
    refuse(runtime, sleeve, instrument, wishes.reason[row] as RuleName, 0, null, null)
    return
  }
  if (kind === WISH.openStructure) {
    openStructure(runtime, wishes, row, books, claims)
    return
  }
  let quantity = kind === WISH.enter ? sizedChange(runtime, sleeve, wishes, row) : restOfWish(runtime, wishes, row)
  if (quantity === 0) return
  // Against what this cycle already allowed it may be a reduction after all.
  quantity -= reduceAmongEntries(runtime, wishes, row, quantity, books)
  if (quantity === 0) return
  const protection = wishes.options[row]?.protection ?? null
  const allowed = judgeEntry(runtime, { sleeve, instrument, quantity, protection, maximumLoss: null }, books, claims)
  if (allowed === 0) return
  books.leave(sleeve.ordinal, instrument)
  placeWish(runtime, wishes, row, allowed, false)
  books.rejoin(sleeve.ordinal, instrument)
}

/** Signed units that an entry is still short of its size; an entry that has none is refused here. */
function sizedChange(runtime: Runtime, sleeve: SleeveRuntime, wishes: WishColumns, row: number): number {
  const { state } = runtime
  const index = wishes.instrument[row]!
  const price = state.mark[index]!
  if (Number.isNaN(price) || runtime.unitValue[index] === 0) {
    refuse(runtime, sleeve, index, Number.isNaN(price) ? 'priceMissing' : 'rateMissing', 0, null, null)
    return 0
  }
  const size = entrySize(runtime, sleeve, wishes, row)
  if (size === 0) {
    const closed = state.capital?.closed[sleeve.ordinal] ?? ''
    if (closed !== '') {
      // What took the size away is named, not that nothing is left of it.
      refuse(runtime, sleeve, index, closed, 0, null, null)
      return 0
    }
    const { sizing } = sleeve.config
    refuse(runtime, sleeve, index, 'belowStep', 0, sizing.kind === 'notional' ? sizing.amount : null, price)
    return 0
  }
  return missingOf(runtime, wishes, row, size)
}
