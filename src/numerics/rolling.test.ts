import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'
import { rollingCorrelation, rollingCorrelations } from './rolling.ts'

describe('rollingCorrelations', () => {
  const random = createRandom(12)
  const common = Float64Array.from({ length: 140 }, () => random.normal())
  const lanes = [
    common,
    common.map((value) => 0.3 * value + random.normal()),
    common.map((value) => -value),
    common.map((value, day) => (day > 40 && day < 90 ? 0.01 : value)),
    common.map(() => 0),
  ]
  it.each([2, 20, 90])('agree with each pair by itself to the last bit, over %d', (window) => {
    const correlationOf = rollingCorrelations(lanes, window)
    for (let left = 0; left < lanes.length; left += 1) {
      for (let right = 0; right < lanes.length; right += 1)
        expect(correlationOf(left, right)).toEqual(rollingCorrelation(lanes[left]!, lanes[right]!, window))
    }
  })
  it('have nothing to say of lanes shorter than the window', () => {
    expect(rollingCorrelations([common.subarray(0, 5), common.subarray(5, 10)], 6)(0, 1)).toEqual(
      new Float64Array(5).fill(Number.NaN),
    )
  })
})
