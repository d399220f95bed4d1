import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../test/profile.ts'
import { engleGranger, halfLife, isCointegrated } from './cointegration.ts'
import { createRandom, type Random } from './random.ts'

/** Even draws around zero, the same in any language: s = 1103515245 s + 12345 mod 2^32, s / 2^32 - 1/2. */
function draws(seed: bigint, count: number): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245n + 12_345n) % 4_294_967_296n
    return Number(state) / 4_294_967_296 - 0.5
  })
}

function summed(shocks: readonly number[]): Float64Array {
  let level = 0
  return Float64Array.from(shocks, (shock) => {
    level += shock
    return level
  })
}

function returning(shocks: readonly number[], slope: number): Float64Array {
  let value = 0
  return Float64Array.from(shocks, (shock, index) => {
    value = index === 0 ? 0 : slope * value + shock
    return value
  })
}

const normals = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.normal())

describe('engleGranger', () => {
  const second = summed(draws(99n, 120))
  const gap = returning(draws(7n, 120), 0.6)
  const first = second.map((value, place) => 2 + 1.5 * value + gap[place]!)

  it('equals a reference in linear algebra of another language', () => {
    const found = engleGranger(first, second)!
    expect(found.intercept).toBeCloseTo(1.94781432, 7)
    expect(found.ratio).toBeCloseTo(1.37948471, 7)
    expect(found.statistic).toBeCloseTo(-5.15123413554959, 9)
    expect(halfLife(found.spread)).toBeCloseTo(1.4250682601423423, 9)
    expect(['0.01', '0.05', '0.10'].map((level) => isCointegrated(found, level as '0.01'))).toEqual([true, true, true])
  })
  it('calls unrelated walks a pair about as often as it says, and finds nearly every true one', () => {
    const { numRuns, seed } = propertyRuns(400, 20_000)
    const random = createRandom(seed)
    let wrong = 0
    let right = 0
    let off = 0
    for (let run = 0; run < numRuns; run += 1) {
      const one = summed(normals(random, 200))
      const other = summed(normals(random, 200))
      if (isCointegrated(engleGranger(one, other, 2)!, '0.05')) wrong += 1
      const apart = returning(normals(random, 200), 0.7)
      const tied = one.map((value, place) => 3 - 0.8 * value + apart[place]!)
      const found = engleGranger(tied, one, 2)!
      if (isCointegrated(found, '0.05')) right += 1
      off += Math.abs(found.ratio + 0.8)
    }
    expect(wrong / numRuns).toBeGreaterThan(0.02)
    expect(wrong / numRuns).toBeLessThan(0.09)
    expect(right / numRuns).toBeGreaterThan(0.97)
    expect(off / numRuns).toBeLessThan(0.1)
  })
  it('has no answer where there is nothing to test', () => {
    const lane = summed(normals(createRandom(2), 50))
    for (const [one, other] of [
      [lane, new Float64Array(50).fill(3)],
      [new Float64Array(50).fill(3), lane],
      [lane, lane],
      [lane.map((value) => 4 - 2 * value), lane],
      [lane.with(7, Number.NaN), lane],
      [lane, first.subarray(0, 50).with(7, Number.NaN)],
      [Float64Array.of(1, 2), Float64Array.of(3, 1)],
      [new Float64Array(), new Float64Array()],
    ] as const)
      expect(engleGranger(one, other)).toBeNull()
  })
})

describe('halfLife', () => {
  it('is the steps in which half is gone', () => {
    // 64, 32, 16, .. halves at every step; at 0.8 a step it takes ln 2 / -ln 0.8 = 3.106.
    const halving = Float64Array.from({ length: 12 }, (_, place) => 64 / 2 ** place)
    expect(halfLife(halving)).toBeCloseTo(1, 9)
    const slower = Float64Array.from({ length: 12 }, (_, place) => 100 * 0.8 ** place)
    expect(halfLife(slower)).toBeCloseTo(3.106283713, 6)
  })
  it('is null where nothing returns, 0 where nothing is left, and never NaN', () => {
    expect(halfLife(Float64Array.from({ length: 20 }, (_, place) => 1.1 ** place))).toBeNull()
    expect(halfLife(new Float64Array(20).fill(5))).toBeNull()
    expect(halfLife(Float64Array.of(1, 2))).toBeNull()
    expect(halfLife(Float64Array.of(1, 2, Number.NaN, 3, 4))).toBeNull()
    expect(halfLife(Float64Array.from({ length: 20 }, (_, place) => (place % 2 === 0 ? 1 : -1)))).toBe(0)
  })
})
