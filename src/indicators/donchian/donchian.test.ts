import { describe, expect, it } from 'vitest'
import { barsOf, walkOf } from '../../../test/contracts/bars.ts'
import { donchian, highest, lowest } from './donchian.ts'

const none = Number.NaN
const listed = (columns: readonly Float64Array[]) => Array.from(columns[0]!)

describe('donchian', () => {
  it('spans the highest high and the lowest low, the current bar included', () => {
    const bars = barsOf({ close: [5, 5, 5], high: [9, 6, 7], low: [4, 3, 5] })
    const [lower, middle, upper] = donchian(2).columns(bars)
    expect([lower, middle, upper].map((column) => Array.from(column!))).toEqual([
      [none, 3, 3],
      [none, 6, 5],
      [none, 9, 7],
    ])
  })

  it('equals a search through every window', () => {
    const bars = walkOf(700)
    for (const period of [1, 2, 5, 20, 55]) {
      const [lower, , upper] = donchian(period).columns(bars)
      const [top] = highest(period).columns(bars)
      const [floor] = lowest(period).columns(bars)
      for (let index = period - 1; index < 700; index += 1) {
        const from = index - period + 1
        expect(upper![index]).toBe(Math.max(...bars.high.subarray(from, index + 1)))
        expect(lower![index]).toBe(Math.min(...bars.low.subarray(from, index + 1)))
      }
      expect([top, floor]).toEqual([upper, lower])
    }
  })
})

describe('highest and lowest of the bars before', () => {
  it('leave the current bar out, so that a close can break them', () => {
    const bars = barsOf({ close: [1, 2, 3, 10, 4] })
    expect(listed(highest(2, 'high', { previous: true }).columns(bars))).toEqual([none, none, 2, 3, 10])
    expect(listed(lowest(2, 'low', { previous: true }).columns(bars))).toEqual([none, none, 1, 2, 3])
  })

  it('skip bars that are missing: the bars before are those the instrument had', () => {
    const bars = barsOf({ close: [1, 2, none, 3] })
    expect(listed(highest(2, 'close', { previous: true }).columns(bars))).toEqual([none, none, none, 2])
  })
})
