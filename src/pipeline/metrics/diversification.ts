import { correlation, NO_DEVIATION, sampleDeviation } from '../../numerics/statistics.ts'
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

/** How much risk a mix takes away, day by day; NaN before the first full window. */
export interface DiversificationSeries {
  /** The parts' volatilities over the window, weighted as on that day. */
  readonly weighted: Float64Array
  /** Volatility over the window of the mix as weighted on that day. */
  readonly portfolio: Float64Array
  /** The first less the second: what holding the parts together takes away. */
  readonly benefit: Float64Array
}

/**
 * Weighted and portfolio volatility of a moving window, annualised; the weights are those of the window's last row.
 *
 * @param weights a lane per series, as fractions of the portfolio
 */
export function diversificationSeries(
  columns: readonly Float64Array[],
  weights: readonly Float64Array[],
  { window, periods }: { readonly window: number; readonly periods: number },
): DiversificationSeries {
  const rows = columns[0]?.length ?? 0
  const lane = (): Float64Array => new Float64Array(rows).fill(Number.NaN)
  const series = { weighted: lane(), portfolio: lane(), benefit: lane() }
  const root = Math.sqrt(periods)
  const mix = new Float64Array(window)
  for (let end = window; end <= rows; end += 1) {
    mix.fill(0)
    let weighted = 0
    for (let at = 0; at < columns.length; at += 1) {
      const part = columns[at]!.subarray(end - window, end)
      const weight = weights[at]![end - 1]!
      weighted += Math.abs(weight) * deviationOf(part)
      for (let row = 0; row < window; row += 1) mix[row] = mix[row]! + weight * part[row]!
    }
    series.weighted[end - 1] = weighted * root
    series.portfolio[end - 1] = deviationOf(mix) * root
    series.benefit[end - 1] = series.weighted[end - 1]! - series.portfolio[end - 1]!
  }
  return series
}

/** Sample deviation; rounding noise of a lane that does not move is none. */
function deviationOf(values: Float64Array): number {
  const deviation = sampleDeviation(values)
  return deviation < NO_DEVIATION ? 0 : deviation
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
