/** An order whose execution was corrected: it still wants as much as if the execution had always been so. */
import type { BookedShare, Correction } from '../../domain/corrections.ts'
import { isComplete } from '../../pipeline/orders/order-state.ts'
import { batchRow } from '../orders/batch.ts'
import { settleState } from '../orders/settle.ts'
import type { Runtime } from '../runtime.ts'
import { type KernelState, release, reserve } from '../state.ts'

/** Signed units by sleeve that are filled more, or less, than was thought. */
type Changes = Map<number, number>

/** One share of an order as it stands. */
interface StandingShare {
  readonly sleeve: number
  readonly wanted: number
  readonly crossed: number
  readonly filled: number
}

/** Changes what is known here of the order; of one that was let go there is nothing left to change. */
export function amendOrder(
  runtime: Runtime,
  { order, instrument, shares }: Correction,
  standing: readonly BookedShare[],
): void {
  const index = runtime.byId.get(instrument)!
  const changes: Changes = new Map()
  const add = ({ sleeve, quantity, isFee }: BookedShare, sign: number): void => {
    if (isFee === true) return
    const ordinal = runtime.sleeveOrdinal.get(sleeve)!
    changes.set(ordinal, (changes.get(ordinal) ?? 0) + quantity * sign)
  }
  for (const share of shares) add(share, -1)
  for (const share of standing) add(share, 1)
  const row = batchRow(runtime, order)
  if (row >= 0) amendRow(runtime, row, index, changes)
  else amendKept(runtime, order, index, changes)
}

function amendRow(runtime: Runtime, row: number, instrument: number, changes: Changes): void {
  const { batch, shares, state } = runtime
  if (batch.instrument[row] !== instrument) return
  const start = runtime.shareStart[row]!
  const isLive = runtime.rowEnded[row] === 0
  // One that was filled whole is let go with its cycle: whenever that was, it is not taken up again.
  if (!isLive && isComplete(runtime.filled[row]!, batch.quantity[row]!)) return
  for (let at = start; at < start + runtime.shareCount[row]!; at += 1) {
    const share = {
      sleeve: shares.sleeve[at]!,
      wanted: shares.wanted[at]!,
      crossed: shares.crossed[at]!,
      filled: shares.filled[at]!,
    }
    const change = changeOf(changes, share)
    if (isLive) bindAnew(state, instrument, share, change)
    shares.filled[at] = share.filled + change
    runtime.filled[row] = runtime.filled[row]! + change
  }
  if (isLive && isComplete(runtime.filled[row]!, batch.quantity[row]!))
    settleState(runtime, batch.id[row]!, 'filled', 'corrected')
}

function amendKept(runtime: Runtime, id: number, instrument: number, changes: Changes): void {
  const { state } = runtime
  const live = state.working.find((one) => one.id === id)
  const order = live ?? state.closed.find((one) => one.id === id)
  if (order === undefined || order.instrument !== instrument) return
  for (const share of order.shares) {
    const change = changeOf(changes, share)
    if (live !== undefined) bindAnew(state, instrument, share, change)
    share.filled += change
    order.filled += change
  }
  if (!isComplete(order.filled, order.quantity)) return
  if (live === undefined) state.closed = state.closed.filter((one) => one !== order)
  else settleState(runtime, id, 'filled', 'corrected')
}

/** How much of its sleeve's change one share takes: no more than it was filled with, or than it still wants. */
function changeOf(changes: Changes, { sleeve, wanted, crossed, filled }: StandingShare): number {
  const change = changes.get(sleeve) ?? 0
  if (change === 0) return 0
  const most = change * wanted > 0 ? wanted - crossed - filled : 0 - filled
  const own = Math.abs(most) < Math.abs(change) ? most : change
  if (own * change <= 0) return 0
  changes.set(sleeve, change - own)
  return own
}

/** What is filled is not reserved any more; what turns out not to be is again, while its order lives. */
function bindAnew(state: KernelState, instrument: number, { sleeve, wanted }: StandingShare, change: number): void {
  if (change === 0) return
  if (change * wanted > 0) release(state, sleeve, instrument, change)
  else reserve(state, sleeve, instrument, 0 - change)
}
