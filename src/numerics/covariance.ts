import { assert } from '../domain/assert.ts'

/**
 * Covariance matrices of observations: `observations` holds rows of `size` values, oldest first, all of them finite.
 * Each gives a symmetric matrix row by row.
 */

/** A covariance that was pulled towards a simpler one, and how far (0: not at all, 1: all the way). */
export interface ShrunkCovariance {
  readonly matrix: Float64Array
  readonly shrinkage: number
}

function checked(observations: Float64Array, size: number): number {
  const count = observations.length / size
  assert(Number.isInteger(count) && count >= 2, `a covariance needs two whole rows, had "${count}"`)
  return count
}

/** Mean of each column. */
export function columnMeans(observations: Float64Array, size: number): Float64Array {
  const count = observations.length / size
  const out = new Float64Array(size)
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < size; column += 1) out[column] = out[column]! + observations[row * size + column]!
  }
  return out.map((total) => total / count)
}

function centred(observations: Float64Array, size: number): Float64Array {
  const means = columnMeans(observations, size)
  return observations.map((value, at) => value - means[at % size]!)
}

/** Sum of the products of each pair of columns, each row times its weight. */
function products(rows: Float64Array, size: number, weightOf: (row: number) => number): Float64Array {
  const out = new Float64Array(size * size)
  for (let row = 0; row < rows.length / size; row += 1) {
    const weight = weightOf(row)
    for (let i = 0; i < size; i += 1) {
      const part = weight * rows[row * size + i]!
      for (let j = 0; j <= i; j += 1) out[i * size + j] = out[i * size + j]! + part * rows[row * size + j]!
    }
  }
  for (let i = 0; i < size; i += 1) for (let j = 0; j < i; j += 1) out[j * size + i] = out[i * size + j]!
  return out
}

/** Covariance with n - 1 in the denominator. */
export function sampleCovarianceMatrix(observations: Float64Array, size: number): Float64Array {
  const count = checked(observations, size)
  return products(centred(observations, size), size, () => 1).map((total) => total / (count - 1))
}

/**
 * Covariance in which each row weighs `decay` times the next one; weighted means are taken off, and the sum is corrected
 * for its bias, so that a decay near 1 gives the sample covariance. RiskMetrics (1996) takes 0.94 for days.
 *
 * @param decay above 0 and below 1
 */
export function weightedCovarianceMatrix(observations: Float64Array, size: number, decay: number): Float64Array {
  const count = checked(observations, size)
  assert(decay > 0 && decay < 1, `decay must be between 0 and 1, was "${decay}"`)
  const weights = new Float64Array(count)
  let total = 0
  for (let row = count - 1, weight = 1; row >= 0; row -= 1, weight *= decay) {
    weights[row] = weight
    total += weight
  }
  const means = new Float64Array(size)
  let squares = 0
  for (let row = 0; row < count; row += 1) {
    const weight = weights[row]! / total
    weights[row] = weight
    squares += weight * weight
    for (let column = 0; column < size; column += 1) {
      means[column] = means[column]! + weight * observations[row * size + column]!
    }
  }
  const rows = observations.map((value, at) => value - means[at % size]!)
  return products(rows, size, (row) => weights[row]!).map((value) => value / (1 - squares))
}

/** Population covariance and what the estimators of shrinkage need of it. */
interface Moments {
  readonly count: number
  readonly rows: Float64Array
  readonly matrix: Float64Array
  /** Mean of the diagonal. */
  readonly level: number
  /** Mean of the squared entries. */
  readonly meanSquare: number
}

function momentsOf(observations: Float64Array, size: number): Moments {
  const count = checked(observations, size)
  const rows = centred(observations, size)
  const matrix = products(rows, size, () => 1).map((total) => total / count)
  let level = 0
  let meanSquare = 0
  for (let index = 0; index < size; index += 1) level += matrix[index * size + index]!
  for (let index = 0; index < matrix.length; index += 1) meanSquare += matrix[index]! * matrix[index]!
  return { count, rows, matrix, level: level / size, meanSquare: meanSquare / (size * size) }
}

/** (1 - shrinkage) matrix + shrinkage level I. */
function towardsIdentity({ matrix, level }: Moments, size: number, shrinkage: number): ShrunkCovariance {
  const kept = matrix.map((value, at) => {
    const target = at % (size + 1) === 0 ? level : 0
    return (1 - shrinkage) * value + shrinkage * target
  })
  return { matrix: kept, shrinkage }
}

/** Mean over all pairs of the mean of squared products less the squared mean of products. */
function productVariance({ rows, count, meanSquare }: Moments, size: number): number {
  let squares = 0
  for (let row = 0; row < count; row += 1) {
    let length = 0
    for (let column = 0; column < size; column += 1) {
      length += rows[row * size + column]! * rows[row * size + column]!
    }
    squares += length * length // the sum over all pairs of squared products of this row
  }
  return (squares / (size * size * count) - meanSquare) / count
}

/**
 * Pulls the covariance (divisor n) towards equal variances without correlation, as far as the scatter of its entries
 * asks for.
 *
 * @see Ledoit and Wolf (2004), "A well-conditioned estimator for large-dimensional covariance matrices"
 */
export function ledoitWolf(observations: Float64Array, size: number): ShrunkCovariance {
  const moments = momentsOf(observations, size)
  const distance = moments.meanSquare - (moments.level * moments.level) / size
  const scatter = Math.max(0, Math.min(productVariance(moments, size), distance))
  return towardsIdentity(moments, size, distance > 0 && scatter > 0 ? scatter / distance : 0)
}

/**
 * The same target, with the shrinkage that suits normal observations best.
 *
 * @see Chen, Wiesel, Eldar and Hero (2010), "Shrinkage algorithms for MMSE covariance estimation"
 */
export function oracleApproximating(observations: Float64Array, size: number): ShrunkCovariance {
  const moments = momentsOf(observations, size)
  const { meanSquare, level, count } = moments
  const numerator = meanSquare + level * level
  const denominator = (count + 1) * (meanSquare - (level * level) / size)
  return towardsIdentity(moments, size, denominator > 0 ? Math.min(1, numerator / denominator) : 1)
}

/**
 * Pulls the covariance (divisor n) towards the same variances with one correlation for all pairs. Columns that do not
 * move have no correlation: theirs count as 0.
 *
 * @see Ledoit and Wolf (2004), "Honey, I shrunk the sample covariance matrix"
 */
export function ledoitWolfConstant(observations: Float64Array, size: number): ShrunkCovariance {
  const { rows, matrix, count } = momentsOf(observations, size)
  const deviations = Float64Array.from({ length: size }, (_, index) => Math.sqrt(matrix[index * size + index]!))
  const ratio = (i: number, j: number): number => (deviations[j]! > 0 ? deviations[i]! / deviations[j]! : 0)
  let correlations = 0
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const scale = deviations[i]! * deviations[j]!
      if (scale > 0) correlations += matrix[i * size + j]! / scale
    }
  }
  const common = size > 1 ? correlations / ((size * (size - 1)) / 2) : 0
  const target = matrix.map((value, at) => {
    const [i, j] = [Math.floor(at / size), at % size]
    return i === j ? value : common * (deviations[i]! * deviations[j]!)
  })
  let scatter = 0
  let alignment = 0
  let distance = 0
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      const covariance = matrix[i * size + j]!
      let squares = 0
      let leftThird = 0
      for (let row = 0; row < count; row += 1) {
        const left = rows[row * size + i]!
        const product = left * rows[row * size + j]!
        squares += product * product
        leftThird += (left * left - matrix[i * size + i]!) * (product - covariance)
      }
      const variance = squares / count - covariance * covariance
      scatter += variance
      alignment += i === j ? variance : common * ratio(j, i) * (leftThird / count)
      const apart = target[i * size + j]! - covariance
      distance += apart * apart
    }
  }
  const raw = distance > 0 ? (scatter - alignment) / distance / count : 0
  const shrinkage = Math.max(0, Math.min(1, raw))
  return { matrix: matrix.map((value, at) => shrinkage * target[at]! + (1 - shrinkage) * value), shrinkage }
}
