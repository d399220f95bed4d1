import { log, log1p, pow } from '../../numerics/elementary.ts'
import { minimise } from '../../numerics/minimise.ts'
import { mean, populationVariance } from '../../numerics/statistics.ts'
import { observed } from './returns.ts'

/**
 * Minus twice the exact Gaussian log-likelihood of a moving average of order 2 without a mean, its innovation variance
 * chosen for the best, less a constant: n log(sigma²) + Σ log v. Infinite where the process cannot be inverted.
 * @see Brockwell and Davis (1991), section 8.6, the innovations algorithm
 */
function movingAverageMisfit(values: Float64Array, first: number, second: number): number {
  if (!(Math.abs(second) < 1 && second + first > -1 && second - first > -1)) return Number.POSITIVE_INFINITY
  const n = values.length
  const own = 1 + first * first + second * second
  const atOne = first + first * second
  const atTwo = second
  // Innovations and their variances of the last two steps, and the last step's first weight.
  let [variance1, variance2, innovation1, innovation2, weight1] = [1, 1, 0, 0, 0]
  let logs = 0
  let squares = 0
  for (let index = 0; index < n; index += 1) {
    const far = index >= 2 ? atTwo / variance2 : 0
    const near = index >= 1 ? (atOne - (index >= 2 ? weight1 * far * variance2 : 0)) / variance1 : 0
    const variance = own - (index >= 1 ? near * near * variance1 : 0) - (index >= 2 ? far * far * variance2 : 0)
    const innovation = values[index]! - near * innovation1 - far * innovation2
    logs += log(variance)
    squares += (innovation * innovation) / variance
    variance2 = variance1
    variance1 = variance
    innovation2 = innovation1
    innovation1 = innovation
    weight1 = near
  }
  return n * log(squares / n) + logs
}

/**
 * How little the returns are smoothed: the sum of squares of the weights of a fitted moving average of order 2, negative
 * weights set to zero and all scaled to a sum of one. 1 is no smoothing, 1/3 the most.
 *
 * @returns NaN below four observations and for a series that does not move.
 * @see Getmansky, Lo and Makarov (2004), "An econometric model of serial correlation and illiquidity"
 */
export function smoothingIndex(returns: Float64Array): number {
  const present = observed(returns)
  if (present.length < 4 || !(populationVariance(present) > 1e-30)) return Number.NaN
  const misfit = (point: readonly number[]): number => movingAverageMisfit(present, point[0]!, point[1]!)
  const found = minimise(misfit, [0.1, 0.05], { point: 1e-9, value: 1e-11, stepsMax: 2_000 })
  const first = Math.max(0, found.at[0]!)
  const second = Math.max(0, found.at[1]!)
  const total = 1 + first + second
  return (1 + first * first + second * second) / (total * total)
}

/** A generalised Pareto tail and what it says about losses; losses are positive. */
export interface ParetoTail {
  readonly threshold: number
  readonly scale: number
  readonly shape: number
  readonly valueAtRisk: number
  readonly expectedShortfall: number
}

function paretoMisfit(losses: Float64Array, scale: number, shape: number): number {
  if (!(scale > 0 && shape >= 0)) return Number.MAX_VALUE
  if (shape === 0) return losses.length * log(scale) + (mean(losses) * losses.length) / scale
  let logs = 0
  for (let index = 0; index < losses.length; index += 1) logs += log1p((shape / scale) * losses[index]!)
  return losses.length * log(scale) + (1 / shape + 1) * logs
}

/**
 * Fits a generalised Pareto distribution to the losses of at least a threshold, which starts at 20 % and is halved until
 * the fitted tail is fat and its value at risk a loss.
 *
 * @param tail the probability of the value at risk, 0.01 for 99 %.
 * @returns null below three periods and where no threshold gives such a fit.
 * @see Gilli and Këllezi (2006), "An Application of Extreme Value Theory for Measuring Risk"
 */
export function paretoTail(returns: Float64Array, tail: number): ParetoTail | null {
  const present = observed(returns)
  if (present.length < 3) return null
  const losses = present.map((value) => -value).filter((value) => value > 0)
  for (let threshold = 0.2; threshold > 1e-9; threshold /= 2) {
    const beyond = losses.filter((value) => value >= threshold)
    if (beyond.length === 0) continue
    const misfit = (point: readonly number[]): number => paretoMisfit(beyond, point[0]!, point[1]!)
    const found = minimise(misfit, [1, 1], { point: 1e-4, value: 1e-4, stepsMax: 400 })
    const [scale, shape] = [found.at[0]!, found.at[1]!]
    if (!found.converged || !(shape > 0)) continue
    const share = (losses.length / beyond.length) * tail
    const valueAtRisk = threshold + (scale / shape) * (pow(share, -shape) - 1)
    if (!(valueAtRisk > 0)) continue
    const expectedShortfall = (valueAtRisk + scale - shape * threshold) / (1 - shape)
    return { threshold, scale, shape, valueAtRisk, expectedShortfall }
  }
  return null
}
