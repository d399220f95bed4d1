import { describe, expect, it } from 'vitest'
import { createRandom } from '../../numerics/random.ts'
import { fixedAllocation } from './fixed.ts'
import { inverseVolatilityInto } from './inverse-volatility.ts'
import { advanceMoments, createRollingMoments } from './rolling.ts'

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const sums = left.map((value, index) => value + right[index]!)
  const covariance = (variance(sums) - variance(left) - variance(right)) / 2
  return covariance / Math.sqrt(variance(left) * variance(right))
}

describe('rolling moments', () => {
  it('keep equal weights until there are enough bars, then those of a recomputation over the last ones', () => {
    const random = createRandom(7)
    const moments = createRollingMoments(3)
    const returns: number[][] = [[], [], []]
    for (let bar = 0; bar < 240; bar += 1) {
      const row = Float64Array.from([0.01, 0.02, 0.005], (size) => size * random.normal())
      row[1] = row[1]! + row[0]!
      advanceMoments(moments, row)
      for (const [sleeve, value] of row.entries()) returns[sleeve]!.push(value)
      if (bar + 1 < 20) {
        expect(Array.from(moments.weights)).toEqual([1 / 3, 1 / 3, 1 / 3])
        continue
      }
      const inverse = returns.map((all) => 1 / Math.sqrt(variance(all.slice(-60))))
      const total = inverse.reduce((sum, value) => sum + value, 0)
      inverse.forEach((value, sleeve) => {
        expect(moments.weights[sleeve]).toBeCloseTo(value / total, 9)
      })
      expect(moments.correlation[1]).toBeCloseTo(correlation(returns[0]!.slice(-90), returns[1]!.slice(-90)), 8)
      expect(moments.correlation[3]).toBe(moments.correlation[1])
    }
  })
})

describe('inverseVolatilityInto', () => {
  it('halves the weight ratio when a volatility doubles, and adds up to one', () => {
    const out = new Float64Array(2)
    inverseVolatilityInto(Float64Array.of(0.04, 0.01), out)
    expect(Array.from(out)).toEqual([1 / 3, 2 / 3])
    inverseVolatilityInto(Float64Array.of(0, 0), out)
    expect(Array.from(out)).toEqual([0.5, 0.5])
  })
})

describe('fixedAllocation', () => {
  it('leaves to cash what the weights leave, and hands nothing out twice', () => {
    expect(fixedAllocation([0.3, 0.2]).cash).toBeCloseTo(0.5, 15)
    expect(fixedAllocation([0.1, 0.2, 0.3, 0.4]).cash).toBe(0)
    expect(() => fixedAllocation([0.5, -0.1])).toThrow('-0.1')
    expect(() => fixedAllocation([Number.NaN])).toThrow('NaN')
  })
})
