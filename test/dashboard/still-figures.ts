/** A report in one file, looked at in a browser without any network: every panel's figures against the answers in it. */
import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { unpacking } from '../../dashboard/src/data/unpack.ts'
import { leverage, money, percent, ratio } from '../../dashboard/src/format.ts'
import type { Analysis } from '../../src/api/contract/analysis.ts'
import type { Dated, Page as Rows } from '../../src/api/contract/answers.ts'
import type { JobView } from '../../src/api/contract/jobs.ts'
import type { KeptPage } from '../../src/api/contract/kept.ts'
import type {
  ActivityRow,
  EquityCurve,
  ExposureView,
  Figures,
  PositionTable,
  SleeveTable,
} from '../../src/api/contract/overview.ts'
import type { PerformancePage } from '../../src/api/contract/performance-page.ts'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import type { PairReturns, RiskPage } from '../../src/api/contract/risk-page.ts'
import type { SleevePage } from '../../src/api/contract/sleeve-page.ts'
import type { ViolationRow } from '../../src/api/contract/trading.ts'
import { sideways } from './browser.ts'
import {
  expectCone,
  expectEquity,
  expectPairCharts,
  expectPerformanceCharts,
  expectRiskCharts,
  expectStrategyCharts,
} from './drawn.ts'

const WAIT_MS = 30_000

const panel = (page: Page, title: string): Locator => page.locator(`[data-panel="${title}"]`)

/** Texts of the cells of a panel's table, row by row, without its head. */
async function rowsOf(page: Page, title: string): Promise<readonly (readonly string[])[]> {
  const rows = panel(page, title).locator('tbody tr, tfoot tr')
  await rows.first().waitFor({ timeout: WAIT_MS })
  const texts: string[][] = []
  for (const row of await rows.all()) texts.push(await row.locator('th, td').allTextContents())
  return texts
}

async function asTable(page: Page, title: string): Promise<readonly (readonly string[])[]> {
  await panel(page, title)
    .getByRole('button', { name: `${title} as table` })
    .click()
  return rowsOf(page, title)
}

/** Some cell of the row says it. */
function holds(row: readonly string[] | undefined, text: string): void {
  expect(row?.some((cell) => cell.includes(text)) === true ? text : row).toBe(text)
}

export async function showsItsFigures(
  browser: Browser,
  file: string,
  kept: KeptPage,
  portfolio: string,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, offline: true })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('request', (request) => /^(file|data|blob):/.test(request.url()) || faults.push(request.url()))
  try {
    await page.goto(`file://${file}`)
    await page.locator('.figure-value').first().waitFor({ timeout: WAIT_MS })
    const read = unpacking(kept)
    const at = <T>(rest: string): T => read(`/api/v1/p/${encodeURIComponent(portfolio)}/${rest}`) as T
    await overview(page, at)
    await risk(page, at)
    await performance(page, at)
    await strategy(page, at)
    await page.setViewportSize({ width: 360, height: 740 })
    await expect.poll(() => sideways(page), { message: 'fits 360 px' }).toBe(0)
    expect(faults).toEqual([])
  } finally {
    await context.close()
  }
}

type At = <T>(rest: string) => T

async function turnTo(page: Page, title: string): Promise<void> {
  await page.locator('.tabs a', { hasText: title }).click()
  await expect.poll(() => page.locator('.skeleton').count(), { timeout: WAIT_MS }).toBe(0)
}

async function overview(page: Page, at: At): Promise<void> {
  const all = page.locator('.periods-wide').getByRole('button', { name: 'All', exact: true })
  await all.click() // every point of what the file holds
  await expect.poll(() => all.getAttribute('aria-pressed')).toBe('true')
  const reserve = at<Dated<SleeveTable>>('sleeves').data.rows.find(({ status }) => status === 'reserve')
  await expectEquity(page, at<Dated<EquityCurve>>('equity').data, reserve?.sleeve ?? null)
  const { data: figures } = at<Dated<Figures>>('figures')
  const shown = async (title: string): Promise<string> =>
    (await page.locator('.figure', { hasText: title }).locator('.figure-value').textContent()) ?? ''
  expect(await shown('Portfolio value')).toBe(money(figures.value, { cents: true }))
  expect(await shown('Total return')).toBe(percent(figures.totalReturn.fraction, { signed: true }))
  expect(await shown('Leverage')).toBe(leverage(figures.leverage.gross))
  expect(await shown('Drawdown')).toBe(percent(figures.drawdown.current))
  expect(await shown('Active sleeves')).toBe(`${figures.sleeves.active} of ${figures.sleeves.total}`)
  expect(await shown('Open positions')).toBe(`${figures.positions.net} net`)
  const { data: report } = at<Analysis<BacktestReport>>('analysis/report')
  expect(figures.roundTrips).toBe(report!.portfolio.roundTrips)

  const sleeves = await rowsOf(page, 'Sleeves')
  for (const row of at<Dated<SleeveTable>>('sleeves').data.rows) {
    const found = sleeves.find((cells) => cells[0]?.startsWith(row.title) === true)
    holds(found, money(row.value, { cents: false }))
    if (row.strategy === null) continue
    holds(found, percent(row.totalReturn, { signed: true, decimals: 1 }))
    holds(found, row.sharpe.value === null ? 'n/a' : ratio(row.sharpe.value))
  }
  const { rows } = at<Dated<PositionTable>>('positions').data
  const positions = await rowsOf(page, 'Largest positions')
  for (const row of rows)
    holds(
      positions.find((cells) => cells[0]?.startsWith(row.symbol) === true),
      money(row.netValue, { cents: false }),
    )
  const classes = await rowsOf(page, 'Asset classes')
  for (const { name, weight } of at<Dated<ExposureView>>('exposures').data.classes)
    holds(
      classes.find((cells) => cells[0]?.toLowerCase().includes(name.toLowerCase()) === true),
      percent(weight, { decimals: 1 }),
    )
  const [newest] = at<Dated<Rows<ActivityRow>>>('activity?limit=100').data.rows
  expect(newest!.text).toContain(await panel(page, 'Activity').locator('.activity-text span').first().textContent())
}

async function risk(page: Page, at: At): Promise<void> {
  await turnTo(page, 'Risk')
  const view = at<Analysis<RiskPage>>('analysis/risk').data!
  expect(await panel(page, 'Volatility').locator('.gauge-value').textContent()).toBe(
    percent(view.volatility.data!.gauge.value),
  )
  const worst = await asTable(page, 'Drawdown')
  expect(worst.map(([rank, depth]) => [rank, depth])).toEqual(
    view.drawdown.data!.worst.map(({ rank, depth }) => [String(rank), percent(depth)]),
  )
  const { titles, names, matrix } = view.correlation.data!.find(({ window }) => window === 60)!
  const pairs = await asTable(page, 'Correlation')
  const known = names.flatMap((_, left) => names.flatMap((__, right) => (left < right ? [[left, right] as const] : [])))
  for (const [left, right] of known) {
    const value = matrix[left]![right] ?? null
    if (value === null) continue
    const found = pairs.find((cells) => cells[0]!.includes(titles[left]!) && cells[0]!.includes(titles[right]!))
    if (found !== undefined) holds(found, ratio(value))
  }
  await page.getByRole('button', { name: 'Correlation as chart' }).click()
  await page.getByRole('button', { name: 'Drawdown as chart' }).click()
  await expectRiskCharts(page, view, 60)
  const pair = new URLSearchParams({ left: names[0]!, right: names[1]!, window: '60' })
  await page.locator('.matrix').focus()
  for (const key of ['ArrowDown', 'Home', ...names.map(() => 'ArrowUp'), 'ArrowRight']) await page.keyboard.press(key)
  await page.keyboard.press('Enter')
  await panel(page, 'Pair').getByText(`${titles[0]} (across) and ${titles[1]}`).waitFor({ timeout: WAIT_MS })
  await expectPairCharts(page, at<Analysis<PairReturns>>(`analysis/risk/pair?${pair.toString()}`).data!)
  const violations = at<Dated<Rows<ViolationRow>>>('violations').data
  expect(await panel(page, 'Violations').textContent()).toContain(`${violations.total} in all`)
  await panel(page, 'Monte Carlo cone')
    .getByRole('img', { name: /252 days/ })
    .waitFor({ timeout: WAIT_MS })
  const { result } = at<JobView>('jobs/kept-monte-carlo')
  if (result?.kind !== 'monte-carlo') throw new Error('the file holds no cone')
  await expectCone(page, result.view)
  await panel(page, 'Stress tests').getByText('This report carries no scenarios').waitFor()
}

async function performance(page: Page, at: At): Promise<void> {
  await turnTo(page, 'Performance')
  const view = at<Analysis<PerformancePage>>('analysis/performance').data!
  const summary = await rowsOf(page, 'Summary')
  for (const [place, row] of view.summary.data!.rows.entries())
    if (row.unit === 'percent')
      expect([summary[place]![0], summary[place]![1]]).toEqual([row.label, percent(row.portfolio)])
  await expectPerformanceCharts(page, view, 60)
  const brinson = await rowsOf(page, 'Brinson')
  expect(brinson.length).toBe(view.brinson.data!.sleeves.length + 1)
  const { deviation } = view.histograms.data![0]!
  expect(await panel(page, 'Distribution').textContent()).toContain(`deviation ${percent(deviation)}`)
}

async function strategy(page: Page, at: At): Promise<void> {
  await turnTo(page, 'Strategy')
  const { sleeve } = at<Dated<SleeveTable>>('sleeves').data.rows.find((row) => row.strategy !== null)!
  const view = at<Analysis<SleevePage>>(`analysis/sleeves/${encodeURIComponent(sleeve)}`).data!
  const sharpe = panel(page, 'Metrics').locator('dl > div').filter({ hasText: 'Sharpe' }).locator('dd')
  expect(await sharpe.textContent()).toContain(ratio(view.figures.sharpe))
  await expectStrategyCharts(page, view)
  const parameters = await rowsOf(page, 'Parameters')
  expect(parameters.map(([name]) => name)).toEqual(view.parameters.data!.parameters.map(({ name }) => name))
  expect(await page.getByRole('button', { name: 'Flatten sleeve' }).isVisible()).toBe(false)
}
