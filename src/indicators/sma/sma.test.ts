import { describe, expect, it } from 'vitest'
import { barsOf, walkOf } from '../../../test/contracts/bars.ts'
import { sma } from './sma.ts'

describe('sma', () => {
  it('is the mean of the last bars, first at index period - 1', () => {
    expect(Array.from(sma(3).columns(barsOf({ close: [1, 2, 3, 4] }))[0]!)).toEqual([Number.NaN, Number.NaN, 2, 3])
  })

  it('adds the new value, then subtracts the leaving one, then divides: the very bits of that loop', () => {
    const { close } = walkOf(2_520)
    const expected = new Float64Array(close.length).fill(Number.NaN)
    let sum = 0
    for (let index = 0; index < close.length; index += 1) {
      sum += close[index]!
      if (index >= 20) sum -= close[index - 20]!
      if (index >= 19) expected[index] = sum / 20
    }
    expect(sma(20).columns(walkOf(2_520))[0]).toEqual(expected)
  })

  it('stays within 1e-9 of the plain mean after ten thousand bars', () => {
    const bars = walkOf(10_000)
    const last = bars.close.subarray(-50).reduce((total, value) => total + value, 0) / 50
    expect(Math.abs(sma(50).columns(bars)[0]!.at(-1)! - last)).toBeLessThan(1e-9)
  })

  it('reads another field when told so, and does not count a bar that lacks it', () => {
    const bars = barsOf({ close: [1, 1, 1], volume: [10, Number.NaN, 20] })
    expect(Array.from(sma(2, 'volume').columns(bars)[0]!)).toEqual([Number.NaN, Number.NaN, 15])
    expect(sma(2, 'volume').key).toBe('sma(2,volume)')
  })

  it('gives a column that lists late the same values as from its own first bar', () => {
    const state = sma(2).create(4)
    const out = [new Float64Array(5)]
    const row = (close: number[]) => barsOf({ close })
    state.advance(row([1, 1, 1, 1]), out)
    state.widen(5)
    state.advance(row([3, 3, 3, 3, 8]), out)
    expect(Array.from(out[0]!)).toEqual([2, 2, 2, 2, Number.NaN])
    state.advance(row([5, 5, 5, 5, 9]), out)
    expect(Array.from(out[0]!)).toEqual([4, 4, 4, 4, 8.5])
  })

  it('refuses a period that is no whole number of bars', () => {
    expect(() => sma(0)).toThrow('at least 1, was "0"')
    expect(() => sma(2.5)).toThrow('was "2.5"')
  })
})
