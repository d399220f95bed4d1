/** One leg at its expiry, per structure; a negative ratio is sold. */
export interface PayoffLeg {
  readonly right: 'call' | 'put'
  readonly strike: number
  readonly ratio: number
}

/** What the legs pay at expiry per share, at a price of the underlying; what was paid or received for them left out. */
export function payoffAt(legs: readonly PayoffLeg[], spot: number): number {
  let sum = 0
  for (const { right, strike, ratio } of legs) {
    const intrinsic = right === 'call' ? spot - strike : strike - spot
    if (intrinsic > 0) sum += ratio * intrinsic
  }
  return sum
}

/** By how much the payoff changes per unit of the underlying above every strike. */
function slopeAbove(legs: readonly PayoffLeg[]): number {
  let slope = 0
  for (const { right, ratio } of legs) if (right === 'call') slope += ratio
  return slope
}

/** Prices at which the payoff can turn, lowest first: zero and the strikes. */
function corners(legs: readonly PayoffLeg[]): readonly number[] {
  return [0, ...new Set(legs.map(({ strike }) => strike))].sort((left, right) => left - right)
}

/** The lowest payoff over all prices of the underlying: at zero, at a strike, or without end above. */
export function lowestPayoff(legs: readonly PayoffLeg[]): number {
  if (slopeAbove(legs) < 0) return Number.NEGATIVE_INFINITY
  return corners(legs).reduce((lowest, spot) => Math.min(lowest, payoffAt(legs, spot)), Number.POSITIVE_INFINITY)
}

export function highestPayoff(legs: readonly PayoffLeg[]): number {
  if (slopeAbove(legs) > 0) return Number.POSITIVE_INFINITY
  return corners(legs).reduce((highest, spot) => Math.max(highest, payoffAt(legs, spot)), Number.NEGATIVE_INFINITY)
}

/** Prices of the underlying at which payoff and premium cancel, lowest first; `credit` is per share, negative a debit. */
export function breakevens(legs: readonly PayoffLeg[], credit: number): readonly number[] {
  const spots = corners(legs)
  const found: number[] = []
  const profitAt = (spot: number): number => payoffAt(legs, spot) + credit
  spots.forEach((spot, place) => {
    const here = profitAt(spot)
    if (here === 0) found.push(spot)
    const next = spots[place + 1]
    const there = next === undefined ? here + slopeAbove(legs) : profitAt(next)
    const width = next === undefined ? 1 : next - spot
    const crossing = spot - (here * width) / (there - here)
    const isWithin = next === undefined ? here * (there - here) < 0 : here * there < 0
    if (isWithin) found.push(crossing)
  })
  return found
}
