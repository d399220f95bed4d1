/**
 * Futures drawn from a past: each path is as many periods of returns as asked for, of all series together.
 * In:    returns per period, a column per series, only periods that all have   Out: a source of paths
 * Keeps: what the series did together: rows are drawn whole, shocks are correlated
 */
import { assert } from '../../domain/assert.ts'
import { columnMeans, sampleCovarianceMatrix } from '../../numerics/covariance.ts'
import { eigenSymmetric } from '../../numerics/linear.ts'
import type { Random } from '../../numerics/random.ts'
import { fisherKurtosis } from '../../numerics/statistics.ts'

/** Fills one path: `out` has a column per series, as long as the horizon. */
export interface PathSource {
  draw(out: readonly Float64Array[]): void
}

/**
 * Blocks of rows that followed each other; after the last row comes the first.
 *
 * @param block rows that stay together, so that calm and wild stretches survive
 * @see Politis and Romano (1992), "A Circular Block-Resampling Procedure for Stationary Data"
 */
export function blockPaths(columns: readonly Float64Array[], block: number, random: Random): PathSource {
  const count = columns[0]!.length
  assert(count > 0, 'paths need a past to be drawn from')
  assert(Number.isInteger(block) && block >= 1, `a block must be at least one row long, was "${block}"`)
  return {
    draw(out) {
      const horizon = out[0]!.length
      for (let at = 0; at < horizon; at += block) {
        const from = random.integer(0, count - 1)
        const end = Math.min(block, horizon - at)
        for (let step = 0; step < end; step += 1) {
          const row = (from + step) % count
          for (let column = 0; column < columns.length; column += 1) out[column]![at + step] = columns[column]![row]!
        }
      }
    },
  }
}

/** Tails of a normal distribution, as far as anyone can tell them apart. */
const DEGREES_MAX = 100
/** Below this the fourth moment, which the degrees are fitted by, would not exist. */
const DEGREES_MIN = 4.1

/**
 * Degrees of freedom that give a Student t the excess kurtosis of the series, the median over them: 4 + 6 / excess.
 * Without excess the tails are taken as normal.
 */
export function tailDegrees(columns: readonly Float64Array[]): number {
  const fitted = columns
    .map((column) => fisherKurtosis(column))
    .map((excess) => (excess > 0 ? Math.max(DEGREES_MIN, 4 + 6 / excess) : DEGREES_MAX))
    .map((degrees) => Math.min(DEGREES_MAX, degrees))
    .sort((left, right) => left - right)
  return fitted[(fitted.length - 1) >> 1]!
}

/**
 * A multivariate Student t with the means and covariances of the past: each period independent of the one before, one
 * draw of the mixing variable for all series, so that bad days come together.
 *
 * @param degrees of freedom; above 4
 */
export function studentPaths(columns: readonly Float64Array[], degrees: number, random: Random): PathSource {
  const size = columns.length
  const rows = columns[0]!.length
  assert(rows >= 2, `a distribution needs two periods to be fitted to, had "${rows}"`)
  const values = new Float64Array(rows * size)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < size; column += 1) values[row * size + column] = columns[column]![row]!
  }
  const means = columnMeans(values, size)
  const root = symmetricRoot(sampleCovarianceMatrix(values, size), size)
  const normals = new Float64Array(size)
  return {
    draw(out) {
      const horizon = out[0]!.length
      for (let step = 0; step < horizon; step += 1) {
        // Scaled to the variance of the past: a t has degrees / (degrees - 2).
        const mixing = Math.sqrt((degrees - 2) / (2 * random.gamma(degrees / 2)))
        for (let column = 0; column < size; column += 1) normals[column] = random.normal() * mixing
        for (let column = 0; column < size; column += 1) {
          let shock = means[column]!
          for (let other = 0; other < size; other += 1) shock += root[column * size + other]! * normals[other]!
          out[column]![step] = shock
        }
      }
    },
  }
}

/** A matrix whose product with its transpose is the covariance, also where that is singular, as a sum of sleeves makes it. */
function symmetricRoot(covariance: Float64Array, size: number): Float64Array {
  const { values, vectors } = eigenSymmetric(covariance, size)
  const root = new Float64Array(size * size)
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      root[row * size + column] = vectors[row * size + column]! * Math.sqrt(Math.max(0, values[column]!))
    }
  }
  return root
}
