import {
  correlation,
  leastSquares,
  leastSquaresPlane,
  mean,
  NO_DEVIATION,
  sampleDeviation,
} from '../../numerics/statistics.ts'
import { annualReturn, paired, totalReturn } from './returns.ts'

/** Measures of returns against a benchmark's; both series are cut to the periods in which both were observed. */
type Side = 'up' | 'down'

/** Slope of the returns on the benchmark's; NaN when the benchmark does not move. */
export function beta(returns: Float64Array, benchmark: Float64Array): number {
  const [y, x] = paired(returns, benchmark)
  return leastSquares(x, y).slope
}

/** Intercept of the returns on the benchmark's, per period. */
export function alphaPerPeriod(returns: Float64Array, benchmark: Float64Array): number {
  const [y, x] = paired(returns, benchmark)
  return leastSquares(x, y).intercept
}

function onSide(returns: Float64Array, benchmark: Float64Array, side: Side): readonly [Float64Array, Float64Array] {
  const [own, other] = paired(returns, benchmark)
  const keep = (_: number, index: number): boolean => (side === 'up' ? other[index]! > 0 : other[index]! < 0)
  return [own.filter(keep), other.filter(keep)]
}

/** Beta over the periods in which the benchmark rose ('up') or fell ('down'). */
export function sideBeta(returns: Float64Array, benchmark: Float64Array, side: Side): number {
  return beta(...onSide(returns, benchmark, side))
}

/** Beta in rising over beta in falling markets. */
export function timingRatio(returns: Float64Array, benchmark: Float64Array): number {
  return sideBeta(returns, benchmark, 'up') / sideBeta(returns, benchmark, 'down')
}

/** Returns less the benchmark's. */
function activeReturns(returns: Float64Array, benchmark: Float64Array): Float64Array {
  const [own, other] = paired(returns, benchmark)
  return own.map((value, index) => value - other[index]!)
}

/** Sample deviation of the active returns, annualised. */
export function trackingError(returns: Float64Array, benchmark: Float64Array, periods: number): number {
  return sampleDeviation(activeReturns(returns, benchmark)) * Math.sqrt(periods)
}

/** Difference of the annual compound returns. */
function activePremium(returns: Float64Array, benchmark: Float64Array, periods: number): number {
  const [own, other] = paired(returns, benchmark)
  return annualReturn(own, periods) - annualReturn(other, periods)
}

function overTrackingError(top: number, error: number): number {
  return error >= NO_DEVIATION ? top / error : Number.NaN
}

/** Difference of annual compound returns over the annual tracking error. */
export function informationRatioGeometric(returns: Float64Array, benchmark: Float64Array, periods: number): number {
  return overTrackingError(activePremium(returns, benchmark, periods), trackingError(returns, benchmark, periods))
}

/** Mean active return times the periods in a year over the annual tracking error. */
export function informationRatioArithmetic(returns: Float64Array, benchmark: Float64Array, periods: number): number {
  const active = activeReturns(returns, benchmark)
  return overTrackingError(mean(active) * periods, trackingError(returns, benchmark, periods))
}

/** Correlation with the benchmark. */
export function correlationTo(returns: Float64Array, benchmark: Float64Array): number {
  const [own, other] = paired(returns, benchmark)
  return correlation(own, other)
}

/** Total return over that of the benchmark, over the periods in which the benchmark rose, or did not rise. */
export function captureRatio(returns: Float64Array, benchmark: Float64Array, side: Side): number {
  const [own, other] = paired(returns, benchmark)
  const keep = (_: number, index: number): boolean => other[index]! > 0 === (side === 'up')
  const bottom = totalReturn(other.filter(keep))
  return bottom === 0 ? Number.NaN : totalReturn(own.filter(keep)) / bottom
}

/** Share of the periods on one side of the benchmark in which the returns had the same sign. */
export function numberRatio(returns: Float64Array, benchmark: Float64Array, side: Side): number {
  const [own] = onSide(returns, benchmark, side)
  return own.filter((value) => (side === 'up' ? value > 0 : value < 0)).length / own.length
}

/** Share of the periods on one side of the benchmark in which the returns beat it. */
export function percentageRatio(returns: Float64Array, benchmark: Float64Array, side: Side): number {
  const [own, other] = onSide(returns, benchmark, side)
  return own.filter((value, index) => value > other[index]!).length / own.length
}

/** Share of all periods in which the returns beat the benchmark. */
export function battingAverage(returns: Float64Array, benchmark: Float64Array): number {
  const active = activeReturns(returns, benchmark)
  return active.filter((value) => value > 0).length / active.length
}

export interface MarketTiming {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
}

/**
 * Market timing by a second regressor: the squared benchmark return (Treynor and Mazuy 1966), or the benchmark's loss
 * where it fell (Henriksson and Merton 1981, the second regressor being the return itself in falling markets).
 * A positive gamma of the first, and a negative one of the second, show timing.
 */
export function marketTiming(
  returns: Float64Array,
  benchmark: Float64Array,
  model: 'treynorMazuy' | 'henrikssonMerton',
): MarketTiming {
  const [own, other] = paired(returns, benchmark)
  const second = other.map((value) => (model === 'treynorMazuy' ? value * value : Math.min(0, value)))
  const fit = own.length < 4 ? null : leastSquaresPlane(other, second, own)
  const [alpha, slope, gamma] = fit ?? [Number.NaN, Number.NaN, Number.NaN]
  return { alpha, beta: slope, gamma }
}
