import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawnCovariance } from '../../test/fixtures/drawn-covariance.ts'
import { propertyRuns } from '../../test/profile.ts'
import {
  cholesky,
  diagonalOf,
  dot,
  eigenSymmetric,
  nearestPositive,
  scaled,
  solveCholesky,
  subMatrix,
  times,
} from './linear.ts'

const runs = propertyRuns(60)
const anyMatrix = fc
  .record({ size: fc.integer({ min: 1, max: 25 }), seed: fc.nat({ max: 9999 }) })
  .map(({ size, seed }) => ({ size, matrix: drawnCovariance(size, seed, 0.3) }))

function largestGap(left: Float64Array, right: Float64Array): number {
  return left.reduce((most, value, at) => Math.max(most, Math.abs(value - right[at]!)), 0)
}

describe('the triangle of a positive definite matrix', () => {
  it('multiplies back to it and solves its equations', () => {
    fc.assert(
      fc.property(anyMatrix, ({ size, matrix }) => {
        const lower = cholesky(matrix, size)!
        const back = Float64Array.from({ length: size * size }, (_, at) => {
          const [row, column] = [Math.floor(at / size), at % size]
          return dot(lower.subarray(row * size, row * size + size), lower.subarray(column * size, column * size + size))
        })
        expect(largestGap(back, matrix)).toBeLessThan(1e-13 * size)
        const right = Float64Array.from({ length: size }, (_, index) => index - 2)
        expect(largestGap(times(matrix, size, solveCholesky(lower, size, right)), right)).toBeLessThan(1e-9)
      }),
      runs,
    )
  })
  it('does not exist for any other matrix', () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull()
    expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBeNull()
    expect(cholesky(Float64Array.of(0), 1)).toBeNull()
    expect(cholesky(Float64Array.of(Number.NaN), 1)).toBeNull()
  })
})

describe('eigenvalues', () => {
  it('and their vectors give the matrix back, and the vectors stand at right angles', () => {
    fc.assert(
      fc.property(anyMatrix, ({ size, matrix }) => {
        const { values, vectors } = eigenSymmetric(matrix, size)
        for (let k = 0; k < size; k += 1) {
          const vector = Float64Array.from({ length: size }, (_, row) => vectors[row * size + k]!)
          expect(dot(vector, vector)).toBeCloseTo(1, 12)
          const wanted = vector.map((value) => value * values[k]!)
          expect(largestGap(times(matrix, size, vector), wanted)).toBeLessThan(1e-12 * size)
        }
      }),
      runs,
    )
  })
  it('of a known matrix are known', () => {
    const { values } = eigenSymmetric(Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2), 3)
    const ordered = [...values].sort((left, right) => left - right)
    expect(ordered[0]).toBeCloseTo(2 - Math.SQRT2, 14)
    expect(ordered[1]).toBeCloseTo(2, 14)
    expect(ordered[2]).toBeCloseTo(2 + Math.SQRT2, 14)
  })
})

describe('the nearest positive semidefinite matrix', () => {
  it('is the matrix itself where that is one', () => {
    fc.assert(
      fc.property(anyMatrix, ({ size, matrix }) => {
        expect(largestGap(nearestPositive(matrix, size), matrix)).toBeLessThan(1e-16)
      }),
      runs,
    )
  })
  it('drops eigenvalues below zero and keeps the others', () => {
    // eigenvalues 3 and -1 along (1, 1) and (1, -1): only the first remains
    expect(
      largestGap(nearestPositive(Float64Array.of(1, 2, 2, 1), 2), Float64Array.of(1.5, 1.5, 1.5, 1.5)),
    ).toBeLessThan(1e-14)
    expect([...nearestPositive(Float64Array.of(0, 0, 0, 0), 2)]).toEqual([0, 0, 0, 0])
  })
})

describe('parts of a matrix', () => {
  it('are its diagonal, its chosen rows and columns, and its entries over another scale', () => {
    const matrix = Float64Array.of(1, 2, 3, 2, 4, 5, 3, 5, 6)
    expect([...diagonalOf(matrix, 3)]).toEqual([1, 4, 6])
    expect([...subMatrix(matrix, 3, [2, 0])]).toEqual([6, 3, 3, 1])
    expect([...scaled(matrix, 3, Float64Array.of(1, 2, 0.5))]).toEqual([1, 4, 1.5, 4, 16, 5, 1.5, 5, 1.5])
  })
})
