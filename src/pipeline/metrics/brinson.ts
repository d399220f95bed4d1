/**
 * Why a portfolio did better or worse than its policy: which segments had more weight than in the policy (allocation),
 * what was done inside each (selection), and both at once (interaction).
 */
import { assert } from '../../domain/assert.ts'
import { expm1, log1p, pow } from '../../numerics/elementary.ts'

/** One period of a portfolio and its policy, segment by segment. Weights at the period's beginning, returns over it. */
export interface BrinsonPeriod {
  readonly portfolioWeights: readonly number[]
  readonly policyWeights: readonly number[]
  readonly portfolioReturns: readonly number[]
  readonly policyReturns: readonly number[]
}

export interface Effects {
  readonly allocation: number
  readonly selection: number
  readonly interaction: number
}

export interface BrinsonAttribution {
  readonly portfolioReturn: number
  readonly policyReturn: number
  readonly active: number
  /** Of Brinson and Fachler: extra weight times what the segment beat the whole policy by. */
  readonly allocation: readonly number[]
  /** Of Brinson, Hood and Beebower: extra weight times the segment's own return. Its sum is the same. */
  readonly allocationOfReturn: readonly number[]
  readonly selection: readonly number[]
  readonly interaction: readonly number[]
  /** Allocation, selection and interaction add up to `active` where both sides' weights have the same sum. */
  readonly total: Effects
}

/**
 * Single-period attribution. A return that is not known (NaN) counts as the other side's where the weight is 0: what was
 * not held selected nothing.
 *
 * @see Brinson, Hood and Beebower (1986), "Determinants of Portfolio Performance"
 * @see Brinson and Fachler (1985), "Measuring Non-US Equity Portfolio Performance"
 */
export function brinson(period: BrinsonPeriod): BrinsonAttribution {
  const { portfolioWeights, policyWeights } = period
  const count = portfolioWeights.length
  for (const lane of [policyWeights, period.portfolioReturns, period.policyReturns])
    assert(lane.length === count, `a period has ${count} segments, but one of its lists has ${lane.length}`)
  const known = (own: number, weight: number, other: number): number =>
    Number.isNaN(own) && weight === 0 ? other : own
  const own = portfolioWeights.map((weight, at) =>
    known(period.portfolioReturns[at]!, weight, period.policyReturns[at]!),
  )
  const policy = policyWeights.map((weight, at) => known(period.policyReturns[at]!, weight, own[at]!))
  const portfolioReturn = weightedSum(portfolioWeights, own)
  const policyReturn = weightedSum(policyWeights, policy)
  const extra = portfolioWeights.map((weight, at) => weight - policyWeights[at]!)
  const allocation = extra.map((weight, at) => weight * (policy[at]! - policyReturn))
  const selection = policyWeights.map((weight, at) => weight * (own[at]! - policy[at]!))
  const interaction = extra.map((weight, at) => weight * (own[at]! - policy[at]!))
  return {
    portfolioReturn,
    policyReturn,
    active: portfolioReturn - policyReturn,
    allocation,
    allocationOfReturn: extra.map((weight, at) => weight * policy[at]!),
    selection,
    interaction,
    total: { allocation: total(allocation), selection: total(selection), interaction: total(interaction) },
  }
}

/** How effects of single periods are scaled so that they add up to the arithmetic excess over all periods. */
export const LINKINGS = ['carino', 'menchero'] as const
export type Linking = (typeof LINKINGS)[number]

export interface LinkedAttribution {
  readonly portfolioReturn: number
  readonly policyReturn: number
  /** Difference of the compounded returns. */
  readonly excess: number
  /** What the portfolio's end value is more than the policy's, as a fraction of the latter. */
  readonly excessGeometric: number
  readonly periods: readonly BrinsonAttribution[]
  /** Per period: what its effects are multiplied by. */
  readonly factors: readonly number[]
  /** They add up to `excess`; plain sums over the periods do not. */
  readonly total: Effects
}

/**
 * Attribution over several periods, linked. Segments must be the same in all of them.
 *
 * @see Carino (1999), "Combining Attribution Effects Over Time"
 * @see Menchero (2000), "An Optimized Approach to Linking Attribution Effects Over Time"
 */
export function linkBrinson(periods: readonly BrinsonPeriod[], linking: Linking): LinkedAttribution {
  const single = periods.map(brinson)
  const portfolioReturn = compounded(single.map((period) => period.portfolioReturn))
  const policyReturn = compounded(single.map((period) => period.policyReturn))
  const factors =
    linking === 'carino'
      ? carinoFactors(single, portfolioReturn, policyReturn)
      : mencheroTerms(single, portfolioReturn, policyReturn).factors
  const linked = (effect: keyof Effects): number =>
    single.reduce((sum, period, at) => sum + factors[at]! * period.total[effect], 0)
  return {
    portfolioReturn,
    policyReturn,
    excess: portfolioReturn - policyReturn,
    excessGeometric: (1 + portfolioReturn) / (1 + policyReturn) - 1,
    periods: single,
    factors,
    total: { allocation: linked('allocation'), selection: linked('selection'), interaction: linked('interaction') },
  }
}

/** The linked effects segment by segment: over all segments they add up to `total`. */
export function linkedSegments({ periods, factors }: LinkedAttribution, segments: number): Effects[] {
  return Array.from({ length: segments }, (_, segment) => {
    const linked = (effect: keyof Effects): number =>
      periods.reduce((sum, period, at) => sum + factors[at]! * period[effect][segment]!, 0)
    return { allocation: linked('allocation'), selection: linked('selection'), interaction: linked('interaction') }
  })
}

function carinoFactors(
  single: readonly BrinsonAttribution[],
  portfolioReturn: number,
  policyReturn: number,
): readonly number[] {
  const whole = logarithmicSlope(portfolioReturn, policyReturn)
  return single.map((period) => logarithmicSlope(period.portfolioReturn, period.policyReturn) / whole)
}

/** (ln(1 + a) - ln(1 + b)) / (a - b), and its limit where both are equal. NaN after a total loss. */
function logarithmicSlope(a: number, b: number): number {
  return a === b ? 1 / (1 + b) : log1p((a - b) / (1 + b)) / (a - b)
}

/** Menchero's scale `a` of all periods, the slope `c` on each period's excess, and the factors a + c (r - b). */
export function mencheroTerms(
  single: readonly Pick<BrinsonAttribution, 'portfolioReturn' | 'policyReturn'>[],
  portfolioReturn: number,
  policyReturn: number,
): { readonly a: number; readonly c: number; readonly factors: readonly number[] } {
  const count = single.length
  const excess = portfolioReturn - policyReturn
  // the difference of the two roots, without losing it where both are nearly equal
  const steps = pow(1 + policyReturn, 1 / count) * expm1(log1p(excess / (1 + policyReturn)) / count)
  const a = steps === 0 ? pow(1 + portfolioReturn, (count - 1) / count) : excess / count / steps
  const gaps = single.map((period) => period.portfolioReturn - period.policyReturn)
  const squares = gaps.reduce((sum, gap) => sum + gap * gap, 0)
  const c = squares > 0 ? (excess - a * total(gaps)) / squares : 0
  return { a, c, factors: gaps.map((gap) => a + c * gap) }
}

function compounded(returns: readonly number[]): number {
  return returns.reduce((wealth, value) => wealth * (1 + value), 1) - 1
}

function weightedSum(weights: readonly number[], values: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * values[at]!, 0)
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
