import { correlation } from '../../numerics/statistics.ts'
import { defined } from './defined.ts'
import { paired } from './returns.ts'

/** Correlations of every pair of columns, each over the rows that both have; null where a column does not move. */
export function correlationMatrix(columns: readonly Float64Array[]): (number | null)[][] {
  return columns.map((left, row) =>
    columns.map((right, column) => {
      const [own, other] = paired(left, right)
      const value = correlation(own, other)
      return row === column && !Number.isNaN(value) ? 1 : defined(value)
    }),
  )
}

/** How much risk the mix takes away, in the three forms in use. */
export interface Diversification {
  /** Weighted volatility over portfolio volatility: at least 1 for weights that are not negative. */
  readonly ratio: number | null
  /** Portfolio volatility over the plain sum of the volatilities. */
  readonly volatilityOverSum: number | null
  /** Portfolio volatility over the weighted volatility: the inverse of the ratio. */
  readonly volatilityOverWeighted: number | null
}

/** Diversification of a portfolio from the volatilities of its parts. @see Choueifaty and Coignard (2008) */
export function diversification(
  volatilities: readonly number[],
  weights: readonly number[],
  portfolioVolatility: number,
): Diversification {
  let plain = 0
  let weighted = 0
  for (let index = 0; index < volatilities.length; index += 1) {
    plain += volatilities[index]!
    weighted += volatilities[index]! * weights[index]!
  }
  return {
    ratio: defined(weighted / portfolioVolatility),
    volatilityOverSum: defined(portfolioVolatility / plain),
    volatilityOverWeighted: defined(portfolioVolatility / weighted),
  }
}
