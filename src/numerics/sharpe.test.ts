import { describe, expect, it } from 'vitest'
import { momentsOf, type SharpeEvidence, sharpeEvidence } from './moments.ts'
import { createRandom } from './random.ts'
import { deflatedSharpe, expectedMaximum, luckySharpe, minimumTrackRecord, probabilisticSharpe } from './sharpe.ts'
import { mean, populationKurtosis, populationSkewness, sampleDeviation } from './statistics.ts'

const NORMAL: SharpeEvidence = { sharpe: 0.458, observations: 24, skewness: 0, kurtosis: 3 }

describe('momentsOf', () => {
  it('agrees with two passes over the values', () => {
    const random = createRandom(11)
    const values = Float64Array.from({ length: 700 }, () => 0.4 + random.normal() * (1 + random.uniform()))
    const evidence = sharpeEvidence(momentsOf(values))
    expect(evidence.observations).toBe(700)
    expect(evidence.sharpe).toBeCloseTo(mean(values) / sampleDeviation(values), 12)
    expect(evidence.skewness).toBeCloseTo(populationSkewness(values), 11)
    expect(evidence.kurtosis).toBeCloseTo(populationKurtosis(values), 11)
  })
  it.each([[[]], [[0.01]], [[0.01, 0.01, 0.01]]])('says nothing of %j', (values) => {
    const { sharpe } = sharpeEvidence(momentsOf(Float64Array.from(values)))
    expect(sharpe).toBeNaN()
  })
})

describe('probabilisticSharpe', () => {
  it('gives the published probability: a monthly ratio of 0.458 over two years of normal returns', () =>
    expect(probabilisticSharpe(NORMAL, 0)).toBeCloseTo(0.982, 3))
  it('is a half at the ratio itself, and less for the same ratio with a fat left tail', () => {
    expect(probabilisticSharpe(NORMAL, NORMAL.sharpe)).toBe(0.5)
    expect(probabilisticSharpe({ ...NORMAL, skewness: -1, kurtosis: 8 }, 0)).toBeLessThan(
      probabilisticSharpe(NORMAL, 0),
    )
  })
  it('is undefined for one observation', () => expect(probabilisticSharpe({ ...NORMAL, observations: 1 }, 0)).toBeNaN())
})

describe('minimumTrackRecord', () => {
  it('is the number of observations at which the probability is reached', () => {
    const least = minimumTrackRecord(NORMAL, 0.1, 0.95)
    expect(probabilisticSharpe({ ...NORMAL, observations: least }, 0.1)).toBeCloseTo(0.95, 12)
  })
  it('is undefined for a ratio at or below the benchmark', () =>
    expect(minimumTrackRecord(NORMAL, 0.458, 0.95)).toBeNaN())
})

describe('deflatedSharpe', () => {
  it('gives the published example: 100 trials, variance one half, five years of days', () => {
    const root = Math.sqrt(250)
    const trials = { count: 100, deviation: Math.sqrt(0.5) / root }
    expect(luckySharpe(trials)).toBeCloseTo(0.1132, 4)
    const evidence = { sharpe: 2.5 / root, observations: 1250, skewness: -3, kurtosis: 10 }
    expect(deflatedSharpe(evidence, trials)).toBeCloseTo(0.9004, 4)
  })
  it('is the probability of a ratio above 0 where nothing was chosen', () =>
    expect(deflatedSharpe(NORMAL, { count: 1, deviation: 0.3 })).toBe(probabilisticSharpe(NORMAL, 0)))
  it('expects 1.57 of the best of ten, and more of more', () => {
    expect(expectedMaximum(10)).toBeCloseTo(1.57, 2)
    expect(expectedMaximum(11)).toBeGreaterThan(expectedMaximum(10))
  })
})
