/** A position that may carry a part of its sleeve's risk. */
export interface RiskUnit {
  readonly name: string
  /** At least 0; only the proportion to the others counts. */
  readonly share: number
  /** In the unit of the risk that is shared out, such as of a year. */
  readonly volatility: number
}

/**
 * Exposures that give every position its share of a sleeve's risk: share x risk / volatility. Shares of risk are added
 * up plainly, as if all positions moved together, so that together they never run more than the sleeve may. One without
 * volatility has no unit of risk: it gets none.
 *
 * @param risk weight of the sleeve times its volatility, as a fraction of the portfolio
 * @returns exposures as fractions of the portfolio, in the order of the positions
 */
export function exposuresOf(risk: number, positions: readonly RiskUnit[]): Float64Array {
  let whole = 0
  for (const { share, volatility } of positions) if (volatility > 0) whole += share
  return Float64Array.from(positions, ({ share, volatility }) =>
    whole > 0 && volatility > 0 ? ((share / whole) * risk) / volatility : 0,
  )
}
