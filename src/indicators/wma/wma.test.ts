import { expect, it } from 'vitest'
import { barsOf, walkOf } from '../../../test/contracts/bars.ts'
import { wma } from './wma.ts'

it('weighs the newest value most', () => {
  const values = Array.from(wma(3).columns(barsOf({ close: [1, 2, 3, 6] }))[0]!)
  expect(values).toEqual([Number.NaN, Number.NaN, 14 / 6, 26 / 6])
})

it('stays within 1e-8 of the weights written out after ten thousand bars', () => {
  const bars = walkOf(10_000)
  const values = wma(10).columns(bars)[0]!
  for (let index = 9; index < bars.close.length; index += 1) {
    let sum = 0
    for (let age = 0; age < 10; age += 1) sum += (10 - age) * bars.close[index - age]!
    expect(Math.abs(values[index]! - sum / 55)).toBeLessThan(1e-8)
  }
})
