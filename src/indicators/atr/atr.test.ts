import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { atr } from './atr.ts'

it('averages true ranges from index 1, gaps between bars included', () => {
  const bars = barsOf({ close: [10, 15, 14, 10], high: [11, 16, 15, 11], low: [9, 14, 13, 10] })
  // True ranges: 16 - 10 = 6 (a gap up), 2, and 14 - 10 = 4 (a gap down).
  expect(Array.from(atr(2).columns(bars)[0]!)).toEqual([Number.NaN, Number.NaN, 4, 4])
  expect(Array.from(atr(3).columns(bars)[0]!)).toEqual([Number.NaN, Number.NaN, Number.NaN, 4])
})

it('is 0 when nothing moves', () => {
  expect(
    atr(2)
      .columns(barsOf({ close: [5, 5, 5] }))[0]!
      .at(-1),
  ).toBe(0)
})
