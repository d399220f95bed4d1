import { type OrderColumns, TYPE_CODE } from '../domain/columns.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import { MAGNITUDE_MAX } from '../domain/units.ts'
import { moveCash, movePosition } from './account.ts'
import { roundedToStep } from './commission.ts'
import type { BarSlot, Desk } from './desk.ts'
import { slotFor } from './trading.ts'

/**
 * The fast lane of an auction whose buying power is not judged: market and open orders that fill whole, at plain costs,
 * in one loop over columns without an object per order. Same arithmetic, same fills as `tryOrder`, to the last bit.
 *
 * @param slow takes every row that needs more: another type, a structure, no bar, beyond the volume cap
 */
export function fillAuction(desk: Desk, orders: OrderColumns, slow: (row: number) => void): void {
  const { listings, fills } = desk
  const { account, plain, scale, perWhole, isShare, costs, heldAt } = listings
  const counts = countsPerUnit(desk.currency)
  const { positions, marks } = account
  let slot: BarSlot | null = null
  for (let row = 0; row < orders.count; row += 1) {
    const units = orders.quantity[row]!
    if (units === 0) continue
    const index = orders.instrument[row]!
    const type = orders.type[row]!
    if ((type !== TYPE_CODE.market && type !== TYPE_CODE.open) || index < 0 || plain[index] !== 1) {
      slow(row)
      continue
    }
    if (slot === null || !(slot.rowOf[index]! >= 0)) slot = slotFor(desk, index, 'auction')
    const column = slot === null ? -1 : slot.rowOf[index]!
    const reference = slot === null ? Number.NaN : slot.bars.open[column]!
    const volume = slot === null ? Number.NaN : slot.bars.volume[column]!
    const { commission, slippage, participationMax } = costs[index]!
    const size = units < 0 ? -units : units
    const beyond =
      participationMax !== null && size > participationMax * volume * perWhole[index]! - listings.step[index]!
    // Near the cap the slow lane counts whole steps.
    if (Number.isNaN(reference) || volume === 0 || beyond) {
      slow(row)
      continue
    }
    const fraction =
      slippage.kind === 'bps' ? slippage.bps / 10_000 : slippage.kind === 'spread' ? slippage.fraction : 0
    const factor = units > 0 ? 1 + fraction : Math.max(0, 1 - fraction)
    const price = fraction === 0 ? reference : reference * factor
    const shares = size / perWhole[index]!
    const charge = (commission.bps / 10_000) * (shares * price * listings.multiplier[index]!)
    const fee = charge === 0 ? 0 : roundedToStep(charge, commission.step, counts)
    const exact = size * price * scale[index]!
    const whole = Math.floor(exact)
    const traded = exact - whole >= 0.5 ? whole + 1 : whole
    const cash = account.cash - (units > 0 ? traded : -traded) - fee
    const after = positions[index]! + units
    const kept = after !== 0 && heldAt[index]! >= 0 && after <= MAGNITUDE_MAX && after >= -MAGNITUDE_MAX
    if (kept) positions[index] = after
    else movePosition(listings, index, units)
    account.cash = cash
    marks[index] = reference
    if (isShare[index] === 1) desk.sharesThisMonth += shares
    desk.execution += 1
    const filled = fills.count
    if (filled === fills.order.length) {
      fills.push(orders.id[row]!, desk.execution, index, units, price, fee)
      continue
    }
    fills.order[filled] = orders.id[row]!
    fills.execution[filled] = desk.execution
    fills.instrument[filled] = index
    fills.quantity[filled] = units
    fills.price[filled] = price
    fills.fee[filled] = fee
    fills.count = filled + 1
  }
  // Judges the cash of the whole moment.
  moveCash(account, 0)
  desk.excess = Number.NaN
}
