import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../numerics/random.ts'
import { sampleDeviation } from '../../numerics/statistics.ts'
import { blockDraws } from './bootstrap.ts'
import { onCommonDates } from './common-dates.ts'
import { concentration } from './concentration.ts'
import { cornishFisherQuantile, edgeworthShortfall } from './cornish-fisher.ts'
import { correlationStability } from './correlation-stability.ts'
import { diversificationSeries } from './diversification.ts'
import {
  cornishFisherValueAtRisk,
  gaussianShortfall,
  gaussianValueAtRisk,
  historicalShortfall,
  historicalValueAtRisk,
} from './risk.ts'
import { mixOf, riskComponentsOfSeries } from './risk-components.ts'
import { commonRows, levelName, riskReport } from './risk-report.ts'
import { cornishFisherTail, gaussianTail, historicalTail } from './tail-components.ts'
import { tailIntervals, tailRisk } from './tail-risk.ts'

/** Series with a common part and now and then a jump. */
function series(count: number, rows: number, seed = 5): Float64Array[] {
  const random = createRandom(seed)
  const common = Array.from({ length: rows }, () => random.normal())
  return Array.from({ length: count }, (_, at) =>
    Float64Array.from(common, (shock) => {
      const jump = random.uniform() < 0.02 ? -4 * random.uniform() : 0
      return 0.0003 + 0.005 * (at + 1) * (0.4 * shock + random.normal() + jump)
    }),
  )
}
const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)
const COLUMNS = series(4, 400)
const WEIGHTS = [0.4, -0.2, 0.5, 0]
const OPTIONS = { periods: 252, tails: [0.05, 0.01], seed: 3, draws: 200, confidence: 0.9 }

describe('components', () => {
  it('add up to their figure, and change as the figure does with a weight', () => {
    const figures = [
      (weights: readonly number[]) => gaussianTail(COLUMNS, weights, 0.05).valueAtRisk,
      (weights: readonly number[]) => gaussianTail(COLUMNS, weights, 0.01).shortfall,
      (weights: readonly number[]) => cornishFisherTail(COLUMNS, weights, 0.05).valueAtRisk,
      (weights: readonly number[]) => cornishFisherTail(COLUMNS, weights, 0.05).shortfall,
      (weights: readonly number[]) => cornishFisherTail(COLUMNS, weights, 0.01, 'sample').shortfall,
    ]
    const step = 1e-6
    for (const figure of figures) {
      const { total, contributions } = figure(WEIGHTS)
      expect(sum(contributions)).toBeCloseTo(total, 12)
      for (const at of [0, 1, 2]) {
        const moved = (by: number): number =>
          figure(WEIGHTS.map((weight, other) => (other === at ? weight + by : weight))).total
        const slope = (moved(step) - moved(-step)) / (2 * step)
        expect(contributions[at]! / WEIGHTS[at]!).toBeCloseTo(slope, 7)
      }
      expect(contributions[3]).toBe(0)
    }
  })
  it('of the days themselves add up too', () => {
    const { valueAtRisk, shortfall } = historicalTail(COLUMNS, WEIGHTS, 0.05)
    expect(sum(valueAtRisk.contributions)).toBeCloseTo(valueAtRisk.total, 14)
    expect(sum(shortfall.contributions)).toBeCloseTo(shortfall.total, 14)
  })
  it('of the volatility add up for any weights, and are nothing for a mix that does not move', () => {
    const weights = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(weights, (given) => {
        const { total, component } = riskComponentsOfSeries(COLUMNS, given)
        expect(sum(component)).toBeCloseTo(total, 12)
        expect(total).toBeCloseTo(sampleDeviation(mixOf(COLUMNS, given)), 12)
      }),
      { seed: 31 },
    )
    const still = riskComponentsOfSeries([Float64Array.of(0.01, 0.01), Float64Array.of(0, 0)], [1, 1])
    expect(still).toEqual({
      total: 0,
      marginal: [Number.NaN, Number.NaN],
      component: [0, 0],
      share: [Number.NaN, Number.NaN],
    })
  })
})

describe('diversificationSeries', () => {
  it('is the reduction of each window at the weights of its last day, and never negative for positive weights', () => {
    const columns = series(3, 120, 9)
    const lanes = [0.5, 0.3, 0.2].map((weight, at) =>
      Float64Array.from({ length: 120 }, (_, day) => (day < 100 ? weight : [0.2, 0.2, 0.6][at]!)),
    )
    const found = diversificationSeries(columns, lanes, { window: 60, periods: 252 })
    expect(found.benefit.findIndex((value) => !Number.isNaN(value))).toBe(59)
    const last = columns.map((column) => column.subarray(60))
    const root = Math.sqrt(252)
    const own = last.map((column) => sampleDeviation(column) * root)
    expect(found.weighted[119]).toBeCloseTo(0.2 * own[0]! + 0.2 * own[1]! + 0.6 * own[2]!, 14)
    expect(found.portfolio[119]).toBeCloseTo(sampleDeviation(mixOf(last, [0.2, 0.2, 0.6])) * root, 14)
    for (let day = 59; day < 120; day += 1) {
      expect(found.benefit[day]).toBe(found.weighted[day]! - found.portfolio[day]!)
      expect(found.benefit[day]).toBeGreaterThan(0)
    }
  })
  it('is nothing for one series', () => {
    const [only] = series(1, 80)
    const found = diversificationSeries([only!], [new Float64Array(80).fill(1)], { window: 60, periods: 252 })
    expect(found.benefit[79]).toBeCloseTo(0, 14)
  })
})

describe('concentration', () => {
  it('counts equal exposures, and says 1 of a single one', () => {
    const equal = concentration([10, -10, 10, 10, 10, 10], 100)
    expect(equal).toEqual({
      largest: 0.1,
      topFive: 0.5,
      herfindahl: expect.closeTo(1 / 6, 14),
      effectiveCount: expect.closeTo(6, 12),
    })
    expect(concentration([7], 100)).toEqual({ largest: 0.07, topFive: 0.07, herfindahl: 1, effectiveCount: 1 })
    expect(concentration([], 100)).toEqual({ largest: 0, topFive: 0, herfindahl: 0, effectiveCount: 0 })
  })
})

describe('onCommonDates', () => {
  it('puts what one series earned while the other was closed into the next common row', () => {
    const coin = Float64Array.of(0.01, 0.02, -0.01, 0.03)
    const share = Float64Array.of(0.005, 0, 0, 0.01)
    const open = (series: number, row: number): boolean => series === 0 || row === 0 || row === 3
    const common = onCommonDates([coin, share], open, 365)
    expect([...common.rows]).toEqual([0, 3])
    expect(common.columns[0]![1]).toBeCloseTo(1.02 * 0.99 * 1.03 - 1, 15)
    expect(common.columns[1]![1]).toBeCloseTo(0.01, 15)
    expect(common.periods).toBe(182.5)
  })
  it('changes nothing of series on one calendar', () => {
    const columns = series(2, 30)
    const common = onCommonDates(columns, () => true, 252)
    expect(common.columns[1]).toBe(columns[1])
    expect(common.periods).toBe(252)
  })
  it('leaves out rows on which an open series has none, and carries nothing over them', () => {
    const benched = Float64Array.of(0.01, Number.NaN, Number.NaN, 0.02, 0.03)
    const other = Float64Array.of(0.1, 0.2, 0.3, 0.1, 0.1)
    const open = (series: number, row: number): boolean => series === 1 || row !== 3
    const common = onCommonDates([benched, other], open, 250)
    expect([...common.rows]).toEqual([0, 4])
    // the third row was known: it goes into the next one; the two before it are gone
    expect(common.columns[1]![1]).toBeCloseTo(1.1 * 1.1 - 1, 15)
    expect(common.columns[0]![1]).toBeCloseTo(1.02 * 1.03 - 1, 15)
    expect(common.periods).toBeCloseTo((250 * 2) / 3, 12)
  })
  it('begins where the last series begins: what others earned before is not a return of that row', () => {
    const late = Float64Array.of(Number.NaN, Number.NaN, 0.1, 0.2)
    const common = onCommonDates([late, Float64Array.of(0.5, 0.5, 0.1, 0.1)], () => true, 12)
    expect([...common.rows]).toEqual([2, 3])
    expect([...common.columns[1]!]).toEqual([0.1, expect.closeTo(0.1, 15)])
  })
})

describe('tailRisk', () => {
  it('agrees with the single figures and with a mix of one', () => {
    const returns = COLUMNS[1]!
    for (const tail of [0.05, 0.01]) {
      const { historical, gaussian, cornishFisher } = tailRisk(returns, tail)
      expect(historical.valueAtRisk).toBeCloseTo(historicalValueAtRisk(returns, tail), 14)
      expect(historical.shortfall).toBeCloseTo(historicalShortfall(returns, tail), 14)
      expect(gaussian.valueAtRisk).toBeCloseTo(gaussianValueAtRisk(returns, tail), 14)
      expect(gaussian.shortfall).toBeCloseTo(gaussianShortfall(returns, tail), 14)
      expect(cornishFisher.valueAtRisk).toBeCloseTo(cornishFisherValueAtRisk(returns, tail), 14)
      expect(cornishFisher.shortfall).toBeCloseTo(cornishFisherTail([returns], [1], tail).shortfall.total, 14)
    }
  })
  it('loses at least as much beyond a quantile as at it, whatever the shape', () => {
    const shape = fc.record({
      skewness: fc.double({ min: -3, max: 3, noNaN: true }),
      excessKurtosis: fc.double({ min: -2, max: 20, noNaN: true }),
    })
    fc.assert(
      fc.property(shape, fc.constantFrom(0.05, 0.01), (given, tail) => {
        const quantile = cornishFisherQuantile(tail, given).value
        expect(edgeworthShortfall(tail, given).value).toBeGreaterThanOrEqual(-quantile)
      }),
      { seed: 32 },
    )
  })
  it('gives the same intervals for the same seed, around the figure of a long history', () => {
    const returns = series(1, 1500, 8)[0]!
    const [first] = tailIntervals(returns, [0.05], OPTIONS)
    expect(tailIntervals(returns, [0.05], OPTIONS)[0]).toEqual(first)
    expect(tailIntervals(returns, [0.05], { ...OPTIONS, seed: 4 })[0]).not.toEqual(first)
    const point = tailRisk(returns, 0.05)
    for (const method of ['historical', 'gaussian', 'cornishFisher'] as const) {
      expect(first![method].valueAtRisk.low).toBeLessThan(point[method].valueAtRisk)
      expect(first![method].valueAtRisk.high).toBeGreaterThan(point[method].valueAtRisk)
    }
  })
})

describe('blockDraws', () => {
  it('keeps rows that followed each other together, and goes round at the end', () => {
    for (const rows of blockDraws(10, { random: createRandom(1), draws: 50, block: 4 })) {
      expect(rows).toHaveLength(10)
      for (let at = 1; at < 10; at += 1) if (at % 4 !== 0) expect(rows[at]).toBe((rows[at - 1]! + 1) % 10)
    }
    expect([...blockDraws(0, { random: createRandom(1), draws: 5, block: 1 })]).toEqual([])
  })
  it('takes every row equally often in the long run', () => {
    const counts = Array.from({ length: 7 }, () => 0)
    for (const rows of blockDraws(7, { random: createRandom(2), draws: 4000, block: 3 }))
      for (const row of rows) counts[row]! += 1
    for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(250)
  })
})

describe('correlationStability', () => {
  it('alerts once per move beyond 0.3 in 30 days and once per crossing of 0.70', () => {
    const lane = Float64Array.from({ length: 140 }, (_, day) =>
      day < 9 ? Number.NaN : day < 50 ? 0.2 : day < 100 ? 0.8 : 0.7,
    )
    const { alerts, deviation } = correlationStability(lane)
    expect(alerts.map(({ index, kind }) => `${index} ${kind}`)).toEqual(['50 above', '50 moved', '100 below'])
    expect(alerts[1]).toMatchObject({ correlation: 0.8, reference: 0.2 })
    expect(deviation).toBeGreaterThan(0.2)
  })
  it('has nothing to say of a correlation that is never defined', () =>
    expect(correlationStability(new Float64Array(50).fill(Number.NaN))).toEqual({ deviation: Number.NaN, alerts: [] }))
})

describe('riskReport', () => {
  const everyNumber = (value: unknown): number[] =>
    typeof value === 'number'
      ? [value]
      : value !== null && typeof value === 'object'
        ? Object.values(value).flatMap(everyNumber)
        : []
  it('measures the mix on the rows that all have, each series on its own', () => {
    const columns = series(3, 300)
    columns[1]!.fill(Number.NaN, 0, 100)
    columns[2]![250] = Number.NaN
    const report = riskReport(columns, [0.5, 0.25, 0.25], OPTIONS)
    expect(report.observations).toBe(199)
    expect(commonRows(columns)[0]).toBe(100)
    expect(sum(report.components)).toBeCloseTo(report.portfolioVolatility!, 12)
    for (const method of ['historical', 'gaussian', 'cornishFisher'] as const) {
      for (const level of OPTIONS.tails.map(levelName)) {
        expect(sum(report.varComponents[method][level]!)).toBeCloseTo(report.portfolio.var[method][level]!, 12)
        expect(sum(report.cvarComponents[method][level]!)).toBeCloseTo(report.portfolio.cvar[method][level]!, 12)
      }
    }
    expect(report.diversification.ratio).toBeGreaterThan(1)
    expect(report.volatilities[0]).not.toBe(
      riskReport(
        columns.map((c) => c.slice(100)),
        [1, 0, 0],
        OPTIONS,
      ).volatilities[0],
    )
  })
  it('says null, never NaN or infinity, of series that do not move and of two rows', () => {
    const still = new Float64Array(50).fill(0.001)
    for (const columns of [[still, still], [still, COLUMNS[0]!.slice(0, 50)], COLUMNS.map((c) => c.slice(0, 2))]) {
      const report = riskReport(
        columns,
        columns.map(() => 1 / columns.length),
        OPTIONS,
      )
      expect(everyNumber(report).every(Number.isFinite)).toBe(true)
    }
    expect(riskReport([still], [1], OPTIONS).portfolio.var.cornishFisher['95']).toBeNull()
  })
  it('names levels as people do', () => expect([0.05, 0.01, 0.025].map(levelName)).toEqual(['95', '99', '97.5']))
})
