import type { Allocator } from '../../domain/allocation.ts'
import { allocateMoving } from './moving.ts'
import { leastVariance } from './optimise.ts'

/** Minimum variance within bounds and groups. @see Markowitz (1952), "Portfolio selection" */
export const minVariance: Allocator = {
  name: 'min_variance',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) =>
    allocateMoving(input, (part) => {
      const weights = leastVariance(part, input.bounds)
      return weights === null ? null : [weights, {}]
    }),
}
