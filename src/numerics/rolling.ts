import { correlation, leastSquares, mean, NO_DEVIATION, populationDeviation, sampleDeviation } from './statistics.ts'

/**
 * Statistics over a moving window of `window` values. Element t is of the values t - window + 1 .. t; earlier elements,
 * and those where the statistic is undefined, are NaN. Each window is summed afresh, so no error builds up.
 */
function overWindows(values: Float64Array, window: number, statistic: (part: Float64Array) => number): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN)
  for (let end = window; end <= values.length; end += 1) out[end - 1] = statistic(values.subarray(end - window, end))
  return out
}

function overPairs(
  left: Float64Array,
  right: Float64Array,
  window: number,
  statistic: (left: Float64Array, right: Float64Array) => number,
): Float64Array {
  const out = new Float64Array(left.length).fill(Number.NaN)
  for (let end = window; end <= left.length; end += 1) {
    out[end - 1] = statistic(left.subarray(end - window, end), right.subarray(end - window, end))
  }
  return out
}

/** Mean of each window. */
export function rollingMean(values: Float64Array, window: number): Float64Array {
  return overWindows(values, window, mean)
}

/** Sample standard deviation of each window times the root of the periods in a year. */
export function rollingVolatility(returns: Float64Array, window: number, periods: number): Float64Array {
  const root = Math.sqrt(periods)
  return overWindows(returns, window, (part) => sampleDeviation(part) * root)
}

/** Annualised Sharpe ratio of each window; NaN where the window does not move. `riskFree` is per period. */
export function rollingSharpe(returns: Float64Array, window: number, periods: number, riskFree = 0): Float64Array {
  const root = Math.sqrt(periods)
  return overWindows(returns, window, (part) => {
    const deviation = sampleDeviation(part)
    return deviation >= NO_DEVIATION ? ((mean(part) - riskFree) / deviation) * root : Number.NaN
  })
}

/** Slope of each window of returns on the benchmark's. */
export function rollingBeta(returns: Float64Array, benchmark: Float64Array, window: number): Float64Array {
  return overPairs(benchmark, returns, window, (x, y) => leastSquares(x, y).slope)
}

/** Pearson's correlation of each pair of windows. */
export function rollingCorrelation(left: Float64Array, right: Float64Array, window: number): Float64Array {
  return overPairs(left, right, window, correlation)
}

/** Means and population deviations of each window of a lane; NaN before the first and where a window does not move. */
interface Windows {
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

function windowsOf(values: Float64Array, window: number): Windows {
  const deviation = overWindows(values, window, (part) => {
    const own = populationDeviation(part)
    return own >= NO_DEVIATION ? own : Number.NaN
  })
  return { mean: rollingMean(values, window), deviation }
}

/**
 * As `rollingCorrelation`, to the last bit, for many pairs of the same lanes: what only one lane decides is summed once.
 *
 * @returns the correlation of the pair of lanes at two places
 */
export function rollingCorrelations(
  lanes: readonly Float64Array[],
  window: number,
): (left: number, right: number) => Float64Array {
  const windows = lanes.map((lane) => windowsOf(lane, window))
  return (left, right) => {
    const [own, other] = [lanes[left]!, lanes[right]!]
    const [first, second] = [windows[left]!, windows[right]!]
    const out = new Float64Array(own.length).fill(Number.NaN)
    for (let end = window - 1; end < own.length; end += 1) {
      const scale = first.deviation[end]! * second.deviation[end]!
      if (Number.isNaN(scale)) continue
      const [centre, otherCentre] = [first.mean[end]!, second.mean[end]!]
      let products = 0
      for (let at = end - window + 1; at <= end; at += 1) products += (own[at]! - centre) * (other[at]! - otherCentre)
      out[end] = Math.max(-1, Math.min(1, products / window / scale))
    }
    return out
  }
}
