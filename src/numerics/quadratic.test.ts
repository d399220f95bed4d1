import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawnCovariance } from '../../test/fixtures/drawn-covariance.ts'
import { propertyRuns } from '../../test/profile.ts'
import { diagonalOf, dot, times } from './linear.ts'
import { minimiseQuadratic, type QuadraticProblem } from './quadratic.ts'
import { createRandom } from './random.ts'

const runs = propertyRuns(80)

interface Bounded {
  readonly problem: QuadraticProblem
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** Least x' G x / 2 - a' x with a sum of 1 between bounds. */
function bounded(size: number, seed: number, noise: number): Bounded {
  const random = createRandom(seed + 77)
  const lower = Float64Array.from({ length: size }, () =>
    random.uniform() < 0.3 ? (0.5 * random.uniform()) / size : 0,
  )
  const upper = Float64Array.from({ length: size }, () => Math.min(1, (1 + 3 * random.uniform()) / size))
  const unit = (at: number, value: number): Float64Array => {
    const row = new Float64Array(size)
    row[at] = value
    return row
  }
  const places = [...lower.keys()]
  const problem = {
    size,
    matrix: drawnCovariance(size, seed, noise),
    linear: Float64Array.from({ length: size }, () => 0.02 * random.normal()),
    rows: [new Float64Array(size).fill(1), ...places.map((at) => unit(at, 1)), ...places.map((at) => unit(at, -1))],
    floors: [1, ...lower, ...upper.map((value) => -value)],
    equalities: 1,
  }
  return { problem, lower, upper }
}

/**
 * How far x is from the conditions of the optimum (Karush, Kuhn, Tucker), relative to the size of the slopes: all slopes
 * between bounds are one number, those at a lower bound are not below it, those at an upper bound not above it.
 */
function residual({ problem: { matrix, linear, size }, lower, upper }: Bounded, x: Float64Array): number {
  const slope = times(matrix, size, x).map((value, index) => value - linear[index]!)
  const near = 1e-9
  const isLow = (index: number): boolean => x[index]! <= lower[index]! + near
  const isHigh = (index: number): boolean => x[index]! >= upper[index]! - near
  // the price of the sum must be above what those at a lower bound offer not, and so on: the interval that all allow
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let index = 0; index < size; index += 1) {
    if (!isHigh(index)) most = Math.min(most, slope[index]!) // may rise: its slope is not below the price
    if (!isLow(index)) least = Math.max(least, slope[index]!) // may fall: its slope is not above the price
  }
  const scale = Math.max(...diagonalOf(matrix, size), ...linear.map(Math.abs))
  return Math.max(0, least - most) / scale
}

describe('the minimum of a quadratic function under linear constraints', () => {
  it('meets the conditions of an optimum, for near-singular and singular matrices too', () => {
    const anyProblem = fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      seed: fc.nat({ max: 99_999 }),
      noise: fc.constantFrom(1, 1e-3, 1e-6, 1e-9, 0),
    })
    fc.assert(
      fc.property(anyProblem, ({ size, seed, noise }) => {
        const given = bounded(size, seed, noise)
        fc.pre(given.lower.reduce((a, b) => a + b, 0) <= 1 && given.upper.reduce((a, b) => a + b, 0) >= 1)
        const x = minimiseQuadratic(given.problem)!
        expect(x).not.toBeNull()
        expect(Math.abs(x.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-10)
        x.forEach((value, index) => {
          expect(value).toBeGreaterThan(given.lower[index]! - 1e-10)
          expect(value).toBeLessThan(given.upper[index]! + 1e-10)
        })
        expect(residual(given, x)).toBeLessThan(1e-8)
      }),
      runs,
    )
  })
  it.each([
    [120, 1],
    [200, 1],
    [200, 1e-6],
    [200, 0],
  ])('meets them with %i unknowns and own noise %f', (size, noise) => {
    const given = bounded(size, 5, noise)
    const x = minimiseQuadratic(given.problem)!
    expect(Math.abs(x.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-10)
    expect(residual(given, x)).toBeLessThan(1e-8)
  })
  it('is never above the value of any other point that keeps the rows', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9999 }), (seed) => {
        const given = bounded(6, seed, 0.1)
        const { matrix, linear, size } = given.problem
        const value = (x: Float64Array): number => dot(times(matrix, size, x), x) / 2 - dot(linear, x)
        const x = minimiseQuadratic({
          ...given.problem,
          floors: [1, ...new Float64Array(6), ...new Float64Array(6).fill(-1)],
        })!
        const random = createRandom(seed)
        for (let other = 0; other < 20; other += 1) {
          const drawn = Float64Array.from({ length: size }, () => random.exponential(1))
          const total = drawn.reduce((a, b) => a + b, 0)
          expect(value(x)).toBeLessThanOrEqual(value(drawn.map((part) => part / total)) + 1e-12)
        }
      }),
      runs,
    )
  })
  it('without constraints solves the equations; without a way to keep the rows there is none', () => {
    const matrix = Float64Array.of(2, 0, 0, 4)
    const free = { size: 2, matrix, linear: Float64Array.of(2, 4), rows: [], floors: [], equalities: 0 }
    const [left, right] = minimiseQuadratic(free)!
    expect(left).toBeCloseTo(1, 14)
    expect(right).toBeCloseTo(1, 14)
    const row = (first: number, second: number): Float64Array => Float64Array.of(first, second)
    const clash = { ...free, rows: [row(1, 0), row(-1, 0)], floors: [1, 0] }
    expect(minimiseQuadratic(clash)).toBeNull()
    const twice = { ...free, rows: [row(1, 1), row(2, 2), row(0, 1)], floors: [1, 2, 0.75], equalities: 2 }
    const [first, second] = minimiseQuadratic(twice)!
    expect(first).toBeCloseTo(0.25, 12)
    expect(second).toBeCloseTo(0.75, 12)
    expect(minimiseQuadratic({ ...twice, floors: [1, 3, 0.75] })).toBeNull()
  })
  it('holds a turned-round equality and drops rows that a later one makes needless', () => {
    // nearest point to (3, 1) with x + y = 1, x >= 0, y >= 0, x <= 0.6
    const x = minimiseQuadratic({
      size: 2,
      matrix: Float64Array.of(1, 0, 0, 1),
      linear: Float64Array.of(3, 1),
      rows: [Float64Array.of(1, 1), Float64Array.of(1, 0), Float64Array.of(0, 1), Float64Array.of(-1, 0)],
      floors: [1, 0, 0, -0.6],
      equalities: 1,
    })!
    expect(x[0]).toBeCloseTo(0.6, 13)
    expect(x[1]).toBeCloseTo(0.4, 13)
  })
})
