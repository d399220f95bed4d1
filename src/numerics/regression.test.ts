import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../test/profile.ts'
import { createRandom } from './random.ts'
import { nestedSums, regress } from './regression.ts'

const ones = (length: number): Float64Array => new Float64Array(length).fill(1)
const normals = (length: number, seed: number): Float64Array => {
  const random = createRandom(seed)
  return Float64Array.from({ length }, () => random.normal())
}

describe('regress', () => {
  it('fits Longley’s ill-conditioned data to the certified digits', () => {
    // National Institute of Standards and Technology, Statistical Reference Datasets, "Longley".
    const rows = [
      [60323, 83, 234289, 2356, 1590, 107608, 1947],
      [61122, 88.5, 259426, 2325, 1456, 108632, 1948],
      [60171, 88.2, 258054, 3682, 1616, 109773, 1949],
      [61187, 89.5, 284599, 3351, 1650, 110929, 1950],
      [63221, 96.2, 328975, 2099, 3099, 112075, 1951],
      [63639, 98.1, 346999, 1932, 3594, 113270, 1952],
      [64989, 99, 365385, 1870, 3547, 115094, 1953],
      [63761, 100, 363112, 3578, 3350, 116219, 1954],
      [66019, 101.2, 397469, 2904, 3048, 117388, 1955],
      [67857, 104.6, 419180, 2822, 2857, 118734, 1956],
      [68169, 108.4, 442769, 2936, 2798, 120445, 1957],
      [66513, 110.8, 444546, 4681, 2637, 121950, 1958],
      [68655, 112.6, 482704, 3813, 2552, 123366, 1959],
      [69564, 114.2, 502601, 3931, 2514, 125368, 1960],
      [69331, 115.7, 518173, 4806, 2572, 127852, 1961],
      [70551, 116.9, 554894, 4007, 2827, 130081, 1962],
    ]
    const lane = (place: number): Float64Array => Float64Array.from(rows, (row) => row[place]!)
    const fit = regress(lane(0), [ones(16), ...[1, 2, 3, 4, 5, 6].map(lane)])!
    const certified = [
      [-3482258.63459582, 890420.383607373],
      [15.0618722713733, 84.9149257747669],
      [-0.35819179292591e-1, 0.334910077722432e-1],
      [-2.02022980381683, 0.488399681651699],
      [-1.03322686717359, 0.214274163161675],
      [-0.511041056535807e-1, 0.22607320006937],
      [1829.15146461355, 455.478499142212],
    ]
    certified.forEach(([coefficient, error], place) => {
      expect(Math.abs(fit.coefficients[place]! / coefficient! - 1)).toBeLessThan(1e-8)
      expect(Math.abs(fit.errors[place]! / error! - 1)).toBeLessThan(1e-8)
    })
    expect(fit.sumOfSquares).toBeCloseTo(836424.055505915, 4)
    expect(fit.degrees).toBe(9)
  })
  it('leaves residuals at right angles to every regressor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 60 }), fc.integer({ min: 1, max: 5 }), fc.nat(), (rows, width, seed) => {
        const regressors = Array.from({ length: width }, (_, place) => normals(rows, seed + place))
        const y = normals(rows, seed + width)
        const fit = regress(y, regressors)!
        for (const lane of regressors) {
          let product = 0
          for (let row = 0; row < rows; row += 1) product += lane[row]! * fit.residuals[row]!
          expect(Math.abs(product)).toBeLessThan(1e-10 * rows)
        }
      }),
      propertyRuns(200, 10_000),
    )
  })
  it('has no answer to what has none', () => {
    const lane = normals(10, 1)
    const twice = lane.map((value) => 2 * value)
    const cases: readonly [Float64Array, readonly Float64Array[]][] = [
      [lane, []],
      [lane, [ones(10), ones(10)]],
      [lane, [lane, twice]],
      [lane.subarray(0, 2), [ones(2), lane.subarray(0, 2)]],
      [lane, [new Float64Array(10)]],
      [lane, [lane.with(3, Number.NaN)]],
      [lane.with(3, Number.NaN), [ones(10)]],
      [lane, [lane.with(3, Number.POSITIVE_INFINITY)]],
      [lane.map((value) => value * 1e300), [ones(10)]],
    ]
    for (const [y, regressors] of cases) expect(regress(y, regressors)).toBeNull()
  })
  it('fits a line without an error where there is none', () => {
    const x = Float64Array.of(1, 2, 3, 4)
    const fit = regress(
      x.map((value) => 3 * value - 1),
      [ones(4), x],
    )!
    expect(fit.coefficients[0]).toBeCloseTo(-1, 12)
    expect(fit.coefficients[1]).toBeCloseTo(3, 12)
    expect(fit.sumOfSquares).toBeLessThan(1e-24)
  })
})

describe('nestedSums', () => {
  it('are the sums of squares of each regression on the first few', () => {
    const y = normals(30, 9)
    const regressors = [ones(30), normals(30, 1), normals(30, 2), normals(30, 3)]
    const sums = nestedSums(y, regressors)!
    for (let width = 1; width <= 4; width += 1)
      expect(sums[width - 1]).toBeCloseTo(regress(y, regressors.slice(0, width))!.sumOfSquares, 12)
  })
  it('are none where one regressor repeats another', () => {
    expect(nestedSums(normals(9, 1), [ones(9), ones(9)])).toBeNull()
  })
})
