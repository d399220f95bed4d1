/** Units of underlyings that option structures stand for by their deltas, as risk rules project them. */

import { structuresToCome } from '../orders/working-structures.ts'
import { deltaUnits } from '../positions/deltas.ts'
import type { Runtime } from '../runtime.ts'

/** Units held, and units that what waits may still add (`buys`) and take off (`sells`). */
export interface Lean {
  readonly sleeve: number
  readonly instrument: number
  held: number
  buys: number
  sells: number
}

export interface DeltaSums {
  /** Of all sleeves, by underlying. */
  readonly account: Map<number, Lean>
  /** One per structure that is held or waits. */
  readonly own: Lean[]
}

/** Stands for an underlying on which there is no structure. */
export const NO_LEAN: Lean = { sleeve: -1, instrument: -1, held: 0, buys: 0, sells: 0 }

export function deltaSums(): DeltaSums {
  return { account: new Map(), own: [] }
}

/** Takes what is held and waits now. A structure that is being closed may still stay. */
export function refreshDeltas(sums: DeltaSums, runtime: Runtime): void {
  const { state } = runtime
  sums.account.clear()
  sums.own.length = 0
  for (const structure of state.structures) {
    const held = deltaUnits(runtime, structure) * structure.quantity
    addLean(sums, { sleeve: structure.sleeve, instrument: structure.underlying, held, buys: 0, sells: 0 })
  }
  for (const waiting of structuresToCome(state)) {
    const units = deltaUnits(runtime, waiting) * (waiting.structure === 0 ? waiting.quantity : 0 - waiting.quantity)
    addLean(sums, waitingLean(waiting.sleeve, waiting.underlying, units))
  }
}

/** Signed units that wait. */
export function waitingLean(sleeve: number, instrument: number, units: number): Lean {
  return { sleeve, instrument, held: 0, buys: units > 0 ? units : 0, sells: units < 0 ? 0 - units : 0 }
}

export function addLean(sums: DeltaSums, lean: Lean): void {
  sums.own.push(lean)
  const { instrument, held, buys, sells } = lean
  const all = sums.account.get(instrument)
  if (all === undefined) sums.account.set(instrument, { ...lean, sleeve: -1 })
  else {
    all.held += held
    all.buys += buys
    all.sells += sells
  }
}
