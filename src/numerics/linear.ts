/**
 * Symmetric matrices, row by row in a Float64Array of size x size.
 *
 * Every sum runs from the first to the last index, so the same matrix gives the same bits everywhere.
 */

/** Product of a square matrix and a vector. */
export function times(matrix: Float64Array, size: number, vector: Float64Array): Float64Array {
  const out = new Float64Array(size)
  for (let row = 0; row < size; row += 1) {
    let total = 0
    for (let column = 0; column < size; column += 1) total += matrix[row * size + column]! * vector[column]!
    out[row] = total
  }
  return out
}

/** Inner product of two vectors. */
export function dot(left: Float64Array, right: Float64Array): number {
  let total = 0
  for (let index = 0; index < left.length; index += 1) total += left[index]! * right[index]!
  return total
}

/** The diagonal of a square matrix. */
export function diagonalOf(matrix: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, index) => matrix[index * size + index]!)
}

/** The rows and columns of a square matrix that `kept` names, in its order. */
export function subMatrix(matrix: Float64Array, size: number, kept: readonly number[]): Float64Array {
  const out = new Float64Array(kept.length * kept.length)
  kept.forEach((from, row) => {
    kept.forEach((column, place) => {
      out[row * kept.length + place] = matrix[from * size + column]!
    })
  })
  return out
}

/** A matrix over another diagonal: entry (i, j) times scale i times scale j. */
export function scaled(matrix: Float64Array, size: number, scale: Float64Array): Float64Array {
  return matrix.map((value, at) => value * scale[Math.floor(at / size)]! * scale[at % size]!)
}

/** The matrix with `amount` added to each entry of its diagonal. */
export function withRidge(matrix: Float64Array, size: number, amount: number): Float64Array {
  const out = Float64Array.from(matrix)
  for (let index = 0; index < size; index += 1) out[index * size + index] = out[index * size + index]! + amount
  return out
}

/**
 * The lower triangle L of L L' = matrix.
 *
 * @returns null for a matrix that is not positive definite: a pivot that is not above `pivotMin`
 */
export function cholesky(matrix: Float64Array, size: number, pivotMin = 0): Float64Array | null {
  const lower = new Float64Array(size * size)
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let total = matrix[row * size + column]!
      for (let inner = 0; inner < column; inner += 1) {
        total -= lower[row * size + inner]! * lower[column * size + inner]!
      }
      if (row !== column) lower[row * size + column] = total / lower[column * size + column]!
      else if (total > pivotMin) lower[row * size + row] = Math.sqrt(total)
      else return null
    }
  }
  return lower
}

/** Solves L L' x = right, with the triangle that `cholesky` gives. */
export function solveCholesky(lower: Float64Array, size: number, right: Float64Array): Float64Array {
  const out = Float64Array.from(right)
  for (let row = 0; row < size; row += 1) {
    let total = out[row]!
    for (let column = 0; column < row; column += 1) total -= lower[row * size + column]! * out[column]!
    out[row] = total / lower[row * size + row]!
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let total = out[row]!
    for (let column = row + 1; column < size; column += 1) total -= lower[column * size + row]! * out[column]!
    out[row] = total / lower[row * size + row]!
  }
  return out
}

export interface Eigen {
  readonly values: Float64Array
  /** Column k belongs to value k. */
  readonly vectors: Float64Array
}

const SWEEPS_MAX = 60

/** Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, in the order of the diagonal. */
export function eigenSymmetric(matrix: Float64Array, size: number): Eigen {
  const work = Float64Array.from(matrix)
  const vectors = new Float64Array(size * size)
  for (let index = 0; index < size; index += 1) vectors[index * size + index] = 1
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep += 1) {
    let off = 0
    let whole = 0
    for (let row = 0; row < size; row += 1) {
      for (let column = 0; column < size; column += 1) {
        const square = work[row * size + column]! * work[row * size + column]!
        whole += square
        if (row !== column) off += square
      }
    }
    if (off <= 1e-32 * whole) break
    for (let row = 0; row < size; row += 1) {
      for (let column = row + 1; column < size; column += 1) rotate(work, vectors, size, row, column)
    }
  }
  return { values: diagonalOf(work, size), vectors }
}

/** One rotation that makes the entry (p, q) zero. */
function rotate(work: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const entry = work[p * size + q]!
  if (entry === 0) return
  const theta = (work[q * size + q]! - work[p * size + p]!) / (2 * entry)
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const cosine = 1 / Math.sqrt(tangent * tangent + 1)
  const sine = tangent * cosine
  for (let index = 0; index < size; index += 1) {
    const left = work[index * size + p]!
    const right = work[index * size + q]!
    work[index * size + p] = cosine * left - sine * right
    work[index * size + q] = sine * left + cosine * right
  }
  for (let index = 0; index < size; index += 1) {
    const left = work[p * size + index]!
    const right = work[q * size + index]!
    work[p * size + index] = cosine * left - sine * right
    work[q * size + index] = sine * left + cosine * right
    const before = vectors[index * size + p]!
    const after = vectors[index * size + q]!
    vectors[index * size + p] = cosine * before - sine * after
    vectors[index * size + q] = sine * before + cosine * after
  }
}

/** The symmetric part of a square matrix. */
export function symmetric(matrix: Float64Array, size: number): Float64Array {
  return matrix.map((value, at) => (value + matrix[(at % size) * size + Math.floor(at / size)]!) / 2)
}

/** Below this fraction of the diagonal a negative eigenvalue is rounding noise. */
const NEGATIVE_NOISE = 1e-10

/**
 * The matrix itself where it is positive semidefinite but for rounding; else the nearest one that is (in the sum of
 * squares): negative eigenvalues count as zero. Only the symmetric part is looked at.
 *
 * @see Higham (1988), "Computing a nearest symmetric positive semidefinite matrix"
 */
export function nearestPositive(matrix: Float64Array, size: number): Float64Array {
  const even = symmetric(matrix, size)
  let largest = 0
  for (let index = 0; index < size; index += 1) largest = Math.max(largest, Math.abs(even[index * size + index]!))
  if (largest === 0) return new Float64Array(size * size)
  if (cholesky(withRidge(even, size, NEGATIVE_NOISE * largest), size) !== null) return even
  const { values, vectors } = eigenSymmetric(even, size)
  const out = new Float64Array(size * size)
  for (let k = 0; k < size; k += 1) {
    const value = values[k]!
    if (!(value > 0)) continue
    for (let row = 0; row < size; row += 1) {
      const part = value * vectors[row * size + k]!
      for (let column = 0; column < size; column += 1) {
        out[row * size + column] = out[row * size + column]! + part * vectors[column * size + k]!
      }
    }
  }
  return out
}
