/** How much of a book stands in few places. */
export interface Concentration {
  /** The largest exposure, and the five largest together, as fractions of equity. */
  readonly largest: number
  readonly topFive: number
  /** Sum of the squared shares of all exposures: 1 for a single one, 1/n for n equal ones. */
  readonly herfindahl: number
  /** How many equal exposures would be as concentrated. */
  readonly effectiveCount: number
}

const TOP = 5

/**
 * Concentration of absolute exposures; of none it is 0, and 0 of them would be as concentrated.
 * @see Hirschman (1964), "The Paternity of an Index"
 */
export function concentration(exposures: readonly number[], equity: number): Concentration {
  const sizes = exposures.map(Math.abs).sort((left, right) => right - left)
  const gross = sizes.reduce((sum, size) => sum + size, 0)
  const top = sizes.slice(0, TOP).reduce((sum, size) => sum + size, 0)
  const herfindahl = gross > 0 ? sizes.reduce((sum, size) => sum + (size / gross) * (size / gross), 0) : 0
  return {
    largest: (sizes[0] ?? 0) / equity,
    topFive: top / equity,
    herfindahl,
    effectiveCount: herfindahl > 0 ? 1 / herfindahl : 0,
  }
}
