import { assert, unreachable } from '../domain/assert.ts'
import type { CorporateAction } from '../domain/market.ts'
import { tradedCash } from '../domain/traded-cash.ts'
import type { InstrumentId } from '../domain/units.ts'
import { mulDiv } from '../numerics/exact.ts'
import { type Listings, listedInstrument, moveCashFor, movePosition } from './account.ts'
import { type Desk, say, type WorkingOrder } from './desk.ts'
import { settleOption } from './expiry.ts'
import { chargeBorrow, payFunding } from './financing.ts'
import { slotFor } from './trading.ts'

/**
 * Books an action on the broker's account. All but charges change what an order means: resting orders in the instrument
 * are cancelled, and the answer says so.
 */
export function applyAction(desk: Desk, book: WorkingOrder[], action: CorporateAction): void {
  const { listings } = desk
  const index = listings.indexOf.get(action.instrument)
  assert(index !== undefined, `"${action.instrument}" must be listed before its ${action.kind}`)
  desk.excess = Number.NaN
  if (action.kind === 'funding') {
    payFunding(listings, index, action)
    return
  }
  if (action.kind === 'borrow') {
    chargeBorrow(listings, index, action)
    return
  }
  if (action.kind === 'roll') {
    const from = action.from === null ? undefined : listings.indexOf.get(action.from)
    if (from !== undefined) cancelResting(desk, book, from, 'roll')
    return
  }
  cancelResting(desk, book, index, action.kind)
  switch (action.kind) {
    case 'split':
      split(desk, index, action.numerator, action.denominator, action.priceAfter)
      return
    case 'dividend':
      pay(listings, index, listings.account.positions[index]!, action.amount)
      return
    case 'ended': {
      const held = listings.account.positions[index]!
      pay(listings, index, held, action.price)
      movePosition(listings, index, -held)
      return
    }
    case 'expiry':
      settleOption(listings, index, action.underlyingPrice, action.settlement ?? 'expiry')
      return
    case 'assignment':
      settleOption(listings, index, action.underlyingPrice, 'assignment')
      return
    case 'adjustment':
      for (const { from, to } of action.contracts) adjust(desk, from, to, action.count)
      return
    default:
      unreachable(action)
  }
}

/** Contracts become others of the same value: the price per share follows from count and multiplier. */
function adjust(desk: Desk, from: InstrumentId, to: InstrumentId, count: number): void {
  const { listings } = desk
  const before = listings.indexOf.get(from)
  const after = listings.indexOf.get(to)
  assert(before !== undefined && after !== undefined, `"${from}" and "${to}" must be listed before the adjustment`)
  const held = listings.account.positions[before]!
  if (held === 0) return
  const ratio = listedInstrument(listings, before).multiplier / (count * listedInstrument(listings, after).multiplier)
  listings.account.marks[after] = listings.account.marks[before]! * ratio
  movePosition(listings, before, -held)
  movePosition(listings, after, held * count)
}

function cancelResting(desk: Desk, book: WorkingOrder[], index: number, cause: string): void {
  let kept = 0
  for (const order of book) {
    const concerned = order.legs === null ? order.instrument === index : order.legs.some((leg) => leg.index === index)
    if (concerned) say(desk, order.id, 'cancelled', `cancelled by the ${cause} of its instrument`)
    else {
      book[kept] = order
      kept += 1
    }
  }
  book.length = kept
}

/** Cash per share on a signed holding, in the holder's favour when long; the magnitude is rounded half up once. */
function pay(listings: Listings, index: number, units: number, perShare: number): void {
  const cash = tradedCash(units, perShare, listings.scale[index]!)
  moveCashFor(listings, index, units > 0 ? cash : -cash)
}

/**
 * The account keeps the whole steps of its entitlement, truncated toward zero; the fraction is paid in cash at the
 * price after the split: the one given, else the open of the bar that stands now, else the mark divided by the ratio.
 */
function split(desk: Desk, index: number, numerator: number, denominator: number, priceAfter: number | null): void {
  const { listings } = desk
  const { account } = listings
  const step = listings.step[index]!
  const held = account.positions[index]!
  const mark = (account.marks[index]! * denominator) / numerator
  const kept = mulDiv(held, numerator, denominator * step) * step
  const product = held * numerator
  const whole = Number.isSafeInteger(product)
    ? product - kept * denominator
    : restOf(held, numerator, kept, denominator)
  const fraction = whole / denominator
  account.marks[index] = mark
  if (kept !== held) movePosition(listings, index, kept - held)
  if (fraction === 0) return
  const slot = slotFor(desk, index, 'auction')
  const open = slot === null ? Number.NaN : slot.bars.open[slot.rowOf[index]!]!
  const price = priceAfter ?? (Number.isNaN(open) ? mark : open)
  assert(
    !Number.isNaN(price),
    `"${listedInstrument(listings, index).id}" needs a price after its split for the fraction`,
  )
  pay(listings, index, fraction, price)
}

/** held x numerator - kept x denominator where the products pass 2^53. */
function restOf(held: number, numerator: number, kept: number, denominator: number): number {
  return Number(BigInt(held) * BigInt(numerator) - BigInt(kept) * BigInt(denominator))
}
