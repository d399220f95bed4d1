import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Analysis, Line } from '../../src/api/contract/analysis.ts'
import type { Dated, Page } from '../../src/api/contract/answers.ts'
import type { BacktestBeside } from '../../src/api/contract/beside.ts'
import type { ExplainView } from '../../src/api/contract/explain.ts'
import type { EquityCurve, ExposureView, Figures, PositionTable, SleeveTable } from '../../src/api/contract/overview.ts'
import type { PerformancePage } from '../../src/api/contract/performance-page.ts'
import type { PriceChart } from '../../src/api/contract/prices.ts'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import type { PairReturns, RiskPage } from '../../src/api/contract/risk-page.ts'
import type { SleevePage } from '../../src/api/contract/sleeve-page.ts'
import type { OrderRow, TradeRow } from '../../src/api/contract/trading.ts'
import { command } from '../cli/command.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { type BacktestFiles, backtestFiles, expectCurve, expectPair, expectPerformance } from './backtest-files.ts'
import { allDesks, PORTFOLIO, recorded, type Served, serving, type Visitor } from './served.ts'

const folder = storeFolder()
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}`
const CENT = 0.005 + 1e-9

describe.skipIf(!HAS_STORE)(`figures of a portfolio as it runs ${STORE_NEED}`, () => {
  let served: Served
  let viewer: Visitor
  let report: BacktestReport
  let backtested: BacktestReport
  let files: BacktestFiles

  const read = async <T>(path: string): Promise<Dated<T>> => {
    const answered = await viewer.ask(`${at}/${path}`)
    expect(answered.status, answered.text).toBe(200)
    return answered.json as Dated<T>
  }

  beforeAll(async () => {
    const path = folder.path('figures.db')
    const file = folder.path('presets/six-bots.yaml')
    cpSync(new URL('../../presets', import.meta.url), folder.path('presets'), { recursive: true })
    // On paper it pays what a backtest pays: both are the same run, of which `demo --json` is the backtest.
    writeFileSync(file, `${readFileSync(file, 'utf8')}\npaper: {fills: backtest}\n`)
    const market = ['--seed', '26', '--from', '2024-01-02', '--to', '2024-03-28', '--json']
    const [backtest] = await Promise.all([
      command(folder.path('.'), ['demo', file, ...market, '--out', folder.path('backtest')]),
      recorded(folder.path('.'), path, '2024-03-28', file),
    ])
    backtested = JSON.parse(backtest.out) as BacktestReport
    files = backtestFiles(folder.path('backtest'), backtested)
    served = await serving(path, {}, allDesks(path, file))
    await served.addUser('vera', 'admin')
    viewer = await served.visitor('vera')
    const answered = await viewer.ask(`${at}/analysis/report`)
    report = (answered.json as Analysis<BacktestReport>).data!
    // The first page shows what was computed for it once it is there.
    for (;;) {
      const { data } = await read<Figures>('figures')
      if (data.sharpe.value !== null) break
      await wait(50)
    }
  }, 300_000)
  afterAll(async () => {
    await served.stop()
    folder.remove()
  })

  it('are those of the report of the same run', async () => {
    const { data, seq, every } = await read<Figures>('figures')
    const { portfolio } = report
    expect(seq).toBeGreaterThan(1_000)
    // It has ended in order: nothing newer is expected of it.
    expect(every).toBeNull()
    expect(data.currency).toBe(portfolio.currency)
    expect(Number(data.totalReturn.amount)).toBeCloseTo(Number(data.value) - portfolio.initial, 2)
    expect(data.sharpe.value).toBe(portfolio.sharpe)
    expect(data.drawdown.deepest).toBe(portfolio.maxDrawdown)
    expect(data.roundTrips).toBe(portfolio.roundTrips)
    expect(Number(data.fees)).toBeCloseTo(portfolio.fees, 2)
    expect(data.positions).toEqual({ gross: portfolio.positionsGross, net: portfolio.positionsNet })
    expect(data.sleeves.total).toBe(report.sleeves.filter(({ strategy }) => strategy !== null).length)
    expect(data.why).toBe('')
    expect(Number(data.value) - Number(data.lastClose)).toBeCloseTo(Number(data.today.amount), 1)
    const { drawdown } = (await read<EquityCurve>('equity')).data
    const peakAt = Date.parse(data.drawdown.peakAt!)
    const below = drawdown.value.filter((_, point) => drawdown.at[point]! > peakAt)
    expect(below.length).toBeGreaterThan(0)
    expect(Math.max(...below.map(Number))).toBeLessThan(0)
    expect(Math.max(...drawdown.value.filter((_, point) => drawdown.at[point]! <= peakAt).map(Number))).toBe(0)
  })

  it('have a curve that passes the report at its last day', async () => {
    const { data } = await read<EquityCurve>(`equity?to=${report.portfolio.end}`)
    const whole = data.lines.find(({ kind }) => kind === 'portfolio')!
    expect(whole.value.at(-1)).toBeCloseTo(report.portfolio.final, 2)
    for (const { name, final } of report.sleeves) {
      const line = data.lines.find(({ id }) => id === name)!
      expect(line.value.at(-1), name).toBeCloseTo(final, 2)
    }
    expect(whole.at.length).toBeLessThanOrEqual(900)
  })

  it('add up: sleeves to the portfolio, positions to what they come to, classes to the gross', async () => {
    const { data: figures } = await read<Figures>('figures')
    const { data: sleeves } = await read<SleeveTable>('sleeves')
    const cents = (texts: readonly (string | null)[]): number =>
      texts.reduce((sum, text) => sum + Math.round(Number(text) * 100), 0)
    expect(cents(sleeves.rows.map(({ value }) => value))).toBe(cents([figures.value]))
    expect(sleeves.total.value).toBe(figures.value)
    for (const { sleeve, totalReturn, sharpe } of sleeves.rows) {
      const own = report.sleeves.find(({ name }) => name === sleeve)!
      expect([totalReturn, sharpe.value], sleeve).toEqual([own.totalReturn, own.sharpe])
    }
    const { data: positions } = await read<PositionTable>('positions?limit=2')
    expect(positions.rows).toHaveLength(2)
    expect(positions.other.count).toBe(positions.total.count - 2)
    expect(cents([...positions.rows.map(({ grossValue }) => grossValue), positions.other.grossValue])).toBeCloseTo(
      cents([positions.total.grossValue]),
      -1,
    )
    const { data: exposures } = await read<ExposureView>('exposures')
    for (const rows of [exposures.classes, exposures.sectors]) {
      expect(cents(rows.map(({ gross }) => gross))).toBe(cents([exposures.gross]))
    }
  })

  it('list the round trips of the report, a page at a time', async () => {
    const rows: TradeRow[] = []
    for (let offset = 0; ; ) {
      const { data } = await read<Page<TradeRow>>(`trades?limit=5&offset=${offset}&sort=-exitAt`)
      expect(data.total).toBe(report.portfolio.roundTrips)
      rows.push(...data.rows)
      if (data.next === null) break
      offset = Number(data.next)
    }
    expect(rows.length).toBe(report.portfolio.roundTrips)
    for (const { name, averageTrade, roundTrips } of report.sleeves) {
      const own = rows.filter(({ sleeve }) => sleeve === name)
      expect(own.length, name).toBe(roundTrips)
      if (averageTrade === null) continue
      const mean = own.reduce((sum, { profit }) => sum + Number(profit), 0) / own.length
      expect(Math.abs(mean - averageTrade), name).toBeLessThan(CENT)
    }
  })

  it('lead to why an order is as it is, step by step', async () => {
    const { data } = await read<Page<OrderRow>>('orders?limit=1')
    const [order] = data.rows
    const answered = await viewer.ask(`${at}/explain/${order!.order}`)
    expect(answered.status, answered.text).toBe(200)
    const view = answered.json as ExplainView
    expect(view).toMatchObject({ order: order!.order, symbol: order!.symbol, tradeDate: order!.tradeDate })
    expect(Math.abs(Number(view.net))).toBe(Number(order!.quantity))
    for (const kind of ['bar', 'signal', 'size', 'rule', 'netting', 'route', 'fill', 'share']) {
      expect(
        view.steps.some((step) => step.kind === kind && step.text.length > 5),
        kind,
      ).toBe(true)
    }
    expect(view.steps.find(({ kind }) => kind === 'size')!.sleeve).toBe(order!.sleeves[0]!.sleeve)
    expect((await viewer.ask(`${at}/explain/1`)).status).toBe(404)
  }, 60_000)

  it('are not sent again to whoever has them', async () => {
    const first = await viewer.ask(`${at}/figures`)
    const tag = String(first.headers['etag'])
    const again = await viewer.ask(`${at}/figures`, { headers: { 'if-none-match': tag } })
    expect([again.status, again.text]).toEqual([304, ''])
    expect((await viewer.ask(`${at}/figures`, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  const analysed = async <T>(path: string): Promise<T> => {
    const answered = await viewer.ask(`${at}/analysis/${path}`)
    return (answered.json as Analysis<T>).data!
  }
  /** The last price of an instrument that was known at New York's close of the day. */
  const closeBy = async (instrument: string, day: string): Promise<number> => {
    const { data } = await read<PriceChart>(`prices/${encodeURIComponent(instrument)}`)
    const place = data.bars.at.findLastIndex((moment) => moment <= Date.parse(`${day}T20:00:00Z`))
    return data.bars.close[place]!
  }
  const rowsOf = async (path: string): Promise<number> => (await read<Page<unknown>>(path)).data.total!

  /** What an operation answers beside what `backtest --json` says of the same run. */
  const COMPARED: Readonly<Record<string, () => Promise<readonly [answered: unknown, backtested: unknown]>>> = {
    report: async () => {
      const { invariants: _, notes: __, files: ___, ...own } = await analysed<BacktestReport>('report')
      const { invariants: ____, notes: _____, files: ______, ...wanted } = backtested
      return [own, wanted]
    },
    figures: async () => {
      const { data } = await read<Figures>('figures')
      const { portfolio } = backtested
      const own = [data.sharpe.value, data.drawdown.deepest, data.roundTrips, data.positions, data.totalReturn.annual]
      const positions = { gross: portfolio.positionsGross, net: portfolio.positionsNet }
      const { sharpe, maxDrawdown, roundTrips, annualReturn } = portfolio
      return [own, [sharpe, maxDrawdown, roundTrips, positions, annualReturn]]
    },
    equity: async () => {
      const { data } = await read<EquityCurve>(`equity?to=${backtested.portfolio.end}`)
      expectCurve(files, data)
      const last = data.lines.filter(({ kind }) => kind !== 'benchmark').map(({ value }) => cent(value.at(-1)!))
      const { portfolio, sleeves } = backtested
      return [last.toSorted(byNumber), [portfolio, ...sleeves].map(({ final }) => cent(final)).toSorted(byNumber)]
    },
    sleeves: async () => {
      const { rows } = (await read<SleeveTable>('sleeves')).data
      const own = rows.map(({ sleeve, totalReturn, sharpe }) => [sleeve, totalReturn, sharpe.value])
      return [own, own.map(([name]) => figuresOf(backtested, String(name)))]
    },
    positions: async () => {
      const { total } = (await read<PositionTable>('positions?limit=100')).data
      return [total.count, backtested.portfolio.positionsNet]
    },
    pair: async () => {
      const pair = await analysed<PairReturns>('risk/pair?left=trend&right=flow&window=30')
      expectPair(files, pair)
      const { names, matrix } = (await analysed<RiskPage>('risk')).correlation.data![0]!
      return [
        pair.rolling.values.at(-1)!.toFixed(12),
        matrix[names.indexOf('trend')]![names.indexOf('flow')]!.toFixed(12),
      ]
    },
    exposures: async () => {
      const { data } = await read<ExposureView>('exposures')
      const { rows } = (await read<PositionTable>('positions?limit=100')).data
      const { portfolio, risk } = backtested
      // A report's exposures are those of the close of its last day, in New York; the market of coins closes at midnight.
      const closes = await Promise.all(rows.map(({ instrument }) => closeBy(instrument, portfolio.end!)))
      const then = rows.map(({ net }, place) => Number(net) * closes[place]!)
      expect(Number(data.gross)).not.toBeCloseTo(risk.exposure.gross! * portfolio.final, 0)
      const sum = (values: readonly number[]): number => cent(values.reduce((total, value) => total + value, 0))
      const named = rows.map(({ instrument, netValue }) => [instrument, cent(Math.abs(Number(netValue)))] as const)
      const largest = risk.concentration.instruments.map(
        ({ instrument, weight }) => [instrument, cent(weight! * portfolio.final)] as const,
      )
      return [
        [sum(then.map(Math.abs)), sum(then), named.slice(0, largest.length)],
        [cent(risk.exposure.gross! * portfolio.final), cent(risk.exposure.net! * portfolio.final), largest],
      ]
    },
    backtests: async () => {
      const { json } = await viewer.ask(`${at}/backtests`)
      const { name, start, end, totalReturn } = backtested.portfolio
      return [json, [{ name: 'backtest', portfolio: name, start, end, totalReturn }]]
    },
    backtest: async () => {
      const view = (await viewer.ask(`${at}/backtests/backtest`)).json as BacktestBeside
      const { totalReturn, sharpe, maxDrawdown, days } = backtested.portfolio
      const own = (metric: string) => view.rows.find((row) => row.metric === metric)!.backtest!.toFixed(9)
      const { portfolio } = (await analysed<PerformancePage>('performance')).cumulative.data!
      const points = (line: Line) => line.days.map((day, place) => [day, line.values[place]!.toFixed(9)])
      // The same run: no figure differs, and both lines are one.
      expect(view.rows.map(({ difference }) => difference!.toFixed(9)).every((text) => Number(text) === 0)).toBe(true)
      expect((await viewer.ask(`${at}/backtests/..`)).status).toBe(404)
      return [
        [own('total_return'), own('sharpe'), own('max_drawdown'), view.days, points(view.line!)],
        [totalReturn!.toFixed(9), sharpe!.toFixed(9), maxDrawdown!.toFixed(9), days, points(portfolio)],
      ]
    },
    trades: async () => [await rowsOf('trades?limit=1'), backtested.portfolio.roundTrips],
    violations: async () => [await rowsOf('violations?limit=1'), backtested.violations.length],
    risk: async () => {
      const { tail, drawdown } = await analysed<RiskPage>('risk')
      const own = [tail.data!.book, tail.data!.portfolio, drawdown.data!.deepest]
      const { risk } = backtested
      return [own, [risk.book, risk.portfolio, risk.drawdowns[0]!.deepest]]
    },
    performance: async () => {
      const page = await analysed<PerformancePage>('performance')
      expectPerformance(files, page)
      const { brinson, netting, cumulative } = page
      const { attribution, netting: wanted, portfolio } = backtested
      const own = [brinson.data, netting.data!.figures, cumulative.data!.portfolio.values.at(-1)!.toFixed(12)]
      return [own, [attribution.brinson, wanted, portfolio.totalReturn!.toFixed(12)]]
    },
    sleeve: async () => {
      const { figures } = await analysed<SleevePage>('sleeves/trend')
      return [figures, backtested.sleeves.find(({ name }) => name === 'trend')]
    },
    exportFile: async () => {
      const { text } = await viewer.ask(`${at}/exports/trades.csv`)
      return [text.trim().split('\n').length - 1, backtested.portfolio.roundTrips]
    },
  }

  /** Operations without a figure that a report has, and why; with what they are asked. */
  const WITHOUT: Readonly<Record<string, { readonly why: string; readonly path?: string }>> = {
    health: { why: 'of the process', path: '/health' },
    ready: { why: 'of the process' },
    metrics: { why: 'of the process', path: '/metrics' },
    status: { why: 'of the process' },
    updateOf: { why: 'what became of a request' },
    session: { why: 'of whoever asks', path: '/api/v1/session' },
    setup: { why: 'of the server', path: '/api/v1/setup' },
    users: { why: 'people', path: '/api/v1/users' },
    sessions: { why: 'people', path: '/api/v1/sessions' },
    tokens: { why: 'people', path: '/api/v1/tokens' },
    audit: { why: 'people', path: '/api/v1/audit' },
    portfolios: { why: 'names', path: '/api/v1/portfolios' },
    attention: { why: 'what somebody should do', path: `${at}/attention` },
    limits: { why: 'limits as they stand, of which a report has the exceeded ones', path: `${at}/limits` },
    activity: { why: 'what happened, in words', path: `${at}/activity` },
    prices: { why: 'prices of the market', path: `${at}/prices/SPY` },
    orders: { why: 'orders, which a report counts only once they are trades', path: `${at}/orders` },
    approvals: { why: 'questions to people', path: `${at}/approvals` },
    alerts: { why: 'messages', path: `${at}/alerts` },
    discrepancies: { why: 'of a broker, of which a backtest has none', path: `${at}/discrepancies` },
    gates: { why: 'of an engine, of which a backtest has none', path: `${at}/gates` },
    rebalancings: { why: 'steps of the plan, whose sum the sleeves have', path: `${at}/rebalancings` },
    commandOf: { why: 'what became of a request' },
    notes: { why: 'what people write', path: `${at}/notes` },
    job: { why: 'what became of a request' },
    explain: { why: 'steps of one order' },
    explainApproval: { why: 'steps of one question' },
    configuration: { why: 'what it is run with', path: `${at}/configuration` },
    configurationSchema: { why: 'what can be written', path: `${at}/configuration/schema` },
    configurationText: { why: 'what was written' },
    alertRules: { why: 'settings', path: `${at}/alert-rules` },
    alertThresholds: { why: 'settings', path: `${at}/alert-thresholds` },
    openAlerts: { why: 'messages', path: `${at}/alerts/open` },
    alertChannels: { why: 'settings', path: `${at}/alert-channels` },
    alertDeliveries: { why: 'messages', path: `${at}/alert-deliveries` },
  }

  it('of every reading of the document are those of a backtest of the same run, or have a reason to be none', async () => {
    const { json } = await viewer.ask('/api/v1/openapi.json')
    const { paths } = json as { readonly paths: Readonly<Record<string, { readonly get?: { operationId: string } }>> }
    const names = Object.values(paths).flatMap(({ get }) => (get === undefined ? [] : [get.operationId]))
    expect(names.toSorted()).toEqual([...Object.keys(COMPARED), ...Object.keys(WITHOUT)].toSorted())
    for (const [name, compare] of Object.entries(COMPARED)) {
      const [own, wanted] = await compare()
      expect(own, name).toEqual(wanted)
    }
    // The server holds each against its schema before it leaves.
    for (const { path } of Object.values(WITHOUT)) {
      if (path === undefined) continue
      const { status, text } = await viewer.ask(path)
      expect(status, `${path}: ${text.slice(0, 300)}`).toBe(200)
    }
  }, 60_000)
})

const cent = (amount: number): number => Math.round(amount * 100)
const byNumber = (one: number, other: number): number => one - other

function figuresOf({ sleeves }: BacktestReport, sleeve: string): readonly unknown[] {
  const own = sleeves.find(({ name }) => name === sleeve)!
  return [sleeve, own.totalReturn, own.sharpe]
}
