import { describe, expect, it } from 'vitest'
import type { Series } from '../../domain/series.ts'
import { addDays, tradeDate } from '../../domain/sessions.ts'
import {
  type DatedValues,
  impliedVolatilitySeries,
  knownValue,
  realisedVolatility,
  signalCloses,
  trailingDividendYield,
} from './implied-volatility.ts'

const START = tradeDate(20200101)

function daily(values: readonly number[]): DatedValues {
  return { dates: Int32Array.from(values, (_, day) => addDays(START, day)), values: Float64Array.from(values) }
}

/** Closes that rise and fall by a fraction in turn. */
function zigzag(days: number, by: number): DatedValues {
  const closes: number[] = [100]
  for (let day = 1; day < days; day += 1) closes.push(closes[day - 1]! * (day % 2 === 1 ? 1 + by : 1 - by))
  return daily(closes)
}

describe('realisedVolatility', () => {
  it('is the annualised sample deviation of the last 60 returns, and undefined before', () => {
    const { values } = realisedVolatility(zigzag(62, 0.01))
    expect(values[59]).toBeNaN()
    // 30 returns of +1 % and 30 of -1 %: variance 60/59 of 0.01 squared.
    expect(values[60]).toBeCloseTo(Math.sqrt((0.0001 * 60 * 252) / 59), 12)
  })

  it('never uses a later close', () => {
    const closes = zigzag(100, 0.02)
    const altered = { ...closes, values: closes.values.map((value, day) => (day > 70 ? value * 3 : value)) }
    expect(realisedVolatility(altered).values.slice(0, 71)).toEqual(realisedVolatility(closes).values.slice(0, 71))
  })
})

describe('impliedVolatilitySeries', () => {
  const index = daily(Array.from({ length: 80 }, () => 20))

  it('reads an index in percent', () => {
    expect(impliedVolatilitySeries({ kind: 'index', index }).values[5]).toBe(0.2)
  })

  it('scales an index by the ratio of realised volatilities', () => {
    const rule = { kind: 'scaled', index, closes: zigzag(80, 0.015), reference: zigzag(80, 0.01) } as const
    expect(impliedVolatilitySeries(rule).values[70]).toBeCloseTo(0.3, 12)
    expect(impliedVolatilitySeries(rule).values[10]).toBeNaN()
  })

  it('takes the recorded value where there is one, realised times 1.1 elsewhere', () => {
    const closes = zigzag(80, 0.01)
    const recorded = { dates: closes.dates.slice(0, 75), values: new Float64Array(75).fill(0.4) }
    const series = impliedVolatilitySeries({ kind: 'recorded', recorded, closes, realisedFactor: 1.1 })
    expect(series.values[74]).toBe(0.4)
    expect(series.values[75]).toBeCloseTo(realisedVolatility(closes).values[75]! * 1.1, 15)
    const alone = impliedVolatilitySeries({ kind: 'realised', closes, realisedFactor: 1.1 })
    expect(alone.values[75]).toBe(series.values[75])
  })
})

describe('signalCloses', () => {
  it('are continuous over a split', () => {
    const closes = Float64Array.of(100, 50)
    const series = { dates: Int32Array.of(20200102, 20200103), close: closes } as unknown as Series
    expect([...signalCloses({ series, factors: Float64Array.of(1, 2) }).values]).toEqual([100, 100])
  })
})

describe('knownValue', () => {
  const series = daily([0.1, 0.2, Number.NaN, 0.4])

  it('is the value of the day at the close, of the day before at the open', () => {
    expect(knownValue(series, tradeDate(20200102), 'close')).toBe(0.2)
    expect(knownValue(series, tradeDate(20200102), 'open')).toBe(0.1)
  })

  it('goes back over days without a value, but not for ever', () => {
    expect(knownValue(series, tradeDate(20200103), 'close')).toBe(0.2)
    expect(knownValue(series, tradeDate(20200114), 'close')).toBe(0.4)
    expect(knownValue(series, tradeDate(20200115), 'close')).toBeNull()
    expect(knownValue(series, START, 'open')).toBeNull()
  })
})

describe('trailingDividendYield', () => {
  const dividends = [
    { date: tradeDate(20200101), amount: 3, line: 2 },
    { date: tradeDate(20200601), amount: 3.5, line: 3 },
    { date: tradeDate(20210101), amount: 0.5, line: 4 },
  ]

  it('sums the year up to the day, over the spot', () => {
    expect(trailingDividendYield({ dividends, splits: [], basis: 'adjusted' }, tradeDate(20200701), 100)).toBe(0.065)
    expect(trailingDividendYield({ dividends, splits: [], basis: 'adjusted' }, tradeDate(20210131), 100)).toBe(0.04)
  })

  it('counts raw dividends from before a split in shares of the day', () => {
    const splits = [{ row: 0, date: tradeDate(20200831), line: 9, numerator: 7, denominator: 1 }]
    expect(trailingDividendYield({ dividends, splits, basis: 'raw' }, tradeDate(20210131), 100)).toBe(0.01)
  })
})
