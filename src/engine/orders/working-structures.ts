/** Orders of structures between their making and their answer, in their cycle's columns or, where they outlive it, in the state. */
import type { Runtime } from '../runtime.ts'
import type { KernelState, StructureOrder, WaitingStructure } from '../state.ts'

/** Structures that wait, and those at the broker, each with what is still to come of it. */
export function structuresToCome({
  waitingStructures,
  workingStructures,
}: Pick<KernelState, 'waitingStructures' | 'workingStructures'>): readonly WaitingStructure[] {
  if (workingStructures === undefined) return waitingStructures
  return [...waitingStructures, ...workingStructures.flatMap(openOf)]
}

/** Whether any structure is held or on its way. */
export function anyStructure({
  structures,
  waitingStructures,
  workingStructures,
}: Pick<KernelState, 'structures' | 'waitingStructures' | 'workingStructures'>): boolean {
  return structures.length + waitingStructures.length > 0 || workingStructures !== undefined
}

function openOf({ shares }: StructureOrder): readonly WaitingStructure[] {
  return shares.flatMap(({ waiting, wanted, crossed }) => {
    const quantity = Math.abs(wanted - crossed)
    if (quantity === 0) return []
    return [quantity === waiting.quantity ? waiting : { ...waiting, quantity }]
  })
}

/** An order of this cycle or an earlier one; undefined where it is none of structures, or has ended. */
export function structureOrderOf(runtime: Runtime, id: number): StructureOrder | undefined {
  return runtime.state.workingStructures?.find((order) => order.id === id) ?? runtime.structureOrders.get(id)
}

/** Keeps an order whose cycle ends before it does. */
export function keepStructure(state: KernelState, order: StructureOrder): void {
  const others = state.workingStructures ?? []
  state.workingStructures = [...others, order].sort((one, other) => one.id - other.id)
}

export function dropStructure(state: KernelState, order: StructureOrder): void {
  const left = (state.workingStructures ?? []).filter((one) => one !== order)
  if (left.length > 0) state.workingStructures = left
  else delete state.workingStructures
}
