import { assert } from '../../domain/assert.ts'

/** What each part added to a portfolio's return, and where its weight drifted to. */
export interface DriftedPortfolio {
  readonly totalReturn: number
  /** Per part, in units of the capital at the beginning; they add up to `totalReturn`. */
  readonly contributions: Float64Array
  /** After the last period, drifted. */
  readonly finalWeights: Float64Array
  /** Of the portfolio per period: the sum of drifted weights times returns. */
  readonly returns: Float64Array
}

/**
 * Lets a portfolio run from its weights: between rebalancings every part keeps its own gains, so weights drift. What the
 * weights leave is cash without interest; a missing return (NaN) is 0.
 *
 * @param rebalanceEvery periods after which the weights are set anew, at the beginning of a period; null: never
 */
export function driftedPortfolio(
  columns: readonly Float64Array[],
  weights: readonly number[],
  rebalanceEvery: number | null,
): DriftedPortfolio {
  assert(
    columns.length === weights.length,
    `${columns.length} series need as many weights, there are ${weights.length}`,
  )
  const periods = columns[0]?.length ?? 0
  const values = Float64Array.from(weights)
  const contributions = new Float64Array(columns.length)
  const returns = new Float64Array(periods)
  const cashPart = 1 - weights.reduce((sum, weight) => sum + weight, 0)
  let cash = cashPart
  let capital = 1
  for (let period = 0; period < periods; period += 1) {
    if (rebalanceEvery !== null && period > 0 && period % rebalanceEvery === 0) {
      for (let part = 0; part < values.length; part += 1) values[part] = weights[part]! * capital
      cash = cashPart * capital
    }
    const before = capital
    capital = cash
    for (let part = 0; part < values.length; part += 1) {
      const rate = columns[part]![period]!
      const gain = Number.isNaN(rate) ? 0 : values[part]! * rate
      contributions[part] = contributions[part]! + gain
      values[part] = values[part]! + gain
      capital += values[part]!
    }
    returns[period] = capital / before - 1
  }
  return { totalReturn: capital - 1, contributions, finalWeights: values.map((value) => value / capital), returns }
}
