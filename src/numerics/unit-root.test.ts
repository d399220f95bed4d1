import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../test/profile.ts'
import { createRandom, type Random } from './random.ts'
import { augmentedDickeyFuller, cointegrationCritical, type Deterministic, unitRootCritical } from './unit-root.ts'

/** Even draws around zero, the same in any language: s = 1103515245 s + 12345 mod 2^32, s / 2^32 - 1/2. */
function draws(seed: bigint, count: number): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245n + 12_345n) % 4_294_967_296n
    return Number(state) / 4_294_967_296 - 0.5
  })
}

/** First-order autoregression of these shocks from zero. */
function returning(shocks: readonly number[], slope: number): Float64Array {
  let value = 0
  return Float64Array.from(shocks, (shock, index) => {
    value = index === 0 ? 0 : slope * value + shock
    return value
  })
}

function walk(random: Random, count: number): Float64Array {
  let value = 0
  return Float64Array.from({ length: count }, () => {
    value += random.normal()
    return value
  })
}

const TERMS: readonly Deterministic[] = ['none', 'constant', 'trend']

describe('augmentedDickeyFuller', () => {
  it('equals a reference in linear algebra of another language, lags chosen included', () => {
    // numpy.linalg.lstsq on the same draws; Akaike's criterion over the rows that all lags share, then all rows.
    const changes: number[] = []
    for (const [index, shock] of draws(5n, 120).entries())
      changes.push(shock + 0.5 * (changes[index - 1] ?? 0) - 0.4 * (changes[index - 2] ?? 0))
    let level = 0
    const wandering = Float64Array.from(changes, (change) => {
      level += change
      return level
    })
    const expected: Record<string, readonly (readonly [number, number, number])[]> = {
      returning: [
        [-4.9241163584377, 0, 119],
        [-4.9081126278100315, 0, 119],
        [-4.973075027620489, 0, 119],
      ],
      wandering: [
        [-1.3340467914654617, 3, 116],
        [-1.8917395225799112, 3, 116],
        [-2.8943245467259797, 2, 117],
      ],
    }
    const lanes = { returning: returning(draws(7n, 120), 0.6), wandering }
    for (const [name, lane] of Object.entries(lanes)) {
      TERMS.forEach((deterministic, place) => {
        const [statistic, lags, observations] = expected[name]![place]!
        const test = augmentedDickeyFuller(lane, { deterministic })!
        expect([name, deterministic, test.lags, test.observations]).toEqual([name, deterministic, lags, observations])
        expect(test.statistic).toBeCloseTo(statistic, 9)
      })
    }
  })
  it('rejects a random walk about as often as it says, and a returning series nearly always', () => {
    const { numRuns, seed } = propertyRuns(400, 20_000)
    const random = createRandom(seed)
    for (const deterministic of TERMS) {
      let wrong = 0
      let right = 0
      for (let run = 0; run < numRuns; run += 1) {
        const wandering = augmentedDickeyFuller(walk(random, 150), { deterministic, lagsMax: 2 })!
        if (wandering.statistic < unitRootCritical(deterministic, '0.05', wandering.observations)) wrong += 1
        const shocks = Array.from({ length: 150 }, () => random.normal())
        const back = augmentedDickeyFuller(returning(shocks, 0.7), { deterministic, lagsMax: 2 })!
        if (back.statistic < unitRootCritical(deterministic, '0.05', back.observations)) right += 1
      }
      expect(wrong / numRuns).toBeGreaterThan(0.02)
      expect(wrong / numRuns).toBeLessThan(0.09)
      expect(right / numRuns).toBeGreaterThan(0.95)
    }
  })
  it('does not depend on the unit of the series, nor, with a constant, on where its zero lies', () => {
    const lane = walk(createRandom(3), 100)
    const plain = augmentedDickeyFuller(lane, { deterministic: 'constant' })!
    const other = augmentedDickeyFuller(
      lane.map((value) => 1_000 * value + 50_000),
      { deterministic: 'constant' },
    )!
    expect(other.lags).toBe(plain.lags)
    expect(other.statistic).toBeCloseTo(plain.statistic, 6)
  })
  it('has no answer to what cannot be tested, and never NaN', () => {
    const lane = walk(createRandom(4), 60)
    for (const deterministic of TERMS) {
      for (const bad of [
        new Float64Array(),
        Float64Array.of(1),
        Float64Array.of(1, 2, 4),
        new Float64Array(60),
        new Float64Array(60).fill(7),
        lane.with(20, Number.NaN),
        lane.with(20, Number.NEGATIVE_INFINITY),
      ])
        expect(augmentedDickeyFuller(bad, { deterministic })).toBeNull()
    }
    // A straight line is known exactly; what a test would say of it is rounding.
    const line = Float64Array.from({ length: 60 }, (_, place) => 2 * place)
    for (const deterministic of ['constant', 'trend'] as const)
      expect(augmentedDickeyFuller(line, { deterministic })).toBeNull()
    for (let length = 0; length < 30; length += 1) {
      const test = augmentedDickeyFuller(lane.subarray(0, length), { deterministic: 'trend' })
      if (test !== null) for (const value of Object.values(test)) expect(Number.isFinite(value)).toBe(true)
    }
  })
})

describe('critical values', () => {
  it('are those of the published tables', () => {
    // MacKinnon (2010), table 2 with the surfaces evaluated; large samples give Dickey and Fuller's -2.86 and -3.41.
    expect(unitRootCritical('constant', '0.05', 1e9)).toBeCloseTo(-2.86154, 5)
    expect(unitRootCritical('trend', '0.05', 1e9)).toBeCloseTo(-3.41049, 5)
    expect(unitRootCritical('none', '0.01', 1e9)).toBeCloseTo(-2.56574, 5)
    // Fuller (1976), table 8.5.2, 100 observations: -3.51, -2.89, -2.58 with a constant; -4.04, -3.45, -3.15 with a trend.
    const hundred = (deterministic: Deterministic): number[] =>
      (['0.01', '0.05', '0.10'] as const).map((level) => unitRootCritical(deterministic, level, 100))
    for (const [deterministic, table] of [
      ['none', [-2.6, -1.95, -1.61]],
      ['constant', [-3.51, -2.89, -2.58]],
      ['trend', [-4.04, -3.45, -3.15]],
    ] as const)
      hundred(deterministic).forEach((value, place) => {
        expect(Math.abs(value - table[place]!)).toBeLessThan(0.025)
      })
    // Engle and Yoo (1987), table 2, two variables, 100 observations: 4.07, 3.37, 3.03.
    for (const [level, value] of [
      ['0.01', -4.07],
      ['0.05', -3.37],
      ['0.10', -3.03],
    ] as const)
      expect(Math.abs(cointegrationCritical(level, 100) - value)).toBeLessThan(0.08)
  })
})
