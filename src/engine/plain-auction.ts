/**
 * An auction on the plain lane: the waiting columns become one order per instrument in one pass. Orders of a single
 * sleeve, which cross with nothing, are written straight into the batch; the others are netted as in `activate.ts`.
 */
import { FORCE_CODE, type QuoteColumns, TYPE_CODE } from '../domain/columns.ts'
import { announce, place, readPrices } from './activate.ts'
import { nextOrderId, pushShare, takeRow } from './batch.ts'
import type { Runtime } from './runtime.ts'

let first = new Int32Array(0)
let next = new Int32Array(256)
let touched = new Int32Array(0)
let rows = new Int32Array(16)

/** What an order of one sleeve is netted to: itself. */
const alone = { net: 0, crossed: 0 }
const AT_MARKET = { type: TYPE_CODE.market!, force: FORCE_CODE.day, limit: Number.NaN, stop: Number.NaN }

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
  for (let place = 0; place < count; place += 1) {
    const instrument = touched[place]!
    const row = first[instrument]!
    first[instrument] = -1
    if (next[row]! < 0 && placeAlone(runtime, row, instrument)) continue
    placeTogether(runtime, row, instrument)
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

/** An order for one sleeve. False where a part of it is less than a round lot, which the general way leaves unsent. */
function placeAlone(runtime: Runtime, row: number, instrument: number): boolean {
  const { state, plain, batch } = runtime
  const { books } = state
  const quantity = plain.quantity[row]!
  const size = quantity < 0 ? 0 - quantity : quantity
  const { roundLot } = state.instruments[instrument]!
  if (Math.floor(size / roundLot) * roundLot !== size) return false
  const sleeve = plain.sleeve[row]!
  const start = pushShare(runtime, plain.intent[row]!, sleeve, quantity, plain.reason[row]!, null)
  const before = books.quantity[sleeve * books.width + instrument]!
  const reducing = before > 0 ? quantity < 0 && size <= before : before < 0 && quantity > 0 && size <= 0 - before
  const id = nextOrderId(runtime)
  const { observer } = runtime
  if (observer !== null) {
    alone.net = quantity
    announce(runtime, observer, id, instrument, start, 1, alone, AT_MARKET.type)
  }
  takeRow(runtime, batch.pushAtMarket(id, instrument, quantity, reducing), start, 1)
  return true
}

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
  for (let at = 0; at < count; at += 1) {
    const row = rows[at]!
    pushShare(runtime, plain.intent[row]!, plain.sleeve[row]!, plain.quantity[row]!, plain.reason[row]!, null)
  }
  place(runtime, AT_MARKET, instrument, start, count)
}
