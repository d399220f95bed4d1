import { AssertionError } from './assert.ts'
import { countsPerUnit } from './currencies.ts'
import type { Instrument } from './instruments.ts'
import { MAGNITUDE_MAX } from './units.ts'

/** Money counts that one Quantity moves for a price of one. Exactly 1 for shares kept in 1e-6 units and 1e-6 money. */
export function countsPerPrice(instrument: Instrument): number {
  return (instrument.multiplier * countsPerUnit(instrument.currency)) / instrument.unitsPerWhole
}

/**
 * Cash of trading `quantity` at `price`, as a magnitude in money counts: rounded once, half up. The kernel's account and
 * the exchange's own books use this one function, so that they agree to the last count.
 *
 * @throws AssertionError beyond 2^52 counts.
 */
export function tradeCash(quantity: number, price: number, countsPerPriceOfOne: number): number {
  const exact = Math.abs(quantity * price * countsPerPriceOfOne)
  const counts = Math.floor(exact + 0.5)
  if (!(counts <= MAGNITUDE_MAX)) {
    throw new AssertionError(`cash must stay within 2^52 counts, was "${counts}" for "${quantity}" at "${price}"`)
  }
  return counts
}
