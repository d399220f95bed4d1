import { expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { obv } from './obv.ts'

it('adds the volume of rises, subtracts that of falls, and stays on equal closes', () => {
  const bars = barsOf({ close: [5, 6, 6, 4], volume: [100, 20, 7, 300] })
  expect(Array.from(obv().columns(bars)[0]!)).toEqual([100, 120, 120, -180])
})
