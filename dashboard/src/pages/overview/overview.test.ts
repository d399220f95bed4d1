import { describe, expect, it } from 'vitest'
import type { EquityCurve, EquityLine, ExposureRow } from '../../../../src/api/contract/overview.ts'
import { amountsOf } from '../../data/amounts.ts'
import { NARROW } from '../../format.ts'
import { benchmarkToday } from './benchmark.ts'
import { slicesOf } from './ClassesPanel.tsx'
import { isNear } from './equity.ts'
import { lastReturn, linesAtFirst, pointsY } from './equity-lines.ts'

const line = (
  id: string,
  kind: EquityLine['kind'],
  growth: readonly (number | null)[],
  value: readonly number[] = [1],
): EquityLine => ({
  id,
  kind,
  title: `Title of ${id}`,
  ordinal: kind === 'sleeve' ? 0 : -1,
  at: growth.map((_, index) => index),
  dates: null,
  value,
  growth,
})
const curve = (grain: EquityCurve['grain'], ...lines: readonly EquityLine[]): EquityCurve => ({
  from: null,
  to: null,
  grain,
  lines,
  drawdown: { at: [], dates: null, value: [] },
  haltLine: null,
  rebalancings: [],
  benchmarkWhy: '',
})

describe('the start of a period', () => {
  it('follows a fast market in steps: a week for a year, each day for a week', () => {
    expect(isNear('2023-01-02', '2023-01-08', '2024-01-08')).toBe(true)
    expect(isNear('2023-01-02', '2023-01-10', '2024-01-10')).toBe(false)
    expect(isNear('2024-01-02', '2024-01-03', '2024-01-10')).toBe(false)
  })
})

describe('the benchmark today', () => {
  it('is the change of its last day, and not told where points are no days', () => {
    const benchmark = line('SPY', 'benchmark', [1, 1.2, 1.1])
    expect(benchmarkToday(curve('day', benchmark))!.change).toBeCloseTo(1.1 / 1.2 - 1, 12)
    expect(benchmarkToday(curve('week', benchmark))).toBeNull()
    expect(benchmarkToday(curve('day', line('', 'portfolio', [1, 2])))).toBeNull()
    expect(benchmarkToday(null)).toBeNull()
  })
})

describe('lines', () => {
  const sleeves = Array.from({ length: 14 }, (_, index) => line(`s${index}`, 'sleeve', [1], [index]))
  const all = [line('', 'portfolio', [1]), ...sleeves, line('SPY', 'benchmark', [1])]
  it('are at first the portfolio, the benchmark and the twelve largest; on a phone no sleeve', () => {
    expect(linesAtFirst(all, false)).toHaveLength(14)
    expect(linesAtFirst(all, false)).not.toContain('s0')
    expect(linesAtFirst(all, true)).toEqual(['portfolio', 'SPY'])
  })
  it('tell the last return that is defined', () => {
    expect(lastReturn(line('a', 'sleeve', [1, 1.5, null]))).toBe(0.5)
    expect(lastReturn(line('a', 'sleeve', [null]))).toBeNull()
    expect(pointsY(line('a', 'sleeve', [1, null, 2]), 'Return')).toEqual([0, null, 1])
  })
})

describe('the donut', () => {
  it('has six slices at most, which add up to all', () => {
    const rows = Array.from({ length: 9 }, (_, index) => ({ name: `c${index}`, weight: 0.1 }) as ExposureRow)
    const slices = slicesOf(rows)
    expect(slices).toHaveLength(6)
    expect(slices.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(0.9, 12)
    expect(slicesOf([{ name: 'a', weight: null } as ExposureRow])).toEqual([])
  })
})

describe('amounts', () => {
  it('are parts of the value while they are hidden', () => {
    const hidden = amountsOf('USD', 200_000)
    expect([hidden.money('5000', { signed: true }), hidden.short('-100000')]).toEqual([
      `+2.50${NARROW}%`,
      `\u221250.0${NARROW}%`,
    ])
    expect(amountsOf('EUR', null).money('5000', { signed: true })).toBe('+€5,000.00')
    expect(amountsOf('USD', 0).money('5000')).toBe('n/a')
  })
})
