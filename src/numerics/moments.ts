import { NO_DEVIATION } from './statistics.ts'

/** Running sums of the powers of the distances to the mean, up to the fourth. Plain numbers: it may be persisted. */
export interface Moments {
  count: number
  mean: number
  second: number
  third: number
  fourth: number
}

export function startMoments(): Moments {
  return { count: 0, mean: 0, second: 0, third: 0, fourth: 0 }
}

/**
 * Takes one more value without a second pass over the earlier ones.
 * @see Pébay (2008), "Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order Statistical
 *   Moments"
 */
export function takeValue(moments: Moments, value: number): void {
  const before = moments.count
  const count = before + 1
  const distance = value - moments.mean
  const step = distance / count
  const square = step * step
  const term = distance * step * before
  moments.mean += step
  moments.fourth +=
    term * square * (count * count - 3 * count + 3) + 6 * square * moments.second - 4 * step * moments.third
  moments.third += term * step * (count - 2) - 3 * step * moments.second
  moments.second += term
  moments.count = count
}

/** The moments of a whole lane. */
export function momentsOf(values: Float64Array): Moments {
  const moments = startMoments()
  for (let index = 0; index < values.length; index += 1) takeValue(moments, values[index]!)
  return moments
}

/** A Sharpe ratio per period, over the sample deviation, and the shape of the returns behind it. */
export interface SharpeEvidence {
  readonly sharpe: number
  readonly observations: number
  /** Population skewness. */
  readonly skewness: number
  /** Population kurtosis, not in excess: 3 for a normal distribution. */
  readonly kurtosis: number
}

/** What moments of returns say of their Sharpe ratio; NaN of returns that do not move or are fewer than two. */
export function sharpeEvidence({ count, mean, second, third, fourth }: Moments): SharpeEvidence {
  const deviation = count < 2 ? Number.NaN : Math.sqrt(second / (count - 1))
  const moves = deviation >= NO_DEVIATION
  return {
    sharpe: moves ? mean / deviation : Number.NaN,
    observations: count,
    skewness: moves ? (Math.sqrt(count) * third) / (second * Math.sqrt(second)) : Number.NaN,
    kurtosis: moves ? (count * fourth) / (second * second) : Number.NaN,
  }
}
