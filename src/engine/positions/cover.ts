/** Calls that a sleeve sold against its own shares: as long as they are open, the shares that cover them stay. */
import type { OptionLeg } from '../../domain/strategy.ts'
import { structuresToCome } from '../orders/working-structures.ts'
import type { Runtime } from '../runtime.ts'
import type { StructurePosition, WaitingStructure } from '../state.ts'

/** Units of the underlying that one structure of sold calls needs. */
function unitsPerStructure(
  runtime: Runtime,
  underlying: number,
  contracts: readonly number[],
  legs: readonly OptionLeg[],
) {
  const { instruments } = runtime.state
  const perWhole = instruments[underlying]!.unitsPerWhole
  let units = 0
  contracts.forEach((contract, leg) => {
    const { right, ratio } = legs[leg]!
    if (right === 'call') units -= ratio * instruments[contract]!.multiplier * perWhole
  })
  return Math.max(0, units)
}

/** Units that all of a position's, or a wish's, structures need. */
export function coverOf(runtime: Runtime, one: StructurePosition | WaitingStructure): number {
  return one.quantity * unitsPerStructure(runtime, one.underlying, one.contracts, one.legs)
}

/** Units of a sleeve's shares that open calls, and calls about to be sold, lean on. */
export function pledgedUnits(runtime: Runtime, sleeve: number, instrument: number): number {
  const { structures } = runtime.state
  let units = 0
  for (const one of structures) {
    if (one.covered === true && one.sleeve === sleeve && one.underlying === instrument) units += coverOf(runtime, one)
  }
  for (const one of structuresToCome(runtime.state)) {
    if (one.covered !== true || one.structure !== 0) continue
    if (one.sleeve === sleeve && one.underlying === instrument) units += coverOf(runtime, one)
  }
  return units
}

/** Structures of one contract each that the shares a sleeve holds, and does not sell, could still cover. */
export function freeCover(runtime: Runtime, sleeve: number, instrument: number, unitsEach: number): number {
  const { state } = runtime
  const at = sleeve * state.books.width + instrument
  const free = state.books.quantity[at]! - state.pendingSells[at]! - pledgedUnits(runtime, sleeve, instrument)
  return Math.max(0, Math.floor(free / unitsEach))
}
