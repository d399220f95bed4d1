import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SLEEVE_PLANS, sampleRun } from '../../../test/fixtures/sample-run.ts'
import type { TradeDate } from '../../domain/units.ts'
import { instant, sleeveId } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { reportOf } from './figures.ts'
import { returnsOf } from './returns.ts'

const run = sampleRun({ days: 1_258 })
const report = reportOf(run)
const sleeve = (name: string) => report.sleeves.find((found) => found.name === name)!

/** Two sleeves over three days, small enough to work out by hand. */
function tinyRun(): RunResult {
  const plans = [SLEEVE_PLANS[0]!, SLEEVE_PLANS[4]!].map((plan) => ({ ...plan, capital: 1_000 }))
  const base = sampleRun({ days: 3, plans })
  const [invested, cash] = base.sleeves
  const trade = base.trades[0]!
  const pnl = [30, -10, 40, 0]
  return {
    ...base,
    equity: Float64Array.of(2_100, 1_990, 2_200),
    grossExposure: Float64Array.of(0, 0, 1_100),
    netExposure: Float64Array.of(0, 0, -550),
    sleeves: [
      // 1000 -> 1100, then 100 leave and 990 remain of 1000, then 100 come back and 1200 are made of 1090
      { ...invested!, equity: Float64Array.of(1_100, 990, 1_200), flows: Float64Array.of(0, -100, 100) },
      { ...cash!, equity: Float64Array.of(1_000, 1_100, 1_000), flows: Float64Array.of(0, 100, -100) },
    ],
    trades: pnl.map((amount, index) => ({ ...trade, pnl: amount, exitReason: index === 0 ? 'stop' : 'target' })),
  }
}

describe('the portfolio of a report', () => {
  it('runs from its first day to its last, in the money of the books', () => {
    expect(report.portfolio).toMatchObject({
      name: 'Four channels',
      currency: 'USD',
      start: '2020-01-02',
      end: '2024-10-28',
      days: 1_258,
      initial: 99_000,
      final: run.equity.at(-1),
      flows: 0,
      roundTrips: run.trades.length,
    })
  })

  it('compounds daily returns from the starting capital', () => {
    expect(report.portfolio.totalReturn).toBeCloseTo(report.portfolio.final / 99_000 - 1, 10)
    expect(report.portfolio.annualReturn).toBeCloseTo((report.portfolio.final / 99_000) ** (252 / 1_258) - 1, 10)
    const mean = returnsOf(run).portfolio.reduce((sum, value) => sum + value, 0) / 1_258
    expect(report.portfolio.meanDailyReturn).toBeCloseTo(mean, 12)
    expect(report.portfolio.sharpe).toBeCloseTo((mean * 252) / report.portfolio.volatility!, 8)
  })

  it('takes leverage from the last day and nets the positions of its sleeves', () => {
    const tiny = reportOf(tinyRun()).portfolio
    expect([tiny.leverageGross, tiny.leverageNet]).toEqual([0.5, -0.25])
    const gross = run.sleeves.reduce((sum, { openPositions }) => sum + openPositions.at(-1)!, 0)
    // AAPL is held long and short by two sleeves: both vanish in the net.
    expect([report.portfolio.positionsGross, report.portfolio.positionsNet]).toEqual([gross, gross - 2])
  })
})

describe('the sleeves of a report', () => {
  it('earn time-weighted returns: what moves between sleeves is no gain', () => {
    const tiny = reportOf(tinyRun())
    expect(tiny.sleeves[0]!.totalReturn).toBeCloseTo(1.1 * 0.99 * (1_200 / 1_090) - 1, 12)
    expect(tiny.sleeves[0]!.flows).toBe(0)
    expect(tiny.sleeves[1]!.totalReturn).toBe(0)
    expect(tiny.sleeves[1]!.sharpe).toBeNull()
    expect(sleeve('cash')).toMatchObject({ totalReturn: 0, flows: -2_000, contribution: 0, strategy: null })
  })

  it('contribute parts that add up to the profit of the portfolio', () => {
    const total = report.sleeves.reduce((sum, { contribution }) => sum + contribution!, 0)
    expect(total).toBeCloseTo((report.portfolio.final - 99_000) / 99_000, 10)
  })

  it('count round trips, exits and what they made', () => {
    expect(reportOf(tinyRun()).sleeves[0]).toMatchObject({
      roundTrips: 4,
      exits: { target: 3, stop: 1 },
      winRate: 0.5,
      profitFactor: 7,
      averageTrade: 15,
      averageWinner: 35,
      averageLoser: -10,
    })
    const months = (365 + 3 * 365 + 302) / (365.25 / 12) // 2020-01-02 to 2024-10-28, both included
    expect(sleeve('crypto').tradesPerMonth).toBeCloseTo(sleeve('crypto').roundTrips / months, 10)
    for (const { exits, roundTrips } of report.sleeves)
      expect(Object.values(exits).reduce((sum, times) => sum + times, 0)).toBe(roundTrips)
  })

  it('have no profit factor without a loss, and no averages without a trade', () => {
    const tiny = tinyRun()
    const won = reportOf({ ...tiny, trades: tiny.trades.filter((trade) => trade.pnl > 0) }).sleeves[0]!
    expect([won.winRate, won.profitFactor, won.averageLoser]).toEqual([1, null, null])
    expect(sleeve('cash')).toMatchObject({ winRate: null, averageTrade: null, tradesPerMonth: null, expected: null })
  })

  it('stand beside what was expected of them', () => {
    const { expected, sharpe, tradesPerMonth } = sleeve('options')
    expect(expected!.sharpe).toEqual({ low: 0.8, high: 1.5, actual: sharpe, within: sharpe! >= 0.8 && sharpe! <= 1.5 })
    expect(expected!.tradesPerMonth).toMatchObject({ low: 4, high: 6, actual: tradesPerMonth, within: false })
    expect(reportOf(sampleRun({ days: 1 })).sleeves[0]!.expected!.sharpe).toMatchObject({ actual: null, within: null })
  })

  it('name the bar and the cause of a pause', () => {
    const paused = { at: instant(1_577_998_800_000), tradeDate: 20200102 as TradeDate, cause: 'decide threw "no"' }
    const hurt = { ...run, sleeves: run.sleeves.map((one, index) => (index === 1 ? { ...one, paused } : one)) }
    expect(reportOf(hurt).sleeves[1]!.paused).toEqual({
      at: '2020-01-02T21:00:00.000Z',
      tradeDate: '2020-01-02',
      cause: 'decide threw "no"',
    })
  })
})

describe('periods of a report', () => {
  it('are every calendar year, compounding to the whole', () => {
    expect(report.years.map(({ name }) => name)).toEqual(['2020', '2021', '2022', '2023', '2024'])
    const whole = report.years.reduce((growth, { totalReturn }) => growth * (1 + totalReturn!), 1)
    expect(whole - 1).toBeCloseTo(report.portfolio.totalReturn!, 10)
    expect(report.years.map(({ covered }) => covered)).toEqual(['full', 'full', 'full', 'full', 'partial'])
    const months = report.months.reduce((growth, { totalReturn }) => growth * (1 + totalReturn!), 1)
    expect(months - 1).toBeCloseTo(report.portfolio.totalReturn!, 10)
    expect(report.months).toHaveLength(58)
  })

  it('are the crash of 2020 and the bear market of 2022, where the run covers them', () => {
    expect(report.windows).toMatchObject([
      {
        name: '2020 crash',
        from: '2020-02-19',
        to: '2020-03-23',
        first: '2020-02-19',
        last: '2020-03-23',
        covered: 'full',
      },
      { name: '2022 bear market', from: '2022-01-03', to: '2022-10-12', covered: 'full' },
    ])
    const [from, to] = [20200219, 20200323].map((date) => run.days.indexOf(date))
    expect(report.windows[0]!.totalReturn).toBeCloseTo(run.equity[to!]! / run.equity[from! - 1]! - 1, 10)
    expect(reportOf(sampleRun({ days: 20 })).windows[0]).toMatchObject({
      covered: 'none',
      totalReturn: null,
      first: null,
    })
    expect(reportOf(sampleRun({ days: 45 })).windows[0]!.covered).toBe('partial')
  })
})

describe('the rest of a report', () => {
  it('correlates the sleeves that trade and leaves cash out', () => {
    const { names, matrix } = report.correlation
    expect(names).toEqual(['large_cap', 'micro_cap', 'options', 'crypto'])
    expect(matrix.map((row, index) => row[index])).toEqual([1, 1, 1, 1])
    expect(matrix[0]![1]).toBe(matrix[1]![0])
    expect(report.diversification.ratio! * report.diversification.volatilityOverWeighted!).toBeCloseTo(1, 10)
  })

  it('shows the last weights and correlations that the run recorded, null where it has none', () => {
    const tiny = tinyRun()
    expect(reportOf(tiny).allocation).toEqual({
      names: ['large_cap', 'cash'],
      weights: [null, null],
      matrix: [
        [null, null],
        [null, null],
      ],
    })
    const weights = Float64Array.of(0.5, 0.5, 0.7, Number.NaN)
    const correlation = Float64Array.of(1, 0.2, 0.3, Number.NaN)
    expect(reportOf({ ...tiny, allocation: { weights, correlation } }).allocation).toMatchObject({
      weights: [0.7, null],
      matrix: [
        [1, 0.2],
        [0.3, null],
      ],
    })
  })

  it('counts refusals by rule and by sleeve, the most frequent first', () => {
    const counted = [...report.refused, ...report.trimmed, ...report.unfilled].reduce(
      (sum, { count }) => sum + count,
      0,
    )
    expect(counted).toBe(run.refusals.length)
    expect(report.refused.map(({ rule }) => rule).sort()).toEqual(['belowStep', 'portfolioPositions', 'weekend'])
    expect(report.trimmed).toHaveLength(1)
    const counts = report.refusals.map(({ count }) => count)
    expect(counts).toEqual([...counts].sort((left, right) => right - left))
    expect(report.refusals.find(({ end }) => end === 'trimmed')).toMatchObject({ wanted: 2, allowed: 1, limit: 0.1 })
  })

  it('carries netting, violations, invariants, notes and parity as the run left them', () => {
    const { cycles, ...totals } = run.netting
    expect(report.netting).toMatchObject(totals)
    expect(report.netting.cycles).toEqual([
      { cycle: cycles[0]!.cycle, date: '2020-01-15', savings: 40_000, savingsPct: 0.5 },
      { cycle: cycles[1]!.cycle, date: '2020-03-16', savings: 4_329.73, savingsPct: 0.25 },
    ])
    expect(report.violations[1]).toMatchObject({ severity: 'critical', subject: 'portfolio', resolvedAt: null })
    expect(report.violations[0]!.at).toBe('2020-01-03T21:00:00.000Z')
    expect(report.invariants).toEqual(run.invariants)
    expect(report.parity).toEqual({ USDT: 'USD' })
    expect(report.notes).toEqual(run.notes)
    expect(report.booksHash).toBe(createHash('sha256').update(run.canonical).digest('hex'))
    expect(sleeve('micro_cap').notEvaluated).toHaveLength(2)
  })

  it('has every field in every run, and survives JSON unchanged', () => {
    const shape = (value: unknown): unknown =>
      value === null || typeof value !== 'object' || Array.isArray(value)
        ? null
        : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shape(part)]))
    for (const days of [0, 1, 2, 1_258]) {
      const other = reportOf(sampleRun({ days }))
      expect(Object.keys(other)).toEqual(Object.keys(report))
      expect(shape(other.portfolio)).toEqual(shape(report.portfolio))
      expect(other.sleeves.map((one) => Object.keys(one))).toEqual(report.sleeves.map((one) => Object.keys(one)))
      expect(JSON.parse(JSON.stringify(other))).toEqual(other)
    }
  })

  it('refuses a result whose configuration lacks a sleeve', () => {
    const stranger = { ...run, sleeves: [{ ...run.sleeves[0]!, id: sleeveId('unknown') }] }
    expect(() => reportOf(stranger)).toThrow('the result holds sleeve "unknown", which its configuration lacks')
  })
})
