import { describe, expect, it } from 'vitest'
import { barsOf, walkOf } from '../../../test/contracts/bars.ts'
import type { BarColumns } from '../indicator.ts'
import { adx } from './adx.ts'

/** The definition written out over whole arrays: movements, Wilder sums, directional index, its mean. */
function written(bars: BarColumns, period: number): { adx: number[]; plus: number[]; minus: number[] } {
  const length = bars.close.length
  const moves = Array.from({ length }, (_, i) => {
    if (i === 0) return { plus: 0, minus: 0, range: 0 }
    const up = bars.high[i]! - bars.high[i - 1]!
    const down = bars.low[i - 1]! - bars.low[i]!
    const before = bars.close[i - 1]!
    const range = Math.max(bars.high[i]!, before) - Math.min(bars.low[i]!, before)
    return { plus: up > down && up > 0 ? up : 0, minus: down > up && down > 0 ? down : 0, range }
  })
  const wilder = (pick: (move: (typeof moves)[number]) => number) => {
    const sums: number[] = []
    let sum = moves.slice(1, period).reduce((total, move) => total + pick(move), 0)
    for (let i = period; i < length; i += 1) {
      sum = (sum * (period - 1)) / period + pick(moves[i]!)
      sums[i] = sum
    }
    return sums
  }
  const range = wilder((move) => move.range)
  const plus = wilder((move) => move.plus).map((sum, i) => (100 * sum) / range[i]!)
  const minus = wilder((move) => move.minus).map((sum, i) => (100 * sum) / range[i]!)
  const dx = plus.map((value, i) => (100 * Math.abs(value - minus[i]!)) / (value + minus[i]!))
  const result: number[] = []
  let mean = dx.slice(period, 2 * period).reduce((total, value) => total + value, 0) / period
  for (let i = 2 * period - 1; i < length; i += 1) {
    if (i >= 2 * period) mean = (mean * (period - 1) + dx[i]!) / period
    result[i] = mean
  }
  return { adx: result, plus, minus }
}

describe('adx', () => {
  it('follows its definition to 1e-9', () => {
    const bars = walkOf(500)
    const [values, plus, minus] = adx(14).columns(bars)
    const expected = written(bars, 14)
    for (let index = 14; index < 500; index += 1) {
      expect(Math.abs(plus![index]! - expected.plus[index]!)).toBeLessThan(1e-9)
      expect(Math.abs(minus![index]! - expected.minus[index]!)).toBeLessThan(1e-9)
      if (index >= 27) expect(Math.abs(values![index]! - expected.adx[index]!)).toBeLessThan(1e-9)
    }
  })

  it('has the values of TA-Lib', () => {
    const values = adx(14).columns(walkOf(60))
    expect(values.map((column) => [27, 28, 59].map((index) => column[index]))).toEqual([
      [11.534402806321596, 12.310621353298624, 19.987694960842084],
      [28.293096253922872, 30.813967531859475, 22.03032300874827],
      [21.635840695331517, 19.535051036317043, 17.22657862456744],
    ])
  })

  it('is 100 in a market that only rises', () => {
    const [values, plus, minus] = adx(3).columns(barsOf({ close: [1, 2, 3, 4, 5, 6, 7] }))
    expect([values!.at(-1), plus!.at(-1), minus!.at(-1)]).toEqual([expect.closeTo(100, 10), expect.closeTo(100, 10), 0])
  })

  it('is 0 in bars that have a range and no direction', () => {
    const inside = barsOf({ close: [5, 5, 5, 5, 5], high: [6, 6, 6, 6, 6], low: [4, 4, 4, 4, 4] })
    expect(
      adx(2)
        .columns(inside)
        .map((column) => column.at(-1)),
    ).toEqual([0, 0, 0])
  })

  it('is 0 where nothing ever moved', () => {
    const still = adx(2).columns(barsOf({ close: [5, 5, 5, 5, 5] }))
    expect(still.map((column) => column.at(-1))).toEqual([0, 0, 0])
  })
})
