import type { WeightBounds } from '../../domain/allocation.ts'
import { clampToBounds, fitToBounds, keepsBounds } from './bounds.ts'

/** Where weights are to go, and from where. */
export interface Move {
  readonly target: Float64Array
  readonly previous: Float64Array
  readonly bounds: WeightBounds
  /** What the weights may add up to when a difference of the sums goes to cash; null: the sum of the target is kept. */
  readonly most: number | null
}

function sumOf(weights: Float64Array): number {
  let total = 0
  for (const weight of weights) total += weight
  return total
}

/**
 * Every move shorter by the penalty, none at all where it was shorter than that: the nearest weights (in the sum of
 * squares) when each point moved costs the penalty. For the sake of the sum all moves are shifted by one amount.
 */
export function shortenMoves({ target, previous, bounds, most }: Move, penalty: number): Float64Array {
  const { lower, upper } = bounds
  const at = (shift: number): Float64Array =>
    target.map((wanted, index) => {
      const move = wanted - previous[index]! - shift
      const short = move > penalty ? move - penalty : move < -penalty ? move + penalty : 0
      return Math.max(lower[index]!, Math.min(previous[index]! + short, upper[index]!))
    })
  const unshifted = at(0)
  if (most !== null && sumOf(unshifted) <= most) return clampToBounds(unshifted, bounds, most)
  const total = most ?? sumOf(target)
  let [low, high] = [-4 - penalty, 4 + penalty]
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2
    if (!(middle > low && middle < high)) break
    if (sumOf(at(middle)) > total) low = middle
    else high = middle
  }
  const moved = at(high)
  if (keepsBounds(moved, bounds)) return moved
  return most === null ? fitToBounds(moved, bounds, total) : clampToBounds(moved, bounds, most)
}

/**
 * Weights that would move by no more than the buffer stay where they are; the others share what is left in proportion.
 * Where that cannot be within the bounds, all move.
 */
export function keepNear({ target, previous, bounds, most }: Move, buffer: number): Float64Array {
  const stays = target.map((wanted, index) => {
    const old = previous[index]!
    const isAllowed = old >= bounds.lower[index]! && old <= bounds.upper[index]!
    return isAllowed && Math.abs(wanted - old) <= buffer ? 1 : 0
  })
  const kept = target.map((wanted, index) => (stays[index] === 1 ? previous[index]! : wanted))
  const total = sumOf(target)
  if (most !== null) return sumOf(kept) <= most && keepsBounds(kept, bounds) ? kept : target
  if (stays.every((value) => value === 1)) return Math.abs(sumOf(previous) - total) <= buffer ? kept : target
  const held: WeightBounds = {
    lower: bounds.lower.map((value, index) => (stays[index] === 1 ? previous[index]! : value)),
    upper: bounds.upper.map((value, index) => (stays[index] === 1 ? previous[index]! : value)),
    groups: bounds.groups,
  }
  const fitted = fitToBounds(kept, held, total)
  return keepsBounds(fitted, held) && Math.abs(sumOf(fitted) - total) <= 1e-9 ? fitted : target
}
