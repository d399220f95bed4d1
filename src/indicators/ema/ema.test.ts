import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { ema } from './ema.ts'

it('starts with the mean of the first values and then moves by 2 / (period + 1) of the distance', () => {
  const values = Array.from(ema(3).columns(barsOf({ close: [1, 2, 3, 7, 7] }))[0]!)
  expect(values).toEqual([Number.NaN, Number.NaN, 2, 4.5, 5.75])
})

it('is the value itself for a period of one', () => {
  expect(Array.from(ema(1).columns(barsOf({ close: [4, 9] }))[0]!)).toEqual([4, 9])
})
