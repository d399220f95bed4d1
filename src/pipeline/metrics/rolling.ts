import { rollingBeta, rollingCorrelation, rollingSharpe, rollingVolatility } from '../../numerics/rolling.ts'

/** Statistics of the moving window that ends at each period; NaN before the first full window and where undefined. */
export interface RollingMeasures {
  readonly sharpe: Float64Array
  readonly vol: Float64Array
  readonly beta: Float64Array
  readonly corr: Float64Array
}

/** Annualised Sharpe ratio and volatility, beta and correlation to the benchmark, over windows of `window` periods. */
export function rollingMeasures(
  returns: Float64Array,
  benchmark: Float64Array,
  window: number,
  periods: number,
): RollingMeasures {
  return {
    sharpe: rollingSharpe(returns, window, periods),
    vol: rollingVolatility(returns, window, periods),
    beta: rollingBeta(returns, benchmark, window),
    corr: rollingCorrelation(returns, benchmark, window),
  }
}

/** Where a rolling series begins and how far it goes; indexes are null for a series that is nowhere defined. */
export interface LaneRange {
  readonly firstDefinedIndex: number | null
  readonly count: number
  readonly sum: number
  readonly max: number
  readonly argmax: number | null
  readonly min: number
  readonly argmin: number | null
}

/** Extent of the defined part of a series; the first index where several are equal. */
export function laneRange(lane: Float64Array): LaneRange {
  let first: number | null = null
  let argmax: number | null = null
  let argmin: number | null = null
  let count = 0
  let sum = 0
  for (let index = 0; index < lane.length; index += 1) {
    const value = lane[index]!
    if (Number.isNaN(value)) continue
    first ??= index
    count += 1
    sum += value
    if (argmax === null || value > lane[argmax]!) argmax = index
    if (argmin === null || value < lane[argmin]!) argmin = index
  }
  return {
    firstDefinedIndex: first,
    count,
    sum,
    max: argmax === null ? Number.NaN : lane[argmax]!,
    argmax,
    min: argmin === null ? Number.NaN : lane[argmin]!,
    argmin,
  }
}
