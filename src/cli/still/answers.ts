/** Everything that the dashboard's pages ask of a portfolio, asked once: what a report in one file carries with it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Analysis } from '../../api/contract/analysis.ts'
import type { Dated, Page } from '../../api/contract/answers.ts'
import type { Figures } from '../../api/contract/overview.ts'
import type { BacktestReport } from '../../api/contract/report.ts'
import type { SessionView } from '../../api/contract/session.ts'
import type { SleevePage } from '../../api/contract/sleeve-page.ts'
import type { OrderRow } from '../../api/contract/trading.ts'

export type Answers = Readonly<Record<string, unknown>>

/** Asks the API; throws where it refuses. */
export type Ask = (path: string) => Promise<unknown>

const LIVE = [
  'figures',
  'equity',
  'sleeves',
  'positions',
  'exposures',
  'attention',
  'limits',
  'approvals',
  'rebalancings',
  'discrepancies',
  'activity?limit=100',
  'notes?limit=200',
  'configuration',
  'analysis/report',
  'analysis/risk',
  'analysis/performance',
]
/** Lists that are read to their end, a page at a time. */
const LISTS = ['trades', 'violations', 'orders']
const PAGE_ROWS = 100
const ROWS_MOST = 20_000
/** Instruments whose prices are kept: of one sleeve, and of all. */
const PRICES_OF_ONE = 4
const PRICES_MOST = 40
const COMPUTED_MOST_MS = 120_000
const LOOK_MS = 200
/** Of more sleeves only pairs over the middle window are kept. */
const SLEEVES_FEW = 8
const WINDOWS = [30, 60, 90]

/** @param explained newest orders whose whole chain is kept */
export async function keptAnswers(ask: Ask, portfolio: string, explained = 0): Promise<Answers> {
  const answers: Record<string, unknown> = {}
  const place = `/api/v1/p/${encodeURIComponent(portfolio)}/`
  const keep = async (path: string): Promise<unknown> => {
    // A route that is not there is an empty panel, which says why.
    const answer = await ask(path).catch(() => undefined)
    if (answer !== undefined) answers[path] = answer
    return answer
  }
  const session = (await ask('/api/v1/session')) as SessionView
  answers['/api/v1/session'] = { ...session, role: 'viewer', csrf: null, portfolios: [portfolio] }
  await keep('/api/v1/portfolios')
  await untilComputed(ask, `${place}figures`)
  for (const what of LIVE) await keep(`${place}${what}`)
  for (const what of LISTS) {
    const list = await wholeList(ask, `${place}${what}`).catch(() => undefined)
    if (list !== undefined) answers[`${place}${what}`] = list
  }
  const { data: report } = answers[`${place}analysis/report`] as Analysis<BacktestReport>
  const sleeves = report?.sleeves ?? []
  const pricesMost = Math.max(1, Math.min(PRICES_OF_ONE, Math.floor(PRICES_MOST / Math.max(1, sleeves.length))))
  for (const { name } of sleeves)
    Object.assign(answers, await sleeveAnswers(ask, `${place}analysis/sleeves/${encodeURIComponent(name)}`, pricesMost))
  for (const query of pairsOf(report)) await keep(`${place}analysis/risk/pair?${query}`)
  const orders = answers[`${place}orders`] as Dated<Page<OrderRow>> | undefined
  for (const { order } of orders?.data.rows.slice(0, explained) ?? []) await keep(`${place}explain/${order}`)
  return answers
}

/** Whoever asks first is not kept waiting for figures of the whole run: this one waits. */
async function untilComputed(ask: Ask, path: string): Promise<void> {
  for (let waited = 0; waited < COMPUTED_MOST_MS; waited += LOOK_MS) {
    const { data } = (await ask(path)) as Dated<Figures>
    if (data.why === '' || data.value === null) return
    await wait(LOOK_MS)
  }
}

/** The page of one sleeve, once for each instrument whose prices are kept: those that it traded most. */
async function sleeveAnswers(ask: Ask, path: string, most: number): Promise<Answers> {
  const first = (await ask(path).catch(() => null)) as Analysis<SleevePage> | null
  if (first === null) return {}
  const prices = first.data?.prices.data ?? null
  if (first.data === null || prices === null) return { [path]: first }
  const instruments = prices.instruments.slice(0, most)
  const pages: Record<string, unknown> = {}
  for (const instrument of instruments) {
    const address = `${path}?${new URLSearchParams({ instrument }).toString()}`
    const { data } = (instrument === prices.instrument ? first : await ask(address)) as Analysis<SleevePage>
    if (data === null || data.prices.data === null) continue
    const own = {
      ...first,
      data: { ...first.data, prices: { ...data.prices, data: { ...data.prices.data, instruments } } },
    }
    pages[instrument === prices.instrument ? path : address] = own
  }
  return pages
}

function pairsOf(report: BacktestReport | null): readonly string[] {
  const names = report?.risk.names ?? []
  const windows = names.length > SLEEVES_FEW ? [WINDOWS[1]!] : WINDOWS
  return names.flatMap((left) =>
    names
      .filter((right) => right !== left)
      .flatMap((right) =>
        windows.map((window) => new URLSearchParams({ left, right, window: String(window) }).toString()),
      ),
  )
}

async function wholeList(ask: Ask, path: string): Promise<unknown> {
  const pageAt = async (offset: number): Promise<Dated<Page<unknown>>> =>
    (await ask(`${path}?offset=${offset}&limit=${PAGE_ROWS}`)) as Dated<Page<unknown>>
  const first = await pageAt(0)
  const rows = [...first.data.rows]
  while (rows.length < (first.data.total ?? 0) && rows.length < ROWS_MOST) {
    const { data } = await pageAt(rows.length)
    if (data.rows.length === 0) break
    rows.push(...data.rows)
  }
  return { ...first, data: { ...first.data, rows } }
}
