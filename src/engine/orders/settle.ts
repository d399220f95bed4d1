/** What the broker did, taken into the books: fills attributed to the sleeves, and the ends of orders. */
import type { FillColumns } from '../../domain/columns.ts'
import type { OrderState } from '../../domain/orders.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import { dealAmount, dealFill } from '../../pipeline/fills/attribute.ts'
import { postAccount } from '../../pipeline/ledger/books.ts'
import { isComplete, outcomeOf } from '../../pipeline/orders/order-state.ts'
import { alertUnholdable } from '../external/alerts.ts'
import { settleUnasked, withoutExcess } from '../external/unasked.ts'
import { freezeUnknown, releaseUnknown } from '../gates/gates.ts'
import type { Runtime } from '../runtime.ts'
import { release, type WorkingOrder } from '../state.ts'
import { boundExitsOf } from '../wishes/bound-exits.ts'
import { batchRow, keepClosed } from './batch.ts'
import { blankPart, bookPart, type Part } from './booking.ts'
import { centCounts } from './cents.ts'
import { settleWhole } from './plain-fills.ts'
import { finish, finishShare } from './share-ends.ts'
import { endStructureOrder, settleStructureLeg } from './structure-fills.ts'
import { structureOrderOf } from './working-structures.ts'

let open = new Float64Array(64)
let quantities = new Float64Array(64)
let cashes = new Float64Array(64)
let fees = new Float64Array(64)
const measure = { quantityStep: 1, amountStep: 1 }
const part = blankPart()

function ensure(count: number): void {
  if (open.length >= count) return
  open = new Float64Array(count * 2)
  quantities = new Float64Array(count * 2)
  cashes = new Float64Array(count * 2)
  fees = new Float64Array(count * 2)
}

/** Books each execution once: rounded on the account, then dealt to the sleeves to the last count. */
export function settleFills(runtime: Runtime, fills: FillColumns): void {
  for (let row = settleWhole(runtime, fills, 0); row < fills.count; row = settleWhole(runtime, fills, row + 1)) {
    const order = fills.order[row]!
    const at = batchRow(runtime, order)
    const instrument = fills.instrument[row]!
    const quantity = fills.quantity[row]!
    const price = fills.price[row]!
    const fee = fills.fee[row]!
    const cash = tradedCash(quantity, price, runtime.perPrice[instrument]!)
    const signed = quantity > 0 ? 0 - cash : cash
    runtime.state.executions += 1
    postAccount(runtime.state.books, instrument, quantity, signed - fee)
    if (isStructureOrder(runtime, at, order)) {
      settleStructureLeg(runtime, fills, row, signed)
      runtime.observer?.executed(instrument, quantity)
      continue
    }
    if (at >= 0) {
      settleBatch(runtime, at, aim(quantity, price, signed, fee, fills.execution[row]!))
    } else settleWorking(runtime, fills, row, aim(quantity, price, signed, fee, fills.execution[row]!))
    runtime.observer?.executed(instrument, quantity)
    runtime.observer?.orderFilled(order, quantity, price, fee)
  }
}

/** @param at its row in this cycle's columns; -1 where it is older */
function isStructureOrder(runtime: Runtime, at: number, order: number): boolean {
  if (at >= 0) return runtime.batch.instrument[at]! < 0
  return runtime.state.workingStructures !== undefined && structureOrderOf(runtime, order) !== undefined
}

interface Execution {
  /** Signed units. */
  quantity: number
  price: number
  /** Signed counts before the fee. */
  cash: number
  fee: number
  execution: number
}

/** One execution at a time is settled: one object for all. */
const current: Execution = {
  quantity: Number.NaN,
  price: Number.NaN,
  cash: Number.NaN,
  fee: Number.NaN,
  execution: Number.NaN,
}

function aim(quantity: number, price: number, cash: number, fee: number, execution: number): Execution {
  current.quantity = quantity
  current.price = price
  current.cash = cash
  current.fee = fee
  current.execution = execution
  return current
}

/** Splits an execution over `count` shares whose open parts stand in `open`. */
function deal(runtime: Runtime, instrument: number, count: number, execution: Execution): void {
  if (count === 1) {
    quantities[0] = execution.quantity
    cashes[0] = Math.abs(execution.cash)
    fees[0] = execution.fee
    return
  }
  const step = runtime.step[instrument]!
  dealFill(execution.quantity, open, count, step, quantities)
  measure.quantityStep = step
  measure.amountStep = 1
  dealAmount(Math.abs(execution.cash), quantities, count, measure, cashes)
  measure.amountStep = centCounts(runtime, instrument)
  dealAmount(execution.fee, quantities, count, measure, fees)
}

function settleBatch(runtime: Runtime, at: number, told: Execution): void {
  const { shares, batch } = runtime
  const start = runtime.shareStart[at]!
  const count = runtime.shareCount[at]!
  const instrument = batch.instrument[at]!
  const id = batch.id[at]!
  const execution = asked(runtime, id, instrument, told, batch.quantity[at]! - runtime.filled[at]!)
  if (execution === null) return
  ensure(count)
  const isLate = runtime.rowEnded[at] === 1
  const side = execution.quantity < 0 ? -1 : 1
  for (let share = 0; share < count; share += 1) {
    const left = shares.wanted[start + share]! - shares.crossed[start + share]! - shares.filled[start + share]!
    open[share] = left * side > 0 ? left : 0
  }
  deal(runtime, instrument, count, execution)
  for (let share = 0; share < count; share += 1) {
    const quantity = quantities[share]!
    if (quantity === 0) continue
    const row = start + share
    shares.filled[row] = shares.filled[row]! + quantity
    bookShare(
      runtime,
      shares.sleeve[row]!,
      instrument,
      id,
      quantity,
      share,
      execution,
      shares.reason[row]!,
      shares.protection[row]!,
      isLate,
    )
  }
  runtime.filled[at] = runtime.filled[at]! + execution.quantity
  if (!isLate && Math.abs(runtime.filled[at]!) >= Math.abs(batch.quantity[at]!)) endBatchRow(runtime, at, 'filled', '')
}

/** An execution as far as its order still wants it: the excess belongs to nobody who asked. Null where nothing is left. */
function asked(runtime: Runtime, order: number, instrument: number, told: Execution, wanted: number): Execution | null {
  const { quantity } = told
  if (wanted > 0 ? quantity > 0 && quantity <= wanted : quantity < 0 && quantity >= wanted) return told
  return withoutExcess(runtime, { order, instrument }, told, wanted)
}

/** After an order's end nothing is reserved for it any more: a late fill moves positions and money only. */
function bookShare(
  runtime: Runtime,
  sleeve: number,
  instrument: number,
  order: number,
  quantity: number,
  share: number,
  execution: Execution,
  reason: string,
  protection: Part['protection'],
  isLate: boolean,
): void {
  if (!isLate) release(runtime.state, sleeve, instrument, quantity)
  part.kind = 'fill'
  part.order = order
  part.execution = execution.execution
  part.sleeve = sleeve
  part.instrument = instrument
  part.quantity = quantity
  part.price = execution.price
  part.cash = execution.cash < 0 ? 0 - cashes[share]! : cashes[share]!
  part.fee = fees[share]!
  part.reason = reason
  part.protection = protection
  bookPart(runtime, part)
  if (!isLate) return
  boundExitsOf(runtime, sleeve, instrument)
  alertUnholdable(runtime, instrument)
}

function settleWorking(runtime: Runtime, fills: FillColumns, row: number, told: Execution): void {
  const { state } = runtime
  const id = fills.order[row]!
  const instrument = fills.instrument[row]!
  const live = state.working.find((candidate) => candidate.id === id)
  const order = live ?? state.closed.find((candidate) => candidate.id === id)
  if (order === undefined || order.instrument !== instrument) {
    settleUnasked(runtime, { order: id, instrument }, told, fills.shares?.[row])
    return
  }
  const execution = asked(runtime, id, instrument, told, order.quantity - order.filled)
  if (execution === null) return
  const isLate = live === undefined
  const count = order.shares.length
  ensure(count)
  const side = execution.quantity < 0 ? -1 : 1
  for (let share = 0; share < count; share += 1) {
    const one = order.shares[share]!
    const left = one.wanted - one.crossed - one.filled
    open[share] = left * side > 0 ? left : 0
  }
  deal(runtime, order.instrument, count, execution)
  for (let share = 0; share < count; share += 1) {
    const quantity = quantities[share]!
    if (quantity === 0) continue
    const one = order.shares[share]!
    one.filled += quantity
    bookShare(runtime, one.sleeve, order.instrument, id, quantity, share, execution, one.reason, one.protection, isLate)
  }
  order.filled += execution.quantity
  if (!isComplete(order.filled, order.quantity)) return
  if (isLate) state.closed = state.closed.filter((candidate) => candidate !== order)
  else endWorking(runtime, order, 'filled', '')
}

/** A broker's word on an order: rejected, cancelled, expired, done; or that nobody can say. */
export function settleState(runtime: Runtime, id: number, orderState: OrderState, evidence: string): void {
  if (orderState === 'unknown') {
    const instruments = instrumentsOf(runtime, id)
    if (instruments.length > 0) freezeUnknown(runtime.state, id, instruments, evidence)
    return
  }
  releaseUnknown(runtime.state, id)
  if (orderState === 'working') return
  const at = batchRow(runtime, id)
  if (isStructureOrder(runtime, at, id)) {
    endStructureOrder(runtime, id, orderState, evidence)
    return
  }
  if (at >= 0) {
    if (runtime.rowEnded[at] === 0) endBatchRow(runtime, at, orderState, evidence)
    return
  }
  const order = runtime.state.working.find((candidate) => candidate.id === id)
  if (order !== undefined) endWorking(runtime, order, orderState, evidence)
}

/** What an order trades; nothing where it is not known here any more. */
function instrumentsOf(runtime: Runtime, id: number): readonly number[] {
  const { state, batch } = runtime
  const at = batchRow(runtime, id)
  if (isStructureOrder(runtime, at, id)) return structureOrderOf(runtime, id)!.shares[0]!.waiting.contracts
  if (at >= 0) return [batch.instrument[at]!]
  const isIt = (order: { readonly id: number }): boolean => order.id === id
  const order = state.working.find(isIt) ?? state.closed.find(isIt)
  return order === undefined ? [] : [order.instrument]
}

function endBatchRow(runtime: Runtime, at: number, orderState: OrderState, evidence: string): void {
  const { batch } = runtime
  releaseUnknown(runtime.state, batch.id[at]!)
  runtime.rowEnded[at] = 1
  runtime.endedAt[at] = runtime.state.at
  const start = runtime.shareStart[at]!
  const end = start + runtime.shareCount[at]!
  const instrument = batch.instrument[at]!
  for (let share = start; share < end; share += 1) finishShare(runtime, share, instrument, orderState, evidence)
  runtime.observer?.orderEnded(batch.id[at]!, outcomeOf(orderState, runtime.filled[at]!, batch.quantity[at]!), evidence)
}

function endWorking(runtime: Runtime, order: WorkingOrder, orderState: OrderState, evidence: string): void {
  const { state } = runtime
  releaseUnknown(state, order.id)
  for (const share of order.shares) {
    finish(runtime, share.sleeve, order.instrument, share, orderState, evidence)
  }
  state.working = state.working.filter((candidate) => candidate !== order)
  if (order.filled !== order.quantity) keepClosed(state, { ...order, closedAt: state.at })
  runtime.observer?.orderEnded(order.id, outcomeOf(orderState, order.filled, order.quantity), evidence)
}
