import type { AllocationInput, Allocator } from '../../domain/allocation.ts'
import { diagonalOf } from '../../numerics/linear.ts'
import { NO_DEVIATION } from '../../numerics/statistics.ts'
import { allocateScores } from './scored.ts'

/**
 * Sharpe ratio of each sleeve per period, with the population's deviation where returns are known; NaN where a sleeve
 * does not move or its mean is unknown.
 */
export function sharpeRatios({ means, covariance, observations, settings }: AllocationInput): Float64Array {
  const sample = observations === null ? 1 : (observations - 1) / observations
  return diagonalOf(covariance.values, covariance.rows).map((variance, index) => {
    const deviation = Math.sqrt(variance * sample)
    if (means === null || !(deviation >= NO_DEVIATION)) return Number.NaN
    return (means[index]! - settings.riskFree) / deviation
  })
}

/** Weights in proportion to the Sharpe ratios that are above 0; floors come from the bounds. */
export const sharpeWeighted: Allocator = {
  name: 'sharpe_weighted',
  observationsMin: 20,
  keepsSize: false,
  allocate: (input) => allocateScores(sharpeRatios(input)),
}
