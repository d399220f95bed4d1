import { log } from './elementary.ts'
import { regress } from './regression.ts'
import { augmentedDickeyFuller, cointegrationCritical, type SignificanceLevel } from './unit-root.ts'

/** Two series that each wander, and a combination of them that may not. */
export interface Cointegration {
  /** `first` = intercept + ratio x `second` + spread. */
  readonly intercept: number
  readonly ratio: number
  readonly spread: Float64Array
  /** Of the augmented Dickey-Fuller test on the spread, without deterministic terms. */
  readonly statistic: number
  /** Values of each series. */
  readonly observations: number
}

/**
 * The test of Engle and Granger: one series is regressed on the other and a constant, and the residuals, the spread, are
 * tested for a unit root. Which of the two is regressed on which matters: the answer is of this order only.
 *
 * @param first and `second` are lanes of one length, such as logarithms of prices
 * @returns null where there is nothing to test: a constant or exact lane, too few values, one that is not finite
 * @see Engle and Granger (1987), "Co-integration and error correction: representation, estimation, and testing"
 */
export function engleGranger(first: Float64Array, second: Float64Array, lagsMax?: number): Cointegration | null {
  const fit = regress(first, [new Float64Array(first.length).fill(1), second])
  if (fit === null || isNoise(fit.sumOfSquares, first)) return null
  const options = { deterministic: 'none', ...(lagsMax === undefined ? {} : { lagsMax }) } as const
  const test = augmentedDickeyFuller(fit.residuals, options)
  if (test === null) return null
  return {
    intercept: fit.coefficients[0]!,
    ratio: fit.coefficients[1]!,
    spread: fit.residuals,
    statistic: test.statistic,
    observations: first.length,
  }
}

/** Residuals this small beside the lane itself are rounding: the two are one series. */
const ROUNDING = 1e-24

function isNoise(sumOfSquares: number, lane: Float64Array): boolean {
  let total = 0
  for (let row = 0; row < lane.length; row += 1) total += lane[row]! * lane[row]!
  return !(sumOfSquares > ROUNDING * total)
}

/** Whether the spread returns, at this chance of saying so of two series that have nothing to do with each other. */
export function isCointegrated({ statistic, observations }: Cointegration, level: SignificanceLevel): boolean {
  return statistic < cointegrationCritical(level, observations - 1)
}

/**
 * Steps in which half of a distance from the mean is gone, if the series is an Ornstein-Uhlenbeck process seen at even
 * steps: ln 2 / -ln b, where b is the slope of the series on itself one step before.
 *
 * @returns null where it does not return: a slope of one or more, and of a lane that is constant, too short or not finite;
 *   0 where nothing is left after one step (a slope of zero or less)
 * @see Uhlenbeck and Ornstein (1930), "On the theory of the Brownian motion"
 */
export function halfLife(values: Float64Array): number | null {
  if (values.length < 3) return null
  const before = values.subarray(0, -1)
  const fit = regress(values.subarray(1), [new Float64Array(before.length).fill(1), before])
  if (fit === null) return null
  const slope = fit.coefficients[1]!
  if (slope <= 0) return 0
  return slope < 1 ? log(2) / (0 - log(slope)) : null
}
