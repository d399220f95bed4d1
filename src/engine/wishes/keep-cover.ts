/** What sells shares that cover a call takes the call along. */
import { holdsBackStructure } from '../gates/gates.ts'
import { listPlain } from '../orders/plain.ts'
import { endWaitingStructure } from '../orders/structure-orders.ts'
import { coverOf, pledgedUnits } from '../positions/cover.ts'
import type { Runtime } from '../runtime.ts'
import type { StructurePosition, WaitingStructure } from '../state.ts'
import { closeStructure } from './structure-wishes.ts'

/**
 * Before an auction or a close: where more shares are on their way out than calls leave free, calls that wait to be sold
 * are given up and open ones are bought back. At an auction whose chain quotes them that happens in the same moment; else
 * the shares wait for the next one.
 *
 * @param trades whether the underlying has its auction now
 * @param isAuction structures trade at auctions alone
 */
export function keepCover(runtime: Runtime, trades: (underlying: number) => boolean, isAuction: boolean): void {
  const { structures, waitingStructures } = runtime.state
  const seen = new Set<string>()
  for (const { sleeve, underlying, covered } of [...structures, ...waitingStructures]) {
    const key = `${sleeve} ${underlying}`
    if (covered !== true || seen.has(key) || !trades(underlying)) continue
    seen.add(key)
    keepCoverOf(runtime, sleeve, underlying, isAuction)
  }
}

function keepCoverOf(runtime: Runtime, sleeve: number, underlying: number, isAuction: boolean): void {
  const { state } = runtime
  const at = sleeve * state.books.width + underlying
  const staying = state.books.quantity[at]! - state.pendingSells[at]!
  const isOurs = (one: StructurePosition | WaitingStructure): boolean =>
    one.covered === true && one.sleeve === sleeve && one.underlying === underlying
  const leaving = new Map(state.waitingStructures.map((wish) => [wish.structure, wish.quantity]))
  let needed = pledgedUnits(runtime, sleeve, underlying)
  for (const one of state.structures) {
    const quantity = leaving.get(one.id) ?? 0
    if (quantity > 0 && isOurs(one) && isAuction && isTradable(runtime, one))
      needed -= coverOf(runtime, { ...one, quantity })
  }
  if (needed <= staying) return
  const opening = state.waitingStructures.filter((wish) => isOurs(wish) && wish.structure === 0)
  state.waitingStructures = state.waitingStructures.filter((wish) => !opening.includes(wish))
  for (const wish of opening) {
    needed -= coverOf(runtime, wish)
    endWaitingStructure(runtime, wish, 'cancelled', 'notHoldable')
  }
  for (const one of [...state.structures].reverse()) {
    if (needed <= staying) return
    if (!isOurs(one) || leaving.has(one.id)) continue
    const each = coverOf(runtime, { ...one, quantity: 1 })
    const quantity = Math.min(one.quantity, Math.ceil((needed - staying) / each))
    closeStructure(runtime, sleeve, one.id, 'cover', quantity)
    if (isAuction && isTradable(runtime, one)) needed -= quantity * each
  }
  if (needed > staying) deferSales(runtime, sleeve, underlying)
}

function isTradable(runtime: Runtime, one: StructurePosition): boolean {
  if (holdsBackStructure(runtime, { ...one, structure: one.id }) !== null) return false
  const chain = runtime.chains.get(runtime.state.instruments[one.underlying]!.id)
  return chain !== undefined && one.legs.every((leg) => chain.quote(leg.expiry, leg.right, leg.strike) !== null)
}

function deferSales(runtime: Runtime, sleeve: number, instrument: number): void {
  const { state } = runtime
  listPlain(runtime)
  for (const wish of state.waiting) {
    const sells = wish.sleeve === sleeve && wish.instrument === instrument && wish.quantity < 0
    if (sells) wish.activeFrom = Math.max(wish.activeFrom, state.at + 1)
  }
}
