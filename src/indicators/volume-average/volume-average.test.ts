import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { sma } from '../sma/sma.ts'
import { volumeAverage } from './volume-average.ts'

it('shares the computation of the simple moving average of volumes', () => {
  expect(volumeAverage(20).key).toBe(sma(20, 'volume').key)
})

it('leaves the current bar out of its own yardstick when told so', () => {
  const bars = barsOf({ close: [1, 1, 1, 1], volume: [10, 20, 90, 5] })
  const values = volumeAverage(2, { previous: true }).columns(bars)[0]!
  expect(Array.from(values)).toEqual([Number.NaN, Number.NaN, 15, 55])
})
