/**
 * Fills on the plain lane: an execution of all that an order wanted gives each of its sleeves what it had left to get. No
 * quantity is dealt and none is left; only cash and fee are split where the order is several sleeves'. The bookings are those
 * of `settle.ts`.
 */
import type { FillColumns } from '../../domain/columns.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import { dealAmount } from '../../pipeline/fills/attribute.ts'
import { postAccount } from '../../pipeline/ledger/books.ts'
import type { Runtime } from '../runtime.ts'
import { release } from '../state.ts'
import { batchRow } from './batch.ts'
import { blankPart, bookPart } from './booking.ts'
import { centCounts } from './cents.ts'

const part = blankPart()

/**
 * Books the fills from `from` on as long as each is the whole of its order.
 *
 * @returns the first fill that is not; their count where all are
 */
export function settleWhole(runtime: Runtime, fills: FillColumns, from: number): number {
  const { state, batch, shares, shareStart, shareCount, filled, rowEnded, endedAt, observer, perPrice } = runtime
  const { books, ended } = state
  const { order: orders, instrument: instruments, quantity: quantities, price: prices, fee: charges, count } = fills
  const { wanted, crossed, filled: got, sleeve: sleeves, reason, protection } = shares
  if (!runtime.plain.isOpen) return from
  let row = from
  for (; row < count; row += 1) {
    const order = orders[row]!
    const at = batchRow(runtime, order)
    if (at < 0 || rowEnded[at] === 1) break
    if (shareCount[at]! > 1) {
      if (!settleTogether(runtime, fills, row, at)) break
      continue
    }
    const instrument = instruments[row]!
    const quantity = quantities[row]!
    const share = shareStart[at]!
    // Of a leg of a structure the batch knows no instrument; what was crossed or filled before is less than all.
    if (batch.instrument[at] !== instrument || filled[at] !== 0) break
    if (quantity === 0 || wanted[share] !== quantity || crossed[share] !== 0) break
    const price = prices[row]!
    const fee = charges[row]!
    const cash = tradedCash(quantity, price, perPrice[instrument]!)
    const signed = quantity > 0 ? 0 - cash : cash
    const sleeve = sleeves[share]!
    state.executions += 1
    postAccount(books, instrument, quantity, signed - fee)
    got[share] = quantity
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
    part.reason = reason[share]!
    part.protection = protection[share]!
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

let open = new Float64Array(16)
let cashes = new Float64Array(16)
let fees = new Float64Array(16)
const measure = { quantityStep: 1, amountStep: 1 }

/** Books a fill that is all that several sleeves' order had left. False, with nothing done, where it is not. */
function settleTogether(runtime: Runtime, fills: FillColumns, row: number, at: number): boolean {
  const { state, batch, shares, observer } = runtime
  const instrument = fills.instrument[row]!
  const quantity = fills.quantity[row]!
  if (batch.instrument[at] !== instrument || runtime.filled[at] !== 0 || batch.quantity[at] !== quantity) return false
  const start = runtime.shareStart[at]!
  const count = runtime.shareCount[at]!
  if (!takesAll(runtime, start, count, quantity)) return false
  const order = fills.order[row]!
  const price = fills.price[row]!
  const fee = fills.fee[row]!
  const cash = tradedCash(quantity, price, runtime.perPrice[instrument]!)
  state.executions += 1
  postAccount(state.books, instrument, quantity, (quantity > 0 ? 0 - cash : cash) - fee)
  measure.quantityStep = runtime.step[instrument]!
  measure.amountStep = 1
  dealAmount(cash, open, count, measure, cashes)
  measure.amountStep = centCounts(runtime, instrument)
  dealAmount(fee, open, count, measure, fees)
  part.kind = 'fill'
  part.order = order
  part.execution = fills.execution[row]!
  part.instrument = instrument
  part.price = price
  for (let place = 0; place < count; place += 1) {
    const own = open[place]!
    // Crossed in full: it takes no part in the fill.
    if (own === 0) continue
    const share = start + place
    const sleeve = shares.sleeve[share]!
    shares.filled[share] = own
    release(state, sleeve, instrument, own)
    part.sleeve = sleeve
    part.quantity = own
    part.cash = quantity > 0 ? 0 - cashes[place]! : cashes[place]!
    part.fee = fees[place]!
    part.reason = shares.reason[share]!
    part.protection = shares.protection[share]!
    bookPart(runtime, part)
  }
  runtime.filled[at] = quantity
  runtime.rowEnded[at] = 1
  runtime.endedAt[at] = state.at
  let crossed = 0
  for (let place = 0; place < count; place += 1) if (open[place] === 0) crossed += 1
  state.ended.crossed += crossed
  state.ended.filled += count - crossed
  if (observer === null) return true
  observer.orderEnded(order, 'filled', '')
  observer.executed(instrument, quantity)
  observer.orderFilled(order, quantity, price, fee)
  return true
}

/** Notes in `open` what each share has left to get; whether that is the fill, all on its side. */
function takesAll({ shares }: Runtime, start: number, count: number, quantity: number): boolean {
  if (open.length < count) {
    open = new Float64Array(count * 2)
    cashes = new Float64Array(count * 2)
    fees = new Float64Array(count * 2)
  }
  let sum = 0
  for (let place = 0; place < count; place += 1) {
    const share = start + place
    const left = shares.wanted[share]! - shares.crossed[share]!
    if (left * quantity < 0 || shares.filled[share] !== 0) return false
    open[place] = left
    sum += left
  }
  return sum === quantity
}
