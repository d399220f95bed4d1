/** What the pages of Risk, Performance and Strategy must show: the figures that the API gives, by pointer and by keys alone. */
import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { count, leverage, money, percent, ratio } from '../../dashboard/src/format.ts'
import type { Analysis } from '../../src/api/contract/analysis.ts'
import type { Page as Rows } from '../../src/api/contract/answers.ts'
import type { Note } from '../../src/api/contract/notes.ts'
import type { PerformancePage } from '../../src/api/contract/performance-page.ts'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import type { RiskPage } from '../../src/api/contract/risk-page.ts'
import type { SleevePage } from '../../src/api/contract/sleeve-page.ts'
import type { TradeRow } from '../../src/api/contract/trading.ts'
import { picture } from './browser.ts'

/** Signed in as whoever may do everything, with some months of the portfolio behind it. */
export interface World {
  readonly page: Page
  readonly origin: string
}

const PORTFOLIO = 'Demo'
const WAIT_MS = 60_000
/** Nothing is closed any more up to here: the portfolio has gone on. */
const PAST = '2024-03-28'
/** Most rows that a table of any length may have in the page. */
const ROWS_MAX = 40

const panel = (page: Page, title: string): Locator => page.locator(`[data-panel="${title}"]`)

/** Texts of the cells of a panel's table, row by row, without its head. */
async function tableOf(page: Page, title: string): Promise<readonly (readonly string[])[]> {
  const rows = panel(page, title).locator('tbody tr, tfoot tr')
  return rows.evaluateAll((all) =>
    all.map((row) =>
      [...(row as unknown as { cells: Iterable<{ textContent: string | null }> }).cells].map(
        (cell) => cell.textContent ?? '',
      ),
    ),
  )
}

/** Shows a panel's table in place of its chart. */
async function asTable(page: Page, title: string): Promise<readonly (readonly string[])[]> {
  await panel(page, title)
    .getByRole('button', { name: `${title} as table` })
    .click()
  const rows = await tableOf(page, title)
  await panel(page, title)
    .getByRole('button', { name: `${title} as chart` })
    .click()
  return rows
}

/** Opens a page and gives the answer that it was drawn from. */
async function opened<T>({ page, origin }: World, path: string, analysis: string): Promise<Analysis<T>> {
  const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith(`/analysis/${analysis}`), {
    timeout: WAIT_MS,
  })
  await page.goto(`${origin}${path}`)
  const first = (await (await answered).json()) as Analysis<T>
  await expect.poll(() => page.locator('.skeleton').count(), { timeout: WAIT_MS }).toBe(0)
  return first
}

async function ask<T>({ page, origin }: World, rest: string): Promise<T> {
  const answer = await page.request.get(`${origin}/api/v1/p/${PORTFOLIO}/${rest}`)
  expect([rest, answer.status()]).toEqual([rest, 200])
  return (await answer.json()) as T
}

/** The report and another analysis of the same event: the portfolio goes on while it is looked at. */
async function alike<T>(world: World, rest: string): Promise<{ readonly report: BacktestReport; readonly view: T }> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const report = await ask<Analysis<BacktestReport>>(world, 'analysis/report')
    const view = await ask<Analysis<T>>(world, `analysis/${rest}`)
    if (report.seq === view.seq && report.data !== null && view.data !== null)
      return { report: report.data, view: view.data }
  }
  throw new Error('no two analyses of the same event')
}

export function itShowsResults(world: () => World): void {
  it('draws the Risk page from what the API says, which is what the report says', async () => {
    const { page } = world()
    const { data } = await opened<RiskPage>(world(), '/risk', 'risk')
    const risk = data!
    expect(await panel(page, 'Leverage').locator('.gauge-value').textContent()).toBe(
      leverage(risk.leverage.gross.value),
    )
    expect(await panel(page, 'Diversification').locator('.gauge-value').textContent()).toBe(
      `${ratio(risk.diversification.data!.ratio)}×`,
    )
    const tail = risk.tail.data!
    const losses = await panel(page, 'VaR and CVaR').locator('.tail-rows .strong').allTextContents()
    const { var: atRisk, cvar } = tail.portfolio
    expect(losses).toEqual(
      ['95', '99'].flatMap((level) => [percent(atRisk.historical[level]), percent(cvar.historical[level])]),
    )
    const parts = risk.parts.data!.parts.filter(({ component }) => component !== null)
    const shown = await asTable(page, 'Risk contribution')
    expect(shown.map(([name, weight, share]) => [name, weight, share])).toEqual(
      parts.map((part) => [part.title, percent(part.weight, { decimals: 1 }), percent(part.share, { decimals: 1 })]),
    )
    const worst = await asTable(page, 'Drawdown')
    expect(worst.map(([rank, depth]) => [rank, depth])).toEqual(
      risk.drawdown.data!.worst.map((period) => [String(period.rank), percent(period.depth)]),
    )
    const bars = risk.concentration.data!.groups.find(({ by }) => by === 'instrument')!.bars
    const held = await asTable(page, 'Concentration')
    expect(held.slice(0, bars.length).map(([name, gross]) => [name, gross])).toEqual(
      bars.map((bar) => [bar.name, percent(bar.gross)]),
    )

    const { report, view } = await alike<RiskPage>(world(), 'risk')
    expect(view.leverage.gross.value).toBe(report.portfolio.leverageGross)
    expect(view.tail.data!.portfolio).toEqual(report.risk.portfolio)
    expect(view.parts.data!.parts.map(({ share }) => share)).toEqual(report.risk.shares)
    expect(view.drawdown.data!.deepest).toBe(report.risk.drawdowns[0]!.deepest)
  })

  it('moves over the correlations by keys alone: Enter shows the pair, and the address keeps it', async () => {
    const { page, origin } = world()
    const { data } = await opened<RiskPage>(world(), '/risk?window=30', 'risk')
    const { names, titles } = data!.correlation.data!.find(({ window }) => window === 30)!
    await page.locator('.matrix').focus()
    for (const key of [
      'ArrowDown',
      'Home',
      'ArrowUp',
      'ArrowUp',
      'ArrowUp',
      'ArrowUp',
      'ArrowUp',
      'ArrowUp',
      'ArrowUp',
      'ArrowUp',
    ])
      await page.keyboard.press(key)
    await page.keyboard.press('ArrowRight')
    const said = page.locator('.matrix > [aria-live]')
    await expect.poll(() => said.textContent()).toContain(`${titles[0]} and ${titles[1]}`)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.searchParams.get('pair') === `${names[0]}~${names[1]}`)
    await panel(page, 'Pair').getByText(`${titles[0]} (across) and ${titles[1]}`).waitFor()
    await page.reload()
    await panel(page, 'Pair').getByText(`${titles[0]} (across) and ${titles[1]}`).waitFor()
    expect(new URL(page.url()).origin).toBe(origin)
  })

  it('walks the points of a chart by arrow keys, and shows its table by a key', async () => {
    const { page } = world()
    await opened(world(), '/risk', 'risk')
    const drawdown = panel(page, 'Drawdown')
    const chart = drawdown.getByRole('img')
    expect(await chart.getAttribute('aria-label')).toMatch(/^Drawdown, line chart\. Now .*, deepest /)
    await chart.focus()
    await page.keyboard.press('End')
    await expect.poll(() => drawdown.locator('.chart [aria-live]').textContent()).toMatch(/^\d+ \w+ \d{4}\. /)
    await page.keyboard.press('t')
    await drawdown.getByRole('table', { name: 'Worst drawdown periods' }).waitFor()
  })

  it('asks long questions from the page: one is given up, one is answered, and the address keeps the answer', async () => {
    const { page } = world()
    await opened(world(), '/risk', 'risk')
    const stress = panel(page, 'Stress tests')
    await stress.getByRole('button', { name: 'Add scenario' }).click()
    await stress.getByLabel('Name').fill('All falls by a quarter')
    await stress.getByLabel('Change in %').fill('-25')
    await stress.getByRole('button', { name: 'Add and run' }).click()
    await stress.getByRole('progressbar').waitFor()
    await stress.getByRole('button', { name: 'Cancel' }).click()
    await stress.getByText('The stress test was cancelled.').waitFor({ timeout: WAIT_MS })
    const settings = panel(page, 'Run settings')
    await settings.getByLabel('Paths').fill('500')
    await settings.getByRole('button', { name: 'Run simulation' }).click()
    const cone = panel(page, 'Monte Carlo cone').getByRole('img', { name: /252 days, 500 paths/ })
    await cone.waitFor({ timeout: WAIT_MS })
    await page.reload()
    await cone.waitFor({ timeout: WAIT_MS })
    await picture(page, 'risk-cone')
  })

  it.skipIf(process.env['POLYFOLIO_PROFILE'] !== 'nightly')(
    'plays every scenario, and those of the reader with them (needs the nightly profile)',
    async () => {
      const { page } = world()
      await opened(world(), '/risk', 'risk')
      const stress = panel(page, 'Stress tests')
      await stress.getByRole('button', { name: 'Run tests' }).click()
      await stress.getByRole('img', { name: /^Stress tests of .* scenarios, worst/ }).waitFor({ timeout: 10 * WAIT_MS })
      expect((await asTable(page, 'Stress tests')).length).toBeGreaterThan(10)
      await picture(page, 'risk-stress')
    },
  )

  it('draws the Performance page from what the API says, which is what the report says', async () => {
    const { page } = world()
    const { data } = await opened<PerformancePage>(world(), '/performance?period=All', 'performance')
    const { summary, attribution, monthly, netting, trades } = data!
    const figures = await tableOf(page, 'Summary')
    for (const [place, row] of summary.data!.rows.entries()) {
      expect(figures[place]![0]).toBe(row.label)
      if (row.unit === 'percent') expect([row.label, figures[place]![1]]).toEqual([row.label, percent(row.portfolio)])
      if (row.unit === 'ratio') expect([row.label, figures[place]![1]]).toEqual([row.label, ratio(row.portfolio)])
    }
    const rows = await tableOf(page, 'Attribution table')
    const { rows: sleeves, sum } = attribution.data!
    const profit = (value: number): string => money(value, { signed: true, cents: false })
    expect(rows.map(([name, amount]) => [name, amount])).toEqual([
      ...sleeves.map((row) => [row.title, profit(row.profit)]),
      ['Portfolio', profit(sum.profit)],
    ])
    const months = monthly.data!.years.flatMap((year) => year.months).filter((month) => month !== null)
    const cells = await panel(page, 'Monthly returns').locator('.heat-months .heat:not(.heat-total)').allTextContents()
    expect([...cells].sort()).toEqual(
      months.map((month) => percent(month.totalReturn, { signed: true, decimals: 1 })).sort(),
    )
    expect((await tableOf(page, 'Netting benefit'))[0]).toContain(count(netting.data!.figures.ordersGross))
    const bySleeve = await asTable(page, 'Win rate, winners and losers')
    expect(bySleeve.at(-1)![1]).toBe(count(trades.data!.all.roundTrips))

    const { report, view } = await alike<PerformancePage>(world(), 'performance')
    const own = (metric: string): number | null =>
      view.summary.data!.rows.find((row) => row.metric === metric)!.portfolio
    expect([own('total_return'), own('sharpe'), own('max_drawdown')]).toEqual([
      report.portfolio.totalReturn,
      report.portfolio.sharpe,
      report.portfolio.maxDrawdown,
    ])
    expect(view.attribution.data!.rows.map(({ profit: amount }) => amount)).toEqual(
      report.attribution.sleeves.map((sleeve) => sleeve.profit),
    )
    expect(view.netting.data!.figures).toEqual(report.netting)
    expect(view.trades.data!.all.roundTrips).toBe(report.portfolio.roundTrips)
  })

  it('tells the formula of a metric, the days of a bar, the parts of a month, and keeps windows in the address', async () => {
    const { page } = world()
    await opened(world(), '/performance?period=All', 'performance')
    await panel(page, 'Summary').getByRole('button', { name: 'Sharpe ratio' }).click()
    await page.getByText('(μ - rf) / s √P').waitFor()
    await page.keyboard.press('Escape')
    await panel(page, 'Monthly returns').getByRole('button', { name: 'Formula: Monthly returns' }).click()
    await page
      .getByRole('dialog', { name: 'How it is computed: Monthly returns' })
      .getByText('Bacon (2008) ch. 5')
      .waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await panel(page, 'Monthly returns').locator('.heat').first().focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => panel(page, 'Monthly returns').locator('.heat-parts .named').count()).toBeGreaterThan(1)
    await panel(page, 'Distribution').getByRole('img').focus()
    await page.keyboard.press('Home')
    await expect.poll(() => panel(page, 'Distribution').locator('.bin-days').textContent()).toMatch(/\d{4}-\d{2}-\d{2}/)
    await panel(page, 'Rolling beta').getByRole('button', { name: '30', exact: true }).click()
    await page.waitForURL((url) => url.searchParams.get('window') === '30')
    await panel(page, 'Cumulative return').getByRole('button', { name: 'SPY' }).click()
    await page.waitForURL((url) => url.searchParams.get('hide') === 'SPY')
    await page.reload()
    await panel(page, 'Rolling Sharpe').getByRole('button', { name: '30', exact: true, pressed: true }).waitFor()
  })

  it('shows one strategy: its figures, its prices, and its trades as the server sorts and filters them', async () => {
    const { page } = world()
    const all = await ask<{ readonly data: Rows<TradeRow> }>(world(), `trades?limit=1&to=${PAST}`)
    const sleeve = all.data.rows[0]!.sleeve
    const { data } = await opened<SleevePage>(world(), `/strategy/${sleeve}?to=${PAST}`, `sleeves/${sleeve}`)
    const { figures, prices } = data!
    const sharpe = panel(page, 'Metrics').locator('dl > div').filter({ hasText: 'Sharpe' })
    expect(await sharpe.locator('dd').textContent()).toContain(ratio(figures.sharpe))
    expect(await page.getByLabel('Instrument', { exact: true }).inputValue()).toBe(prices.data!.instrument)
    await page.locator('.price-canvas').focus()
    await page.keyboard.press('End')
    await expect.poll(() => page.locator('.price-said').textContent()).toContain('close')
    const trades = panel(page, 'Trades')
    await trades.getByRole('button', { name: 'Result' }).click()
    await page.waitForURL((url) => url.searchParams.get('trades') === 'profit')
    const best = await ask<{ readonly data: Rows<TradeRow> }>(
      world(),
      `trades?sleeve=${sleeve}&sort=profit&limit=1&to=${PAST}`,
    )
    await expect
      .poll(() => trades.locator('tbody tr').first().textContent())
      .toContain(money(best.data.rows[0]!.profit, { signed: true }))
    expect(await trades.locator('tbody tr').count()).toBeLessThanOrEqual(ROWS_MAX)
    const symbol = best.data.rows[0]!.symbol.split(' ')[0]! // of a structure: its underlying
    await page.keyboard.press('/')
    await page.keyboard.type(symbol)
    await page.waitForURL((url) => url.searchParams.get('symbol') === symbol)
    const rest = `trades?sleeve=${sleeve}&symbol=${encodeURIComponent(symbol)}&limit=1&to=${PAST}`
    const total = (await ask<{ readonly data: Rows<TradeRow> }>(world(), rest)).data.total!
    await trades.getByText(`${count(total)} round trip`).waitFor()
    const loaded = page.waitForEvent('download')
    await trades.getByRole('button', { name: 'Export trades' }).click()
    await page.getByRole('menuitem', { name: 'CSV' }).click()
    const lines = readFileSync(await (await loaded).path(), 'utf8')
      .trim()
      .split('\n')
    expect(lines.length - 1).toBe(total)
  })

  it('keeps notes and tags on a sleeve, through a reload, until they are taken away', async () => {
    const { page } = world()
    const all = await ask<{ readonly data: Rows<TradeRow> }>(world(), 'trades?limit=1')
    const { sleeve } = all.data.rows[0]!
    await opened(world(), `/strategy/${sleeve}`, `sleeves/${sleeve}`)
    const notes = panel(page, 'Notes and tags')
    await notes.getByRole('button', { name: 'Add note' }).click()
    await notes.getByLabel(/^Note on/).fill('Waiting for the roll <b>now</b>')
    await notes.getByLabel('Tags').fill('roll, watch')
    await notes.locator('form').getByRole('button', { name: 'Add note' }).click()
    await notes.getByText('Waiting for the roll <b>now</b>').waitFor()
    await page.reload()
    await notes.getByText('Waiting for the roll <b>now</b>').waitFor()
    const kept = await ask<Rows<Note>>(world(), `notes?about=sleeve&subject=${sleeve}`)
    expect(kept.rows[0]).toMatchObject({ text: 'Waiting for the roll <b>now</b>', tags: ['roll', 'watch'] })
    await notes.getByRole('button', { name: /^Edit the note/ }).click()
    await notes.getByLabel(/^Note of/).fill('Rolled')
    await notes.getByRole('button', { name: 'Save note' }).click()
    await notes.getByText('Rolled').waitFor()
    await notes.getByLabel('Search notes').fill('nothing like it')
    await notes.getByText('No note holds these words.').waitFor()
    await notes.getByLabel('Search notes').fill('')
    await notes.getByRole('button', { name: /^Delete the note/ }).click()
    await notes.getByText(/^Nobody wrote about/).waitFor()
  })
}
