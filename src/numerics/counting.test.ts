import { describe, expect, it } from 'vitest'
import { countsUp, hasGap } from './counting.ts'

describe('countsUp', () => {
  it.each([
    [[0, 1, 2], true],
    [[], true],
    [[1, 2], false],
    [[0, 2, 1], false],
  ])('of %j is %s', (places, expected) => expect(countsUp(Int32Array.from(places))).toBe(expected))
})

describe('hasGap', () => {
  it.each([0, 1, 3, 4, 5, 8, 11])('finds a missing number at any of %i places, and none where none is', (count) => {
    const values = Float64Array.from({ length: count }, (_, place) => place - 2.5)
    expect(hasGap(values)).toBe(false)
    for (let place = 0; place < count; place += 1) {
      const one = Float64Array.from(values)
      one[place] = Number.NaN
      expect(hasGap(one)).toBe(true)
    }
  })

  it('takes infinities for no gap', () => expect(hasGap(Float64Array.of(1, Number.POSITIVE_INFINITY))).toBe(false))
})
