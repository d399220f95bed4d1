import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesFolder } from '../../../test/outside-data.ts'
import { allMetrics, computeMetric, findMetric, METRICS, metricInput, metricNames } from './catalogue.ts'
import { correlationMatrix, diversification } from './diversification.ts'
import { deepestDrawdowns, drawdownPeriods, drawdowns, drawdownsOfEquity, maxDrawdown } from './drawdown.ts'
import { paretoTail, smoothingIndex } from './fitted.ts'
import { marketTiming } from './relative.ts'
import { calendarYearReturns, cumulativeReturns, growth, monthlyReturns } from './returns.ts'
import { historicalShortfall, historicalValueAtRisk } from './risk.ts'
import { laneRange } from './rolling.ts'
import { summariseReturns, summariseTrades } from './summary.ts'

const settings = { seed: 20_260_105, numRuns: 500 }
const someReturns = fc.float64Array({ min: -0.2, max: 0.2, noNaN: true, minLength: 2, maxLength: 80 })
const options = { periods: 252, rf: 0, mar: 0, benchmark: null }

function everyNumber(value: unknown, visit: (number: number) => void): void {
  if (typeof value === 'number') visit(value)
  else if (value !== null && typeof value === 'object')
    for (const part of Object.values(value)) everyNumber(part, visit)
}

describe('allMetrics', () => {
  it('never reports NaN or an infinite number, whatever the returns', () => {
    const wild = fc.array(fc.constantFrom(-1, -0.5, 0, 0, 0.01, 0.01, 0.5, 3, Number.NaN), { maxLength: 12 })
    fc.assert(
      fc.property(wild, wild, (own, other) => {
        const returns = Float64Array.from(own)
        const benchmark = Float64Array.from(own, (_, index) => other[index] ?? 0)
        const all = { ...allMetrics(returns, options), ...allMetrics(returns, { ...options, mar: 0.005, benchmark }) }
        everyNumber(all, (number) => expect(Number.isFinite(number) && !Object.is(number, -0)).toBe(true))
      }),
      settings,
    )
  })
  it('prints every name, null for what needs a benchmark that is not there', () => {
    const all = allMetrics(Float64Array.of(0.01, -0.02, 0.03), options)
    expect(Object.keys(all)).toEqual(metricNames(0))
    expect(metricNames(0).filter((name) => !name.endsWith('_mar005')).length).toBe(Object.keys(METRICS).length - 1)
    expect([all['beta'], all['msquared'], all['excess_sharpe'], all['alpha_beta']]).toEqual([null, null, null, null])
  })
  it('drops missing observations', () => {
    const dense = allMetrics(Float64Array.of(0.01, -0.02, 0.03, 0.01), options)
    const sparse = allMetrics(Float64Array.of(0.01, Number.NaN, -0.02, 0.03, Number.NaN, 0.01), options)
    for (const name of ['n', 'mean', 'sharpe', 'sortino', 'max_drawdown', 'cum_return', 'var95_hist', 'kurtsample']) {
      expect(sparse[name]).toBe(dense[name])
    }
  })
  it('does not take rounding noise of a constant series for risk', () => {
    for (const level of [0, 0.001, 0.01, 0.1, -0.003]) {
      const all = allMetrics(new Float64Array(30).fill(level), options)
      expect([all['vol'], all['sharpe'], all['sharpe_pop_std']]).toEqual([0, null, null])
    }
  })
  it('states the acceptable return in the names of the book', () => {
    const names = metricNames(0.01)
    expect(names).toContain('kappa_l2_mar01')
    expect(names).toContain('downsidedeviation_mar005')
    const all = allMetrics(Float64Array.of(0.01, -0.02, 0.03, 0.002), { ...options, mar: 0.005 })
    expect(all['downsidedeviation_mar005']).toBe(all['downsidedeviation'])
  })
})

describe('findMetric', () => {
  it('knows the printed names and their other spellings', () => {
    for (const name of metricNames(0.005)) expect(findMetric(name)).not.toBeNull()
    expect(findMetric('bacon_ProspectRatio')).toBe(findMetric('prospect'))
    expect(findMetric('bacon_kurt_sample')).toBe(findMetric('kurtsample'))
    expect(findMetric('bacon_sortino')).not.toBe(findMetric('sortino'))
  })
  it('knows no others', () => {
    expect([findMetric('madness'), findMetric('roll_madness'), findMetric('toString')]).toEqual([null, null, null])
    expect(() => computeMetric('madness', metricInput({ returns: new Float64Array(3) }))).toThrow('madness')
  })
  it('moves a window over any metric', () => {
    const returns = Float64Array.of(0.1, -0.1, 0.2, -0.3)
    const input = metricInput({ returns, window: 2 })
    expect(computeMetric('roll_max_drawdown', input)).toEqual([
      expect.closeTo(-0.1, 12),
      expect.closeTo(-0.1, 12),
      expect.closeTo(-0.3, 12),
    ])
  })
})

describe('docs/metrics.md', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../../docs/metrics.md'), 'utf8')
  const sections = text.split(/^## /m)
  const printed = sections
    .filter((section) => !/^(Conventions|Trades|Portfolio|Contribution|Figures)/.test(section))
    .join('\n')
  const documented = [...printed.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!)
  it('names exactly what is printed', () => {
    const names = metricNames(0).filter((name) => !name.endsWith('_mar005'))
    expect(documented.toSorted((left, right) => (left < right ? -1 : 1))).toEqual(
      names.toSorted((left, right) => (left < right ? -1 : 1)),
    )
  })
  it('gives every metric a formula and a source', () => {
    for (const line of text.split('\n').filter((row) => row.startsWith('| `'))) {
      const cells = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
      expect([line, cells.length, cells[1] !== '', cells[3] !== '']).toEqual([line, 4, true, true])
    }
  })
})

describe('drawdowns', () => {
  it('count the starting capital as a peak', () => {
    expect(maxDrawdown(Float64Array.of(-0.1, 0.05, 0.02))).toBeCloseTo(-0.1, 14)
    expect([maxDrawdown(Float64Array.of(0.1)), maxDrawdown(new Float64Array())]).toEqual([0, Number.NaN])
  })
  it('are those of the equity curve', () => {
    fc.assert(
      fc.property(someReturns, (returns) => {
        const equity = Float64Array.from([1, ...cumulativeReturns(returns).map((value) => 1 + value)])
        const fromEquity = drawdownsOfEquity(equity).subarray(1)
        drawdowns(returns).forEach((value, index) => {
          expect(Math.abs(value - fromEquity[index]!)).toBeLessThan(1e-12)
        })
      }),
      settings,
    )
  })
  it('fall apart into stretches that do not overlap and hold the deepest point', () => {
    fc.assert(
      fc.property(someReturns, (returns) => {
        const series = drawdowns(returns)
        const periods = drawdownPeriods(series)
        let last = -1
        for (const { start, trough, recovery, depth } of periods) {
          expect(start).toBeGreaterThan(last)
          expect(series[trough]).toBe(depth)
          expect(recovery === null || recovery > trough).toBe(true)
          last = recovery ?? returns.length
        }
        expect(deepestDrawdowns(series, 1)[0]?.depth ?? 0).toBe(maxDrawdown(returns))
      }),
      settings,
    )
  })
})

describe('calendar returns', () => {
  const dates = Int32Array.of(20231229, 20240102, 20240131, 20240201, 20250101)
  const returns = Float64Array.of(0.1, 0.1, -0.1, 0.2, Number.NaN)
  it('compound within each month and year that has observations', () => {
    expect(monthlyReturns(dates, returns).map(({ year, month, value }) => [year, month, value.toFixed(6)])).toEqual([
      [2023, 12, '0.100000'],
      [2024, 1, '-0.010000'],
      [2024, 2, '0.200000'],
    ])
    expect(
      calendarYearReturns(dates, returns).map(({ year, month, value }) => [year, month, value.toFixed(6)]),
    ).toEqual([
      [2023, 0, '0.100000'],
      [2024, 0, '0.188000'],
    ])
  })
  it('compound to the whole', () => {
    const product = monthlyReturns(dates, returns).reduce((running, { value }) => running * (1 + value), 1)
    expect(product).toBeCloseTo(growth(returns), 14)
  })
})

describe('risk', () => {
  it('never loses less beyond the value at risk than at it', () => {
    fc.assert(
      fc.property(someReturns, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (returns, tail) => {
        const shortfall = historicalShortfall(returns, tail)
        expect(shortfall).toBeGreaterThanOrEqual(historicalValueAtRisk(returns, tail) - 1e-15)
      }),
      settings,
    )
  })
})

describe('fitted models', () => {
  const smoothed = Float64Array.from({ length: 200 }, (_, index) => Math.sin(index * index) * 0.02)
  const blended = smoothed.map((value, index) => (value + (smoothed[index - 1] ?? 0) + (smoothed[index - 2] ?? 0)) / 3)
  it('see smoothing', () => {
    expect(smoothingIndex(blended)).toBeLessThan(0.4)
    expect(smoothingIndex(smoothed)).toBeGreaterThan(0.8)
    expect([smoothingIndex(new Float64Array(9)), smoothingIndex(Float64Array.of(0.1))]).toEqual([
      Number.NaN,
      Number.NaN,
    ])
  })
  it('fit a fat tail whose shortfall is beyond its value at risk', () => {
    const returns = Float64Array.from({ length: 400 }, (_, index) => 0.01 - 0.005 / Math.sqrt((index + 1) / 401))
    const fit = paretoTail(returns, 0.01)!
    expect(fit.expectedShortfall).toBeGreaterThan(fit.valueAtRisk)
    expect(fit.valueAtRisk).toBeGreaterThan(fit.threshold)
    expect(paretoTail(Float64Array.of(0.1, 0.1, 0.1, 0.1), 0.01)).toBeNull()
  })
  it('recover the coefficients of a timed market', () => {
    const market = Float64Array.of(0.01, -0.02, 0.03, -0.04, 0.02, 0.005, -0.01)
    const quadratic = marketTiming(
      market.map((value) => 0.001 + 0.5 * value + 2 * value * value),
      market,
      'treynorMazuy',
    )
    expect([quadratic.alpha, quadratic.beta, quadratic.gamma]).toEqual([
      expect.closeTo(0.001, 10),
      expect.closeTo(0.5, 10),
      expect.closeTo(2, 8),
    ])
  })
})

describe('summaries', () => {
  it('are null where undefined', () => {
    expect(summariseReturns(new Float64Array(), 252)).toEqual({
      totalReturn: null,
      annualReturn: null,
      volatility: null,
      sharpe: null,
      sortino: null,
      calmar: null,
      maxDrawdown: null,
      meanDailyReturn: null,
    })
    expect(summariseTrades(new Float64Array())).toEqual({
      count: 0,
      winRate: null,
      profitFactor: null,
      averageTrade: null,
      averageWinner: null,
      averageLoser: null,
      expectancy: null,
    })
  })
  it('have no ratio to what rounding leaves of a fall', () => {
    const noise = Float64Array.of(0.001, -2.220446049250313e-16, 0, -3e-15)
    const { calmar, sortino } = summariseReturns(noise, 252)
    expect([calmar, sortino]).toEqual([null, null])
  })
  it('equal the metrics of the same names', () => {
    fc.assert(
      fc.property(someReturns, (returns) => {
        const summary = summariseReturns(returns, 252)
        const all = allMetrics(returns, options)
        expect([summary.sharpe, summary.sortino, summary.calmar, summary.maxDrawdown]).toEqual([
          all['sharpe'],
          all['sortino'],
          all['calmar'],
          all['max_drawdown'],
        ])
      }),
      { ...settings, numRuns: 50 },
    )
  })
  it('count trades', () => {
    expect(summariseTrades(Float64Array.of(10, -5, 0, 3))).toEqual({
      count: 4,
      winRate: 0.5,
      profitFactor: 2.6,
      averageTrade: 2,
      averageWinner: 6.5,
      averageLoser: -5,
      expectancy: 2,
    })
    expect(summariseTrades(Float64Array.of(1, 2)).profitFactor).toBe('Infinity')
  })
})

describe('correlation and diversification', () => {
  it('has ones on its diagonal, mirrors itself, and is null for a column that does not move', () => {
    const columns = [Float64Array.of(1, 2, 3), Float64Array.of(3, 1, 2), new Float64Array(3)]
    const matrix = correlationMatrix(columns)
    expect(matrix.map((row, index) => row[index])).toEqual([1, 1, null])
    expect(matrix[0]![1]).toBeCloseTo(-0.5, 14)
    expect(matrix[1]![0]).toBe(matrix[0]![1])
  })
  it('gives the three forms', () => {
    expect(diversification([0.1, 0.3], [0.5, 0.5], 0.16)).toEqual({
      ratio: 1.25,
      volatilityOverSum: expect.closeTo(0.4, 14),
      volatilityOverWeighted: expect.closeTo(0.8, 14),
    })
    expect(diversification([0, 0], [0.5, 0.5], 0).ratio).toBeNull()
  })
  it('finds the extent of a rolling series', () => {
    const lane = Float64Array.of(Number.NaN, 2, 5, 5, 1)
    expect(laneRange(lane)).toEqual({ firstDefinedIndex: 1, count: 4, sum: 13, max: 5, argmax: 2, min: 1, argmin: 4 })
    expect(laneRange(new Float64Array(2).fill(Number.NaN)).firstDefinedIndex).toBeNull()
  })
})

const folder = casesFolder()

describe.skipIf(folder === null)(
  'the printed figures of the book (skipped where the folder of cases is missing)',
  () => {
    const rows =
      folder === null ? [] : readFileSync(join(folder, 'inputs/portfolio_bacon.csv'), 'utf8').trim().split('\n')
    const column = (place: number) => Float64Array.from(rows.slice(1), (row) => Number(row.split(',')[place]))
    const all = () =>
      allMetrics(column(1), { periods: 12, rf: 0, mar: 0.005, benchmark: rows.length === 0 ? null : column(2) })
    it.each([
      ['adjustedsharpe', 0.7591435, 1e-7],
      ['appraisal', -0.43, 5e-4],
      ['burke', 0.74, 5e-3],
      ['downsidepotential', 0.0137, 5e-5],
      ['kurtsampleexcess', -0.41, 5e-3],
      ['m2sortino', 0.1035, 5e-5],
      ['omegaexcess', 0.0805, 5e-5],
      ['omegasharpe', 0.29, 5e-3],
      ['painindex', 0.04, 5e-3],
      ['skewkurt', -0.034, 5e-4],
      ['specificrisk', 0.0329, 5e-5],
      ['totalrisk_population', 0.134, 5e-4],
      ['treynormod_population', 0.7975, 5e-5],
      ['varskew', 1.15, 5e-3],
      ['volskew', 1.32, 5e-3],
    ] as const)('%s is %d', (name, wanted, room) => {
      expect(Math.abs(Number(all()[name]) - wanted)).toBeLessThanOrEqual(room)
    })
    it('prospect at 5 percent is -0.134, its fourth digit cut off', () => {
      const value = Number(computeMetric('prospect_mar05', metricInput({ returns: column(1), periods: 12 })))
      expect(Math.floor(-value * 1000)).toBe(134)
    })
    it('smoothing index is that of the full likelihood', () => {
      expect(all()['smoothing_index']).toBeCloseTo(0.977250893, 6)
    })
  },
)
