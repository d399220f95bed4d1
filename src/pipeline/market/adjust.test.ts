import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { describeFault } from '../../domain/faults.ts'
import type { Series } from '../../domain/series.ts'
import { startOfDay } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { forwardFactors, payableDividends, priceBasis, ratioOf, splitsOf } from './adjust.ts'

/** A series of `date price split` rows whose open, high, low and close are equal. */
function seriesOf(text: string): Series {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at]!)
  const dates = Int32Array.from(rows, (row) => row[0]!)
  return {
    source: 'hand.csv',
    layout: 'ohlcv-splits',
    resolution: 'day',
    dates,
    times: Float64Array.from(dates, (date) => startOfDay(date as TradeDate)),
    open: column(1),
    high: column(1),
    low: column(1),
    close: column(1),
    volume: column(1),
    adjustedClose: null,
    dividend: null,
    split: column(2),
    lines: Int32Array.from(rows, (_, row) => row + 2),
    findings: [],
  }
}

describe('ratioOf', () => {
  it.each([
    [7.000007, 7, 1],
    [0.33333333, 1, 3],
    [0.14285714, 1, 7],
    [0.06666667, 1, 15],
    [1.5, 3, 2],
    [0.04, 1, 25],
  ])('takes %d for %d:%d', (coefficient, numerator, denominator) => {
    expect(ratioOf(coefficient)).toEqual({ numerator, denominator })
  })

  it('knows no ratio for a coefficient that is none', () => {
    expect(ratioOf(3.7183)).toBeNull()
    expect(ratioOf(101)).toBeNull()
    expect(ratioOf(-2)).toBeNull()
    expect(ratioOf(0.001)).toBeNull()
  })

  it('finds every ratio in lowest terms from eight decimals', () => {
    const part = fc.integer({ min: 1, max: 100 })
    fc.assert(
      fc.property(part, part, (numerator, denominator) => {
        const found = ratioOf(Number((numerator / denominator).toFixed(8)))!
        expect(found.numerator * denominator).toBe(found.denominator * numerator)
        expect(found.numerator).toBeLessThanOrEqual(numerator)
      }),
      propertyRuns(500),
    )
  })
})

describe('priceBasis', () => {
  const raw = seriesOf(`
    20200102 100 1
    20200103 102 1
    20200106 51 2
    20200107 52 1`)
  const adjusted = seriesOf(`
    20200102 50 1
    20200103 51 1
    20200106 51 2
    20200107 52 1`)
  const splits = (series: Series) => {
    const found = splitsOf(series)
    if (!found.ok) throw new Error('splits')
    return found.value
  }

  it('tells raw from adjusted by the jump', () => {
    expect(priceBasis(raw, splits(raw), null)).toEqual({ ok: true, value: 'raw' })
    expect(priceBasis(adjusted, splits(adjusted), null)).toEqual({ ok: true, value: 'adjusted' })
  })

  it('refuses the wrong declaration with the line of the split', () => {
    const one = priceBasis(raw, splits(raw), 'adjusted')
    expect(one.ok ? '' : describeFault(one.error)).toBe(
      '"hand.csv" line 4: prices are declared adjusted, but jump at the 2:1 split of 2020-01-06 as raw prices do; declare them raw',
    )
    const other = priceBasis(adjusted, splits(adjusted), 'raw')
    expect(other.ok ? '' : describeFault(other.error)).toContain('line 4: prices are declared raw, but do not jump')
  })

  it('accumulates the factor forward, and not at all for adjusted prices', () => {
    expect([...forwardFactors(raw, splits(raw), 'raw')]).toEqual([1, 1, 2, 2])
    expect([...forwardFactors(adjusted, splits(adjusted), 'adjusted')]).toEqual([1, 1, 1, 1])
  })

  it('never changes a factor when rows behind it are taken away', () => {
    const short = seriesOf(`
      20200102 100 1
      20200103 102 1`)
    expect(forwardFactors(short, splits(short), 'raw')).toEqual(forwardFactors(raw, splits(raw), 'raw').slice(0, 2))
  })
})

describe('payableDividends', () => {
  const series = seriesOf('20200102 50 1\n20200103 51 1\n20200106 49 1')
  const paying = (amount: number, date: number) => ({
    series,
    splits: [],
    basis: 'adjusted' as const,
    file: {
      source: 'dividends.csv',
      dates: Int32Array.of(date),
      amounts: Float64Array.of(amount),
      lines: Int32Array.of(2),
      findings: [],
    },
  })

  it('refuses an amount above what the share is worth, with its line', () => {
    const found = payableDividends(paying(51.5, 20200106))
    expect(found.ok ? '' : describeFault(found.error)).toBe(
      '"dividends.csv" line 2: the dividend of 2020-01-06 is 51.5 a share, above the close of 51 before it; correct the amount, or its share count',
    )
  })

  it('takes the whole of it, and one from before the first price', () => {
    expect(payableDividends(paying(51, 20200106))).toMatchObject({ ok: true, value: [{ amount: 51 }] })
    expect(payableDividends(paying(900, 20200102))).toMatchObject({ ok: true, value: [{ amount: 900 }] })
  })
})
