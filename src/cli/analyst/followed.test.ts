import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { journalFrom, journalOf, type RecordedJournal } from '../../../test/fixtures/journals.ts'
import type { Analysis, Panel } from '../../api/contract/analysis.ts'
import type { PerformancePage } from '../../api/contract/performance-page.ts'
import type { BacktestReport } from '../../api/contract/report.ts'
import type { PairReturns, RiskPage } from '../../api/contract/risk-page.ts'
import type { SleevePage } from '../../api/contract/sleeve-page.ts'
import type { JournalRow } from '../../domain/store.ts'
import type { TradeDate } from '../../domain/units.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { ema } from '../../indicators/ema/ema.ts'
import { rsi } from '../../indicators/rsi/rsi.ts'
import { sma } from '../../indicators/sma/sma.ts'
import { loadPortfolio } from '../config/load.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { packageRoot } from '../package-root.ts'
import { reportOf } from '../report/figures.ts'
import { simulatedMarketData } from '../run.ts'
import { type Followed, followPortfolio } from './followed.ts'
import type { Asked } from './protocol.ts'

const REACH = { from: 20_220_101 as TradeDate, to: 20_230_630 as TradeDate }

let loaded: LoadedPortfolio
let journal: RecordedJournal
let report: BacktestReport
let followed: Followed

const follow = (of: RecordedJournal, now: () => number = () => 0): Followed =>
  followPortfolio({ store: of, portfolio: 'any', strategies: loaded.strategies, now })
const asked = async <T>(question: Asked, of: Followed = followed): Promise<T> => {
  const { data, why } = (await of.answer(question)) as Analysis<T>
  expect(why).toBe('')
  return data!
}
const shown = <T>({ data, why }: Panel<T>): T => {
  expect(why).toBe('')
  return data!
}

beforeAll(async () => {
  loaded = await loadPortfolio(join(packageRoot(), 'presets', 'six-bots.yaml'))
  const market = simulatedMarketData(loaded, 26, REACH)
  const { config } = loaded
  journal = journalOf(loaded, market)
  report = reportOf(runBacktest({ config, market, strategies: [...loaded.strategies.values()], checks: true }))
  followed = follow(journal)
})

describe('the analysis of a journal', () => {
  it('has the report of the same run', async () => {
    const { invariants: _, notes: __, ...same } = await asked<BacktestReport>({ kind: 'report' })
    const { invariants: ___, notes: ____, ...wanted } = report
    expect(same).toEqual(wanted)
    expect(report.portfolio.roundTrips).toBeGreaterThan(20)
  })

  it('says at which event it stands, and when that was', async () => {
    const { asOf, seq } = await followed.answer({ kind: 'report' })
    const last = journal.rows.at(-1)!
    expect([asOf, seq]).toEqual([new Date(last.at).toISOString(), last.seq])
  })

  it('says why there is nothing, before anything happened', async () => {
    const none = await follow(journalFrom([])).answer({ kind: 'risk' })
    expect(none).toEqual({ asOf: null, seq: -1, data: null, why: 'Nothing has happened yet.' })
  })

  it('goes on with what was written since, but not at every question', async () => {
    const rows: JournalRow[] = journal.rows.slice(0, 400)
    let now = 0
    const growing = follow(journalFrom(rows), () => now)
    expect((await growing.answer({ kind: 'report' })).seq).toBe(399)
    rows.push(...journal.rows.slice(400, 500))
    expect((await growing.answer({ kind: 'report' })).seq).toBe(399)
    now = 60_000
    expect((await growing.answer({ kind: 'report' })).seq).toBe(499)
    const fresh = await follow(journalFrom(rows)).answer({ kind: 'risk' })
    expect(await growing.answer({ kind: 'risk' })).toEqual(fresh)
  })

  it('is not kept back because reading what lay behind took long', async () => {
    const rows: JournalRow[] = journal.rows.slice(0, 400)
    let now = 0
    const slow = journalFrom(rows)
    const read: typeof slow.read = async function* (portfolio, from) {
      now += 60_000
      yield* slow.read(portfolio, from)
    }
    const growing = follow({ ...slow, read }, () => now)
    await growing.answer({ kind: 'report' })
    rows.push(...journal.rows.slice(400, 500))
    now += 5_000
    expect((await growing.answer({ kind: 'report' })).seq).toBe(499)
  })

  it('is refused where a sleeve decides by a strategy that is not known', async () => {
    const strange = followPortfolio({ store: journal, portfolio: 'any', strategies: new Map(), now: () => 0 })
    await expect(strange.answer({ kind: 'report' })).rejects.toThrow('which is not built in; name its configuration')
  })
})

describe('the Risk page', () => {
  it('has the figures of the report', async () => {
    const page = await asked<RiskPage>({ kind: 'risk' })
    const { risk, portfolio } = report
    expect(page.leverage.gross.value).toBe(portfolio.leverageGross)
    expect(page.leverage.net.value).toBe(portfolio.leverageNet)
    const tail = shown(page.tail)
    expect([tail.book, tail.portfolio]).toEqual([risk.book, risk.portfolio])
    expect(tail.sleeves.map((one) => one.tail)).toEqual(risk.sleeves)
    expect(tail.equity).toBe(portfolio.final)
    expect(shown(page.diversification)).toMatchObject(risk.diversification)
    const drawdown = shown(page.drawdown)
    expect([drawdown.current, drawdown.deepest]).toEqual([risk.drawdowns[0]!.current, risk.drawdowns[0]!.deepest])
    expect(drawdown.worst[0]!.depth).toBe(portfolio.maxDrawdown)
    const parts = shown(page.parts)
    expect(parts.parts.map(({ component }) => component)).toEqual(risk.components)
    expect(parts.parts.map(({ share }) => share)).toEqual(risk.shares)
    expect(parts.parts.reduce((sum, { component }) => sum + component!, 0)).toBeCloseTo(parts.volatility!, 12)
    expect(shown(page.volatility).windows.map(({ value }) => value)).toHaveLength(3)
  })

  it('has correlations of each window within their bounds, alike on both sides, and marks what is close', async () => {
    const correlations = shown((await asked<RiskPage>({ kind: 'risk' })).correlation)
    expect(correlations.map(({ window }) => window)).toEqual([30, 60, 90])
    for (const { matrix, order, names, threshold, close } of correlations) {
      expect([...order].sort((left, right) => left - right)).toEqual(names.map((_, at) => at))
      matrix.forEach((row, left) => {
        expect(row).toEqual(matrix.map((other) => other[left]))
      })
      const above = matrix.flatMap((row, left) => row.filter((value, right) => right > left && value! >= threshold))
      expect(close).toHaveLength(above.length)
    }
  })

  it('stacks what is held by sleeve, as much as the report counts', async () => {
    const { figures, groups } = shown((await asked<RiskPage>({ kind: 'risk' })).concentration)
    expect(figures).toEqual(expect.objectContaining({ largest: report.risk.concentration.largest }))
    const { bars } = groups.find(({ by }) => by === 'instrument')!
    for (const { instrument, weight } of report.risk.concentration.instruments)
      expect(Math.abs(bars.find(({ name }) => name === instrument)!.net)).toBeCloseTo(weight!, 9)
    for (const { parts, net } of bars) expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(net, 12)
  })

  it('shows one pair by itself, with the correlation of the matrix at its end', async () => {
    const [left, right] = [report.risk.names[0]!, report.risk.names[1]!]
    const pair = await asked<PairReturns>({ kind: 'pair', left, right, window: 60 })
    const { matrix, names } = shown((await asked<RiskPage>({ kind: 'risk' })).correlation)[1]!
    expect(pair.rolling.values.at(-1)).toBeCloseTo(matrix[names.indexOf(left)]![names.indexOf(right)]!, 12)
    const none = await followed.answer({ kind: 'pair', left, right: left, window: 60 })
    expect(none.why).toContain('Two different sleeves')
  })
})

describe('the Performance page', () => {
  it('has the figures of the report', async () => {
    const page = await asked<PerformancePage>({ kind: 'performance' })
    const { portfolio, attribution, netting } = report
    const { rows } = shown(page.summary)
    const figure = (metric: string) => rows.find((row) => row.metric === metric)!.portfolio
    expect(figure('total_return')).toBe(portfolio.totalReturn)
    expect(figure('sharpe')).toBe(portfolio.sharpe)
    expect(figure('max_drawdown')).toBe(portfolio.maxDrawdown)
    expect(figure('moneyWeightedReturn')).toBe(portfolio.moneyWeightedReturn)
    expect(figure('beta')).toBe(report.risk.betas.portfolioToBenchmark)
    expect(shown(page.summary)).toMatchObject({ benchmark: 'SPY', benchmarkWhy: '' })
    const { alpha, trackingError, informationRatio } = report.benchmark!
    const against = ['alpha', 'tracking_error_ann', 'information_ratio_arithmetic'].map(figure)
    expect(against).toEqual([alpha, trackingError, informationRatio])
    expect(against.every(Number.isFinite)).toBe(true)
    expect(shown(page.brinson)).toEqual(attribution.brinson)
    expect(shown(page.netting).figures).toEqual(netting)
    const shares = shown(page.attribution)
    expect(shares.rows).toEqual(attribution.sleeves.map((row) => expect.objectContaining(row) as unknown))
    expect(shares.sum.contribution).toBeCloseTo(attribution.totalReturn!, 12)
    expect(shares.total.values.at(-1)).toBeCloseTo(portfolio.totalReturn!, 12)
    expect(shown(page.cumulative).portfolio.values.at(-1)).toBeCloseTo(portfolio.totalReturn!, 12)
  })

  it('says how many days are missing before anything is measured against the benchmark', async () => {
    const rows: JournalRow[] = []
    let now = 0
    const growing = follow(journalFrom(rows), () => now)
    const until = async (day: string): Promise<PerformancePage> => {
      rows.push(...journal.rows.slice(rows.length).filter(({ at }) => at < Date.parse(day)))
      now += 60_000
      return asked<PerformancePage>({ kind: 'performance' }, growing)
    }
    const why = async (day: string): Promise<string> => shown((await until(day)).summary).benchmarkWhy
    const needed = 'needed on which both have a return.'
    expect(await why('2022-01-04')).toBe(`SPY is the benchmark: 2 more days are ${needed}`)
    expect(await why('2022-01-05')).toBe(`SPY is the benchmark: 1 more day is ${needed}`)
    expect(await why('2022-01-06')).toBe('')
    const rolling = shown((await until('2022-03-01')).rolling)
    expect(rolling.map(({ benchmarkWhy }) => benchmarkWhy)).toEqual([
      '',
      `SPY is the benchmark: 22 more days are ${needed}`,
      `SPY is the benchmark: 52 more days are ${needed}`,
    ])
  })

  it('has months and years whose parts add up to the return of the report', async () => {
    const { years } = shown((await asked<PerformancePage>({ kind: 'performance' })).monthly)
    const months = years.flatMap((year) => year.months.filter((month) => month !== null))
    expect(months.map(({ month, totalReturn }) => ({ month, totalReturn }))).toEqual(report.months)
    expect(years.map(({ total }) => total.totalReturn)).toEqual(report.years.map(({ totalReturn }) => totalReturn))
    for (const { totalReturn, parts } of [...months, ...years.map(({ total }) => total)])
      expect(parts.reduce((sum, { contribution }) => sum + contribution!, 0)).toBeCloseTo(totalReturn!, 12)
  })

  it('counts every day, week, month and round trip once', async () => {
    const page = await asked<PerformancePage>({ kind: 'performance' })
    for (const { bins, observations } of shown(page.histograms))
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(observations)
    expect(shown(page.histograms)[0]!.observations).toBe(report.portfolio.days)
    const trades = shown(page.trades)
    const total = (bins: readonly { readonly count: number }[]) => bins.reduce((sum, { count }) => sum + count, 0)
    expect([total(trades.pnl), total(trades.hold), total(trades.frequency)]).toEqual(
      [1, 2, 3].map(() => report.portfolio.roundTrips),
    )
    for (const { name, winRate, averageWinner, roundTrips } of trades.sleeves)
      expect(report.sleeves.find((sleeve) => sleeve.name === name)).toMatchObject({
        winRate,
        averageWinner,
        roundTrips,
      })
  })
})

describe('the page of a strategy', () => {
  it('has the figures of the report, and says how every position came to its size', async () => {
    for (const figures of report.sleeves) {
      const page = await asked<SleevePage>({ kind: 'sleeve', sleeve: figures.name })
      expect(page.figures).toEqual(figures)
      expect(shown(page.equity).equity.values.at(-1)).toBe(figures.final)
      if (figures.positions === 0) continue
      const positions = shown(page.positions)
      for (const { sizing, enteredAt } of positions) {
        expect(enteredAt).not.toBeNull()
        expect(shown(sizing).rules.length + shown(sizing).terms.length).toBeGreaterThan(0)
      }
    }
    expect(report.sleeves.some(({ positions }) => positions > 0)).toBe(true)
  })

  it('marks every entry and exit, and shows the bars of the instrument that was asked for', async () => {
    const { name, roundTrips } = report.sleeves.find((sleeve) => sleeve.roundTrips > 3)!
    const page = await asked<SleevePage>({ kind: 'sleeve', sleeve: name })
    expect(shown(page.equity).marks.filter(({ what }) => what === 'exit')).toHaveLength(roundTrips)
    const { instruments } = shown(page.prices)
    const other = await asked<SleevePage>({ kind: 'sleeve', sleeve: name, instrument: instruments.at(-1)! })
    expect(shown(other.prices).instrument).toBe(instruments.at(-1))
    expect(shown(other.prices).bars.length).toBeGreaterThan(300)
    let compared = 0
    for (const sleeve of report.sleeves.filter(({ strategy }) => strategy !== null)) {
      const { bars, indicators } = shown((await asked<SleevePage>({ kind: 'sleeve', sleeve: sleeve.name })).prices)
      const lane = (field: 'open' | 'high' | 'low' | 'close' | 'volume') => Float64Array.from(bars, (bar) => bar[field])
      const row = {
        open: lane('open'),
        high: lane('high'),
        low: lane('low'),
        close: lane('close'),
        volume: lane('volume'),
      }
      for (const { of, values, isPrice } of indicators) {
        expect(values).toHaveLength(bars.length)
        const [, kind, length] = /^(sma|ema|rsi)\((\d+)\)$/.exec(of) ?? []
        if (kind === undefined || bars.length < Number(length) + 2) continue
        const spec = { sma, ema, rsi }[kind as 'sma' | 'ema' | 'rsi'](Number(length))
        expect(values.at(-1), of).toBeCloseTo(spec.columns(row)[0]!.at(-1)!, 6)
        expect(isPrice).toBe(kind !== 'rsi')
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(0)
    const none = await followed.answer({ kind: 'sleeve', sleeve: 'nobody' })
    expect(none.why).toBe('There is no sleeve "nobody".')
  })
})
