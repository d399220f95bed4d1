import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rollingBeta, rollingCorrelation, rollingMean, rollingSharpe, rollingVolatility } from './rolling.ts'
import {
  autocorrelation,
  correlation,
  fisherKurtosis,
  leastSquares,
  leastSquaresPlane,
  mean,
  populationCovariance,
  populationDeviation,
  populationKurtosis,
  populationSkewness,
  quantile,
  sampleCovariance,
  sampleDeviation,
  sampleExcessKurtosis,
  sampleKurtosis,
  sampleSkewness,
  sampleVariance,
  sum,
} from './statistics.ts'

const settings = { seed: 20_260_104, numRuns: 500 }
const lane = fc.float64Array({ min: -1, max: 1, noNaN: true, minLength: 5, maxLength: 60 })
const known = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9)

describe('moments', () => {
  it('have their textbook values', () => {
    expect([sum(known), mean(known), populationDeviation(known)]).toEqual([40, 5, 2])
    expect(sampleVariance(known)).toBeCloseTo(32 / 7, 14)
    expect(populationSkewness(known)).toBeCloseTo(0.65625, 14)
    expect(populationKurtosis(known)).toBeCloseTo(2.78125, 14)
    expect(sampleSkewness(known)).toBeCloseTo(0.8184875533567997, 13)
    expect(sampleExcessKurtosis(known)).toBeCloseTo(0.940625, 13)
    expect(fisherKurtosis(known)).toBeCloseTo(0.940625, 13)
    expect(sampleKurtosis(known)).toBeCloseTo(0.940625 + (3 * 49) / 30, 13)
  })
  it('are NaN for too few values', () => {
    expect([mean(new Float64Array()), sampleDeviation(Float64Array.of(1))]).toEqual([Number.NaN, Number.NaN])
    expect([sampleSkewness(Float64Array.of(1, 2)), sampleKurtosis(Float64Array.of(1, 2, 3))]).toEqual([
      Number.NaN,
      Number.NaN,
    ])
  })
  it('add from the first element to the last', () => {
    expect(sum(Float64Array.of(1e16, 1, -1e16))).toBe(0)
    expect(sum(Float64Array.of(1e16, -1e16, 1))).toBe(1)
  })
})

describe('quantile', () => {
  it('is linear between order statistics', () => {
    expect(quantile(Float64Array.of(4, 1, 3, 2), 0.25)).toBe(1.75)
    expect([quantile(known, 0), quantile(known, 1)]).toEqual([2, 9])
    expect(quantile(new Float64Array(), 0.5)).toBeNaN()
  })
  it('does not touch its input', () => {
    const values = Float64Array.of(3, 1, 2)
    quantile(values, 0.5)
    expect([...values]).toEqual([3, 1, 2])
  })
})

describe('pairs', () => {
  it('correlate fully with themselves and their mirror', () => {
    fc.assert(
      fc.property(lane, (values) => {
        fc.pre(populationDeviation(values) > 1e-6)
        expect(correlation(values, values)).toBeCloseTo(1, 12)
        expect(
          correlation(
            values,
            values.map((value) => 3 - 2 * value),
          ),
        ).toBeCloseTo(-1, 12)
      }),
      settings,
    )
  })
  it('have no correlation and no slope where one is constant', () => {
    const flat = new Float64Array(8).fill(0.1)
    expect([correlation(known, flat), leastSquares(flat, known).slope]).toEqual([Number.NaN, Number.NaN])
  })
  it('relate covariances by n over n - 1', () => {
    const other = Float64Array.of(1, 3, 2, 5, 4, 6, 8, 7)
    expect((sampleCovariance(known, other) * 7) / 8).toBeCloseTo(populationCovariance(known, other), 14)
  })
  it('recover a straight line and a plane', () => {
    fc.assert(
      fc.property(lane, (x) => {
        fc.pre(populationDeviation(x) > 1e-3)
        const line = leastSquares(
          x,
          x.map((value) => 2 + 3 * value),
        )
        expect(line.slope).toBeCloseTo(3, 9)
        expect(line.intercept).toBeCloseTo(2, 9)
      }),
      settings,
    )
    const x = Float64Array.of(1, 2, 3, 4, 5, 6)
    const squares = x.map((value) => value * value)
    const plane = leastSquaresPlane(
      x,
      squares,
      x.map((value) => 1 - 2 * value + 0.5 * value * value),
    )
    expect(plane!.map((value) => Math.abs(value))).toEqual([
      expect.closeTo(1, 10),
      expect.closeTo(2, 10),
      expect.closeTo(0.5, 10),
    ])
    expect(leastSquaresPlane(x, x, squares)).toBeNull()
  })
  it('autocorrelate by one lag', () => {
    expect(autocorrelation(Float64Array.of(1, -1, 1, -1), 1)).toBe(-0.75)
    expect(autocorrelation(known, 0)).toBe(1)
  })
})

describe('rolling windows', () => {
  it('equal the statistic of each window, and are NaN before the first full one', () => {
    fc.assert(
      fc.property(lane, fc.integer({ min: 2, max: 5 }), (values, window) => {
        const other = values.map((value, index) => value * 0.5 + Math.sin(index))
        const all = {
          means: rollingMean(values, window),
          volatility: rollingVolatility(values, window, 252),
          sharpe: rollingSharpe(values, window, 252),
          beta: rollingBeta(values, other, window),
          correlation: rollingCorrelation(values, other, window),
        }
        for (let end = 1; end <= values.length; end += 1) {
          const part = values.subarray(Math.max(0, end - window), end)
          const twin = other.subarray(Math.max(0, end - window), end)
          const full = end >= window
          const deviation = sampleDeviation(part)
          expect(all.means[end - 1]).toBe(full ? mean(part) : Number.NaN)
          expect(all.volatility[end - 1]).toBe(full ? deviation * Math.sqrt(252) : Number.NaN)
          const moves = full && deviation >= 1e-15
          expect(all.sharpe[end - 1]).toBe(moves ? (mean(part) / deviation) * Math.sqrt(252) : Number.NaN)
          expect(all.beta[end - 1]).toBe(full ? leastSquares(twin, part).slope : Number.NaN)
          expect(all.correlation[end - 1]).toBe(full ? correlation(part, twin) : Number.NaN)
        }
      }),
      settings,
    )
  })
})
