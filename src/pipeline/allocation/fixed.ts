/**
 * Allocation: capital per sleeve.
 * In:    the configured parts   Out: weights and the cash that is left
 * Keeps: weights and cash add up to one; nothing is handed out twice
 */
import { AssertionError } from '../../domain/assert.ts'

export interface Allocation {
  readonly weights: Float64Array
  readonly cash: number
}

/** The configured weights as they are; what they leave is cash. Never renormalised. */
export function fixedAllocation(weights: ArrayLike<number>): Allocation {
  let sum = 0
  const given = Float64Array.from(weights)
  for (const weight of given) {
    if (!(weight >= 0)) throw new AssertionError(`a weight must be at least 0, was "${weight}"`)
    sum += weight
  }
  const cash = 1 - sum
  return { weights: given, cash: Math.abs(cash) < 1e-12 ? 0 : cash }
}
