import { inverseVolatilityInto } from './inverse-volatility.ts'

/**
 * Rolling sums over the sleeves' returns, kept incrementally: 60-bar volatilities for inverse-volatility weights and
 * 90-bar correlations. Order of operations: add the new bar, then subtract the one that leaves.
 */
export interface RollingMoments {
  readonly sleeves: number
  readonly volatilityBars: number
  readonly correlationBars: number
  /** Bars before weights leave equal. */
  readonly observationsMin: number
  count: number
  /** Ring of the last `correlationBars` returns, bar-major. */
  readonly ring: Float64Array
  readonly sum: Float64Array
  readonly sumOfSquares: Float64Array
  readonly longSum: Float64Array
  readonly products: Float64Array
  readonly weights: Float64Array
  readonly correlation: Float64Array
}

export function createRollingMoments(
  sleeves: number,
  windows = { volatility: 60, correlation: 90, minimum: 20 },
): RollingMoments {
  return {
    sleeves,
    volatilityBars: windows.volatility,
    correlationBars: windows.correlation,
    observationsMin: windows.minimum,
    count: 0,
    ring: new Float64Array(windows.correlation * sleeves),
    sum: new Float64Array(sleeves),
    sumOfSquares: new Float64Array(sleeves),
    longSum: new Float64Array(sleeves),
    products: new Float64Array(sleeves * sleeves),
    weights: new Float64Array(sleeves).fill(1 / sleeves),
    correlation: new Float64Array(sleeves * sleeves).fill(Number.NaN),
  }
}

/** Takes one bar of returns; afterwards `weights` and `correlation` hold this bar's values. */
export function advanceMoments(moments: RollingMoments, returns: Float64Array): void {
  const { sleeves, ring, sum, sumOfSquares, longSum, products, volatilityBars, correlationBars } = moments
  const slot = (moments.count % correlationBars) * sleeves
  const leavesVolatility = moments.count >= volatilityBars
  const leavesCorrelation = moments.count >= correlationBars
  const oldVolatility = ((moments.count + correlationBars - volatilityBars) % correlationBars) * sleeves
  for (let i = 0; i < sleeves; i += 1) {
    const value = returns[i]!
    sum[i] = sum[i]! + value
    sumOfSquares[i] = sumOfSquares[i]! + value * value
    longSum[i] = longSum[i]! + value
    if (leavesVolatility) {
      const old = ring[oldVolatility + i]!
      sum[i] = sum[i]! - old
      sumOfSquares[i] = sumOfSquares[i]! - old * old
    }
    if (leavesCorrelation) longSum[i] = longSum[i]! - ring[slot + i]!
    for (let j = 0; j <= i; j += 1) {
      const at = i * sleeves + j
      products[at] = products[at]! + value * returns[j]!
      if (leavesCorrelation) products[at] = products[at]! - ring[slot + i]! * ring[slot + j]!
    }
  }
  for (let i = 0; i < sleeves; i += 1) ring[slot + i] = returns[i]!
  moments.count += 1
  updateWeights(moments)
  updateCorrelation(moments)
}

const variances = new Float64Array(4096)
const deviations = new Float64Array(4096)

function updateWeights(moments: RollingMoments): void {
  const bars = moments.count < moments.volatilityBars ? moments.count : moments.volatilityBars
  if (bars < moments.observationsMin) return
  for (let i = 0; i < moments.sleeves; i += 1) {
    const total = moments.sum[i]!
    variances[i] = (moments.sumOfSquares[i]! - (total * total) / bars) / (bars - 1)
  }
  inverseVolatilityInto(variances.subarray(0, moments.sleeves), moments.weights)
}

function updateCorrelation(moments: RollingMoments): void {
  const { sleeves, longSum, products, correlation } = moments
  const bars = moments.count < moments.correlationBars ? moments.count : moments.correlationBars
  for (let i = 0; i < sleeves; i += 1) {
    const variance = products[i * sleeves + i]! - (longSum[i]! * longSum[i]!) / bars
    deviations[i] = Math.sqrt(variance > 1e-18 ? variance : 1e-18)
  }
  for (let i = 0; i < sleeves; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const covariance = products[i * sleeves + j]! - (longSum[i]! * longSum[j]!) / bars
      const value = covariance / (deviations[i]! * deviations[j]!)
      correlation[i * sleeves + j] = value
      correlation[j * sleeves + i] = value
    }
  }
}
