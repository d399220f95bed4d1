import type { Allocator } from '../../domain/allocation.ts'
import { allocateMoving } from './moving.ts'
import { largestRatio, leastVariance } from './optimise.ts'

/**
 * The largest mean return above the risk-free rate per volatility, within bounds and groups. Where no weights within the
 * bounds earn more than the risk-free rate, or where means are unknown: minimum variance, and `fallback` is 1.
 */
export const maxSharpe: Allocator = {
  name: 'max_sharpe',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) =>
    allocateMoving(input, (part) => {
      const { means } = input
      if (means !== null) {
        const excess = Float64Array.from(part.kept, (index) => means[index]! - input.settings.riskFree)
        const weights = largestRatio(part, input.bounds, excess)
        if (weights !== null) return [weights, {}]
      }
      const weights = leastVariance(part, input.bounds)
      return weights === null ? null : [weights, { fallback: 1 }]
    }),
}
