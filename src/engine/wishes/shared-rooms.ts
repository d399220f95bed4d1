/**
 * Entries of one cycle that meet at a limit which is shared in proportion: before any of them is judged, each enters what
 * it could use of the rooms. Nothing is booked, counted or recorded here.
 */
import type { Claims } from '../../pipeline/risk/judge.ts'
import type { Runtime } from '../runtime.ts'
import { WISH, type WishColumns } from '../view.ts'
import type { Entry } from './entry.ts'
import { entrySize } from './entry-size.ts'
import { claimFor } from './judgement.ts'
import { expectedOf, missingOf, restOfWish } from './reductions.ts'
import type { ProjectedBooks } from './risk-view.ts'
import { structureEntry } from './structure-wishes.ts'

const claims: Claims = { left: new Map(), own: 0 }
/** Money that the wish in each row claims. */
let claimed = new Float64Array(64)

/** What the entries of the cycle claim; null where no limit is shared, or nobody is there to share it with. */
export function claimRooms(runtime: Runtime, wishes: WishColumns, books: ProjectedBooks): Claims | null {
  if (!runtime.sleeves.some(({ shared }) => shared.length > 0) || !isContended(wishes)) return null
  claims.left.clear()
  if (claimed.length < wishes.count) claimed = new Float64Array(wishes.count * 2)
  for (let row = 0; row < wishes.count; row += 1) {
    const entry = entryOf(runtime, wishes, row)
    claimed[row] = entry === null ? 0 : claimFor(runtime, entry, books, claims)
  }
  return claims
}

export function ownClaim(row: number): number {
  return claimed[row]!
}

function isContended({ kind, count }: WishColumns): boolean {
  let entries = 0
  for (let row = 0; row < count && entries < 2; row += 1)
    if (kind[row] !== WISH.exit && kind[row] !== WISH.closeStructure && kind[row] !== WISH.refuse) entries += 1
  return entries === 2
}

/** The entry that is left of a wish once its reducing part is on its way. */
function entryOf(runtime: Runtime, wishes: WishColumns, row: number): Entry | null {
  const kind = wishes.kind[row]!
  if (kind === WISH.closeStructure || kind === WISH.exit || kind === WISH.refuse) return null
  if (kind === WISH.openStructure) return structureEntry(runtime, wishes, row)
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const instrument = wishes.instrument[row]!
  const quantity = growthOf(runtime, wishes, row)
  if (quantity * expectedOf(runtime, sleeve.ordinal, instrument) < 0) return null
  return { sleeve, instrument, quantity, protection: wishes.options[row]?.protection ?? null, maximumLoss: null }
}

function growthOf(runtime: Runtime, wishes: WishColumns, row: number): number {
  if (wishes.kind[row] !== WISH.enter) return restOfWish(runtime, wishes, row)
  if (runtime.unitValue[wishes.instrument[row]!] === 0) return 0
  const size = entrySize(runtime, runtime.sleeves[wishes.sleeve[row]!]!, wishes, row)
  return size > 0 ? missingOf(runtime, wishes, row, size) : 0
}
