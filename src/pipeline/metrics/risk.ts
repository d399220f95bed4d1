import { normalPdf, normalQuantile } from '../../numerics/elementary.ts'
import {
  mean,
  NO_DEVIATION,
  populationDeviation,
  populationKurtosis,
  populationSkewness,
  quantile,
  sampleDeviation,
} from '../../numerics/statistics.ts'
import { cornishFisherQuantile } from './cornish-fisher.ts'
import { maxDrawdown } from './drawdown.ts'
import { annualReturn, excess, observed } from './returns.ts'
import { mixOf } from './risk-components.ts'

/** A fall of less is what rounding leaves of returns that never fell. */
const NO_FALL = 1e-12

/** A rate or threshold per period: one number, or one per period. */
export type Rate = number | Float64Array

/** Sample deviation times the root of the periods in a year; a lane that only holds rounding noise has exactly 0. */
export function volatility(returns: Float64Array, periods: number): number {
  const deviation = sampleDeviation(observed(returns))
  return deviation < NO_DEVIATION ? 0 : deviation * Math.sqrt(periods)
}

/** Mean excess over its deviation, annualised; NaN when the deviation is below 1e-15. @see Sharpe (1994) */
export function sharpe(returns: Float64Array, periods: number, riskFree: Rate = 0): number {
  const over = observed(excess(returns, riskFree))
  const deviation = sampleDeviation(over)
  return deviation >= NO_DEVIATION ? (mean(over) / deviation) * Math.sqrt(periods) : Number.NaN
}

/** The Sharpe ratio with n in the denominator of its deviation. */
export function sharpePopulation(returns: Float64Array, periods: number, riskFree: Rate = 0): number {
  const over = observed(excess(returns, riskFree))
  const deviation = over.length < 2 ? Number.NaN : populationDeviation(over)
  return deviation >= NO_DEVIATION ? (mean(over) / deviation) * Math.sqrt(periods) : Number.NaN
}

/** Mean of the powers of what is missing to the threshold, over all observations: the lower partial moment. */
export function lowerPartialMoment(returns: Float64Array, threshold: Rate, order: 1 | 2 | 3): number {
  const over = observed(excess(returns, threshold))
  let total = 0
  for (let index = 0; index < over.length; index += 1) {
    const gap = Math.max(0, -over[index]!)
    total += order === 1 ? gap : order === 2 ? gap * gap : gap * gap * gap
  }
  return total / over.length
}

/** Mean of the powers of what goes beyond the threshold, over all observations: the upper partial moment. */
export function upperPartialMoment(returns: Float64Array, threshold: Rate, order: 1 | 2): number {
  const over = observed(excess(returns, threshold))
  let total = 0
  for (let index = 0; index < over.length; index += 1) {
    const gap = Math.max(0, over[index]!)
    total += order === 1 ? gap : gap * gap
  }
  return total / over.length
}

/** Downside deviation per period: root of the second lower partial moment, over all n. @see Sortino and Price (1994) */
export function downsideDeviation(returns: Float64Array, mar: Rate): number {
  return Math.sqrt(lowerPartialMoment(returns, mar, 2))
}

/** Mean excess over the minimum acceptable return by the downside deviation, annualised; NaN without downside. */
export function sortino(returns: Float64Array, periods: number, mar: Rate = 0): number {
  const downside = downsideDeviation(returns, mar)
  return downside >= NO_FALL ? (mean(observed(excess(returns, mar))) / downside) * Math.sqrt(periods) : Number.NaN
}

/** Annual return over the depth of the maximum drawdown; NaN without a drawdown. @see Young (1991) */
export function calmar(returns: Float64Array, periods: number): number {
  const depth = -maxDrawdown(returns)
  return depth >= NO_FALL ? annualReturn(returns, periods) / depth : Number.NaN
}

/** Sum of gains over the threshold by the sum of losses under it; NaN without losses. @see Keating and Shadwick (2002) */
export function omega(returns: Float64Array, threshold: Rate = 0): number {
  const losses = lowerPartialMoment(returns, threshold, 1)
  return losses > 0 ? upperPartialMoment(returns, threshold, 1) / losses : Number.NaN
}

/** Historical value at risk as a positive loss: the quantile of type 7 at `tail` (0.05 for 95 %), sign turned. */
export function historicalValueAtRisk(returns: Float64Array, tail: number): number {
  return -quantile(observed(returns), tail)
}

/** Historical expected shortfall as a positive loss: mean of the returns at or (strict) only below the quantile. */
export function historicalShortfall(returns: Float64Array, tail: number, strict = false): number {
  const present = observed(returns)
  const limit = quantile(present, tail)
  return -mean(present.filter((value) => (strict ? value < limit : value <= limit)))
}

export type Deviation = (values: Float64Array) => number

/** Normal value at risk as a positive loss, with the deviation that is given. */
export function gaussianValueAtRisk(
  returns: Float64Array,
  tail: number,
  deviation: Deviation = sampleDeviation,
): number {
  const present = observed(returns)
  return -(mean(present) + normalQuantile(tail) * deviation(present))
}

/** Normal expected shortfall as a positive loss. */
export function gaussianShortfall(returns: Float64Array, tail: number, deviation: Deviation = sampleDeviation): number {
  const present = observed(returns)
  return -mean(present) + (deviation(present) * normalPdf(normalQuantile(tail))) / tail
}

/**
 * Value at risk with the Cornish-Fisher expansion, population skewness and kurtosis, as a positive loss.
 * @see Favre and Galeano (2002), "Mean-Modified Value-at-Risk Optimization with Hedge Funds"
 */
export function cornishFisherValueAtRisk(
  returns: Float64Array,
  tail: number,
  deviation: Deviation = sampleDeviation,
): number {
  const present = observed(returns)
  const shape = {
    skewness: populationSkewness(present),
    excessKurtosis: populationKurtosis(present) - 3,
  }
  return -(mean(present) + cornishFisherQuantile(tail, shape).value * deviation(present))
}

/** Normal value at risk of a fixed mix of series, from their sample covariances, as a positive loss. */
export function portfolioGaussianValueAtRisk(
  columns: readonly Float64Array[],
  weights: readonly number[],
  tail: number,
): number {
  return gaussianValueAtRisk(mixOf(columns, weights), tail)
}
