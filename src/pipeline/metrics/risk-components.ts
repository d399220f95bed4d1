/**
 * How much of a portfolio's risk each part carries. `marginal` is what one more unit of weight adds; `component` is
 * weight times marginal, and components add up to the total: a pie of risk shows components.
 */
import { assert } from '../../domain/assert.ts'
import { partsOfDeviation } from '../../numerics/components.ts'
import { NO_DEVIATION, sampleCovariance, sampleDeviation } from '../../numerics/statistics.ts'

export interface RiskComponents {
  /** NaN below two observations. */
  readonly total: number
  /** NaN where the whole does not move. A part of weight 0 has one. */
  readonly marginal: readonly number[]
  readonly component: readonly number[]
  /** Component over total; negative for a hedge. NaN where the whole does not move. */
  readonly share: readonly number[]
}

/**
 * Components of the deviation of a mix of series of returns per period, from their sample covariances with the mix.
 * Weights may be amounts of money, and of either sign.
 *
 * @param multiple scales all: the root of the periods in a year
 * @see Litterman (1996), "Hot Spots and Hedges"
 */
export function riskComponentsOfSeries(
  columns: readonly Float64Array[],
  weights: readonly number[],
  multiple = 1,
): RiskComponents {
  const whole = mixOf(columns, weights)
  const withWhole = Float64Array.from(columns, (column) => sampleCovariance(column, whole))
  const parts = partsOfDeviation(withWhole, Float64Array.from(weights))
  const none = weights.map(() => Number.NaN)
  if (whole.length < 2) return { total: Number.NaN, marginal: none, component: none, share: none }
  if (parts.deviation < NO_DEVIATION) return { total: 0, marginal: none, component: weights.map(() => 0), share: none }
  const total = parts.deviation * multiple
  // a weight of 0 has the component 0, not its negative
  const component = weights.map((weight, at) => (weight === 0 ? 0 : parts.component[at]! * multiple))
  return {
    total,
    marginal: Array.from(parts.marginal, (value) => value * multiple),
    component,
    share: component.map((value) => value / total),
  }
}

/** Returns of a mix whose weights are set anew every period. */
export function mixOf(columns: readonly Float64Array[], weights: readonly number[]): Float64Array {
  assert(
    columns.length === weights.length,
    `${columns.length} series need as many weights, there are ${weights.length}`,
  )
  const mixed = new Float64Array(columns[0]?.length ?? 0)
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at]!
    for (let row = 0; row < mixed.length; row += 1) mixed[row] = mixed[row]! + weights[at]! * column[row]!
  }
  return mixed
}

/**
 * Deviation of the mix without each part, the others' weights scaled up to 1: what leaving a part out would do. NaN
 * where nothing would be left.
 */
export function deviationWithoutEach(
  columns: readonly Float64Array[],
  weights: readonly number[],
  multiple = 1,
): readonly number[] {
  return columns.map((_, left) => {
    const rest = weights.reduce((sum, weight, at) => (at === left ? sum : sum + weight), 0)
    if (Math.abs(rest) < NO_DEVIATION) return Number.NaN
    const others = weights.map((weight, at) => (at === left ? 0 : weight / rest))
    const deviation = sampleDeviation(mixOf(columns, others))
    return deviation < NO_DEVIATION ? 0 : deviation * multiple
  })
}
