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

/** What a part of a portfolio was worth: at the beginning, at the end of each period, and the money moved to it. */
export interface PartWealth {
  readonly initial: number
  readonly equity: Float64Array
  /** Net flows booked since the end of the previous period, from outside or from another part. */
  readonly flows: Float64Array
}

/** Contributions of the parts of a portfolio whose capital may move between them. */
export interface Contributions {
  /** Of the portfolio per period. */
  readonly returns: Float64Array
  /** A lane per part: its share of the capital at work in the period, drifted, flows included. */
  readonly weights: readonly Float64Array[]
  /** A lane per part: weight times its return. In every period they add up to the portfolio's return. */
  readonly contributions: readonly Float64Array[]
  /** Per part over all periods, each in units of the wealth before it: they add up to the compounded return. */
  readonly total: readonly number[]
}

/**
 * Contribution to return on drifted weights: in each period the portfolio's time-weighted return is the sum of weight times
 * return over its parts. Periods in which nothing was at work contribute nothing.
 *
 * @see Bacon (2008), "Practical Portfolio Performance Measurement and Attribution", chapter 5
 */
export function contributionsOf(parts: readonly PartWealth[]): Contributions {
  const periods = parts[0]?.equity.length ?? 0
  const returns = new Float64Array(periods)
  const weights = parts.map(() => new Float64Array(periods))
  const contributions = parts.map(() => new Float64Array(periods))
  const total = parts.map(() => 0)
  const last = parts.map(({ initial }) => initial)
  let wealth = 1
  for (let period = 0; period < periods; period += 1) {
    let base = 0
    for (let part = 0; part < parts.length; part += 1) base += last[part]! + parts[part]!.flows[period]!
    let gained = 0
    for (let part = 0; part < parts.length; part += 1) {
      const begun = last[part]! + parts[part]!.flows[period]!
      const value = parts[part]!.equity[period]!
      last[part] = value
      if (!(base > 0)) continue
      weights[part]![period] = begun / base
      const contribution = (value - begun) / base
      contributions[part]![period] = contribution
      total[part] = total[part]! + contribution * wealth
      gained += contribution
    }
    returns[period] = gained
    wealth *= 1 + gained
  }
  return { returns, weights, contributions, total }
}
