import type { ExpectedRange, PeriodFigures, SleeveFigures } from '../../../api/contract/report.ts'
import { count, decimal, longDate, money, moneyWhole, percent, percentTo, ratio } from '../numbers.ts'
import { empty, type Frame, panel, result, sleeveName, sleeveSquare, table } from './frame.ts'
import { correlationHeatmap, monthlyHeatmap } from './heatmaps.ts'
import { html, type Markup } from './markup.ts'
import { shapePoints } from './scale.ts'
import { sentence, spaced } from './words.ts'

/* Sleeves side by side, and the portfolio over years, months and pairs. */

const SPARK_DAYS = 90

function spark(values: readonly (number | null)[], hue: string): Markup {
  const shown = values.slice(-SPARK_DAYS).map((value) => value ?? 0)
  if (shown.length < 2) return html`<span class="soft">n/a</span>`
  const low = Math.min(...shown)
  const span = Math.max(...shown) - low || 1
  const points = shapePoints(shown, 60).map((index) => {
    const left = (index / (shown.length - 1)) * 102 + 1
    return `${left.toFixed(1)} ${(23 - ((shown[index]! - low) / span) * 20).toFixed(1)}`
  })
  const first = 1 + shown[0]!
  // of a sleeve that had lost everything before, nothing can be said
  const change = first > 0 ? (1 + shown.at(-1)!) / first - 1 : null
  return html`<svg class="spark ${hue}" viewBox="0 0 104 26" role="img" aria-label="Last ${shown.length} days ${percent(change, 'both')}"><path d="M${points.join('L')}"/></svg>`
}

/** What the sleeve is, in a few words: its strategy, or where its returns were recorded. */
function natureOf({ strategy, recorded, synthetic }: SleeveFigures): string {
  if (recorded !== null) return `recorded stream: ${recorded.column} of ${recorded.file}`
  return synthetic.length === 0 ? (strategy ?? 'cash') : `${strategy}, SYNTHETIC ${synthetic.join(', ')}`
}

function sleeveRow(frame: Frame, sleeve: SleeveFigures): Markup {
  const { currency, page } = frame
  const isReserve = sleeve.strategy === null
  const curve = page.curves.sleeves.find(({ name }) => name === sleeve.name)
  const figure = (text: string) => html`<td>${isReserve ? '' : text}</td>`
  return html`<tr><th scope="row">${sleeveName(frame, sleeve.name, natureOf(sleeve))}</th>
${result(percent(sleeve.totalReturn, 'both'), sleeve.totalReturn)}<td>${moneyWhole(sleeve.final, currency)}</td><td>${moneyWhole(sleeve.capital, currency)}</td>
${result(percent(sleeve.contribution, 'both'), sleeve.contribution)}
${figure(percent(sleeve.volatility))}${figure(ratio(sleeve.sharpe))}${figure(percent(sleeve.maxDrawdown))}${figure(count(sleeve.roundTrips))}
${figure(sleeve.winRate === null ? 'n/a' : percentTo(sleeve.winRate, 1))}${figure(sleeve.profitFactor === null ? 'n/a' : ratio(sleeve.profitFactor))}
${figure(money(sleeve.averageTrade, currency, 'both'))}${figure(percentTo(sleeve.maxPositionWeight, 1))}
<td>${money(sleeve.fees, currency)}</td><td>${curve === undefined ? '' : spark(curve.values, frame.sleeves.get(sleeve.name)?.hue ?? '')}</td></tr>`
}

export function sleeveTable(frame: Frame): Markup {
  const { currency, page } = frame
  const { portfolio, sleeves } = page.report
  const columns = [
    '<Sleeve',
    'Total return',
    'Value',
    'Capital',
    'Contribution',
    'Volatility',
    'Sharpe',
    'Drawdown',
    'Round trips',
    'Win rate',
    'Profit factor',
    'Average trade',
    'Largest position',
    'Fees',
    'Last 90 days',
  ]
  const winners = page.trades.filter((trade) => trade.pnl > 0).length
  const foot = html`<tr><th scope="row" class="l">Portfolio</th>${result(percent(portfolio.totalReturn, 'both'), portfolio.totalReturn)}<td>${moneyWhole(portfolio.final, currency)}</td><td>${moneyWhole(portfolio.initial, currency)}</td>
${contributionTotal(sleeves)}
<td>${percent(portfolio.volatility)}</td><td>${ratio(portfolio.sharpe)}</td><td>${percent(portfolio.maxDrawdown)}</td><td>${count(portfolio.roundTrips)}</td>
<td>${page.trades.length === 0 ? 'n/a' : percentTo(winners / page.trades.length, 1)}</td><td></td><td></td><td></td>
<td>${money(portfolio.fees, currency)}</td><td>${spark(page.curves.portfolio, '')}</td></tr>`
  const rows = sleeves.map((sleeve) => sleeveRow(frame, sleeve))
  return panel(
    { title: 'Sleeves', unit: 'each with its own capital and books' },
    table({ caption: 'Sleeves side by side', columns, kind: 'sleeves' }, rows, foot),
  )
}

function contributionTotal(sleeves: readonly SleeveFigures[]): Markup {
  const total = sleeves.reduce((sum, sleeve) => sum + (sleeve.contribution ?? 0), 0)
  return result(percent(total, 'both'), total)
}

type Text = (value: number) => string

function rangeCells(range: ExpectedRange | null, text: Text): Markup {
  if (range === null) return html`<td class="soft">not stated</td><td></td>`
  const actual = range.actual === null ? 'n/a' : text(range.actual)
  const word = range.within === false ? html`<span class="away"> outside the range</span>` : null
  return html`<td class="soft">${text(range.low)} to ${text(range.high)}</td><td class="${range.within === false ? 'out' : ''}">${actual}${word}</td>`
}

export function expectedPanel(frame: Frame): Markup {
  const stated = frame.page.report.sleeves.filter((sleeve) => sleeve.expected !== null)
  const text = { title: 'Expected and actual', unit: '▲ marks what is outside its range' }
  if (stated.length === 0)
    return panel(
      text,
      empty('No sleeve states what it expects. Add expected: {sharpe, win_rate, trades_per_month} to one.'),
    )
  const rows = stated.map((sleeve) => {
    const expected = sleeve.expected!
    return html`<tr><th scope="row">${sleeveName(frame, sleeve.name)}</th>${rangeCells(expected.sharpe, ratio)}${rangeCells(
      expected.winRate,
      (value) => percentTo(value, 0),
    )}${rangeCells(expected.tradesPerMonth, (value) => decimal(value, 1))}</tr>`
  })
  const columns = [
    '<Sleeve',
    'Sharpe expected',
    'actual',
    'Win rate expected',
    'actual',
    'Trades a month expected',
    'actual',
  ]
  return panel(text, table({ caption: 'Expected ranges beside what happened', columns }, rows))
}

export function exitsPanel(frame: Frame): Markup {
  const { sleeves, portfolio } = frame.page.report
  const text = { title: 'Exits by reason', unit: 'closed round trips', width: 'w5' }
  const most = Math.max(1, ...sleeves.flatMap((sleeve) => Object.values(sleeve.exits)))
  const rows = sleeves.flatMap((sleeve) =>
    Object.entries(sleeve.exits).map(
      ([reason, times], index) =>
        html`<tr><th scope="row">${index === 0 ? sleeveName(frame, sleeve.name) : html`<span class="away">${sleeve.title}</span>`}</th><td class="l why">${sentence(spaced(reason))}</td><td>${count(times)}</td><td class="not-phone" style="min-width:80px"><span class="duo"><i class="n" style="width:${((times / most) * 100).toFixed(1)}%"></i></span></td></tr>`,
    ),
  )
  if (rows.length === 0) return panel(text, empty('No position was closed in this period, so no exit has fired yet.'))
  const foot = html`<tr><th scope="row" class="l">All</th><td></td><td>${count(portfolio.roundTrips)}</td><td class="not-phone"></td></tr>`
  return panel(
    text,
    table({ caption: 'Exits by sleeve and reason', columns: ['<Sleeve', '<Reason', 'Count', ''] }, rows, foot),
  )
}

export function monthlyPanel({ page }: Frame): Markup {
  const text = { title: 'Monthly returns', unit: 'time-weighted; colours end at the 95th percentile' }
  if (page.report.months.length === 0)
    return panel(text, empty('No trading day lies in this period, so no month has a return.'))
  return panel(text, monthlyHeatmap({ months: page.report.months, years: page.report.years }))
}

/** Beside the equity curve while it fits there. */
export const CORRELATION_BESIDE_MAX = 6

export function correlationPanel(frame: Frame): Markup {
  const { correlation, diversification } = frame.page.report
  const text = { title: 'Correlation', unit: 'of daily returns' }
  if (correlation.names.length < 2)
    return panel(text, empty('Correlation needs two sleeves that trade; this portfolio has fewer.'))
  if (correlation.matrix.flat().every((value) => value === null))
    return panel(text, empty('Correlation needs days on which at least one sleeve moved; this run has too few.'))
  return panel(
    text,
    html`${correlationHeatmap(correlation, (name, bare) => (bare ? sleeveSquare(frame, name) : sleeveName(frame, name)))}
<p class="note">Diversification ratio ${ratio(diversification.ratio)}: the weighted volatility of the sleeves over that of the portfolio. Portfolio volatility is ${ratio(diversification.volatilityOverSum)} of the plain sum.</p>`,
  )
}

/** `28 Oct`: the year stands beside it. */
function dayAndMonth(date: string): string {
  return longDate(date).slice(0, -5)
}

function periodRow(frame: Frame, period: PeriodFigures): Markup {
  if (period.covered === 'none')
    return html`<tr><th scope="row">${period.name}</th><td class="l soft" colspan="${4 + frame.page.report.sleeves.length}">${longDate(period.from)} to ${longDate(period.to)}: outside this run</td></tr>`
  const partly =
    period.covered === 'partial'
      ? html` <span class="soft">${dayAndMonth(period.first!)} to ${dayAndMonth(period.last!)}</span>`
      : null
  return html`<tr><th scope="row">${period.name}${partly}</th>${result(percent(period.totalReturn, 'both'), period.totalReturn)}<td>${percent(period.volatility)}</td><td>${ratio(period.sharpe)}</td><td>${percent(period.maxDrawdown)}</td>${period.sleeves.map(
    (sleeve) => result(percent(sleeve.totalReturn, 'both'), sleeve.totalReturn),
  )}</tr>`
}

export function periodsPanel(frame: Frame): Markup {
  const { years, windows, sleeves } = frame.page.report
  const columns = ['<Period', 'Portfolio', 'Volatility', 'Sharpe', 'Drawdown', ...sleeves.map((sleeve) => sleeve.title)]
  const rows = [...years, ...windows].map((period) => periodRow(frame, period))
  return panel(
    { title: 'Years and market phases', unit: 'return of the portfolio and of each sleeve' },
    table({ caption: 'Calendar years and named windows', columns }, rows),
  )
}
