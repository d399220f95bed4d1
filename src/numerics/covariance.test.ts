import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../test/profile.ts'
import {
  columnMeans,
  ledoitWolf,
  ledoitWolfConstant,
  oracleApproximating,
  sampleCovarianceMatrix,
  weightedCovarianceMatrix,
} from './covariance.ts'
import { cholesky, withRidge } from './linear.ts'
import { createRandom } from './random.ts'
import { sampleCovariance } from './statistics.ts'

const runs = propertyRuns(60)

function observations(rows: number, size: number, seed: number): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length: rows * size }, (_, at) => random.normal() * 0.01 * (1 + (at % size)))
}

const anySample = fc
  .record({ rows: fc.integer({ min: 2, max: 40 }), size: fc.integer({ min: 1, max: 12 }), seed: fc.nat({ max: 9999 }) })
  .map(({ rows, size, seed }) => ({ size, values: observations(rows, size, seed) }))

const ESTIMATORS = {
  sample: sampleCovarianceMatrix,
  weighted: (values: Float64Array, size: number) => weightedCovarianceMatrix(values, size, 0.94),
  ledoitWolf: (values: Float64Array, size: number) => ledoitWolf(values, size).matrix,
  ledoitWolfConstant: (values: Float64Array, size: number) => ledoitWolfConstant(values, size).matrix,
  oracleApproximating: (values: Float64Array, size: number) => oracleApproximating(values, size).matrix,
}

describe.each(Object.entries(ESTIMATORS))('the %s covariance', (name, estimate) => {
  it('is symmetric, finite and positive semidefinite, also with more columns than rows', () => {
    fc.assert(
      fc.property(anySample, ({ size, values }) => {
        const matrix = estimate(values, size)
        let largest = 0
        for (let row = 0; row < size; row += 1) {
          largest = Math.max(largest, matrix[row * size + row]!)
          for (let column = 0; column < size; column += 1) {
            expect(Number.isFinite(matrix[row * size + column]!)).toBe(true)
            expect(matrix[row * size + column]).toBe(matrix[column * size + row])
          }
        }
        // one common correlation below zero for many columns is the one target that need not be
        if (name !== 'ledoitWolfConstant')
          expect(cholesky(withRidge(matrix, size, 1e-9 * largest), size)).not.toBeNull()
      }),
      runs,
    )
  })
  it('of columns that never move is zero', () => {
    const matrix = estimate(new Float64Array(12).fill(0.25), 3)
    for (const value of matrix) expect(Math.abs(value)).toBeLessThan(1e-30)
  })
  it('needs two rows', () => {
    expect(() => estimate(Float64Array.of(1, 2, 3), 3)).toThrow('a covariance needs two whole rows, had "1"')
  })
})

describe('covariances', () => {
  it('hold what each pair of columns has', () => {
    const values = observations(30, 4, 7)
    const matrix = sampleCovarianceMatrix(values, 4)
    const lane = (column: number): Float64Array => values.filter((_, at) => at % 4 === column)
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        expect(matrix[row * 4 + column]).toBeCloseTo(sampleCovariance(lane(row), lane(column)), 15)
      }
    }
    expect(columnMeans(Float64Array.of(1, 2, 3, 6), 2)).toEqual(Float64Array.of(2, 4))
  })
  it('with weights follow their formula, and are the sample covariance when old rows weigh like new ones', () => {
    // weights 1/7, 2/7, 4/7 of -1, 0, 2: mean 1, variance (4 + 2 + 4) / 7, over 1 - (1 + 4 + 16) / 49
    const [variance] = weightedCovarianceMatrix(Float64Array.of(-1, 0, 2), 1, 0.5)
    expect(variance).toBeCloseTo(10 / 7 / (1 - 21 / 49), 14)
    const values = observations(25, 3, 8)
    const even = weightedCovarianceMatrix(values, 3, 1 - 1e-9)
    sampleCovarianceMatrix(values, 3).forEach((value, at) => {
      expect(Math.abs(even[at]! - value)).toBeLessThan(1e-11)
    })
    expect(() => weightedCovarianceMatrix(values, 3, 1)).toThrow('decay must be between 0 and 1, was "1"')
  })
  it('are shrunk between nothing and all the way', () => {
    fc.assert(
      fc.property(anySample, ({ size, values }) => {
        for (const estimate of [ledoitWolf, ledoitWolfConstant, oracleApproximating]) {
          const { shrinkage } = estimate(values, size)
          expect(shrinkage).toBeGreaterThanOrEqual(0)
          expect(shrinkage).toBeLessThanOrEqual(1)
        }
      }),
      runs,
    )
  })
})
