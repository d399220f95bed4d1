/** One channel's places: how many positions it may hold, and how large each is. */
export interface Places {
  readonly capital: number
  readonly positionsMax: number
  readonly size: number
}

export interface Deployment {
  /** Per channel: most money at work at once. */
  readonly deployed: readonly number[]
  readonly total: number
  /** Of the portfolio's capital. */
  readonly share: number
  readonly positionsMax: number
  /** Per channel: of its own capital. */
  readonly utilisation: readonly number[]
}

/** The most that position counts and sizes let a portfolio put to work: what limits on losses can ever meet. */
export function deployment(places: readonly Places[], capital: number): Deployment {
  const deployed = places.map(({ positionsMax, size }) => positionsMax * size)
  const total = deployed.reduce((sum, amount) => sum + amount, 0)
  return {
    deployed,
    total,
    share: total / capital,
    positionsMax: places.reduce((sum, place) => sum + place.positionsMax, 0),
    utilisation: deployed.map((amount, at) => amount / places[at]!.capital),
  }
}
