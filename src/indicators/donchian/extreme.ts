/**
 * The highest value of a ring after `value` came in at `head`; `leaving` was there before and `top` was the highest.
 * Looks through the ring only when the highest value itself leaves.
 */
export function risen(
  ring: Float64Array,
  base: number,
  period: number,
  value: number,
  leaving: number,
  top: number,
): number {
  if (value >= top) return value
  if (leaving !== top) return top
  let highest = value
  for (let slot = base; slot < base + period; slot += 1) if (ring[slot]! > highest) highest = ring[slot]!
  return highest
}

/** The mirror of `risen` for the lowest value. */
export function fallen(
  ring: Float64Array,
  base: number,
  period: number,
  value: number,
  leaving: number,
  floor: number,
): number {
  if (value <= floor) return value
  if (leaving !== floor) return floor
  let lowest = value
  for (let slot = base; slot < base + period; slot += 1) if (ring[slot]! < lowest) lowest = ring[slot]!
  return lowest
}
