/** The last word before an order leaves: whoever sends asks here, between the commit and the broker. */
import type { GateName } from '../../domain/gates.ts'
import { batchRow } from '../orders/batch.ts'
import type { Runtime } from '../runtime.ts'
import type { StructureOrder } from '../state.ts'
import { isFlattening, isShut } from './gates.ts'

interface Leaving {
  readonly instruments: readonly number[]
  /** Whether it shrinks positions, and does nothing else. */
  readonly isReducing: boolean
  /** Whether all that it does is close what sleeves hold that are being flattened. */
  readonly isFlatten: boolean
}

/** What an order trades and for whom; null where it has ended. */
function leavingOf(runtime: Runtime, order: number): Leaving | null {
  const at = batchRow(runtime, order)
  if (at < 0) return workingLeaving(runtime, order)
  return runtime.rowEnded[at] === 1 ? null : rowLeaving(runtime, at)
}

function rowLeaving(runtime: Runtime, at: number): Leaving {
  const { state, batch, shares, shareStart, shareCount } = runtime
  const isReducing = batch.reducing[at] === 1
  if (batch.instrument[at]! < 0) {
    return structureLeaving(runtime, runtime.structureOrders.get(batch.id[at]!)!)
  }
  let isFlatten = isReducing
  for (let share = shareStart[at]!; share < shareStart[at]! + shareCount[at]!; share += 1)
    isFlatten &&= isFlattening(state, shares.sleeve[share]!)
  return { instruments: [batch.instrument[at]!], isReducing, isFlatten }
}

function structureLeaving({ state }: Runtime, { shares }: StructureOrder): Leaving {
  const { underlying, contracts } = shares[0]!.waiting
  const isReducing = shares.every(({ waiting }) => waiting.structure !== 0)
  const isFlatten = isReducing && shares.every(({ waiting }) => isFlattening(state, waiting.sleeve))
  return { instruments: [underlying, ...contracts], isReducing, isFlatten }
}

function workingLeaving(runtime: Runtime, id: number): Leaving | null {
  const { state } = runtime
  const structure = state.workingStructures?.find((one) => one.id === id)
  if (structure !== undefined) return structureLeaving(runtime, structure)
  const order = state.working.find((one) => one.id === id)
  if (order === undefined) return null
  const isReducing = order.shares.every(({ sleeve, wanted, crossed, filled }) => {
    const open = wanted - crossed - filled
    const held = state.books.quantity[sleeve * state.books.width + order.instrument]!
    return open === 0 || (open * held < 0 && Math.abs(open) <= Math.abs(held))
  })
  const isFlatten = isReducing && order.shares.every(({ sleeve }) => isFlattening(state, sleeve))
  return { instruments: [order.instrument], isReducing, isFlatten }
}

/**
 * The shut gate that keeps an order from leaving, first or again; null where it may. Its own outcome being unknown is no
 * reason. An order that has ended leaves no more.
 */
export function stopOf(runtime: Runtime, order: number): GateName | 'ended' | null {
  const leaving = leavingOf(runtime, order)
  if (leaving === null) return 'ended'
  if (runtime.state.gates === undefined) return null
  for (const instrument of leaving.instruments) {
    const gate = isShut(runtime, instrument, leaving, order)
    if (gate !== null) return gate
  }
  return null
}
