import type { Allocation, AllocationInput, AllocationMethod, Allocator } from '../../domain/allocation.ts'
import { assert } from '../../domain/assert.ts'
import { boundsProblem, clampToBounds, fitToBounds } from './bounds.ts'
import { equal } from './equal.ts'
import { erc } from './erc.ts'
import { fixed } from './fixed.ts'
import { hierarchicalRiskBudget } from './hierarchical-risk-budget.ts'
import { hrp } from './hrp.ts'
import { inverseVolatility } from './inverse-volatility.ts'
import { kelly } from './kelly.ts'
import { lifecycle } from './lifecycle.ts'
import { maxDiversification } from './max-diversification.ts'
import { maxSharpe } from './max-sharpe.ts'
import { minVariance } from './min-variance.ts'
import { keepNear, shortenMoves } from './moves.ts'
import { allocationOf, equalWeights } from './outcome.ts'
import { returnWeighted } from './return-weighted.ts'
import { riskBudget } from './risk-budget.ts'
import { sharpeWeighted } from './sharpe-weighted.ts'
import { sortinoWeighted } from './sortino-weighted.ts'

/** Every allocator, by its method. */
export const ALLOCATORS: Readonly<Record<AllocationMethod, Allocator>> = {
  fixed,
  equal,
  inverse_volatility: inverseVolatility,
  erc,
  risk_budget: riskBudget,
  hierarchical_risk_budget: hierarchicalRiskBudget,
  hrp,
  min_variance: minVariance,
  max_diversification: maxDiversification,
  max_sharpe: maxSharpe,
  sharpe_weighted: sharpeWeighted,
  sortino_weighted: sortinoWeighted,
  return_weighted: returnWeighted,
  kelly,
  lifecycle,
}

/**
 * Weights by a method, then what holds for every method: equal weights while there are too few periods, bounds and
 * groups, the turnover penalty, and the buffer in which nothing moves.
 *
 * Weights are finite and never below 0. Those that are invested add up to 1, or to all that the bounds allow; those that
 * keep their size to at most `leverageMax`. The rest is cash.
 *
 * @throws AssertionError for bounds that no weights can keep
 */
export function allocate(method: AllocationMethod, input: AllocationInput): Allocation {
  const { names, observations, bounds, previous, settings } = input
  const problem = boundsProblem(bounds, names)
  assert(problem === null, `bounds ${problem}`)
  assert(names.length > 0, 'an allocation needs a sleeve')
  const allocator = ALLOCATORS[method]
  const { keepsSize } = allocator
  const isEarly = observations !== null && observations < allocator.observationsMin
  const raw = isEarly ? allocationOf(equalWeights(names.length), { fallback: 1 }) : allocator.allocate(input)
  const most = method === 'fixed' ? Number.POSITIVE_INFINITY : settings.leverageMax
  let weights = keepsSize ? clampToBounds(raw.weights, bounds, most) : fitToBounds(raw.weights, bounds, 1)
  const diagnostics: Record<string, number> = { ...raw.diagnostics }
  if (previous.length > 0) {
    // stated weights may be levered; those of a method are held to the leverage that is allowed
    const held = method === 'fixed' ? Math.max(1, 1 - allocationOf(weights).cash) : settings.leverageMax
    const move = { previous, bounds, most: keepsSize ? held : null }
    if (settings.turnoverPenalty > 0) {
      weights = shortenMoves({ ...move, target: weights }, settings.turnoverPenalty)
    }
    if (settings.buffer > 0) weights = keepNear({ ...move, target: weights }, settings.buffer)
    let turnover = 0
    for (let index = 0; index < names.length; index += 1) turnover += Math.abs(weights[index]! - previous[index]!)
    diagnostics['turnover'] = turnover / 2
  }
  for (const weight of weights) assert(weight >= 0 && Number.isFinite(weight), `a weight was "${weight}"`)
  return allocationOf(weights, diagnostics)
}
