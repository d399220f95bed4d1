import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { ema } from '../ema/ema.ts'
import { previous } from './previous.ts'

it('is the value that the indicator had one bar earlier', () => {
  const bars = barsOf({ close: [1, 3, Number.NaN, 5] })
  expect(Array.from(previous(ema(1)).columns(bars)[0]!)).toEqual([Number.NaN, 1, Number.NaN, 3])
})

it('needs one bar more', () => expect(previous(ema(4))).toMatchObject({ key: 'previous(ema(4))', bars: 5, ready: 5 }))
