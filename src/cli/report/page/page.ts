import type { ReportPage } from '../../../api/contract/report.ts'
import { longDate } from '../numbers.ts'
import { invariantsPanel, nettingPanel, notesPanel, refusalsPanel, tradesPanel } from './activity.ts'
import { booksPanel, policyPanel } from './attribution.ts'
import { benchmarkPanel } from './benchmark.ts'
import { capitalPanel } from './capital.ts'
import { type Frame, frameOf, panel } from './frame.ts'
import { html, type Markup } from './markup.ts'
import { attention, equityPanel, heading, keyFigures, sleeveCurves } from './overview.ts'
import {
  carriedPanel,
  excursionPanel,
  exposurePanel,
  lossPanel,
  optionsPanel,
  reductionPanel,
  stabilityPanel,
  volatilityPanel,
} from './risk.ts'
import { shadowPanel } from './shadows.ts'
import { shellText } from './shell.ts'
import {
  CORRELATION_BESIDE_MAX,
  correlationPanel,
  exitsPanel,
  expectedPanel,
  monthlyPanel,
  periodsPanel,
  sleeveTable,
} from './sleeves.ts'
import { violationsPanel } from './violations.ts'

const DEFINITIONS: readonly (readonly [string, string])[] = [
  [
    'Total return',
    'Time-weighted: value over last value plus money moved in, less one, compounded over the days. Fees are costs, transfers between sleeves are not returns.',
  ],
  ['A year', 'Compound growth by the count of days: growth to the power of days in a year over days in the run.'],
  ['Volatility', 'Sample standard deviation of daily returns times the root of the days in a year.'],
  [
    'Sharpe, Sortino',
    'Mean daily return over its standard deviation, or over the downside deviation of all days, times the same root. No risk-free rate is taken off.',
  ],
  ['Drawdown', 'Value under its highest value so far; the starting capital counts as the first peak.'],
  ['Calmar', 'Return a year over the size of the deepest drawdown.'],
  ['Contribution', 'Profit of the sleeve over the starting capital of the portfolio; the parts add up to the whole.'],
  [
    'Win rate, profit factor',
    'Share of round trips with a profit, and what winners made over what losers lost. Undefined without a loss.',
  ],
  [
    'Alone (shadow)',
    'The same strategy as a portfolio of its own since the first day: full capital, its own limits and sizing, every order filled by itself, nothing of what limits, pauses or moves of capital did to the sleeve.',
  ],
  [
    'VaR, CVaR',
    'The loss that a day does not exceed with the stated probability, and the mean loss beyond it: from the days themselves, from a normal distribution, or from one corrected for skewness and fat tails. Intervals from 400 histories redrawn in blocks.',
  ],
  [
    'Component of the risk',
    'Weight times what one more unit of it adds to the volatility of the book; the components add up to it.',
  ],
  ['Beta', 'Slope of the daily returns on those of the book, or of the benchmark.'],
  [
    'Alpha, tracking error',
    'What is left of the return where the benchmark returns nothing, a year; standard deviation of the daily returns less those of the benchmark, times the root of the days in a year.',
  ],
  ['Netting', 'Traded value of all wishes less that of the orders sent, instruments that crossed completely included.'],
]

function definitions(): Markup {
  return panel(
    { title: 'How each figure is computed' },
    html`<dl class="defs">${DEFINITIONS.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`,
  )
}

function footer({ page }: Frame): Markup {
  const { portfolio, booksHash } = page.report
  const span =
    portfolio.start === null ? 'no trading day' : `${longDate(portfolio.start)} to ${longDate(portfolio.end!)}`
  return html`<footer>Data from ${span}, marked at each day's close. Dates are trade dates of the portfolio's calendar, instants are UTC. Benchmark: ${page.report.benchmark?.instrument ?? 'none'}. Beside this page: report.json, equity.csv, trades.csv, orders.csv, attribution.csv, capital.csv, universe.csv, violations.csv. Books: SHA-256 ${booksHash}</footer>`
}

/** The whole page as one file: style, charts and script inside, nothing fetched from anywhere. */
export function pageText(page: ReportPage): string {
  const frame = frameOf(page)
  const isBeside = page.report.correlation.names.length <= CORRELATION_BESIDE_MAX
  return shellText({
    title: `${page.report.portfolio.name}: backtest report`,
    mode: 'Backtest',
    hues: page.curves.sleeves.length,
    heading: html`${heading(frame)}${attention(frame)}`,
    panels: html`${keyFigures(frame)}
${equityPanel(frame)}<div class="stack w4">${nettingPanel(frame)}${isBeside ? correlationPanel(frame) : null}</div>
${sleeveCurves(frame)}
${sleeveTable(frame)}
${shadowPanel(frame)}
${capitalPanel(frame)}
${isBeside ? null : correlationPanel(frame)}
${monthlyPanel(frame)}
${periodsPanel(frame)}
${benchmarkPanel(frame)}
<h2 class="part" id="risk">Risk</h2>
${lossPanel(frame)}${carriedPanel(frame)}
${volatilityPanel(frame)}
${reductionPanel(frame)}${exposurePanel(frame)}${optionsPanel(frame)}
${stabilityPanel(frame)}
${excursionPanel(frame)}
<h2 class="part" id="attribution">Attribution</h2>
${booksPanel(frame)}
${policyPanel(frame)}
<h2 class="part" id="activity">Activity</h2>
<div class="stack w7">${expectedPanel(frame)}${invariantsPanel(frame)}</div>
${exitsPanel(frame)}
${tradesPanel(frame)}
${refusalsPanel(frame)}
${violationsPanel(frame)}
${notesPanel(frame)}
${definitions()}`,
    footer: footer(frame),
  })
}
