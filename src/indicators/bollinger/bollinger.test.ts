import { describe, expect, it } from 'vitest'
import { barsOf, walkOf } from '../../../test/contracts/bars.ts'
import { sma } from '../sma/sma.ts'
import { bollinger } from './bollinger.ts'

const at = (close: number[], period: number, divisor: 'population' | 'sample' = 'population') =>
  bollinger(period, 2, divisor)
    .columns(barsOf({ close }))
    .map((column) => column.at(-1))

describe('bollinger', () => {
  it('lies two population deviations around the mean', () => {
    expect(at([2, 4, 4, 4, 5, 5, 7, 9], 8)).toEqual([1, 5, 9, 1, 8 / 5])
  })

  it('divides by n - 1 only when told so', () => {
    const [lower, , upper] = at([2, 4, 4, 4, 5, 5, 7, 9], 8, 'sample')
    expect(upper! - lower!).toBeCloseTo(4 * Math.sqrt(32 / 7), 12)
  })

  it('has bands without width and no percentB in a constant window, after any past', () => {
    const [lower, middle, upper, percentB, bandwidth] = at([0.1, 7.7, 0.3, 0.3, 0.3], 3)
    expect([lower, upper, percentB, bandwidth]).toEqual([middle, middle, Number.NaN, 0])
    expect(middle).toBeCloseTo(0.3, 12)
  })

  it('has the bits of the simple moving average in the middle', () => {
    const bars = walkOf(3_000)
    expect(bollinger(20, 2).columns(bars)[1]).toEqual(sma(20).columns(bars)[0])
  })

  it('keeps its spread to 1e-8 on prices far from zero', () => {
    const near = walkOf(500)
    const far = barsOf({ close: Array.from(near.close, (value) => value + 1e6) })
    const width = (bars: typeof near) => bollinger(20, 2).columns(bars)
    const [lowerNear, , upperNear] = width(near)
    const [lowerFar, , upperFar] = width(far)
    for (let index = 19; index < 500; index += 1) {
      const difference = upperFar![index]! - lowerFar![index]! - (upperNear![index]! - lowerNear![index]!)
      expect(Math.abs(difference)).toBeLessThan(1e-8)
    }
  })
})
