/**
 * How much of a portfolio's risk each part carries. `marginal` is what one more unit of weight adds; `component` is
 * weight times marginal, and components add up to the total: a pie of risk shows components.
 */
import { assert } from '../../domain/assert.ts'
import { NO_DEVIATION, sampleCovariance, sampleDeviation } from '../../numerics/statistics.ts'

export interface RiskComponents {
  readonly total: number
  /** NaN where the whole does not move. A part of weight 0 has one. */
  readonly marginal: readonly number[]
  readonly component: readonly number[]
  /** Component over total; negative for a hedge. NaN where the whole does not move. */
  readonly share: readonly number[]
}

/**
 * Components of the deviation of a mix. Weights may be amounts of money, and of either sign.
 *
 * @param multiple scales all: the root of the periods in a year, or the quantile of a normal value at risk
 * @see Litterman (1996), "Hot Spots and Hedges"
 */
export function riskComponents(
  covariance: readonly (readonly number[])[],
  weights: readonly number[],
  multiple = 1,
): RiskComponents {
  const withWhole = covariance.map((row) => row.reduce((sum, value, at) => sum + value * weights[at]!, 0))
  return componentsOf(withWhole, weights, multiple)
}

/** As `riskComponents`, from series of returns per period and their sample covariances with the mix. */
export function riskComponentsOfSeries(
  columns: readonly Float64Array[],
  weights: readonly number[],
  multiple = 1,
): RiskComponents {
  const whole = mixOf(columns, weights)
  const withWhole = columns.map((column) => sampleCovariance(column, whole))
  return componentsOf(withWhole, weights, multiple)
}

function componentsOf(withWhole: readonly number[], weights: readonly number[], multiple: number): RiskComponents {
  const variance = withWhole.reduce((sum, value, at) => sum + value * weights[at]!, 0)
  const deviation = Math.sqrt(variance > 0 ? variance : 0)
  const still = deviation < NO_DEVIATION
  const marginal = withWhole.map((value) => (still ? Number.NaN : (value / deviation) * multiple))
  const component = weights.map((weight, at) => (still || weight === 0 ? 0 : weight * marginal[at]!))
  const total = still ? 0 : deviation * multiple
  return { total, marginal, component, share: component.map((value) => value / total) }
}

/** Covariances from deviations and correlations. */
export function covarianceOf(
  deviations: readonly number[],
  correlations: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  return correlations.map((row, left) => row.map((value, right) => value * deviations[left]! * deviations[right]!))
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
