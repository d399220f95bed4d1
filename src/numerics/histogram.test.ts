import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { histogram, normalCount } from './histogram.ts'

const lane = (values: readonly number[]): Float64Array => Float64Array.from(values)

describe('a histogram', () => {
  it('has bins of the width 2 IQR / n^(1/3)', () => {
    // 0 .. 26: IQR 13, n^(1/3) = 3, width 26 / 3, so 3 bins of 26 / 3
    const { edges, counts } = histogram(lane(Array.from({ length: 27 }, (_, at) => at)))
    expect([...edges].map((edge) => Number(edge.toFixed(9)))).toEqual([0, 8.666666667, 17.333333333, 26])
    expect([...counts]).toEqual([9, 9, 9])
  })

  it('has one bin for equal values, none for no value, and few where the middle half is equal', () => {
    expect([...histogram(lane([2, 2, 2])).counts]).toEqual([3])
    expect(histogram(lane([])).edges.length).toBe(0)
    expect([...histogram(lane([0, 5, 5, 5, 5, 5, 5, 10])).counts]).toEqual([1, 0, 6, 1])
  })

  it('puts every value between the edges of its bin', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 }), (values) => {
        const { edges, counts, binOf } = histogram(lane(values))
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length)
        expect(counts.length).toBeLessThanOrEqual(80)
        values.forEach((value, at) => {
          expect(value).toBeGreaterThanOrEqual(edges[binOf[at]!]! - 1e-12)
          expect(value).toBeLessThanOrEqual(edges[binOf[at]! + 1]! + 1e-12)
        })
      }),
    )
  })
})

describe('counts of a normal distribution', () => {
  it('are 68.27 % within one deviation', () => {
    expect(normalCount(1_000, { mean: 2, deviation: 3 }, -1, 5)).toBeCloseTo(682.6894921, 6)
    expect(normalCount(10, { mean: 2, deviation: 0 }, -1, 5)).toBeNaN()
  })
})
