/**
 * Spread of a window in two passes, oldest value first, measured from the oldest value.
 * Because every difference in a constant window is exactly 0, so is its spread: no rounding noise.
 */

/**
 * Mean of (value - oldest value) over a ring of `period` values that starts at `base`;
 * `oldest` is the slot of the oldest value. Order: oldest to newest, one sum, one division.
 */
export function meanAboveOldest(ring: Float64Array, base: number, period: number, oldest: number): number {
  const origin = ring[base + oldest]!
  let sum = 0
  for (let slot = oldest; slot < period; slot += 1) sum += ring[base + slot]! - origin
  for (let slot = 0; slot < oldest; slot += 1) sum += ring[base + slot]! - origin
  return sum / period
}

/** Sum of squares of (value - oldest value - `mean`), oldest to newest; `mean` as by `meanAboveOldest`. */
export function squaresAround(ring: Float64Array, base: number, period: number, oldest: number, mean: number): number {
  const origin = ring[base + oldest]!
  let squares = 0
  for (let slot = oldest; slot < period; slot += 1) {
    const difference = ring[base + slot]! - origin - mean
    squares += difference * difference
  }
  for (let slot = 0; slot < oldest; slot += 1) {
    const difference = ring[base + slot]! - origin - mean
    squares += difference * difference
  }
  return squares
}
