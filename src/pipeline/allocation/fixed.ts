/**
 * Allocation: capital per sleeve.
 * In:    the configured parts, what is known of the sleeves   Out: weights and the cash that is left
 * Keeps: weights and cash add up to one; nothing is handed out twice
 */
import type { Allocation, Allocator } from '../../domain/allocation.ts'
import { AssertionError } from '../../domain/assert.ts'
import { allocationOf } from './outcome.ts'

/** The configured weights as they are; what they leave is cash. Never renormalised. */
export function fixedAllocation(weights: ArrayLike<number>): Allocation {
  const given = Float64Array.from(weights)
  for (const weight of given) {
    if (!(weight >= 0)) throw new AssertionError(`a weight must be at least 0, was "${weight}"`)
  }
  return allocationOf(given)
}

/** The configured weights; a sleeve without one gets nothing. */
export const fixed: Allocator = {
  name: 'fixed',
  observationsMin: 0,
  keepsSize: true,
  allocate: ({ records }) => fixedAllocation(records.map(({ weight }) => weight ?? 0)),
}
