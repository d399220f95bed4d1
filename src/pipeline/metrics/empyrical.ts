import { log1p, pow } from '../../numerics/elementary.ts'
import {
  correlation,
  leastSquares,
  mean,
  NO_DEVIATION,
  quantileOfSorted,
  sampleDeviation,
  sorted,
} from '../../numerics/statistics.ts'
import { maxDrawdown } from './drawdown.ts'
import { annualReturn, excess, observed, paired } from './returns.ts'
import { downsideDeviation, type Rate } from './risk.ts'

/**
 * Measures under the names and with the conventions of the Python library empyrical: fewer than two periods give no
 * Sharpe or Sortino ratio, a ratio over a risk of zero is infinite, value at risk is a return (negative for a loss).
 */

function ratio(top: number, risk: number): number {
  if (risk >= NO_DEVIATION) return top / risk
  // A mean that is only rounding noise over a risk that is only rounding noise says nothing.
  if (!(Math.abs(top) >= NO_DEVIATION)) return Number.NaN
  return top > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
}

/** Mean excess over its sample deviation, annualised; infinite for a line that rises without moving off it. */
export function sharpeRatio(returns: Float64Array, riskFree: Rate, periods: number): number {
  const over = observed(excess(returns, riskFree))
  return over.length < 2 ? Number.NaN : ratio(mean(over), sampleDeviation(over)) * Math.sqrt(periods)
}

/** Annualised downside deviation below a required return per period. */
export function downsideRisk(returns: Float64Array, required: Rate, periods: number): number {
  return downsideDeviation(returns, required) * Math.sqrt(periods)
}

/** Mean excess over the required return by the downside deviation, annualised; infinite without downside. */
export function sortinoRatio(returns: Float64Array, required: Rate, periods: number): number {
  if (returns.length < 2) return Number.NaN
  const over = observed(excess(returns, required))
  return ratio(mean(over) * periods, downsideRisk(returns, required, periods))
}

/** Annual return over the depth of the maximum drawdown; NaN without a drawdown. */
export function calmarRatio(returns: Float64Array, periods: number): number {
  const depth = maxDrawdown(returns)
  return depth < 0 ? annualReturn(returns, periods) / -depth : Number.NaN
}

/** Gains over losses about a risk-free rate and an annual required return brought to one period by compounding. */
export function omegaRatio(returns: Float64Array, riskFree: Rate, requiredAnnual: number, periods: number): number {
  if (returns.length < 2 || requiredAnnual <= -1) return Number.NaN
  const required = periods === 1 ? requiredAnnual : pow(1 + requiredAnnual, 1 / periods) - 1
  const over = observed(excess(returns, riskFree))
  let gains = 0
  let losses = 0
  for (let index = 0; index < over.length; index += 1) {
    const gap = over[index]! - required
    if (gap > 0) gains += gap
    else losses -= gap
  }
  return losses > 0 ? gains / losses : Number.NaN
}

/** Mean active return over its sample deviation, not annualised. */
export function excessSharpe(returns: Float64Array, factor: Rate): number {
  const active = observed(excess(returns, factor))
  return returns.length < 2 || active.length < 2 ? Number.NaN : ratio(mean(active), sampleDeviation(active))
}

/** Intercept of the regression with the slope given by beta, compounded to a year. */
export function annualAlpha(returns: Float64Array, factor: Float64Array, riskFree: Rate, periods: number): number {
  const [own, other] = paired(excess(returns, riskFree), excess(factor, riskFree))
  const { intercept } = leastSquares(other, own)
  return pow(intercept + 1, periods) - 1
}

/** Slope of the excess returns on the factor's; NaN below two pairs or for a factor that does not move. */
export function factorBeta(returns: Float64Array, factor: Float64Array, riskFree: Rate): number {
  const [own, other] = paired(excess(returns, riskFree), factor)
  return leastSquares(other, own).slope
}

/** Annual return over the factor's annual return. */
export function capture(returns: Float64Array, factor: Float64Array, periods: number): number {
  return annualReturn(returns, periods) / annualReturn(factor, periods)
}

/** The periods in which the factor rose or fell, of both series. */
export function sideOf(
  returns: Float64Array,
  factor: Float64Array,
  side: 'up' | 'down',
): readonly [Float64Array, Float64Array] {
  const keep = (_: number, index: number): boolean => (side === 'up' ? factor[index]! > 0 : factor[index]! < 0)
  return [returns.filter(keep), factor.filter(keep)]
}

/** R squared of a straight line through the cumulative log returns. */
export function stabilityOfTimeseries(returns: Float64Array): number {
  if (returns.length < 2) return Number.NaN
  const present = observed(returns)
  let running = 0
  const path = present.map((value) => {
    running += log1p(value)
    return running
  })
  const straight = correlation(
    path.map((_, index) => index),
    path,
  )
  return straight * straight
}

/** Size of the 95th percentile over the size of the 5th. */
export function tailRatio(returns: Float64Array): number {
  const present = sorted(observed(returns))
  return Math.abs(quantileOfSorted(present, 0.95)) / Math.abs(quantileOfSorted(present, 0.05))
}

/** The quantile of type 7 of the returns, sign kept. */
export function valueAtRisk(returns: Float64Array, cutoff: number): number {
  return quantileOfSorted(sorted(observed(returns)), cutoff)
}

/** Mean of the lowest floor((n - 1) x cutoff) + 1 returns, sign kept. */
export function conditionalValueAtRisk(returns: Float64Array, cutoff: number): number {
  const present = sorted(observed(returns))
  return present.length === 0 ? Number.NaN : mean(present.subarray(0, Math.floor((present.length - 1) * cutoff) + 1))
}

/**
 * Convexity of the returns over the factor's range, from its lowest, middle and highest period; negative is fragile.
 * @see Taleb, Canetti, Kinda, Loukoianova and Schmieder (2012), IMF working paper 12/216
 */
export function betaFragility(returns: Float64Array, factor: Float64Array): number {
  if (returns.length < 3 || factor.length < 3) return Number.NaN
  const [own, other] = paired(returns, factor)
  if (own.length < 3) return Number.NaN
  const order = Array.from(own, (_, index) => index)
  order.sort((left, right) => other[left]! - other[right]! || left - right)
  // Half of an odd count is rounded to the even neighbour.
  const half = Math.floor(own.length / 2)
  const middle = order[own.length % 2 === 0 || half % 2 === 0 ? half : half + 1]!
  const low = order[0]!
  const high = order[order.length - 1]!
  const range = other[high]! - other[low]!
  const lowWeight = range === 0 ? 0.5 : (other[middle]! - other[low]!) / range
  const highWeight = range === 0 ? 0.5 : (other[high]! - other[middle]!) / range
  return lowWeight * own[low]! + highWeight * own[high]! - own[middle]!
}
