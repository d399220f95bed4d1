import { describe, expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { vwap, vwapAnchored, vwapSession } from './vwap.ts'

const none = Number.NaN
const bars = barsOf({
  close: [10, 20, 30, 40],
  high: [13, 23, 33, 43],
  low: [7, 17, 27, 37],
  volume: [1, 3, 0, 0],
  session: [1, 1, 2, 2],
})

describe('vwap', () => {
  it('weighs typical prices by volume over the last bars; without any volume it is undefined', () => {
    expect(Array.from(vwap(2).columns(bars)[0]!)).toEqual([none, 17.5, 20, none])
  })

  it('finds no remainder of fractional volumes in a window that has none', () => {
    const quiet = barsOf({ close: [1, 2, 3, 4, 5], volume: [0.1, 0.2, 0.3, 0, 0] })
    expect(vwap(2).columns(quiet)[0]!.at(-1)).toBeNaN()
  })

  it('begins anew with each session', () => {
    expect(Array.from(vwapSession().columns({ ...bars, volume: Float64Array.of(1, 3, 2, 2) })[0]!)).toEqual([
      10, 17.5, 30, 35,
    ])
    expect(Array.from(vwapSession().columns(bars)[0]!)).toEqual([10, 17.5, none, none])
  })

  it('keeps on from its anchor, the first bar', () => {
    expect(Array.from(vwapAnchored().columns(bars)[0]!)).toEqual([10, 17.5, 17.5, 17.5])
  })

  it('refuses rows without session numbers only where it needs them', () => {
    expect(() => vwapSession().columns(barsOf({ close: [1] }))).toThrow('use vwapAnchored')
  })
})
