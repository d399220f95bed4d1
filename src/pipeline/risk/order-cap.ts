const EPSILON = 1e-12

export interface CappedOrder {
  readonly held: number
  readonly asked: number
  readonly price: number
  /** Smallest count that may be traded. */
  readonly step: number
}

/**
 * Units of an order that leave the sleeve's exposure after the trade within `part` of its allocation, in whole steps,
 * signed as asked. What only closes the position passes whole; a turn is cut on its new side.
 */
export function cappedOrder(
  { held, asked, price, step }: CappedOrder,
  { allocated, part }: { readonly allocated: number; readonly part: number },
): number {
  const side = Math.sign(asked)
  const reach = side * held
  const limit = (part * allocated * (1 + EPSILON)) / price
  const room = Math.floor((limit - reach) / step + 1e-9) * step
  const closing = Math.max(0, 0 - reach)
  const passing = Math.min(Math.abs(asked), Math.max(closing, room))
  return passing === 0 ? 0 : side * passing
}
