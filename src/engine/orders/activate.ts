/** Netting at the moment of execution: what waits becomes one order per instrument, and crosses are booked. */

import type { QuoteColumns } from '../../domain/columns.ts'
import { TYPE_CODE } from '../../domain/columns.ts'
import { ORDER_TYPES, type Protection } from '../../domain/orders.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import type { OrderId } from '../../domain/units.ts'
import { countsUp } from '../../numerics/counting.ts'
import { dealAmount } from '../../pipeline/fills/attribute.ts'
import { type Netted, netWishes } from '../../pipeline/netting/net.ts'
import { holdsBack } from '../gates/gates.ts'
import type { Observer, OrderRow } from '../records/observer.ts'
import type { Runtime } from '../runtime.ts'
import { release, reserve, type Waiting } from '../state.ts'
import { nextOrderId, pushShare, skipRow, takeRow } from './batch.ts'
import { blankPart, bookPart } from './booking.ts'
import { listPlain } from './plain.ts'
import { finishShare } from './share-ends.ts'

let wanted = new Float64Array(64)
let crossed = new Float64Array(64)
let sleeveOf = new Int32Array(64)
let rowAt = new Int32Array(64)
const netted: Netted = { net: 0, crossed: 0 }
const lot = { step: 1, roundLot: 1 }
const part = blankPart()

let first = new Int32Array(0)
let next = new Int32Array(64)
const touched: number[] = []
const resting: number[] = []

const AT_AUCTION = [true, true, true, true, true, false]
const RESTS = [false, true, true, true, false, false]

/**
 * Nets everything that acts at an auction. Market and open wishes meet at the auction's price; limits and stops rest,
 * netted with wishes of their own type and price.
 */
export function activateAuction(runtime: Runtime, quotes: QuoteColumns): void {
  listPlain(runtime)
  readPrices(runtime, quotes)
  const { reference } = runtime
  collect(runtime, (waiting) => AT_AUCTION[waiting.type]! && reference[waiting.instrument]! >= 0)
}

/** Nets market-on-close wishes at the closing prices. */
export function activateClose(runtime: Runtime, instruments: Int32Array, close: Float64Array): void {
  const { reference } = runtime
  reference.fill(Number.NaN)
  for (let column = 0; column < instruments.length; column += 1) reference[instruments[column]!] = close[column]!
  collect(runtime, (waiting) => waiting.type === TYPE_CODE.close && reference[waiting.instrument]! >= 0)
}

/** Takes the prices at which this auction nets. */
export function readPrices(runtime: Runtime, quotes: QuoteColumns): void {
  const { reference } = runtime
  if (countsUp(quotes.instrument)) {
    reference.set(quotes.first)
    reference.fill(Number.NaN, quotes.first.length)
  } else {
    reference.fill(Number.NaN)
    for (let row = 0; row < quotes.count; row += 1) reference[quotes.instrument[row]!] = quotes.first[row]!
  }
  for (const wish of runtime.state.waiting) {
    const terms = runtime.state.instruments[wish.instrument]!.option
    if (terms === null || Number.isNaN(reference[runtime.byId.get(terms.underlying)!]!)) continue
    const quote = runtime.chains.get(terms.underlying)?.quote(terms.expiry, terms.right, terms.strike) ?? null
    if (quote !== null) reference[wish.instrument] = quote.mid
  }
}

/** Takes what acts now out of the waiting list, grouped by instrument; resting wishes also by type and price. */
function collect(runtime: Runtime, acts: (waiting: Waiting) => boolean): void {
  const { state } = runtime
  const { waiting } = state
  if (waiting.length === 0) return
  if (first.length < state.books.width) first = new Int32Array(state.books.width).fill(-1)
  if (next.length < waiting.length) next = new Int32Array(waiting.length * 2)
  touched.length = 0
  resting.length = 0
  let taken = 0
  for (let row = 0; row < waiting.length; row += 1) {
    const wish = waiting[row]!
    next[row] = -2
    if (wish.activeFrom > state.at || !acts(wish) || holdsBack(runtime, wish) !== null) continue
    taken += 1
    next[row] = -1
    if (RESTS[wish.type]) {
      resting.push(row)
      continue
    }
    const head = first[wish.instrument]!
    if (head < 0) touched.push(wish.instrument)
    next[row] = head
    first[wish.instrument] = row
  }
  if (taken === 0) return
  for (const instrument of touched) {
    let count = 0
    for (let row = first[instrument]!; row >= 0; row = next[row]!) count = insertRow(waiting, row, count)
    first[instrument] = -1
    if (state.config!.netting) placeGroup(runtime, instrument, count)
    else for (let one = 0; one < count; one += 1) placeSingle(runtime, instrument, one)
  }
  // Resting wishes that the other side's live order holds back go on waiting.
  const held = resting.length === 0 ? 0 : placeResting(runtime, resting)
  if (taken - held === waiting.length) {
    // All of them are taken up: their records serve the next cycle.
    for (let row = 0; row < waiting.length; row += 1) runtime.spareWaiting.push(waiting[row]!)
    waiting.length = 0
  } else state.waiting = waiting.filter((_, row) => next[row] === -2)
}

/** Keeps the group's rows sorted by sleeve, then by age: ties go to the sleeve declared first. */
function insertRow(waiting: readonly Waiting[], row: number, count: number): number {
  if (count === rowAt.length) growScratch()
  const sleeve = waiting[row]!.sleeve
  let at = count
  // The linked list runs from the newest to the oldest, so equal sleeves insert before.
  while (at > 0 && waiting[rowAt[at - 1]!]!.sleeve >= sleeve) {
    rowAt[at] = rowAt[at - 1]!
    at -= 1
  }
  rowAt[at] = row
  return count + 1
}

function growScratch(): void {
  const capacity = rowAt.length * 2
  const copy = (old: Int32Array): Int32Array<ArrayBuffer> => {
    const wider = new Int32Array(capacity)
    wider.set(old)
    return wider
  }
  rowAt = copy(rowAt)
  sleeveOf = copy(sleeveOf)
  wanted = new Float64Array(capacity)
  crossed = new Float64Array(capacity)
}

function placeSingle(runtime: Runtime, instrument: number, at: number): void {
  const { waiting } = runtime.state
  const wish = waiting[rowAt[at]!]!
  const start = pushShare(runtime, wish.intent, wish.sleeve, wish.quantity, wish.reason, wish.protection)
  place(runtime, wish, instrument, start, 1)
}

/** One instrument's wishes become shares, one per sleeve, and then an order. */
function placeGroup(runtime: Runtime, instrument: number, count: number): void {
  const { waiting } = runtime.state
  const start = runtime.shares.count
  let shareCount = 0
  let at = 0
  while (at < count) {
    const lead = waiting[rowAt[at]!]!
    let end = at + 1
    while (end < count && waiting[rowAt[end]!]!.sleeve === lead.sleeve) end += 1
    if (end === at + 1) {
      pushShare(runtime, lead.intent, lead.sleeve, lead.quantity, lead.reason, lead.protection)
      shareCount += 1
    } else shareCount += mergeRows(runtime, instrument, at, end)
    at = end
  }
  if (shareCount > 0) place(runtime, waiting[rowAt[0]!]!, instrument, start, shareCount)
}

/** Intents of one sleeve in one instrument and cycle are summed; what cancels out ends as superseded. */
function mergeRows(runtime: Runtime, instrument: number, from: number, end: number): number {
  const { state } = runtime
  let sum = 0
  let reason = ''
  let protection: Protection | null = null
  let lead = -1
  for (let at = from; at < end; at += 1) {
    const wish = state.waiting[rowAt[at]!]!
    sum += wish.quantity
    release(state, wish.sleeve, instrument, wish.quantity)
    if (reason === '') reason = wish.reason
    else if (reason !== wish.reason) reason = `${reason}, ${wish.reason}`
    protection = wish.protection ?? protection
    if (lead < 0) lead = rowAt[at]!
    else state.ended.superseded += 1
  }
  const first = state.waiting[lead]!
  if (sum === 0) {
    state.ended.superseded += 1
    return 0
  }
  reserve(state, first.sleeve, instrument, sum)
  pushShare(runtime, first.intent, first.sleeve, sum, reason, protection)
  return 1
}

/** What an order is sent with. */
export type PlacedTerms = Pick<Waiting, 'type' | 'force' | 'limit' | 'stop'>

/** One order at a time is placed: one record for all. */
const placed = {
  id: 0,
  instrument: 0,
  quantity: 0,
  crossed: 0,
  type: 0,
  force: 0,
  limit: Number.NaN,
  stop: Number.NaN,
  reducing: false,
  legs: null,
}

/** Nets the shares at [start, start + count) and books their cross; what is left becomes a row of the batch. */
export function place(runtime: Runtime, terms: PlacedTerms, instrument: number, start: number, count: number): void {
  const { state, shares, batch } = runtime
  lot.step = runtime.step[instrument]!
  lot.roundLot = runtime.roundLot[instrument]!
  while (wanted.length < count) growScratch()
  let reducing = true
  for (let share = 0; share < count; share += 1) {
    wanted[share] = shares.wanted[start + share]!
    const before = state.books.quantity[shares.sleeve[start + share]! * state.books.width + instrument]!
    // A flip opens a new side: its purchase is judged like any other.
    if (before === 0 || before > 0 === wanted[share]! > 0 || Math.abs(wanted[share]!) > Math.abs(before))
      reducing = false
  }
  netWishes(wanted, count, lot, crossed, netted)
  const { net, crossed: inside } = netted
  const id = nextOrderId(runtime)
  if (inside !== 0) {
    cross.id = id
    cross.instrument = instrument
    cross.start = start
    cross.count = count
    cross.inside = inside
    cross.price = runtime.reference[instrument]!
    bookCross(runtime)
  }
  if (runtime.observer !== null) {
    told.id = id
    told.instrument = instrument
    told.type = ORDER_TYPES[terms.type]!
    told.net = net
    told.crossed = inside
    told.start = start
    told.count = count
    announce(runtime, runtime.observer)
  }
  if (net === 0) {
    skipRow(runtime)
    for (let share = start; share < start + count; share += 1) finishShare(runtime, share, instrument, 'lapsed')
    return
  }
  if (!RESTS[terms.type]!) cancelOpposing(runtime, instrument, net)
  placed.id = id
  placed.instrument = instrument
  placed.quantity = net
  placed.crossed = inside
  placed.type = terms.type
  placed.force = terms.force
  placed.limit = terms.limit
  placed.stop = terms.stop
  placed.reducing = reducing
  const row = batch.push(placed)
  takeRow(runtime, row, start, count)
}

/** One cross at a time is booked: the shares at [start, start + count), and what crosses on each side at the price. */
const cross = { id: Number.NaN, instrument: 0, start: 0, count: 0, inside: Number.NaN, price: Number.NaN }
const measure = { quantityStep: 1, amountStep: 1 }

const dealt = { buys: new Float64Array(64), sells: new Float64Array(64), cash: new Float64Array(64) }

/** Books a cross on both sides at the reference price, free of fee; cash is rounded once and split on each side. */
function bookCross(runtime: Runtime): void {
  const { shares, state } = runtime
  const { instrument, start, count, price, id } = cross
  if (dealt.cash.length < count) {
    dealt.buys = new Float64Array(count * 2)
    dealt.sells = new Float64Array(count * 2)
    dealt.cash = new Float64Array(count * 2)
  }
  const cash = tradedCash(cross.inside, price, runtime.perPrice[instrument]!)
  for (let share = 0; share < count; share += 1) {
    const quantity = crossed[share]!
    shares.crossed[start + share] = quantity
    dealt.buys[share] = quantity > 0 ? quantity : 0
    dealt.sells[share] = quantity < 0 ? quantity : 0
  }
  measure.quantityStep = runtime.step[instrument]!
  for (let side = 1; side >= -1; side -= 2) {
    const quantities = side === 1 ? dealt.buys : dealt.sells
    dealAmount(cash, quantities, count, measure, dealt.cash)
    for (let share = 0; share < count; share += 1) {
      const quantity = quantities[share]!
      if (quantity === 0) continue
      const sleeve = shares.sleeve[start + share]!
      release(state, sleeve, instrument, quantity)
      part.kind = 'cross'
      part.order = id
      part.execution = 0
      part.sleeve = sleeve
      part.instrument = instrument
      part.quantity = quantity
      part.price = price
      part.cash = 0 - side * (count === 1 ? cash : dealt.cash[share]!)
      part.fee = 0
      part.reason = shares.reason[start + share]!
      part.protection = shares.protection[start + share]!
      bookPart(runtime, part)
    }
  }
}

/** Of all instruments, for the cycle that is told of. */
let symbols: readonly string[] = []

/**
 * One order at a time is told of. Whoever tells of an order fills in its own fields first. Numbers that may be large start
 * as what no small one can be, so that later ones are stored in place. A class, so that it lies flat in memory although one
 * of its fields is looked up only when it is asked for.
 */
class ToldOrder implements OrderRow {
  id = Number.NaN
  cycle = 0
  at = Number.NaN
  tradeDate = 0
  instrument = 0
  type = ''
  net = Number.NaN
  crossed = Number.NaN
  reference = Number.NaN
  sleeves: Int32Array = new Int32Array(0)
  intents: Float64Array = new Float64Array(0)
  wanted: Float64Array = new Float64Array(0)
  crosses: Float64Array = new Float64Array(0)
  reasons: readonly string[] = []
  start = 0
  count = 0

  get label(): string {
    return symbols[this.instrument]!
  }
}

export const told = new ToldOrder()

/** Tells of the order in `told`. */
export function announce(runtime: Runtime, observer: Observer): void {
  if (told.cycle !== runtime.state.cycle || told.wanted !== runtime.shares.wanted) beginTelling(runtime)
  told.reference = runtime.reference[told.instrument]!
  observer.ordered(told)
}

/** What all orders of a cycle have in common. */
export function beginTelling({ shares, state, tradeDate, symbols: listed }: Runtime): void {
  told.cycle = state.cycle
  told.at = state.at
  told.tradeDate = tradeDate
  told.sleeves = shares.sleeve
  told.intents = shares.intent
  told.wanted = shares.wanted
  told.crosses = shares.crossed
  told.reasons = shares.reason
  symbols = listed
}

/** Resting wishes net with wishes of the same instrument, type, price and force. Returns how many must wait. */
function placeResting(runtime: Runtime, rows: readonly number[]): number {
  let held = 0
  const { waiting } = runtime.state
  const groups = new Map<string, number[]>()
  for (const row of rows) {
    const wish = waiting[row]!
    const side = Math.sign(wish.quantity)
    // Opposing resting wishes never meet at their own price: each side rests, the smaller one waits for the other to end.
    const key = `${wish.instrument} ${wish.type} ${wish.force} ${wish.limit} ${wish.stop} ${side}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  for (const group of groups.values()) {
    let count = 0
    for (let index = group.length - 1; index >= 0; index -= 1) count = insertRow(waiting, group[index]!, count)
    const instrument = waiting[group[0]!]!.instrument
    if (opposes(runtime, instrument, waiting[group[0]!]!.quantity)) {
      for (const row of group) next[row] = -2
      held += group.length
      continue
    }
    placeGroup(runtime, instrument, count)
  }
  return held
}

/** Live orders of an account in one instrument stand on one side only: brokers refuse the other as a wash trade. */
function opposes(runtime: Runtime, instrument: number, quantity: number): boolean {
  const { state, batch } = runtime
  for (const order of state.working) {
    if (order.instrument === instrument && order.quantity > 0 !== quantity > 0) return true
  }
  for (let row = 0; row < batch.count; row += 1) {
    if (batch.instrument[row] === instrument && RESTS[batch.type[row]!] && batch.quantity[row]! > 0 !== quantity > 0)
      return true
  }
  return false
}

/** A resting order on the other side leaves before a market order is sent; what it had left ends as cancelled. */
function cancelOpposing(runtime: Runtime, instrument: number, net: number): void {
  for (const order of runtime.state.working) {
    if (order.instrument === instrument && order.quantity > 0 !== net > 0) {
      runtime.commands.push({ kind: 'cancel', order: order.id as OrderId })
    }
  }
}

/** An exit that a guard triggers inside the bar: its own cycle, filled at its level, never crossed; what rests against it leaves first. */
export function placeTriggered(
  runtime: Runtime,
  exit: { sleeve: number; instrument: number; quantity: number; type: 'stop' | 'limit'; level: number; reason: string },
): void {
  const { state } = runtime
  cancelOpposing(runtime, exit.instrument, exit.quantity)
  reserve(state, exit.sleeve, exit.instrument, exit.quantity)
  const start = pushShare(runtime, state.nextIntent, exit.sleeve, exit.quantity, exit.reason, null)
  state.nextIntent += 1
  runtime.reference[exit.instrument] = exit.level
  place(
    runtime,
    {
      type: TYPE_CODE[exit.type],
      force: 0,
      limit: exit.type === 'limit' ? exit.level : Number.NaN,
      stop: exit.type === 'stop' ? exit.level : Number.NaN,
    },
    exit.instrument,
    start,
    1,
  )
}
