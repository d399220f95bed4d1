import type { Allocation } from '../../domain/allocation.ts'
import { allocationOf, equalWeights } from './outcome.ts'

/**
 * Weights in proportion to scores: one below 0, or undefined, counts as 0. When none is above 0 the weights are equal,
 * and `fallback` is 1.
 */
export function allocateScores(scores: ArrayLike<number>): Allocation {
  const positive = Float64Array.from(scores, (score) => (score > 0 && Number.isFinite(score) ? score : 0))
  let total = 0
  for (const score of positive) total += score
  if (!(total > 0)) return allocationOf(equalWeights(positive.length), { fallback: 1 })
  return allocationOf(positive.map((score) => score / total))
}
