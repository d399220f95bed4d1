import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { volatility } from './volatility.ts'

it('is the sample deviation of simple returns, first at index period', () => {
  const values = Array.from(volatility(2).columns(barsOf({ close: [100, 110, 99, 99] }))[0]!)
  expect(values.slice(0, 2)).toEqual([Number.NaN, Number.NaN])
  expect(values[2]).toBeCloseTo(Math.sqrt(0.02), 12)
  expect(values[3]).toBeCloseTo(Math.sqrt(0.005), 12)
})

it('is exactly 0 when nothing moves', () => {
  expect(
    volatility(3)
      .columns(barsOf({ close: [3, 3, 3, 3] }))[0]!
      .at(-1),
  ).toBe(0)
})

it('is undefined as long as a return from a price of 0 is in the window', () => {
  const values = volatility(2).columns(barsOf({ close: [1, 0, 1, 1, 1] }))[0]!
  expect(Array.from(values.subarray(2))).toEqual([Number.NaN, Number.NaN, 0])
})
