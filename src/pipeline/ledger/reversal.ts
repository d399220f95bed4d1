/**
 * Reversal: what a booking did to a sleeve is taken back.
 * In:    the booking as it was stored   Out: the books without it, and what that changes in realised profit
 * Keeps: quantity and cash to the last count; realised and open profit together to the rounding of doubles
 */
import { AssertionError } from '../../domain/assert.ts'
import { MAGNITUDE_MAX } from '../../domain/units.ts'
import type { Books } from './books.ts'

/** One sleeve's part of an execution, in plain numbers. */
export interface Booked {
  /** Signed units. */
  readonly quantity: number
  readonly price: number
  /** Signed counts before the fee. */
  readonly cash: number
  readonly fee: number
  /** In the instrument's currency. */
  readonly realised: number
}

/**
 * Takes a booking back as if it had not been. Average cost is linear in what was booked, so that cost and realised profit
 * are those of the books without it wherever nothing was closed since. Where something was, their sum still is, and the
 * cost is kept sensible: a position that turns over, or whose average price would leave the side of the booked one, stands
 * at the booked price from now on, and one that is gone costs nothing; the difference is realised.
 *
 * @returns change of the realised profit, in the instrument's currency
 */
export function postReversal(books: Books, sleeve: number, instrument: number, booked: Booked): number {
  const at = sleeve * books.width + instrument
  const perWhole = books.perWhole[instrument]!
  const multiplier = books.multiplier[instrument]!
  const before = books.quantity[at]!
  const after = before - booked.quantity
  if (!(after <= MAGNITUDE_MAX && after >= -MAGNITUDE_MAX))
    throw new AssertionError(`a position must stay within 2^52 units, was "${after}"`)
  const linear = books.cost[at]! - (booked.quantity / perWhole) * booked.price - booked.realised / multiplier
  const cost = sensibleCost(linear, before, after / perWhole, booked.price)
  const gained = (cost - linear) * multiplier - booked.realised
  books.quantity[at] = after
  books.cost[at] = cost
  books.realised[at] = books.realised[at]! + gained
  postFee(books, sleeve, books.currency[instrument]!, 0 - booked.fee)
  const purse = sleeve * books.currencies + books.currency[instrument]!
  books.cash[purse] = books.cash[purse]! - booked.cash
  return gained
}

/** @param whole shares, contracts or coins that are left */
function sensibleCost(linear: number, before: number, whole: number, price: number): number {
  if (whole === 0) return 0
  const turns = before !== 0 && before > 0 !== whole > 0
  const isOnSide = price === 0 || (linear / whole) * price > 0
  return turns || !isOnSide ? whole * price : linear
}

/** Charges a sleeve a fee by itself; negative gives one back. */
export function postFee(books: Books, sleeve: number, currency: number, fee: number): void {
  const purse = sleeve * books.currencies + currency
  const left = books.cash[purse]! - fee
  if (!(left <= MAGNITUDE_MAX && left >= -MAGNITUDE_MAX))
    throw new AssertionError(`a sleeve's cash must stay within 2^52 counts, was "${left}"`)
  books.cash[purse] = left
  books.fees[purse] = books.fees[purse]! + fee
}
