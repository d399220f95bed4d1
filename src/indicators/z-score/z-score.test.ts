import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { zScore } from './z-score.ts'

it('counts sample deviations from the mean of the window', () => {
  const values = Array.from(zScore(3).columns(barsOf({ close: [1, 2, 3, 3] }))[0]!)
  expect(values.slice(0, 3)).toEqual([Number.NaN, Number.NaN, 1])
  expect(values[3]).toBeCloseTo(1 / 3 / Math.sqrt(1 / 3), 12)
})

it('is undefined in a constant window, also of a value that no sum holds exactly', () => {
  const values = zScore(3).columns(barsOf({ close: [7.7, 0.1, 0.1, 0.1, 0.1] }))[0]!
  expect(Array.from(values.subarray(3))).toEqual([Number.NaN, Number.NaN])
  expect(values[2]).toBeCloseTo(-0.5773502691896257, 12)
})
