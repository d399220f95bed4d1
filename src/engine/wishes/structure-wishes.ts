/** Wishes for structures: opened under limits as a unit, closed whatever they say. */
import type { Claims } from '../../pipeline/risk/judge.ts'
import { findStructure, listContract, worstLoss } from '../positions/structures.ts'
import type { Runtime } from '../runtime.ts'
import type { WishColumns } from '../view.ts'
import type { Entry } from './entry.ts'
import { structureSize } from './entry-size.ts'
import { judgeEntry, refuse, takeStructure } from './judgement.ts'
import type { ProjectedBooks } from './risk-view.ts'
import { WAIT_MS_MAX } from './waiting.ts'

/** The entry that a wish for a structure means; null where it could lose without end or is kept in another currency. */
export function structureEntry(runtime: Runtime, wishes: WishColumns, row: number): Entry | null {
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const instrument = wishes.instrument[row]!
  const wish = wishes.structure[row]!
  // Legs that can lose without end need cover that a structure does not have; structures are kept in the base currency.
  if (!Number.isFinite(worstLoss(wish.legs, wish.credit, 1)) || runtime.state.books.currency[instrument] !== 0)
    return null
  const quantity = structureSize(runtime, sleeve, wishes, row)
  return { sleeve, instrument, quantity, protection: null, maximumLoss: wish.maximumLoss }
}

export function openStructure(
  runtime: Runtime,
  wishes: WishColumns,
  row: number,
  books: ProjectedBooks,
  claims: Claims | null,
): void {
  const { state } = runtime
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const underlying = wishes.instrument[row]!
  const wish = wishes.structure[row]!
  const entry = structureEntry(runtime, wishes, row)
  if (entry === null) {
    refuse(runtime, sleeve, underlying, 'notHoldable', 1, null, null)
    return
  }
  const quantity = judgeEntry(runtime, entry, books, claims)
  if (quantity === 0) return
  takeStructure(runtime, entry, quantity, books)
  const parent = state.instruments[underlying]!
  state.waitingStructures.push({
    intent: state.nextIntent,
    sleeve: sleeve.ordinal,
    underlying,
    structure: 0,
    quantity,
    legs: wish.legs,
    contracts: wish.legs.map((leg) => listContract(runtime, parent, leg)),
    maximumLoss: wish.maximumLoss,
    activeFrom: state.at,
    expires: state.at + WAIT_MS_MAX,
    reason: wish.reason,
  })
  state.nextIntent += 1
}

/** Wishes to close a structure; one that is already closing is left alone. */
export function closeStructure(runtime: Runtime, sleeve: number, id: number, reason: string): void {
  const { state } = runtime
  const position = findStructure(runtime, id)
  if (position === undefined || position.pending || position.sleeve !== sleeve) return
  position.pending = true
  state.waitingStructures.push({
    intent: state.nextIntent,
    sleeve,
    underlying: position.underlying,
    structure: id,
    quantity: position.quantity,
    legs: position.legs,
    contracts: position.contracts,
    maximumLoss: position.maximumLoss,
    activeFrom: state.at,
    expires: state.at + WAIT_MS_MAX,
    reason,
  })
  state.nextIntent += 1
}
