import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { roc } from './roc.ts'

it('is the change in percent over the period', () => {
  const values = Array.from(roc(2).columns(barsOf({ close: [100, 50, 125, 25] }))[0]!)
  expect(values).toEqual([Number.NaN, Number.NaN, 25, -50])
})

it('is undefined against a value of 0', () => {
  expect(Array.from(roc(1).columns(barsOf({ close: [0, 5, 10] }))[0]!)).toEqual([Number.NaN, Number.NaN, 100])
})
