import { describe, expect, it } from 'vitest'
import { walkOf } from '../../../test/contracts/bars.ts'
import { ema } from '../ema/ema.ts'
import { macd } from './macd.ts'

const PERIODS = { fast: 12, slow: 26, signal: 9 }
const firstOf = (values: Float64Array) => values.findIndex((value) => !Number.isNaN(value))

describe('macd', () => {
  it('is the difference of two averages, each with its own seed, when independent', () => {
    const bars = walkOf(300)
    const [fast] = ema(12).columns(bars)
    const [slow] = ema(26).columns(bars)
    const [line, signal, histogram] = macd(PERIODS, 'independent').columns(bars)
    expect(line).toEqual(fast!.map((value, index) => value - slow![index]!))
    expect([firstOf(line!), firstOf(signal!), firstOf(histogram!)]).toEqual([25, 33, 33])
    const seed = line!.subarray(25, 34).reduce((total, value) => total + value, 0) / 9
    expect(signal![33]).toBeCloseTo(seed, 12)
  })

  it('shows all outputs from the first signal on when seeded as TA-Lib does', () => {
    const outputs = macd(PERIODS, 'talib').columns(walkOf(300))
    expect(outputs.map(firstOf)).toEqual([33, 33, 33])
  })

  it('forgets its seeding: both agree to 1e-8 after 300 bars', () => {
    const bars = walkOf(600)
    const one = macd(PERIODS, 'talib').columns(bars)[2]!
    const other = macd(PERIODS, 'independent').columns(bars)[2]!
    expect(Math.abs(one[40]! - other[40]!)).toBeGreaterThan(1e-6)
    for (let index = 330; index < 600; index += 1) expect(Math.abs(one[index]! - other[index]!)).toBeLessThan(1e-8)
  })

  it('refuses a fast period that is not below the slow one', () => {
    expect(() => macd({ fast: 26, slow: 12, signal: 9 }, 'talib')).toThrow('were "26" and "12"')
  })
})
