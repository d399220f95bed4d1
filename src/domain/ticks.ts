import type { Instrument } from './instruments.ts'

/** A price this near to a tick, as a fraction of it, is that tick: division leaves rounding behind. */
const NEAR = 1e-9

/**
 * A price on the instrument's tick: what leaves for a broker is never finer. `down` and `up` keep the side that the
 * order is safe on: a buyer's limit goes down, a seller's up. Without ticks the price stays as it is; NaN stays NaN.
 *
 * @example toTick(spy, 10.019, 'down') // => 10.01
 */
export function toTick(instrument: Pick<Instrument, 'ticks'>, price: number, direction: 'down' | 'up'): number {
  const { ticks } = instrument
  let tick = 0
  for (const level of ticks) if (price >= level.from) tick = level.tick
  if (tick === 0 || Number.isNaN(price)) return price
  const exact = price / tick
  const count = direction === 'down' ? Math.floor(exact + NEAR) : Math.ceil(exact - NEAR)
  // Ticks such as 0.01 are not exact in binary: dividing by whole ticks per unit gives the nearest double.
  const perUnit = Math.floor(1 / tick + 0.5)
  return Math.abs(perUnit * tick - 1) < NEAR ? count / perUnit : count * tick
}
