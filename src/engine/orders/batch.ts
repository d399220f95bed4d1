/** The orders of one cycle as columns, their shares, and what outlives the cycle. */
import type { Protection, Share } from '../../domain/orders.ts'
import type { IntentId, Quantity } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import type { ClosedOrder, KernelState, WorkingOrder } from '../state.ts'
import { growShares, widened } from './share-columns.ts'
import { keepStructure } from './working-structures.ts'

/** An order's number is cycle x this + its sequence within the cycle. */
const ORDERS_PER_CYCLE_MAX = 1_048_576

/** A fill that comes later than this after its order's end needs the shares from elsewhere. */
const LATE_FILL_MS_MAX = 7 * 86_400_000

/** Orders that outlive their cycle move to the list of working orders; then the columns are free for a new cycle. */
export function beginCycle(runtime: Runtime): void {
  retireBatch(runtime)
  const { state } = runtime
  if (state.closed.length > 0)
    state.closed = state.closed.filter((order) => order.closedAt > state.at - LATE_FILL_MS_MAX)
  state.cycle += 1
  runtime.batch.clear(state.cycle)
  runtime.shares.count = 0
  runtime.sequence = 0
  if (runtime.structureOrders.size > 0) runtime.structureOrders.clear()
}

export function retireBatch(runtime: Runtime): void {
  const { batch, state } = runtime
  for (let row = 0; row < batch.count; row += 1) {
    if (batch.instrument[row]! < 0) {
      retireStructure(runtime, row)
      continue
    }
    if (runtime.rowEnded[row] === 0) state.working.push(orderOf(runtime, row))
    else if (runtime.filled[row] !== batch.quantity[row])
      keepClosed(state, { ...orderOf(runtime, row), closedAt: runtime.endedAt[row]! })
  }
  batch.count = 0
  runtime.sequence = 0
}

function retireStructure({ state, batch, rowEnded, structureOrders }: Runtime, row: number): void {
  const id = batch.id[row]!
  if (rowEnded[row] === 0) keepStructure(state, structureOrders.get(id)!)
  structureOrders.delete(id)
}

/** Keeps an ended order, in the order of numbers: the same list whenever a cycle's columns are closed. */
export function keepClosed(state: KernelState, order: ClosedOrder): void {
  let at = state.closed.length
  while (at > 0 && state.closed[at - 1]!.id > order.id) at -= 1
  state.closed.splice(at, 0, order)
}

/** A row of the batch as the record of an order that outlives it. */
function orderOf(runtime: Runtime, row: number): WorkingOrder {
  const { batch, shares } = runtime
  const start = runtime.shareStart[row]!
  return {
    id: batch.id[row]!,
    instrument: batch.instrument[row]!,
    quantity: batch.quantity[row]!,
    filled: runtime.filled[row]!,
    type: batch.type[row]!,
    force: batch.force[row]!,
    limit: batch.limit[row]!,
    stop: batch.stop[row]!,
    shares: Array.from({ length: runtime.shareCount[row]! }, (_, offset) => ({
      intent: shares.intent[start + offset]!,
      sleeve: shares.sleeve[start + offset]!,
      wanted: shares.wanted[start + offset]!,
      crossed: shares.crossed[start + offset]!,
      filled: shares.filled[start + offset]!,
      reason: shares.reason[start + offset]!,
      protection: shares.protection[start + offset]!,
    })),
  }
}

/** Adds one sleeve's part of the order in the making; returns its row. */
export function pushShare(
  runtime: Runtime,
  intent: number,
  sleeve: number,
  quantity: number,
  reason: string,
  protection: Protection | null,
): number {
  const { shares } = runtime
  if (shares.count === shares.intent.length) growShares(shares)
  const row = shares.count
  shares.intent[row] = intent
  shares.sleeve[row] = sleeve
  shares.wanted[row] = quantity
  shares.crossed[row] = 0
  shares.filled[row] = 0
  shares.reason[row] = reason
  shares.protection[row] = protection
  shares.count = row + 1
  return row
}

/** Makes room for rows up to `rows`. */
function makeRoomForRows(runtime: Runtime, rows: number): void {
  if (rows <= runtime.shareStart.length) return
  const capacity = Math.max(rows, runtime.shareStart.length * 2)
  runtime.shareStart = widened(runtime.shareStart, new Int32Array(capacity))
  runtime.shareCount = widened(runtime.shareCount, new Int32Array(capacity))
  runtime.filled = widened(runtime.filled, new Float64Array(capacity))
  runtime.rowEnded = widened(runtime.rowEnded, new Uint8Array(capacity))
  runtime.endedAt = widened(runtime.endedAt, new Float64Array(capacity))
}

/** Makes room for `count` more orders and shares, so that no column is replaced while they are added. */
export function makeRoomForOrders(runtime: Runtime, count: number): void {
  const { batch, shares } = runtime
  while (shares.intent.length < shares.count + count) growShares(shares)
  batch.makeRoom(batch.count + count)
  makeRoomForRows(runtime, batch.count + count)
  makeRoomForNumbers(runtime, runtime.sequence + count)
}

/** Notes where a batch row's shares stand. */
export function takeRow(runtime: Runtime, row: number, start: number, count: number): void {
  makeRoomForRows(runtime, row + 1)
  runtime.shareStart[row] = start
  runtime.shareCount[row] = count
  runtime.filled[row] = 0
  runtime.rowEnded[row] = 0
  runtime.rowOfSequence[runtime.sequence] = row
  runtime.sequence += 1
}

function makeRoomForNumbers(runtime: Runtime, count: number): void {
  if (count <= runtime.rowOfSequence.length) return
  const wider = new Int32Array(Math.max(count, runtime.rowOfSequence.length * 2))
  wider.set(runtime.rowOfSequence)
  runtime.rowOfSequence = wider
}

/** The number of the next order of this cycle. */
export function nextOrderId(runtime: Runtime): number {
  makeRoomForNumbers(runtime, runtime.sequence + 1)
  return firstOrderId(runtime) + runtime.sequence
}

/** The number of the first order of this cycle: the others follow it. */
export function firstOrderId({ state }: Runtime): number {
  return state.cycle * ORDERS_PER_CYCLE_MAX
}

/** Passes a number by: its wishes crossed inside and nothing is sent. */
export function skipRow(runtime: Runtime): void {
  runtime.rowOfSequence[runtime.sequence] = -1
  runtime.sequence += 1
}

/** Row of an order in this cycle's batch; -1 where it is older or crossed inside. */
export function batchRow(runtime: Runtime, order: number): number {
  const sequence = order - runtime.state.cycle * ORDERS_PER_CYCLE_MAX
  if (sequence < 0 || sequence >= runtime.sequence) return -1
  return runtime.rowOfSequence[sequence]!
}

/** The shares of a batch row as records: for ports and tests, never in the loop. */
export function sharesOf(runtime: Runtime, row: number): readonly Share[] {
  const { shares } = runtime
  const start = runtime.shareStart[row]!
  return Array.from({ length: runtime.shareCount[row]! }, (_, offset) => ({
    intent: shares.intent[start + offset] as IntentId,
    sleeve: runtime.sleeves[shares.sleeve[start + offset]!]!.config.id,
    wanted: shares.wanted[start + offset] as Quantity,
    crossed: shares.crossed[start + offset] as Quantity,
  }))
}
