/**
 * An auction on the plain lane: the waiting columns become one order per instrument in one pass. Orders whose sleeves all
 * want the same side, so that nothing crosses, are written straight into the batch; the others are netted as in `activate.ts`.
 */
import { FORCE_CODE, type QuoteColumns, TYPE_CODE } from '../../domain/columns.ts'
import type { Runtime } from '../runtime.ts'
import { announce, beginTelling, place, readPrices, told } from './activate.ts'
import { firstOrderId, makeRoomForOrders, takeRow } from './batch.ts'

let first = new Int32Array(0)
let next = new Int32Array(256)
let touched = new Int32Array(0)
let rows = new Int32Array(16)

const MARKET = TYPE_CODE.market!
const AT_MARKET = { type: MARKET, force: FORCE_CODE.day, limit: Number.NaN, stop: Number.NaN }

/**
 * Nets everything that waits in the columns at the reference prices of this auction.
 *
 * @returns false, with nothing done, where the general way is needed: something else waits or works, a symbol does not
 *   open, or a sleeve wishes twice for one instrument
 */
export function activatePlain(runtime: Runtime, quotes: QuoteColumns): boolean {
  const { state, plain } = runtime
  if (plain.count === 0 || state.waitingStructures.length > 0) return false
  if (!state.config!.netting || state.waiting.length > 0 || state.working.length > 0) return false
  readPrices(runtime, quotes)
  const count = chain(runtime)
  if (count < 0) return false
  makeRoomForOrders(runtime, plain.count)
  beginTelling(runtime)
  for (let place = 0; place < count; place += 1) {
    const instrument = touched[place]!
    const row = first[instrument]!
    first[instrument] = -1
    if (next[row]! >= 0 || !isWholeLots(plain.quantity[row]!, runtime.roundLot[instrument]!))
      placeTogether(runtime, row, instrument)
    else placeAlone(runtime, row, instrument)
  }
  plain.count = 0
  return true
}

/** Chains the rows of each instrument, the newest first. Returns how many instruments; -1 where the lane ends. */
function chain({ state, plain, reference }: Runtime): number {
  const { width } = state.books
  const { instrument: instruments, sleeve: sleeves, count } = plain
  if (first.length < width) {
    first = new Int32Array(width).fill(-1)
    touched = new Int32Array(width)
  }
  if (next.length < count) next = new Int32Array(count * 2)
  let found = 0
  let isPlain = true
  for (let row = 0; row < count; row += 1) {
    const instrument = instruments[row]!
    const head = first[instrument]!
    if (head < 0) {
      touched[found] = instrument
      found += 1
      if (!(reference[instrument]! >= 0)) isPlain = false
    }
    for (let other = head; other >= 0; other = next[other]!) if (sleeves[other] === sleeves[row]) isPlain = false
    next[row] = head
    first[instrument] = row
  }
  if (isPlain) return found
  for (let place = 0; place < found; place += 1) first[touched[place]!] = -1
  return -1
}

/** Less than a round lot is not sent: the general way says what becomes of it. */
function isWholeLots(quantity: number, roundLot: number): boolean {
  const size = quantity < 0 ? 0 - quantity : quantity
  return Math.floor(size / roundLot) * roundLot === size
}

/** An order for one sleeve, in the room made for it. Nothing is netted and nothing crosses. */
function placeAlone(runtime: Runtime, row: number, instrument: number): void {
  const quantity = runtime.plain.quantity[row]!
  const start = runtime.shares.count
  const isReducing = takeShare(runtime, row, instrument)
  send(runtime, instrument, quantity, start, isReducing)
}

/** Makes a wish the next share, in the room made for it. Whether it shrinks the sleeve's position without opening the other side. */
function takeShare({ state, plain, shares }: Runtime, row: number, instrument: number): boolean {
  const quantity = plain.quantity[row]!
  const sleeve = plain.sleeve[row]!
  const share = shares.count
  shares.intent[share] = plain.intent[row]!
  shares.sleeve[share] = sleeve
  shares.wanted[share] = quantity
  shares.crossed[share] = 0
  shares.filled[share] = 0
  shares.reason[share] = plain.reason[row]!
  shares.protection[share] = null
  shares.count = share + 1
  const before = state.books.quantity[sleeve * state.books.width + instrument]!
  return before * quantity < 0 && Math.abs(quantity) <= Math.abs(before)
}

/** Writes the shares from `start` on, all of one side, into the batch as one order of `net` units. */
function send(runtime: Runtime, instrument: number, net: number, start: number, isReducing: boolean): void {
  const { batch, observer } = runtime
  const count = runtime.shares.count - start
  const id = firstOrderId(runtime) + runtime.sequence
  const at = batch.count
  batch.id[at] = id
  batch.instrument[at] = instrument
  batch.quantity[at] = net
  batch.crossed[at] = 0
  batch.type[at] = MARKET
  batch.force[at] = FORCE_CODE.day
  batch.limit[at] = Number.NaN
  batch.stop[at] = Number.NaN
  batch.reducing[at] = isReducing ? 1 : 0
  batch.legs[at] = null
  batch.count = at + 1
  takeRow(runtime, at, start, count)
  if (observer === null) return
  told.id = id
  told.instrument = instrument
  told.type = 'market'
  told.net = net
  told.crossed = 0
  told.start = start
  told.count = count
  announce(runtime, observer)
}

/** An order for several sleeves, in the order in which they are declared. */
function placeTogether(runtime: Runtime, newest: number, instrument: number): void {
  const { plain } = runtime
  let count = 0
  for (let row = newest; row >= 0; row = next[row]!) {
    if (count === rows.length) {
      const wider = new Int32Array(count * 2)
      wider.set(rows)
      rows = wider
    }
    let at = count
    for (; at > 0 && plain.sleeve[rows[at - 1]!]! > plain.sleeve[row]!; at -= 1) rows[at] = rows[at - 1]!
    rows[at] = row
    count += 1
  }
  const start = runtime.shares.count
  const lead = plain.quantity[newest]!
  let isOneSided = true
  let isReducing = true
  let net = 0
  for (let at = 0; at < count; at += 1) {
    const quantity = plain.quantity[rows[at]!]!
    if (quantity * lead <= 0) isOneSided = false
    net += quantity
    if (!takeShare(runtime, rows[at]!, instrument)) isReducing = false
  }
  if (isOneSided && isWholeLots(net, runtime.roundLot[instrument]!)) send(runtime, instrument, net, start, isReducing)
  else place(runtime, AT_MARKET, instrument, start, count)
}
