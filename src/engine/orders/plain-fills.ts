/**
 * Fills on the plain lane: an execution of all that an order of a single sleeve wanted is that sleeve's whole. Nothing is
 * dealt and nothing is left; the bookings are those of `settle.ts`.
 */
import type { FillColumns } from '../../domain/columns.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import { postAccount } from '../../pipeline/ledger/books.ts'
import type { Runtime } from '../runtime.ts'
import { release } from '../state.ts'
import { batchRow } from './batch.ts'
import { blankPart, bookPart } from './booking.ts'

const part = blankPart()

/**
 * Books the fills from `from` on as long as each is the whole of one sleeve's order.
 *
 * @returns the first fill that is not; their count where all are
 */
export function settleWhole(runtime: Runtime, fills: FillColumns, from: number): number {
  const { state, batch, shares, shareStart, shareCount, filled, rowEnded, endedAt, observer, perPrice } = runtime
  const { books, ended } = state
  const { count } = fills
  if (!runtime.plain.isOpen) return from
  let row = from
  for (; row < count; row += 1) {
    const order = fills.order[row]!
    const at = batchRow(runtime, order)
    if (at < 0 || shareCount[at] !== 1 || rowEnded[at] === 1) break
    const instrument = fills.instrument[row]!
    const quantity = fills.quantity[row]!
    const share = shareStart[at]!
    // Of a leg of a structure the batch knows no instrument; what was crossed or filled before is less than all.
    if (batch.instrument[at] !== instrument || filled[at] !== 0) break
    if (quantity === 0 || shares.wanted[share] !== quantity || shares.crossed[share] !== 0) break
    const price = fills.price[row]!
    const fee = fills.fee[row]!
    const cash = tradedCash(quantity, price, perPrice[instrument]!)
    const signed = quantity > 0 ? 0 - cash : cash
    const sleeve = shares.sleeve[share]!
    state.executions += 1
    postAccount(books, instrument, quantity, signed - fee)
    shares.filled[share] = quantity
    release(state, sleeve, instrument, quantity)
    part.kind = 'fill'
    part.order = order
    part.execution = fills.execution[row]!
    part.sleeve = sleeve
    part.instrument = instrument
    part.quantity = quantity
    part.price = price
    part.cash = signed
    part.fee = fee
    part.reason = shares.reason[share]!
    part.protection = shares.protection[share]!
    bookPart(runtime, part)
    filled[at] = quantity
    rowEnded[at] = 1
    endedAt[at] = state.at
    ended.filled += 1
    if (observer === null) continue
    observer.orderEnded(order, 'filled', '')
    observer.executed(instrument, quantity)
    observer.orderFilled(order, quantity, price, fee)
  }
  return row
}
