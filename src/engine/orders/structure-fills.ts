/** What the broker did with orders of structures: legs dealt to the sleeves, positions opened and closed, and the ends. */
import type { FillColumns } from '../../domain/columns.ts'
import type { OrderState } from '../../domain/orders.ts'
import type { Instant, IntentId, TradeDate } from '../../domain/units.ts'
import { dealAmount, dealFill } from '../../pipeline/fills/attribute.ts'
import { takeTrade } from '../capital/trade-tally.ts'
import { settleUnasked } from '../external/unasked.ts'
import { releaseUnknown } from '../gates/gates.ts'
import { structureLabel, worstLoss } from '../positions/structures.ts'
import type { Runtime } from '../runtime.ts'
import type { StructureOrder, StructurePosition, WaitingStructure } from '../state.ts'
import { countClosing } from '../watch/closings.ts'
import { batchRow } from './batch.ts'
import { blankPart, bookPart } from './booking.ts'
import { dropStructure, structureOrderOf } from './working-structures.ts'

const part = blankPart()

/** Fees are dealt in whole cents. */
const FEE_STEP = 10_000

/** One leg as it was executed or crossed; cash and fee of all sleeves together. */
interface TradedLeg {
  readonly contract: number
  readonly price: number
  readonly cash: number
  readonly fee: number
  readonly kind: 'fill' | 'cross'
  readonly execution: number
}

/** Books a leg to the sleeves by what each got of it; cash and fee go along by largest remainder. */
export function bookLeg(
  runtime: Runtime,
  order: StructureOrder,
  quantities: Float64Array,
  { contract, price, cash, fee, kind, execution }: TradedLeg,
): void {
  const parts = order.shares.length
  const cashes = new Float64Array(parts)
  const fees = new Float64Array(parts)
  dealAmount(cash, quantities, parts, { quantityStep: 1, amountStep: 1 }, cashes)
  if (fee !== 0) dealAmount(fee, quantities, parts, { quantityStep: 1, amountStep: FEE_STEP }, fees)
  for (let share = 0; share < parts; share += 1) {
    const quantity = quantities[share]!
    if (quantity === 0) continue
    const { waiting } = order.shares[share]!
    part.kind = kind
    part.order = order.id
    part.execution = execution
    part.sleeve = waiting.sleeve
    part.instrument = contract
    part.quantity = quantity
    part.price = price
    part.cash = quantity > 0 ? 0 - cashes[share]! : cashes[share]!
    part.fee = fees[share]!
    part.reason = waiting.reason
    bookPart(runtime, part)
  }
}

/** One leg's execution of a structure order, all of it or a part; what completes every leg completes the structures. */
export function settleStructureLeg(runtime: Runtime, fills: FillColumns, row: number, signedCash: number): void {
  const id = fills.order[row]!
  const order = structureOrderOf(runtime, id)!
  const lead = order.shares[0]!.waiting
  const contract = fills.instrument[row]!
  const leg = lead.contracts.indexOf(contract)
  const [quantity, price, fee] = [fills.quantity[row]!, fills.price[row]!, fills.fee[row]!]
  const ratio = lead.legs[leg]?.ratio ?? Number.NaN
  const count = quantity / ratio
  if (!isWanted(order, leg, count)) {
    const execution = fills.execution[row]!
    settleUnasked(
      runtime,
      { order: id, instrument: contract },
      { quantity, price, cash: signedCash, fee, execution },
      undefined,
    )
    return
  }
  dealLeg(order, leg, count)
  const quantities = dealt.map((structures) => structures * ratio)
  const [cash, execution] = [Math.abs(signedCash), fills.execution[row]!]
  bookLeg(runtime, order, quantities, { contract, price, cash, fee, kind: 'fill', execution })
  takePrice(order, leg, count, price)
  runtime.observer?.orderFilled(order.id, leg === 0 ? count : 0, price, fee)
  if (order.filled.every((filled) => filled === order.quantity)) complete(runtime, order)
}

/** Whether so many structures of a leg are still on their way; in whole ones, on the order's side. */
function isWanted({ quantity, filled }: StructureOrder, leg: number, count: number): boolean {
  if (leg < 0 || !Number.isInteger(count) || count * quantity <= 0) return false
  return Math.abs(filled[leg]! + count) <= Math.abs(quantity)
}

let dealt = new Float64Array(0)

/** Deals structures of one leg to the sleeves, by what each still lacks of it. */
function dealLeg(order: StructureOrder, leg: number, count: number): void {
  const side = Math.sign(order.quantity)
  const open = Float64Array.from(order.shares, ({ wanted, crossed, dealt: own }) => {
    const left = wanted - crossed - own[leg]!
    return left * side > 0 ? left : 0
  })
  dealt = new Float64Array(open.length)
  dealFill(count, open, open.length, 1, dealt)
  for (const [share, structures] of dealt.entries()) order.shares[share]!.dealt[leg]! += structures
}

function takePrice({ filled, price }: StructureOrder, leg: number, count: number, paid: number): void {
  const [before, all] = [Math.abs(filled[leg]!), Math.abs(filled[leg]! + count)]
  price[leg] = before === 0 ? paid : (price[leg]! * before + paid * (all - before)) / all
  filled[leg] = filled[leg]! + count
}

/** Net premium per share taken in, at the average price of each leg. */
function creditOf({ price, shares }: StructureOrder): number {
  let credit = 0
  shares[0]!.waiting.legs.forEach(({ ratio }, leg) => {
    credit -= ratio * price[leg]!
  })
  return credit
}

function complete(runtime: Runtime, order: StructureOrder): void {
  const credit = creditOf(order)
  end(runtime, order)
  for (const { waiting, wanted, crossed } of order.shares) {
    const left = Math.abs(wanted - crossed)
    if (left === 0) continue
    finishPart(runtime, order, waiting, left, credit)
    runtime.state.ended.filled += 1
  }
  runtime.observer?.orderEnded(order.id, 'filled', '')
}

/** The order is at the broker no more. */
function end(runtime: Runtime, order: StructureOrder): void {
  releaseUnknown(runtime.state, order.id)
  const at = batchRow(runtime, order.id)
  if (at >= 0) runtime.rowEnded[at] = 1
  dropStructure(runtime.state, order)
}

/** A sleeve's part of a structure order is done: the position opens, or the one it names closes. */
export function finishPart(
  runtime: Runtime,
  order: StructureOrder,
  waiting: WaitingStructure,
  quantity: number,
  credit: number,
): void {
  const { state } = runtime
  const underlying = state.instruments[waiting.underlying]!
  const multiplier = state.instruments[waiting.contracts[0]!]!.multiplier
  const event = {
    sleeve: waiting.sleeve,
    label: structureLabel(underlying.symbol, waiting.legs),
    quantity,
    // Opening takes the premium in; closing pays the same legs back.
    premium: waiting.structure === 0 ? credit : 0 - credit,
    money: (waiting.structure === 0 ? credit : 0 - credit) * quantity * multiplier,
    order: order.id,
    reason: waiting.reason,
    at: state.at,
    tradeDate: runtime.tradeDate,
  }
  if (waiting.structure === 0) {
    const position: StructurePosition = {
      id: state.nextStructure,
      sleeve: waiting.sleeve,
      underlying: waiting.underlying,
      legs: waiting.legs,
      contracts: waiting.contracts,
      quantity,
      credit,
      // What sold calls may cost is the gain of the shares that cover them.
      maximumLoss: waiting.covered === true ? 0 : worstLoss(waiting.legs, credit, multiplier),
      ...flagsOf(waiting),
      ...(waiting.deltas === undefined ? {} : { deltas: waiting.deltas }),
      openedAt: state.at,
      openedBar: state.sleeves[waiting.sleeve]!.bars,
      pending: false,
    }
    state.nextStructure += 1
    state.structures.push(position)
    runtime.observer?.structureOpened({ ...event, structure: position.id })
    return
  }
  const at = state.structures.findIndex((position) => position.id === waiting.structure)
  const position = state.structures[at]
  // An expiry took the position while its order was at the broker: what that traded stands in the books by its legs.
  if (position === undefined) return
  if (quantity >= position.quantity) state.structures.splice(at, 1)
  else state.structures[at] = { ...position, quantity: position.quantity - quantity, pending: false }
  const trades = state.capital?.trades
  if (trades !== undefined) takeTrade(trades, waiting.sleeve, position.credit * quantity * multiplier + event.money)
  countClosing(state, waiting.sleeve)
  runtime.observer?.structureClosed({ ...event, structure: position.id, exitReason: waiting.reason })
}

function flagsOf({ covered, keepsShares }: WaitingStructure): Pick<WaitingStructure, 'covered' | 'keepsShares'> {
  return { ...(covered === undefined ? {} : { covered }), ...(keepsShares === undefined ? {} : { keepsShares }) }
}

/**
 * A structure order that ended without all that it wanted. Whole structures that it got are positions; a leg that came
 * without the others is closed at its next auction. A close is tried again when the sleeve next wishes it.
 */
export function endStructureOrder(runtime: Runtime, id: number, orderState: OrderState, evidence: string): void {
  const { state } = runtime
  const order = structureOrderOf(runtime, id)
  const at = batchRow(runtime, id)
  if (order === undefined || (at >= 0 && runtime.rowEnded[at] === 1)) return
  const credit = creditOf(order)
  end(runtime, order)
  const how = orderState === 'rejected' ? 'refused' : 'cancelled'
  for (const share of order.shares) {
    const { waiting, wanted, crossed } = share
    if (wanted === crossed) continue
    const whole = Math.min(...share.dealt.map(Math.abs))
    const position = state.structures.find((candidate) => candidate.id === waiting.structure)
    if (position !== undefined) position.pending = false
    if (whole > 0) finishPart(runtime, order, waiting, whole, credit)
    leaveUnmatched(runtime, order, share, whole)
    state.ended[how] += 1
    runtime.observer?.refused({
      at: state.at as Instant,
      tradeDate: runtime.tradeDate as TradeDate,
      sleeve: runtime.sleeves[waiting.sleeve]!.config.id,
      instrument: structureLabel(state.instruments[waiting.underlying]!.symbol, waiting.legs),
      intent: waiting.intent as IntentId,
      end: how,
      rule: orderState === 'rejected' ? 'brokerRejected' : evidence,
      wanted: Math.abs(wanted),
      allowed: Math.abs(crossed) + whole,
      value: null,
      limit: null,
    })
  }
  const isPart = order.filled.some((filled) => filled !== 0)
  runtime.observer?.orderEnded(
    order.id,
    isPart ? 'partial' : orderState === 'rejected' ? 'rejected' : 'cancelled',
    evidence,
  )
}

function leaveUnmatched(
  { state }: Runtime,
  order: StructureOrder,
  { waiting, dealt: own }: StructureOrder['shares'][number],
  whole: number,
): void {
  const side = Math.sign(order.quantity)
  for (const [leg, { ratio }] of waiting.legs.entries()) {
    const quantity = (own[leg]! - whole * side) * ratio
    if (quantity === 0) continue
    state.leftovers.push({
      instrument: waiting.contracts[leg]!,
      sleeve: waiting.sleeve,
      quantity,
      reason: 'unmatched leg',
    })
  }
}
