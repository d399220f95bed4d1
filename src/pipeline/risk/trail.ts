export interface Trail {
  /** Best price since entry, this one included. */
  readonly extreme: number
  readonly level: number
  /** The price is at the level or beyond it. */
  readonly hit: boolean
}

/** A trailing stop after one more price: a fraction below the highest since entry, or above the lowest of a short. */
export function stepTrail(extreme: number, price: number, fraction: number, long: boolean): Trail {
  const best = (long ? price > extreme : price < extreme) ? price : extreme
  const level = best * (long ? 1 - fraction : 1 + fraction)
  return { extreme: best, level, hit: long ? price <= level : price >= level }
}
