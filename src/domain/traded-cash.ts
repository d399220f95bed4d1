import { countsPerUnit } from './currencies.ts'
import type { Instrument } from './instruments.ts'
import type { CurrencyCode } from './units.ts'

/** Money counts that one unit of the instrument is worth at a price of one: multiplier x book counts / units per whole. */
export function countsPerPrice(instrument: Instrument, currency: CurrencyCode): number {
  return (instrument.multiplier * countsPerUnit(currency)) / instrument.unitsPerWhole
}

/**
 * Cash of a trade in money counts, as a magnitude: |quantity| x price x scale, rounded half up once. Whoever books the
 * trade puts the sign. Kernel and broker both round here, so that their books agree to the last count.
 *
 * @param scale countsPerPrice of the instrument
 * @example tradedCash(2_500_000, 10.01, 1) // => 25_025_000: 2.5 shares at 10.01
 */
export function tradedCash(quantity: number, price: number, scale: number): number {
  const counts = Math.abs(quantity) * price * scale
  const whole = Math.floor(counts)
  // Twice the rest is exact and floors to 1 from a half on: no branch that half of all trades would take.
  return whole + Math.floor((counts - whole) * 2)
}
