/** How far a value has gone from `none` to `full`, as a fraction held to 0 .. 1; 0 where it is not known. */
export function degree(value: number, none: number, full: number): number {
  const part = (value - none) / (full - none)
  return part > 0 ? Math.min(1, part) : 0
}

/** Where a close lies in the range of its bar: 0 at the low, 1 at the high; half-way in a bar without a range. */
export function closeLocation(low: number, high: number, close: number): number {
  return high > low ? (close - low) / (high - low) : 0.5
}
