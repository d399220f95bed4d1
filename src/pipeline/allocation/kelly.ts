import type { Allocation, AllocationInput, Allocator } from '../../domain/allocation.ts'
import { log } from '../../numerics/elementary.ts'
import { cholesky, diagonalOf, solveCholesky, subMatrix } from '../../numerics/linear.ts'
import { minimiseQuadratic } from '../../numerics/quadratic.ts'
import { movingSleeves } from './moving.ts'
import { conditionsOf } from './optimise.ts'
import { allocationOf } from './outcome.ts'

/**
 * The fraction of capital that a repeated bet deserves: p - q / b. Below 0 the bet has no edge.
 *
 * @param winRate p, 0 to 1
 * @param payoff b: what a winner gains over what a loser loses, above 0
 * @see Kelly (1956), "A new interpretation of information rate"; Thorp (2006)
 */
export function kellyOfBet(winRate: number, payoff: number): number {
  return winRate - (1 - winRate) / payoff
}

/** Expected growth of the logarithm of capital per bet when a fraction below 1 is bet each time. */
export function growthOfBet(winRate: number, payoff: number, fraction: number): number {
  return winRate * log(1 + payoff * fraction) + (1 - winRate) * log(1 - fraction)
}

/** Full Kelly of several sleeves without any bound: the inverse covariance times the means; null where it is singular. */
export function kellyOfMoments(covariance: Float64Array, size: number, excess: Float64Array): Float64Array | null {
  const lower = cholesky(covariance, size)
  return lower === null ? null : solveCholesky(lower, size, excess)
}

/** A fraction of full Kelly for each sleeve as if it were alone: mean over variance; none for a mean below 0. */
export function kellyOfEach(variances: Float64Array, excess: Float64Array, fraction: number): Float64Array {
  return excess.map((mean, index) => (mean > 0 && variances[index]! > 0 ? (fraction * mean) / variances[index]! : 0))
}

/** Weights above the leverage that is allowed are all made smaller; those below keep their size. */
export function heldTo(weights: Float64Array, leverageMax: number): Float64Array {
  let total = 0
  for (const weight of weights) total += weight
  return total > leverageMax ? weights.map((weight) => (weight / total) * leverageMax) : weights
}

/** From trades: each sleeve is a bet of its win rate and payoff. */
function fromTrades({ records, settings }: AllocationInput): Allocation | null {
  const sizes: number[] = []
  for (const { winRate, payoff } of records) {
    if (winRate === null || payoff === null || !(payoff > 0)) return null
    sizes.push(settings.kellyFraction * Math.max(0, kellyOfBet(winRate, payoff)))
  }
  return allocationOf(heldTo(Float64Array.from(sizes), settings.leverageMax), { fromTrades: 1 })
}

/** From returns, all sleeves together: the largest mean less half the variance over the fraction, within the bounds. */
function joint(input: AllocationInput, kept: readonly number[], excess: Float64Array): Float64Array | null {
  const { bounds, settings, names } = input
  const size = kept.length
  const covariance = subMatrix(input.covariance.values, names.length, kept)
  const others = new Float64Array(names.length)
  const { rows, floors } = conditionsOf({ kept, size, covariance, total: settings.leverageMax, others }, bounds)
  // a bound of 1 or more is a bound here, where weights may add up to more than 1
  kept.forEach((index, place) => {
    if (bounds.upper[index]! < 1) return
    const row = new Float64Array(size)
    row[place] = -1
    rows.push(row)
    floors.push(-bounds.upper[index]!)
  })
  const weights = minimiseQuadratic({
    size,
    matrix: covariance.map((value) => value / settings.kellyFraction),
    linear: excess,
    rows: [new Float64Array(size).fill(-1), ...rows],
    floors: [-settings.leverageMax, ...floors],
    equalities: 0,
  })
  return weights === null ? null : weights.map((weight) => (weight < 1e-13 ? 0 : weight))
}

/**
 * Kelly: from the win rate and payoff of trades where every sleeve has them, else from mean returns and covariances. It
 * keeps its size: what it does not use stays cash, and never is a sleeve sold short. A sleeve without history, or one
 * that never moves, has no known edge: it gets nothing.
 *
 * @see MacLean, Thorp and Ziemba (2011), "The Kelly capital growth investment criterion"
 */
export const kelly: Allocator = {
  name: 'kelly',
  observationsMin: 0,
  keepsSize: true,
  allocate(input) {
    const { names, means, observations, settings } = input
    const trades = fromTrades(input)
    if (trades !== null) return trades
    const weights = new Float64Array(names.length)
    const variances = diagonalOf(input.covariance.values, names.length)
    const kept = movingSleeves(variances).flatMap((isMoving, index) => (isMoving ? [index] : []))
    if (means === null || kept.length === 0 || (observations !== null && observations < 2)) {
      return allocationOf(weights, { fallback: 1 })
    }
    const excess = Float64Array.from(kept, (index) => means[index]! - settings.riskFree)
    const own = Float64Array.from(kept, (index) => variances[index]!)
    const found = settings.kelly === 'joint' ? joint(input, kept, excess) : null
    const sizes = found ?? heldTo(kellyOfEach(own, excess, settings.kellyFraction), settings.leverageMax)
    kept.forEach((index, place) => {
      weights[index] = sizes[place]!
    })
    return allocationOf(weights, found === null && settings.kelly === 'joint' ? { fallback: 1 } : {})
  },
}
