import type { Allocator } from '../../domain/allocation.ts'
import { diagonalOf } from '../../numerics/linear.ts'
import { allocateMoving } from './moving.ts'

/**
 * Weights in inverse proportion to volatility: (1/s) / sum(1/s). Boring sleeves get the larger part.
 *
 * @param variances sample variances of the sleeves' returns; one below 1e-12 counts as 1e-12
 * @param out receives weights that add up to 1
 */
export function inverseVolatilityInto(variances: Float64Array, out: Float64Array): void {
  let total = 0
  for (let index = 0; index < variances.length; index += 1) {
    const variance = variances[index]!
    const inverse = 1 / Math.sqrt(variance > 1e-12 ? variance : 1e-12)
    out[index] = inverse
    total += inverse
  }
  for (let index = 0; index < variances.length; index += 1) out[index] = out[index]! / total
}

/** Inverse volatility of the sleeves that move. */
export const inverseVolatility: Allocator = {
  name: 'inverse_volatility',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) =>
    allocateMoving(input, ({ covariance, size, total }) => {
      const variances = diagonalOf(covariance, size)
      const largest = variances.reduce((most, value) => Math.max(most, value), 0)
      const weights = new Float64Array(size)
      // in units of the largest, so that the floor of daily variances does not touch those of other units
      inverseVolatilityInto(
        variances.map((variance) => variance / largest),
        weights,
      )
      return [weights.map((weight) => weight * total), {}]
    }),
}
