import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { describeFault } from '../../domain/faults.ts'
import type { RawSeries } from '../../domain/recorded.ts'
import type { SeriesResult } from '../../domain/series.ts'
import { addDays, startOfDay, tradeDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { validateSeries } from './validate.ts'

const TODAY = tradeDate(20261120)

/** Rows of `date open high low close volume`, as a daily file; the first stands on line 2. */
function raw(rows: readonly (readonly number[])[], more: Partial<RawSeries> = {}): RawSeries {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at]!)
  const dates = Int32Array.from(rows, (row) => row[0]!)
  return {
    source: 'hand.csv',
    layout: 'ohlcv',
    prices: 'ohlc',
    hasVolume: true,
    resolution: 'day',
    dates,
    times: Float64Array.from(dates, (date) => startOfDay(date as TradeDate)),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    adjustedClose: null,
    dividend: null,
    split: null,
    lines: Int32Array.from(rows, (_, row) => row + 2),
    findings: [],
    ...more,
  }
}

function told(result: SeriesResult): string {
  if (!result.ok) return describeFault(result.error)
  return result.series.findings.map(({ code, line, count }) => `${code} ${line} ${count}`).join(', ')
}

/** Calm, valid rows of consecutive days. */
const calm = (count: number): number[][] =>
  Array.from({ length: count }, (_, day) => [addDays(tradeDate(20200106), day), 10, 11, 9, 10 + (day % 2), 100])

describe('validateSeries', () => {
  it('finds nothing in good rows', () => {
    const result = validateSeries(raw(calm(5)), TODAY)
    expect(told(result)).toBe('')
    expect(result.ok && [...result.series.lines]).toEqual([2, 3, 4, 5, 6])
  })

  it('reverses what stands newest first and keeps the lines', () => {
    const result = validateSeries(raw(calm(4).reverse()), TODAY)
    expect(told(result)).toBe('newest-first 2 4')
    expect(result.ok && [...result.series.lines]).toEqual([5, 4, 3, 2])
  })

  it('keeps one copy of a stretch that is stored again and again', () => {
    const block = calm(6)
    const result = validateSeries(raw([...block, ...block, ...block]), TODAY)
    expect(told(result)).toBe('repeated-blocks 8 12')
    expect(result.ok && result.series.dates).toHaveLength(6)
  })

  it('refuses a repeated stretch with other prices', () => {
    const block = calm(4)
    const other = block.map((row) => [...row])
    other[2]![4] = 10.5
    expect(told(validateSeries(raw([...block, ...other]), TODAY))).toContain('with other values than on line 4')
  })

  it('takes the last of several looks at an unfinished day', () => {
    const rows = calm(3)
    const looks = [...rows, [rows[2]![0]!, 10, 12, 9, 11, 150]]
    const times = Float64Array.from(looks, (row, at) => startOfDay(row[0] as TradeDate) + at)
    const result = validateSeries(raw(looks, { times }), TODAY)
    expect(told(result)).toBe('early-snapshots 4 1')
    expect(result.ok && result.series.close.at(-1)).toBe(11)
  })

  it('refuses prices that leap between two levels again and again', () => {
    const rows = calm(60).map((row, day) => (day % 2 === 0 ? row : [row[0]!, 40, 41, 39, 40, 100]))
    expect(told(validateSeries(raw(rows), TODAY))).toContain(
      'line 3: close goes from 10 to 40 on 2020-01-07, one of 59 jumps beyond a factor of 2.5',
    )
  })

  it('notes one jump like a split and refuses two', () => {
    const at = (from: number, price: number): number[][] =>
      calm(10).map((_, day) => [addDays(tradeDate(20200106), from + day), price, price * 1.01, price, price, 100])
    const one = [...at(0, 100), ...at(10, 50)]
    expect(told(validateSeries(raw(one), TODAY))).toBe('split-like-jump 12 1')
    const two = [...one, ...at(20, 12.5)]
    expect(told(validateSeries(raw(two), TODAY))).toContain(
      'line 12: the price of 2020-01-16 jumps like an unadjusted 2:1',
    )
    const split = new Float64Array(30).fill(1)
    split[10] = 2
    split[20] = 4
    expect(told(validateSeries(raw(two, { split }), TODAY))).toBe('')
  })

  it('comes out sorted, positive and consistent, or refused with a line, whatever goes in', () => {
    const value = fc.oneof(
      { weight: 8, arbitrary: fc.double({ min: 1, max: 20, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN) },
    )
    const row = fc.tuple(fc.integer({ min: 0, max: 12 }), value, value, value, value, value)
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const given = rows.map(([day, ...rest]) => [addDays(tradeDate(20200106), day), ...rest])
        const result = validateSeries(raw(given), TODAY)
        if (!result.ok) {
          expect(Number(result.error.values['line'])).toBeGreaterThanOrEqual(2)
          return
        }
        const { dates, open, high, low, close, findings } = result.series
        for (let at = 0; at < dates.length; at += 1) {
          if (at > 0) expect(dates[at]!).toBeGreaterThan(dates[at - 1]!)
          expect(low[at]!).toBeGreaterThan(0)
          expect(low[at]!).toBeLessThanOrEqual(Math.min(open[at]!, close[at]!))
          expect(high[at]!).toBeGreaterThanOrEqual(Math.max(open[at]!, close[at]!))
        }
        // No row is lost without a repair that counts it.
        const said = findings.filter(({ kind, code }) => kind === 'repair' && DROPS.has(code))
        const dropped = said.reduce((sum, { count }) => sum + count, 0)
        expect(dates.length + dropped).toBe(given.length)
      }),
      propertyRuns(2_000),
    )
  })
})

const DROPS: ReadonlySet<string> = new Set([
  'empty-rows',
  'zero-prices',
  'duplicate-rows',
  'repeated-blocks',
  'early-snapshots',
  'odd-first-bar',
  'lone-bar',
])
