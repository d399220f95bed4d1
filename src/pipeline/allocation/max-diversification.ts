import type { Allocator } from '../../domain/allocation.ts'
import { diagonalOf } from '../../numerics/linear.ts'
import { allocateMoving } from './moving.ts'
import { largestRatio } from './optimise.ts'

/**
 * The largest weighted volatility per portfolio volatility, within bounds and groups.
 *
 * @see Choueifaty and Coignard (2008), "Toward maximum diversification"
 */
export const maxDiversification: Allocator = {
  name: 'max_diversification',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) =>
    allocateMoving(input, (part) => {
      const volatilities = diagonalOf(part.covariance, part.size).map((variance) => Math.sqrt(variance))
      const weights = largestRatio(part, input.bounds, volatilities)
      return weights === null ? null : [weights, {}]
    }),
}
