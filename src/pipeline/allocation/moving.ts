import type { Allocation, AllocationInput } from '../../domain/allocation.ts'
import { diagonalOf, subMatrix } from '../../numerics/linear.ts'
import { allocationOf, equalWeights } from './outcome.ts'

/** The sleeves whose risk is known, and what they share among themselves. */
export interface MovingPart {
  /** Their places among all sleeves. */
  readonly kept: readonly number[]
  readonly size: number
  /** Their covariance, row by row. */
  readonly covariance: Float64Array
  /** What their weights add up to. */
  readonly total: number
  /** Weights of all sleeves, those of the still ones filled in. */
  readonly others: Float64Array
}

/** A variance this much smaller than the largest one (or this small at all) is rounding: the sleeve does not move. */
const STILL = 1e-12
const NOTHING = 1e-30

/** Whether each sleeve moves at all. */
export function movingSleeves(variances: Float64Array): boolean[] {
  const largest = variances.reduce((most, value) => Math.max(most, value), 0)
  return Array.from(variances, (variance) => variance > NOTHING && variance > STILL * largest)
}

/**
 * Weights by risk. A sleeve that never moves says nothing about its risk: it gets the equal share, held to its bounds,
 * and the others share what is left. When none moves, all are equal.
 *
 * @param weigh weights of the moving part, which add up to its total; null where the method has no answer
 */
export function allocateMoving(
  input: AllocationInput,
  weigh: (part: MovingPart) => readonly [weights: Float64Array, diagnostics: Readonly<Record<string, number>>] | null,
): Allocation {
  const count = input.names.length
  const moves = movingSleeves(diagonalOf(input.covariance.values, count))
  const kept = moves.flatMap((isMoving, index) => (isMoving ? [index] : []))
  const still = count - kept.length
  const equal = (): Allocation => allocationOf(equalWeights(count), { fallback: 1, still })
  if (kept.length === 0) return equal()
  const weights = equalWeights(count)
  let total = 1
  moves.forEach((isMoving, index) => {
    if (isMoving) return
    weights[index] = Math.max(input.bounds.lower[index]!, Math.min(weights[index]!, input.bounds.upper[index]!))
    total -= weights[index]!
  })
  total = Math.max(0, total)
  const covariance = subMatrix(input.covariance.values, count, kept)
  const found = weigh({ kept, size: kept.length, covariance, total, others: weights })
  if (found === null) return equal()
  kept.forEach((index, place) => {
    weights[index] = found[0][place]!
  })
  return allocationOf(weights, still === 0 ? found[1] : { ...found[1], still })
}
