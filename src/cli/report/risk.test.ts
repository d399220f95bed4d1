import { describe, expect, it } from 'vitest'
import { withSampleBenchmark } from '../../../test/fixtures/sample-benchmark.ts'
import { SLEEVE_PLANS, sampleRun } from '../../../test/fixtures/sample-run.ts'
import { withSampleShadows } from '../../../test/fixtures/sample-shadows.ts'
import { instrumentId, sleeveId } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { sampleDeviation } from '../../numerics/statistics.ts'
import { mixOf } from '../../pipeline/metrics/risk-components.ts'
import { reportOf } from './figures.ts'
import { returnsOf } from './returns.ts'
import { reductionOf } from './risk.ts'

const run = sampleRun({ days: 500 })
const { risk, attribution, portfolio } = reportOf(run)
const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)
const everyNumber = (value: unknown): unknown[] =>
  value !== null && typeof value === 'object' ? Object.values(value).flatMap(everyNumber) : [value]

describe('the risk of a report', () => {
  it('is of the book as it stands: components add up to its volatility and its losses', () => {
    expect(risk.names).toEqual(['large_cap', 'micro_cap', 'options', 'crypto'])
    expect(sum(risk.weights) + risk.cash!).toBeCloseTo(1, 12)
    expect(sum(risk.components)).toBeCloseTo(risk.portfolioVolatility!, 12)
    expect(sum(risk.shares)).toBeCloseTo(1, 12)
    for (const method of ['historical', 'gaussian', 'cornishFisher'] as const) {
      for (const level of ['95', '99']) {
        expect(sum(risk.varComponents[method][level]!)).toBeCloseTo(risk.book.var[method][level]!, 12)
        expect(sum(risk.cvarComponents[method][level]!)).toBeCloseTo(risk.book.cvar[method][level]!, 12)
        const { low, high } = risk.portfolio.varInterval[method][level]!
        expect(low).toBeLessThanOrEqual(risk.portfolio.var[method][level]!)
        expect(high).toBeGreaterThanOrEqual(risk.portfolio.var[method][level]!)
        expect(risk.varSum[method][level]).toBeGreaterThanOrEqual(risk.varCorrelated[method][level]!)
      }
    }
  })
  it('has the portfolio first among drawdowns and excursions, and the betas of the parts average to one', () => {
    expect(risk.drawdowns.map(({ name }) => name)).toEqual(['portfolio', ...risk.names])
    expect(risk.drawdowns[0]!.deepest).toBe(portfolio.maxDrawdown)
    expect(risk.excursions.map(({ name }) => name)).toEqual(['portfolio', ...risk.names])
    expect(risk.excursions[0]!.count).toBe(run.trades.length)
    for (const { worstAdverse, meanAdverse, meanFavourable, bestFavourable } of risk.excursions) {
      expect(worstAdverse).toBeLessThanOrEqual(meanAdverse!)
      expect(meanAdverse).toBeLessThanOrEqual(0)
      expect(bestFavourable).toBeGreaterThanOrEqual(meanFavourable!)
      expect(meanFavourable).toBeGreaterThanOrEqual(0)
    }
    expect(risk.betas.portfolio.reduce((total, own, at) => total! + own! * risk.weights[at]!, 0)).toBeCloseTo(1, 10)
    expect(risk.betas.benchmark).toBeNull()
  })
  it('measures betas on the benchmark of the configuration', () => {
    const { portfolio: own } = returnsOf(run)
    const benchmarks = [{ instrument: instrumentId('SPY'), returns: own.map((value) => value / 2) }]
    const { betas } = reportOf({
      ...run,
      config: { ...run.config, benchmark: instrumentId('SPY') },
      benchmarks,
    }).risk
    expect(betas.benchmark).toBe('SPY')
    expect(betas.portfolioToBenchmark).toBeCloseTo(2, 10)
    expect(betas.benchmarkOfSleeves).toHaveLength(4)
  })
  it('stands beside the benchmark: slope, what is left without it, and how far it strays from it', () => {
    const { portfolio: own } = returnsOf(run)
    const lane = own.map((value, day) => (day === 0 ? Number.NaN : (value - 0.0002) / 2))
    const of = reportOf(withSampleBenchmark(run, (day) => lane[day]!))
    const { periods } = run.config
    const both = [...own.keys()].slice(1)
    const gaps = both.map((day) => own[day]! - lane[day]!)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (gaps.length - 1))
    const benchmark = of.benchmark!
    expect(benchmark).toMatchObject({ instrument: 'SPY', days: both.length })
    expect(benchmark.beta).toBeCloseTo(2, 10)
    expect(benchmark.alphaPerPeriod).toBeCloseTo(0.0002, 12)
    expect(benchmark.alpha).toBeCloseTo(1.0002 ** periods - 1, 10)
    expect(benchmark.correlation).toBeCloseTo(1, 10)
    expect(benchmark.trackingError).toBeCloseTo(deviation * Math.sqrt(periods), 12)
    expect(benchmark.informationRatio).toBeCloseTo((mean * Math.sqrt(periods)) / deviation, 9)
    expect(benchmark.totalReturn).toBeCloseTo(both.reduce((wealth, day) => wealth * (1 + lane[day]!), 1) - 1, 12)
    expect(reportOf(run).benchmark).toBeNull()
    const short = reportOf(withSampleBenchmark(sampleRun({ days: 1 }))).benchmark!
    expect([short.days, short.beta, short.trackingError, short.totalReturn]).toEqual([0, null, null, 0])
  })
  it('brings sleeves of different calendars to common dates', () => {
    const mondays = Uint8Array.from(run.days, (_, day) => (day % 5 === 0 ? 0 : 1))
    const sleeves = run.sleeves.map((sleeve) => (sleeve.id === 'large_cap' ? { ...sleeve, sessions: mondays } : sleeve))
    const mixed = reportOf({ ...run, sleeves })
    expect(mixed.risk.observations).toBe(400)
    expect(mixed.risk.periods).toBeCloseTo((252 * 400) / 500, 10)
    expect(mixed.correlation.names).toEqual(risk.names)
    for (const [at, row] of mixed.correlation.matrix.entries()) expect(row[at]).toBe(1)
    // pairs without the sleeve of the other calendar keep all their days
    const reference = reportOf(run).correlation.matrix
    expect(mixed.correlation.matrix[1]![3]).toBe(reference[1]![3])
    expect(mixed.correlation.matrix[0]![3]).not.toBe(reference[0]![3])
  })
  it('leaves out the days on which a sleeve had no capital, and puts nothing of them into others', () => {
    const idle = (day: number): boolean => day >= 200 && day < 300
    const sleeves = run.sleeves.map((sleeve) =>
      sleeve.id === 'crypto'
        ? {
            ...sleeve,
            equity: sleeve.equity.map((value, day) => (idle(day) ? 0 : value)),
            flows: sleeve.flows.map((flow, day) =>
              day === 200 ? -sleeve.equity[199]! : day === 300 ? sleeve.equity[299]! : flow,
            ),
          }
        : sleeve,
    )
    const benched = reportOf({ ...run, sleeves })
    expect(benched.risk.observations).toBe(400)
    expect(benched.risk.periods).toBe(252)
    // a hundred days of the others in one row would be many times the loss of a day
    for (const [at, tail] of benched.risk.sleeves.entries())
      expect(tail.cvar.gaussian['99']).toBeLessThan(2 * risk.sleeves[at]!.cvar.gaussian['99']!)
    const { benefit, portfolio: mixed } = reductionOf({ ...run, sleeves }, returnsOf({ ...run, sleeves }))
    expect(benefit.every((value, day) => Number.isNaN(value) === day < 59)).toBe(true)
    expect(mixed[299]).toBeGreaterThan(0)
  })
  it('leaves out a sleeve without capital on the last day', () => {
    const sleeves = run.sleeves.map((sleeve) =>
      sleeve.id === 'crypto'
        ? {
            ...sleeve,
            equity: sleeve.equity.map((value, day) => (day > 400 ? 0 : value)),
            flows: sleeve.flows.map((flow, day) => (day === 401 ? -sleeve.equity[400]! : flow)),
          }
        : sleeve,
    )
    const left = reportOf({ ...run, sleeves }).risk
    expect(left.names).toEqual(['large_cap', 'micro_cap', 'options'])
    expect(left.observations).toBe(500)
  })
  it('tells what open structures are sensitive to, and says nothing of them where none is open', () => {
    expect(risk).not.toHaveProperty('options')
    const own = { sleeve: sleeveId('options'), underlying: 'SPY', structure: 'SPY 2024-01-19 -470P +455P', quantity: 2 }
    const greeks = { maximumLoss: 2_400, delta: 31, gamma: Number.NaN, vega: -40, theta: 12, chain: 'model' } as const
    const underlyings = [{ underlying: 'SPY', shares: 100, options: 31, net: 131, value: run.equity.at(-1)! / 4 }]
    const { options } = reportOf({ ...run, options: { structures: [{ ...own, ...greeks }], underlyings } }).risk
    expect(options!.structures).toEqual([{ ...own, ...greeks, gamma: null }])
    expect(options!.underlyings[0]).toMatchObject({ net: 131, weight: 0.25 })
  })
  it('concentrates on the largest exposures of the account', () => {
    const exposures = [6, 1, 2, 3, 4, 5].map((size, at) => ({ instrument: `I${at}`, exposure: size * 1_000 }))
    const { concentration } = reportOf({ ...run, exposures }).risk
    const equity = run.equity.at(-1)!
    expect(concentration.instruments.map(({ instrument }) => instrument)).toEqual(['I0', 'I5', 'I4', 'I3', 'I2'])
    expect(concentration.topFive).toBeCloseTo(20_000 / equity, 12)
    expect(concentration.herfindahl).toBeCloseTo(91 / 441, 12)
  })
  it('says null, never NaN, of runs that are too short', () => {
    for (const days of [0, 1, 2, 40]) {
      const short = reportOf(sampleRun({ days }))
      for (const value of everyNumber([short.risk, short.attribution]))
        expect(typeof value === 'number' ? Number.isFinite(value) : true).toBe(true)
    }
  })
})

describe('what mixing takes away', () => {
  it('is the weighted volatility less that of the mix over 60 days, at the weights of the day', () => {
    const returns = returnsOf(run)
    const { weighted, portfolio: mixed, benefit } = reductionOf(run, returns)
    expect(benefit.findIndex((value) => !Number.isNaN(value))).toBe(59)
    const day = 321
    const columns = returns.sleeves.map((lane) => lane.subarray(day - 59, day + 1))
    const weights = returns.weights.map((lane) => lane[day]!)
    const root = Math.sqrt(252)
    expect(weighted[day]).toBeCloseTo(sum(columns.map((lane, at) => weights[at]! * sampleDeviation(lane) * root)), 12)
    expect(mixed[day]).toBeCloseTo(sampleDeviation(mixOf(columns, weights)) * root, 12)
    expect(benefit[day]).toBeGreaterThan(0)
    expect(risk.diversification.benefit).toBeCloseTo(benefit.at(-1)!, 12)
  })
})

describe('the attribution of a report', () => {
  it('adds contributions up to the time-weighted return, and shares of risk to one', () => {
    expect(sum(attribution.sleeves.map(({ contribution }) => contribution))).toBeCloseTo(attribution.totalReturn!, 12)
    expect(attribution.totalReturn).toBeCloseTo(portfolio.totalReturn!, 12)
    expect(sum(attribution.sleeves.map(({ riskShare }) => riskShare))).toBeCloseTo(1, 12)
    expect(attribution.sleeves.at(-1)).toMatchObject({ name: 'cash', riskShare: 0 })
  })
  it('adds the books of each sleeve up to its profit', () => {
    for (const own of attribution.sleeves) {
      const parts = own.realised + own.unrealised + own.dividends + (own.currencyGain ?? 0) + own.financing - own.fees
      expect(own.profit).toBeCloseTo(parts, 9)
    }
  })
  it('without a policy explains everything by weights that were not kept', () => {
    const { brinson } = attribution
    expect(brinson.portfolioReturn).toBeCloseTo(portfolio.totalReturn!, 12)
    expect(brinson.policy.map(({ weight }) => weight)).toEqual(
      SLEEVE_PLANS.map(({ capital }) => expect.closeTo(capital / 99_000, 12)),
    )
    expect(brinson.allocation).toBeCloseTo(brinson.excess!, 12)
    expect(brinson.excess).not.toBe(0)
    expect(brinson.selection).toBeCloseTo(0, 12)
    expect(sum(brinson.sleeves.map(({ allocation }) => allocation))).toBeCloseTo(brinson.allocation!, 12)
  })
  it('stands a sleeve that gave its capital away but for what rounding left', () => {
    const sleeves = run.sleeves.map((sleeve) =>
      sleeve.id === 'crypto'
        ? {
            ...sleeve,
            equity: sleeve.equity.map((value, day) => (day >= 300 ? 0 : value)),
            flows: sleeve.flows.map((flow, day) => (day === 300 ? -sleeve.equity[299]! - 1e-9 : day > 300 ? 0 : flow)),
          }
        : sleeve,
    )
    const equity = run.equity.map((value, day) => (day >= 300 ? value - run.sleeves[3]!.equity[day]! : value))
    const { brinson } = reportOf({ ...run, sleeves, equity }).attribution
    expect(brinson.excess).not.toBeNull()
    expect(brinson.allocation).toBeCloseTo(brinson.excess!, 9)
    // with a shadow, the policy stays invested in what the sleeve would have done
    const alone = reportOf(withSampleShadows({ ...run, sleeves, equity })).attribution.brinson
    expect(alone.policyReturn).not.toBeCloseTo(brinson.policyReturn!, 4)
    expect(alone.allocation).toBeCloseTo(alone.excess!, 9)
  })
  it('against a policy with benchmarks tells allocation, selection and interaction apart', () => {
    const flat = new Float64Array(run.days.length).fill(0.0004)
    const stated = (weights: readonly number[]): RunResult => ({
      ...run,
      config: {
        ...run.config,
        policy: weights.map((weight, at) => ({ weight, benchmark: at === 0 ? instrumentId('SPY') : null })),
      },
      benchmarks: [{ instrument: instrumentId('SPY'), returns: flat }],
    })
    const { brinson } = reportOf(stated([0.4, 0.2, 0.2, 0.1, 0])).attribution
    expect(brinson.policy.at(-1)).toEqual({ name: 'cash', weight: expect.closeTo(0.1, 12), benchmark: null })
    // the reserve is the cash of the policy: it stands there once
    expect(brinson.policy).toHaveLength(5)
    expect(sum([brinson.allocation, brinson.selection, brinson.interaction])).toBeCloseTo(brinson.excess!, 12)
    expect(brinson.selection).not.toBeCloseTo(0, 4)
    expect(brinson.sleeves.filter(({ selection }) => Math.abs(selection!) > 1e-12).map(({ name }) => name)).toEqual([
      'large_cap',
    ])
    expect(brinson.policyReturn).not.toBeCloseTo(brinson.portfolioReturn!, 6)
  })
})
