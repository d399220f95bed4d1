/** Arrays by sleeve that get more rows behind those that they have. */

/** The values, and `empty` behind them. A copy also where nothing is added. */
export function lengthened(values: Float64Array, length: number, empty = 0): Float64Array {
  const next = new Float64Array(length)
  next.set(values)
  if (empty !== 0) next.fill(empty, values.length)
  return next
}

export interface RingShape {
  /** Most days that it holds. */
  readonly capacity: number
  /** Values of a day. */
  readonly columns: number
}

/**
 * A ring of days, day-major, laid out for another number of days and of values. The last days that both can hold stay; where
 * the capacity is another one they are numbered anew, as the first ones.
 *
 * @param days that the ring has taken so far
 * @param to `at`: where a column goes; `empty`: what is in a column that nothing goes to
 */
export function relaidRing(
  ring: Float64Array,
  days: number,
  from: RingShape,
  to: RingShape & { at(column: number): number; readonly empty: number },
): Float64Array {
  const next = new Float64Array(to.capacity * to.columns).fill(to.empty)
  const kept = Math.min(days, from.capacity, to.capacity)
  const isRenumbered = from.capacity !== to.capacity
  for (let index = 0; index < kept; index += 1) {
    const day = days - kept + index
    const slot = isRenumbered ? index : day % to.capacity
    for (let column = 0; column < from.columns; column += 1)
      next[slot * to.columns + to.at(column)] = ring[(day % from.capacity) * from.columns + column]!
  }
  return next
}
