import { describe, expect, it } from 'vitest'
import { barsOf } from '../../../test/contracts/bars.ts'
import { rsi } from './rsi.ts'

const last = (close: number[], period: number) => rsi(period).columns(barsOf({ close }))[0]!.at(-1)

describe('rsi', () => {
  it('begins at index period with plain means and continues with Wilder smoothing', () => {
    const values = Array.from(rsi(2).columns(barsOf({ close: [10, 12, 11, 14] }))[0]!)
    expect(values.slice(0, 2)).toEqual([Number.NaN, Number.NaN])
    expect(values[2]).toBeCloseTo(100 * (1 / 1.5), 12)
    expect(values[3]).toBeCloseTo(100 * (2 / 2.25), 12)
  })

  it('is 100 without any fall', () => expect(last([1, 2, 3, 4], 3)).toBe(100))
  it('is 0 without any rise', () => expect(last([4, 3, 2, 1], 3)).toBe(0))
  it('is 50 without any movement', () => expect(last([5, 5, 5, 5, 5], 3)).toBe(50))
})
