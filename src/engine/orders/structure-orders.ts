/** Multi-leg orders: filled as a unit, netted only with identical structures. */
import { type FillColumns, TYPE_CODE } from '../../domain/columns.ts'
import type { OrderState } from '../../domain/orders.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { dealAmount } from '../../pipeline/fills/attribute.ts'
import { type Netted, netWishes } from '../../pipeline/netting/net.ts'
import { takeTrade } from '../capital/trade-tally.ts'
import { gateRule, holdsBackStructure } from '../gates/gates.ts'
import { structureLabel, worstLoss } from '../positions/structures.ts'
import type { Runtime, StructureOrder } from '../runtime.ts'
import type { StructurePosition, WaitingStructure } from '../state.ts'
import { countClosing } from '../watch/closings.ts'
import { batchRow, nextOrderId, skipRow, takeRow } from './batch.ts'
import { blankPart, bookPart } from './booking.ts'

const netted: Netted = { net: 0, crossed: 0 }

/** Nets waiting structures whose underlying has its auction now; identical ones cross at mid prices. */
export function activateStructures(runtime: Runtime, open: (underlying: number) => boolean): void {
  const { state } = runtime
  if (state.waitingStructures.length === 0) return
  const groups = new Map<string, WaitingStructure[]>()
  const staying: WaitingStructure[] = []
  for (const wish of state.waitingStructures) {
    if (wish.activeFrom > state.at || !open(wish.underlying) || holdsBackStructure(runtime, wish) !== null) {
      staying.push(wish)
      continue
    }
    const key = wish.contracts.map((contract, leg) => `${contract}x${wish.legs[leg]!.ratio}`).join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [wish])
    else group.push(wish)
  }
  state.waitingStructures = staying
  for (const group of groups.values()) {
    const bySleeve = group.sort((left, right) => left.sleeve - right.sleeve || left.intent - right.intent)
    if (state.config!.netting) placeStructures(runtime, bySleeve)
    else for (const one of bySleeve) placeStructures(runtime, [one])
  }
}

function signedCount(wish: WaitingStructure): number {
  return wish.structure === 0 ? wish.quantity : 0 - wish.quantity
}

function placeStructures(runtime: Runtime, group: readonly WaitingStructure[]): void {
  const { state, batch } = runtime
  const lead = group[0]!
  const wanted = Float64Array.from(group, signedCount)
  const crossed = new Float64Array(group.length)
  netWishes(wanted, group.length, { step: 1, roundLot: 1 }, crossed, netted)
  const mids = legMids(runtime, lead)
  if (netted.crossed > 0 && mids === null) {
    // Nobody can say what a cross is worth without a quote: all of them go outside.
    for (const one of group) placeStructures(runtime, [one])
    return
  }
  const id = nextOrderId(runtime)
  const order: StructureOrder = {
    id,
    quantity: netted.net,
    shares: group.map((waiting, index) => ({ waiting, wanted: wanted[index]!, crossed: crossed[index]! })),
    credit: 0,
    legsFilled: 0,
  }
  announce(runtime, order, lead)
  if (netted.crossed > 0) crossStructures(runtime, order, mids!)
  if (netted.net === 0) {
    skipRow(runtime)
    return
  }
  runtime.structureOrders.set(id, order)
  const row = batch.push({
    id,
    instrument: -1,
    quantity: netted.net,
    crossed: netted.crossed,
    type: TYPE_CODE.market,
    force: 0,
    limit: Number.NaN,
    stop: Number.NaN,
    reducing: group.every((wish) => wish.structure !== 0),
    legs: lead.contracts.map((contract, leg) => ({
      instrument: state.instruments[contract]!.id,
      ratio: lead.legs[leg]!.ratio,
    })),
  })
  takeRow(runtime, row, 0, 0)
}

function legMids(runtime: Runtime, wish: WaitingStructure): number[] | null {
  const chain = runtime.chains.get(runtime.state.instruments[wish.underlying]!.id)
  const mids: number[] = []
  for (const leg of wish.legs) {
    const quote = chain?.quote(leg.expiry, leg.right, leg.strike) ?? null
    if (quote === null) return null
    mids.push(quote.mid)
  }
  return mids
}

function announce(runtime: Runtime, order: StructureOrder, lead: WaitingStructure): void {
  const { state } = runtime
  runtime.observer?.ordered({
    id: order.id,
    cycle: state.cycle,
    at: state.at,
    tradeDate: runtime.tradeDate,
    instrument: -1,
    label: structureLabel(state.instruments[lead.underlying]!.symbol, lead.legs),
    type: 'market',
    net: order.quantity,
    crossed: netted.crossed,
    reference: Number.NaN,
    sleeves: Int32Array.from(order.shares, (share) => share.waiting.sleeve),
    intents: Float64Array.from(order.shares, (share) => share.waiting.intent),
    wanted: Float64Array.from(order.shares, (share) => share.wanted),
    crosses: Float64Array.from(order.shares, (share) => share.crossed),
    reasons: order.shares.map((share) => share.waiting.reason),
    start: 0,
    count: order.shares.length,
  })
}

const part = blankPart()

/** Books both sides of a structure cross leg by leg at mid prices, free of fee. */
function crossStructures(runtime: Runtime, order: StructureOrder, mids: readonly number[]): void {
  const count = order.shares.length
  const lead = order.shares[0]!.waiting
  const cashes = new Float64Array(count)
  for (let leg = 0; leg < mids.length; leg += 1) {
    const contract = lead.contracts[leg]!
    const ratio = lead.legs[leg]!.ratio
    for (const side of [1, -1]) {
      const quantities = Float64Array.from(order.shares, ({ crossed }) => (crossed * side > 0 ? crossed * ratio : 0))
      let total = 0
      for (const quantity of quantities) total += quantity
      if (total === 0) continue
      const cash = tradedCash(total, mids[leg]!, runtime.perPrice[contract]!)
      dealAmount(cash, quantities, count, { quantityStep: 1, amountStep: 1 }, cashes)
      for (let share = 0; share < count; share += 1) {
        if (quantities[share] === 0) continue
        bookLeg(
          runtime,
          order,
          share,
          contract,
          quantities[share]!,
          mids[leg]!,
          count === 1 ? cash : cashes[share]!,
          0,
          'cross',
          0,
        )
      }
    }
  }
  const credit = mids.reduce((sum, mid, leg) => sum - lead.legs[leg]!.ratio * mid, 0)
  for (const share of order.shares)
    if (share.crossed !== 0) finishPart(runtime, order, share.waiting, Math.abs(share.crossed), credit)
  for (const share of order.shares) if (share.crossed === share.wanted) runtime.state.ended.crossed += 1
}

function bookLeg(
  runtime: Runtime,
  order: StructureOrder,
  share: number,
  contract: number,
  quantity: number,
  price: number,
  cash: number,
  fee: number,
  kind: 'fill' | 'cross',
  execution: number,
): void {
  const { waiting } = order.shares[share]!
  part.kind = kind
  part.order = order.id
  part.execution = execution
  part.sleeve = waiting.sleeve
  part.instrument = contract
  part.quantity = quantity
  part.price = price
  part.cash = quantity > 0 ? 0 - cash : cash
  part.fee = fee
  part.reason = waiting.reason
  bookPart(runtime, part)
}

/** One leg's execution of a structure order; the last leg completes the structure. */
export function settleStructureLeg(runtime: Runtime, fills: FillColumns, row: number, signedCash: number): void {
  const order = runtime.structureOrders.get(fills.order[row]!)!
  const lead = order.shares[0]!.waiting
  const contract = fills.instrument[row]!
  const leg = lead.contracts.indexOf(contract)
  const ratio = lead.legs[leg]!.ratio
  const price = fills.price[row]!
  const count = order.shares.length
  const side = Math.sign(order.quantity)
  const quantities = Float64Array.from(order.shares, ({ wanted, crossed }) => {
    const left = wanted - crossed
    return left * side > 0 ? left * ratio : 0
  })
  const cashes = new Float64Array(count)
  const fees = new Float64Array(count)
  dealAmount(Math.abs(signedCash), quantities, count, { quantityStep: 1, amountStep: 1 }, cashes)
  dealAmount(fills.fee[row]!, quantities, count, { quantityStep: 1, amountStep: 10_000 }, fees)
  for (let share = 0; share < count; share += 1) {
    if (quantities[share] === 0) continue
    bookLeg(
      runtime,
      order,
      share,
      contract,
      quantities[share]!,
      price,
      cashes[share]!,
      fees[share]!,
      'fill',
      fills.execution[row]!,
    )
  }
  order.credit -= ratio * price
  order.legsFilled += 1
  runtime.observer?.orderFilled(order.id, leg === 0 ? order.quantity : 0, price, fills.fee[row]!)
  if (order.legsFilled < lead.legs.length) return
  const at = batchRow(runtime, order.id)
  runtime.rowEnded[at] = 1
  for (const share of order.shares) {
    const left = Math.abs(share.wanted - share.crossed)
    if (left === 0) continue
    finishPart(runtime, order, share.waiting, left, order.credit)
    runtime.state.ended.filled += 1
  }
  runtime.observer?.orderEnded(order.id, 'filled', '')
}

/** A sleeve's part of a structure order is done: the position opens, or the one it names closes. */
function finishPart(
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
  const position = state.structures[at]!
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

/** A structure order that did not fill: nothing moved; a close is tried again when the sleeve next wishes it. */
export function endStructureOrder(runtime: Runtime, at: number, orderState: OrderState, evidence: string): void {
  const { state, batch } = runtime
  if (runtime.rowEnded[at] === 1) return
  runtime.rowEnded[at] = 1
  const order = runtime.structureOrders.get(batch.id[at]!)!
  const end = orderState === 'rejected' ? 'refused' : 'cancelled'
  for (const { waiting, wanted, crossed } of order.shares) {
    if (wanted === crossed) continue
    const position = state.structures.find((candidate) => candidate.id === waiting.structure)
    if (position !== undefined) position.pending = false
    state.ended[end] += 1
    runtime.observer?.refused({
      at: state.at as Instant,
      tradeDate: runtime.tradeDate as TradeDate,
      sleeve: runtime.sleeves[waiting.sleeve]!.config.id,
      instrument: structureLabel(state.instruments[waiting.underlying]!.symbol, waiting.legs),
      end,
      rule: orderState === 'rejected' ? 'brokerRejected' : evidence,
      wanted: Math.abs(wanted),
      allowed: Math.abs(crossed),
      value: null,
      limit: null,
    })
  }
  runtime.observer?.orderEnded(order.id, orderState === 'rejected' ? 'rejected' : 'cancelled', evidence)
}

/** Structures that found no auction for too long lapse; one that was to be closed may be wished away again. */
export function expireStructures(runtime: Runtime): void {
  const { state } = runtime
  const lapsed = state.waitingStructures.filter((wish) => wish.expires <= state.at)
  state.waitingStructures = state.waitingStructures.filter((wish) => wish.expires > state.at)
  for (const wish of lapsed) {
    const position = state.structures.find((candidate) => candidate.id === wish.structure)
    if (position !== undefined) position.pending = false
    const gate = holdsBackStructure(runtime, wish)
    endWaitingStructure(runtime, wish, 'lapsed', gate === null ? 'noAuction' : gateRule(gate))
  }
}

/** Ends a structure's wish that still waits. The caller takes it off the list. */
export function endWaitingStructure(
  runtime: Runtime,
  wish: WaitingStructure,
  end: 'lapsed' | 'cancelled' | 'refused',
  rule: string,
): void {
  const { state } = runtime
  state.ended[end] += 1
  runtime.observer?.refused({
    at: state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeve: runtime.sleeves[wish.sleeve]!.config.id,
    instrument: structureLabel(state.instruments[wish.underlying]!.symbol, wish.legs),
    end,
    rule,
    wanted: wish.quantity,
    allowed: 0,
    value: null,
    limit: null,
  })
}
