import { type OrderColumns, TYPE_CODE } from '../domain/columns.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import { tradedCash } from '../domain/traded-cash.ts'
import { MAGNITUDE_MAX } from '../domain/units.ts'
import { moveCash, movePosition, TERM, TERMS } from './account.ts'
import { roundedToStep } from './commission.ts'
import type { BarSlot, Desk } from './desk.ts'
import { slotFor } from './trading.ts'

/** Volumes of the row that orders are filled from. */
let volumes = new Float64Array(0)
const NO_ROWS = new Int32Array(0)

/**
 * The fast lane of an auction whose buying power is not judged: market and open orders that fill whole, at plain costs,
 * in one loop over columns without an object per order. Same arithmetic, same fills as `tryOrder`, to the last bit.
 *
 * @returns the first row from `from` on that needs more: another type, a structure, no bar, beyond the volume cap; the
 *   count of orders where none does
 */
export function fillAuction(desk: Desk, orders: OrderColumns, from: number): number {
  const { listings, fills } = desk
  const { account, plain, terms, isShare } = listings
  const counts = countsPerUnit(desk.currency)
  const { positions, marks } = account
  const { type: types, instrument, quantity, id, count } = orders
  let rowOf: Int32Array = NO_ROWS
  let opens: Float64Array = volumes
  // Kept at hand while rows of this lane follow each other.
  let { cash } = account
  let row = from
  for (; row < count; row += 1) {
    const units = quantity[row]!
    if (units === 0) continue
    const index = instrument[row]!
    const type = types[row]!
    const isKnown = index >= 0 && plain[index] === 1 && (type === TYPE_CODE.market || type === TYPE_CODE.open)
    if (!isKnown) break
    let place = index < rowOf.length ? rowOf[index]! : -1
    if (place < 0) {
      const slot = slotFor(desk, index, 'auction')
      if (slot === null) break
      rowOf = slot.rowOf
      opens = slot.bars.open
      place = rowOf[index]!
      readVolumes(slot)
    }
    const size = units < 0 ? -units : units
    const at = index * TERMS
    const reference = opens[place]!
    if (!fillsWhole(terms, at, reference, volumes[place]!, size)) break
    const fraction = terms[at + TERM.slip]!
    const price = fraction === 0 ? reference : reference * (units > 0 ? 1 + fraction : Math.max(0, 1 - fraction))
    const shares = size / terms[at + TERM.perWhole]!
    const charge = terms[at + TERM.feeFraction]! * (shares * price * terms[at + TERM.multiplier]!)
    const fee = charge === 0 ? 0 : roundedToStep(charge, terms[at + TERM.feeStep]!, counts)
    const traded = tradedCash(size, price, terms[at + TERM.scale]!)
    cash = cash - (units > 0 ? traded : -traded) - fee
    const before = positions[index]!
    const after = before + units
    // On one side throughout it stays in the list of what is held.
    if (before * after > 0 && after <= MAGNITUDE_MAX && after >= -MAGNITUDE_MAX) positions[index] = after
    else movePosition(listings, index, units)
    marks[index] = reference
    if (isShare[index] === 1) desk.sharesThisMonth += shares
    desk.execution += 1
    const filled = fills.count
    if (filled === fills.order.length) {
      fills.push(id[row]!, desk.execution, index, units, price, fee)
      continue
    }
    fills.order[filled] = id[row]!
    fills.execution[filled] = desk.execution
    fills.instrument[filled] = index
    fills.quantity[filled] = units
    fills.price[filled] = price
    fills.fee[filled] = fee
    fills.count = filled + 1
  }
  account.cash = cash
  // Judges the cash of the whole moment.
  moveCash(account, 0)
  desk.excess = Number.NaN
  return row
}

/** Whether a bar takes all of an order. Near the cap the slow lane counts whole steps. */
function fillsWhole(terms: Float64Array, at: number, open: number, volume: number, size: number): boolean {
  if (Number.isNaN(open) || volume === 0) return false
  return !(size > terms[at + TERM.volumePart]! * volume * terms[at + TERM.perWhole]! - terms[at + TERM.step]!)
}

/** A row is far apart in memory from the one before: read in order it comes much faster than order by order. */
function readVolumes({ bars: { volume } }: BarSlot): void {
  if (volumes.length < volume.length) volumes = new Float64Array(volume.length)
  volumes.set(volume)
}
