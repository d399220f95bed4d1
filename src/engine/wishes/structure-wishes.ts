/** Wishes for structures: opened under limits as a unit, closed whatever they say. */
import type { StructureWish } from '../../domain/strategy.ts'
import type { Claims } from '../../pipeline/risk/judge.ts'
import { askForStructure, needsApproval } from '../gates/approvals.ts'
import { freeCover } from '../positions/cover.ts'
import { deltaUnitsOf } from '../positions/deltas.ts'
import { CONTRACT_SIZE, findStructure, listContract, worstLoss } from '../positions/structures.ts'
import { cashOf } from '../positions/valuation.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import type { WishColumns } from '../view.ts'
import type { Entry } from './entry.ts'
import { forbidden } from './entry-rules.ts'
import { structureSize } from './entry-size.ts'
import { judgeEntry, refuse, takeStructure } from './judgement.ts'
import type { ProjectedBooks } from './risk-view.ts'
import { WAIT_MS_MAX } from './waiting.ts'

/** The entry that a wish for a structure means; null where it could lose without end or is kept in another currency. */
export function structureEntry(runtime: Runtime, wishes: WishColumns, row: number): Entry | null {
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const instrument = wishes.instrument[row]!
  const wish = wishes.structure[row]!
  if (wish.coveredByShares === true) return coveredEntry(runtime, sleeve, instrument, wish)
  // Legs that can lose without end need cover that a structure does not have; structures are kept in the base currency.
  if (!Number.isFinite(worstLoss(wish.legs, wish.credit, 1)) || runtime.state.books.currency[instrument] !== 0)
    return null
  const most = secured(runtime, sleeve, wish)
  if (most === 0) return null
  const quantity = Math.min(most, wish.quantity ?? structureSize(runtime, sleeve, wishes, row))
  const { maximumLoss, legs } = wish
  return {
    sleeve,
    instrument,
    quantity,
    protection: null,
    maximumLoss,
    deltaUnits: deltaUnitsOf(runtime, instrument, legs),
  }
}

/** Structures whose puts, where more are sold than bought, the sleeve's cash could take the shares for; else any number. */
function secured(runtime: Runtime, sleeve: SleeveRuntime, wish: StructureWish): number {
  const puts = wish.legs.reduce((sum, { right, ratio }) => sum + (right === 'put' ? ratio : 0), 0)
  if (puts >= 0) return Number.POSITIVE_INFINITY
  // The premium comes in before the strike can be asked for.
  const each = worstLoss(wish.legs, wish.credit, CONTRACT_SIZE)
  return Math.max(0, Math.floor(cashOf(runtime, sleeve.ordinal) / each + 1e-9))
}

/** Sold calls as far as shares that the sleeve holds, and does not sell, cover them; null where they cover none. */
function coveredEntry(runtime: Runtime, sleeve: SleeveRuntime, instrument: number, wish: StructureWish): Entry | null {
  const isSold = wish.legs.every(({ right, ratio }) => right === 'call' && ratio < 0)
  const shares = wish.legs.reduce((sum, { ratio }) => sum - ratio * CONTRACT_SIZE, 0)
  if (!isSold || shares <= 0) return null
  const unitsEach = shares * runtime.state.instruments[instrument]!.unitsPerWhole
  const most = freeCover(runtime, sleeve.ordinal, instrument, unitsEach)
  const quantity = Math.min(most, wish.quantity ?? most)
  return quantity === 0 ? null : { sleeve, instrument, quantity, protection: null, maximumLoss: 0 }
}

/** What may be sold of covered calls: no limit on sizes stands against them, what forbids any entry does. */
function allowedCover(runtime: Runtime, entry: Entry): number {
  const no = forbidden(runtime, entry)
  if (no === null) return entry.quantity
  refuse(runtime, entry.sleeve, entry.instrument, no.rule, entry.quantity, no.limit, no.value)
  return 0
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
  const covered = wish.coveredByShares === true
  const quantity = covered ? allowedCover(runtime, entry) : judgeEntry(runtime, entry, books, claims)
  if (quantity === 0) return
  if (!covered) takeStructure(runtime, entry, quantity, books)
  const parent = state.instruments[underlying]!
  state.waitingStructures.push({
    intent: state.nextIntent,
    sleeve: sleeve.ordinal,
    underlying,
    structure: 0,
    quantity,
    legs: wish.legs,
    contracts: wish.legs.map((leg) => listContract(runtime, parent, leg)),
    maximumLoss: entry.maximumLoss!,
    ...(covered ? { covered } : {}),
    ...(wish.keepsShares === true ? { keepsShares: true } : {}),
    activeFrom: state.at,
    expires: state.at + WAIT_MS_MAX,
    reason: wish.reason,
  })
  state.nextIntent += 1
  const worth = quantity * entry.maximumLoss!
  if (needsApproval(runtime, sleeve.ordinal, worth)) askForStructure(runtime, worth)
}

/** Wishes to close a structure, or so many of it; one that is already closing is left alone. */
export function closeStructure(runtime: Runtime, sleeve: number, id: number, reason: string, most = Infinity): void {
  const { state } = runtime
  const position = findStructure(runtime, id)
  if (position === undefined || position.pending || position.sleeve !== sleeve) return
  position.pending = true
  state.waitingStructures.push({
    intent: state.nextIntent,
    sleeve,
    underlying: position.underlying,
    structure: id,
    quantity: Math.min(position.quantity, most),
    legs: position.legs,
    contracts: position.contracts,
    maximumLoss: position.maximumLoss,
    activeFrom: state.at,
    expires: state.at + WAIT_MS_MAX,
    reason,
  })
  state.nextIntent += 1
}
