/**
 * Moments, quantiles and straight lines of lanes of numbers.
 *
 * Every reduction runs plainly from the first to the last element, so the same lane always gives the same bits. Too few
 * values for a statistic give NaN.
 */

/** The sum, from the first to the last element; 0 for an empty lane. */
export function sum(values: Float64Array): number {
  let total = 0
  for (let index = 0; index < values.length; index += 1) total += values[index]!
  return total
}

/** The arithmetic mean. */
export function mean(values: Float64Array): number {
  return sum(values) / values.length
}

/** Sum of the whole power `order` of the distances to the mean. */
function centralSum(values: Float64Array, order: 2 | 3 | 4): number {
  const centre = mean(values)
  let total = 0
  for (let index = 0; index < values.length; index += 1) {
    const distance = values[index]! - centre
    const square = distance * distance
    total += order === 2 ? square : order === 3 ? square * distance : square * square
  }
  return total
}

/** Variance with n in the denominator. */
export function populationVariance(values: Float64Array): number {
  return centralSum(values, 2) / values.length
}

/** Variance with n - 1 in the denominator; NaN below two values. */
export function sampleVariance(values: Float64Array): number {
  return values.length < 2 ? Number.NaN : centralSum(values, 2) / (values.length - 1)
}

/** Standard deviation with n in the denominator. */
export function populationDeviation(values: Float64Array): number {
  return Math.sqrt(populationVariance(values))
}

/** Standard deviation with n - 1 in the denominator; NaN below two values. */
export function sampleDeviation(values: Float64Array): number {
  return Math.sqrt(sampleVariance(values))
}

/** Third standardised moment with population moments: (m3 / m2^1.5). */
export function populationSkewness(values: Float64Array): number {
  const variance = populationVariance(values)
  return centralSum(values, 3) / values.length / (variance * Math.sqrt(variance))
}

/** Sample skewness as spreadsheets have it: n / ((n - 1)(n - 2)) times the sum of cubed z-scores with the sample deviation. */
export function sampleSkewness(values: Float64Array): number {
  const n = values.length
  if (n < 3) return Number.NaN
  const variance = sampleVariance(values)
  return ((centralSum(values, 3) / (variance * Math.sqrt(variance))) * n) / ((n - 1) * (n - 2))
}

/** Fourth standardised moment with population moments, not in excess: 3 for a normal distribution. */
export function populationKurtosis(values: Float64Array): number {
  const variance = populationVariance(values)
  return centralSum(values, 4) / values.length / (variance * variance)
}

/** Sample kurtosis n(n+1) / ((n-1)(n-2)(n-3)) times the sum of z-scores to the fourth with the sample deviation. */
export function sampleKurtosis(values: Float64Array): number {
  const n = values.length
  if (n < 4) return Number.NaN
  const variance = sampleVariance(values)
  return ((centralSum(values, 4) / (variance * variance)) * n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3))
}

/** Sample kurtosis less its value for a normal sample, 3(n-1)^2 / ((n-2)(n-3)). */
export function sampleExcessKurtosis(values: Float64Array): number {
  const n = values.length
  return sampleKurtosis(values) - (3 * (n - 1) * (n - 1)) / ((n - 2) * (n - 3))
}

/** Fisher's unbiased excess kurtosis. */
export function fisherKurtosis(values: Float64Array): number {
  const n = values.length
  if (n < 4) return Number.NaN
  const moment = populationKurtosis(values) - (3 * (n - 1)) / (n + 1)
  return ((n + 1) * (n - 1) * moment) / ((n - 2) * (n - 3))
}

/** A sorted copy, smallest first. */
export function sorted(values: Float64Array): Float64Array {
  return Float64Array.from(values).sort((left, right) => left - right)
}

/** The quantile of a lane that is sorted already; see `quantile`. */
export function quantileOfSorted(values: Float64Array, probability: number): number {
  if (values.length === 0) return Number.NaN
  const position = (values.length - 1) * probability
  const below = Math.floor(position)
  const low = values[below]!
  const high = values[Math.min(below + 1, values.length - 1)]!
  return low + (position - below) * (high - low)
}

/**
 * Quantile of type 7, linear between order statistics: position (n - 1) p.
 * @see Hyndman and Fan (1996), "Sample Quantiles in Statistical Packages"
 */
export function quantile(values: Float64Array, probability: number): number {
  return quantileOfSorted(sorted(values), probability)
}

/** Sum of products of the distances to the two means. */
function crossSum(left: Float64Array, right: Float64Array): number {
  const leftMean = mean(left)
  const rightMean = mean(right)
  let total = 0
  for (let index = 0; index < left.length; index += 1) total += (left[index]! - leftMean) * (right[index]! - rightMean)
  return total
}

/** Covariance with n - 1 in the denominator, of two lanes of one length. */
export function sampleCovariance(left: Float64Array, right: Float64Array): number {
  return left.length < 2 ? Number.NaN : crossSum(left, right) / (left.length - 1)
}

/** Covariance with n in the denominator, of two lanes of one length. */
export function populationCovariance(left: Float64Array, right: Float64Array): number {
  return crossSum(left, right) / left.length
}

/** Below this a standard deviation is rounding noise of a constant lane. */
export const NO_DEVIATION = 1e-15

/** Pearson's correlation, held to -1 .. 1; NaN when either lane is constant. */
export function correlation(left: Float64Array, right: Float64Array): number {
  const leftVariance = populationVariance(left)
  const rightVariance = populationVariance(right)
  if (!(Math.sqrt(leftVariance) >= NO_DEVIATION && Math.sqrt(rightVariance) >= NO_DEVIATION)) return Number.NaN
  const value = populationCovariance(left, right) / (Math.sqrt(leftVariance) * Math.sqrt(rightVariance))
  return Math.max(-1, Math.min(1, value))
}

/** Autocorrelation at a lag: the lagged products over the whole lane's sum of squares, both about the one mean. */
export function autocorrelation(values: Float64Array, lag: number): number {
  const centre = mean(values)
  let products = 0
  for (let index = lag; index < values.length; index += 1) {
    products += (values[index]! - centre) * (values[index - lag]! - centre)
  }
  const squares = centralSum(values, 2)
  return squares > 0 ? products / squares : Number.NaN
}

export interface Line {
  readonly slope: number
  readonly intercept: number
}

/** The straight line `y = intercept + slope * x` of least squares; NaN when x is constant. */
export function leastSquares(x: Float64Array, y: Float64Array): Line {
  const spread = populationDeviation(x)
  if (x.length < 2 || !(spread >= NO_DEVIATION)) return { slope: Number.NaN, intercept: Number.NaN }
  const slope = crossSum(x, y) / centralSum(x, 2)
  return { slope, intercept: mean(y) - slope * mean(x) }
}

/** Coefficients (constant first) of `y` on a constant and two regressors by least squares; null when they are collinear. */
export function leastSquaresPlane(
  first: Float64Array,
  second: Float64Array,
  y: Float64Array,
): readonly [constant: number, first: number, second: number] | null {
  const a = crossSum(first, first)
  const b = crossSum(first, second)
  const c = crossSum(second, second)
  const determinant = a * c - b * b
  if (!(determinant > 1e-12 * a * c)) return null
  const p = crossSum(first, y)
  const q = crossSum(second, y)
  const slopeFirst = (c * p - b * q) / determinant
  const slopeSecond = (a * q - b * p) / determinant
  return [mean(y) - slopeFirst * mean(first) - slopeSecond * mean(second), slopeFirst, slopeSecond]
}
