import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Analysis } from '../../src/api/contract/analysis.ts'
import type { Dated, Page } from '../../src/api/contract/answers.ts'
import type { ExplainView } from '../../src/api/contract/explain.ts'
import type { EquityCurve, ExposureView, Figures, PositionTable, SleeveTable } from '../../src/api/contract/overview.ts'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import type { OrderRow, TradeRow } from '../../src/api/contract/trading.ts'
import { openExplainer } from '../../src/cli/explain/explainer.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { PORTFOLIO, recorded, type Served, serving, type Visitor } from './served.ts'

const folder = storeFolder()
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}`
const CENT = 0.005 + 1e-9

describe.skipIf(!HAS_STORE)(`figures of a portfolio as it runs ${STORE_NEED}`, () => {
  let served: Served
  let viewer: Visitor
  let report: BacktestReport

  const read = async <T>(path: string): Promise<Dated<T>> => {
    const answered = await viewer.ask(`${at}/${path}`)
    expect(answered.status, answered.text).toBe(200)
    return answered.json as Dated<T>
  }

  beforeAll(async () => {
    const path = folder.path('figures.db')
    await recorded(folder.path('.'), path)
    served = await serving(path, {}, { explainer: openExplainer({ store: path, configs: [] }) })
    await served.addUser('vera', 'viewer')
    viewer = await served.visitor('vera')
    const answered = await viewer.ask(`${at}/analysis/report`)
    report = (answered.json as Analysis<BacktestReport>).data!
    // The first page shows what was computed for it once it is there.
    for (;;) {
      const { data } = await read<Figures>('figures')
      if (data.sharpe.value !== null) break
      await wait(50)
    }
  }, 120_000)
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

  it('of every reading of the document are there, and as the document says', async () => {
    const { json } = await viewer.ask('/api/v1/openapi.json')
    const { paths } = json as { readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
    const readings = Object.keys(paths).filter(
      (path) => path.startsWith('/api/v1/p/{portfolio}/') && 'get' in paths[path]! && !/\{(?!portfolio)/.test(path),
    )
    expect(readings.length).toBeGreaterThan(15)
    for (const path of readings) {
      const query = path.endsWith('/pair') ? '?left=trend&right=flow' : ''
      const answered = await viewer.ask(path.replace('{portfolio}', encodeURIComponent(PORTFOLIO)) + query)
      // The server holds each against its schema before it leaves.
      expect(answered.status, `${path}: ${answered.text.slice(0, 300)}`).toBe(200)
    }
  })
})
