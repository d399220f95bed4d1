import { join } from 'node:path'
import Table from 'cli-table3'
import { createColors } from 'picocolors'
import type { BacktestReport, SleeveFigures } from '../../api/contract/report.ts'
import { count, longDate, money, moneyWhole, percent, percentTo, ratio, tone } from './numbers.ts'
import { spaced, violationFigure } from './page/words.ts'
import { membershipWords } from './universes.ts'

/* The report as a page of text: what `backtest` prints when nobody asked for JSON. */

export interface SummaryLook {
  /** Columns of the terminal; narrow ones drop the last columns of the table. */
  readonly width: number
  readonly colour: boolean
}

type Colours = ReturnType<typeof createColors>

interface SummaryColumn {
  readonly head: string
  cell(sleeve: SleeveFigures): string
  total(report: BacktestReport): string
}

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}
/** Columns that a narrow terminal loses first. */
const DISPENSABLE = ['Win rate', 'Volatility', 'Trades', 'Drawdown', 'Sharpe'] as const

function coloured(text: string, value: number | null, colours: Colours): string {
  const kind = tone(value)
  return kind === 'up' ? colours.green(text) : kind === 'down' ? colours.red(text) : text
}

/** Terminal text of people's titles: control characters could steer the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}

function columnsOf(colours: Colours): SummaryColumn[] {
  const signed = (value: number | null) => coloured(percent(value, 'both'), value, colours)
  const traded = (sleeve: SleeveFigures, text: string) => (sleeve.strategy === null ? '' : text)
  return [
    {
      head: 'Sleeve',
      cell: ({ title, recorded }) => plain(recorded === null ? title : `${title} (recorded)`),
      total: () => 'Portfolio',
    },
    {
      head: 'Value',
      cell: (sleeve) => moneyWhole(sleeve.final, ''),
      total: ({ portfolio }) => moneyWhole(portfolio.final, ''),
    },
    {
      head: 'Total return',
      cell: (sleeve) => signed(sleeve.totalReturn),
      total: ({ portfolio }) => signed(portfolio.totalReturn),
    },
    {
      head: 'Volatility',
      cell: (sleeve) => traded(sleeve, percent(sleeve.volatility)),
      total: ({ portfolio }) => percent(portfolio.volatility),
    },
    {
      head: 'Sharpe',
      cell: (sleeve) => traded(sleeve, ratio(sleeve.sharpe)),
      total: ({ portfolio }) => ratio(portfolio.sharpe),
    },
    {
      head: 'Drawdown',
      cell: (sleeve) => traded(sleeve, percent(sleeve.maxDrawdown)),
      total: ({ portfolio }) => percent(portfolio.maxDrawdown),
    },
    {
      head: 'Trades',
      cell: (sleeve) => traded(sleeve, count(sleeve.roundTrips)),
      total: ({ portfolio }) => count(portfolio.roundTrips),
    },
    { head: 'Win rate', cell: (sleeve) => traded(sleeve, percentTo(sleeve.winRate, 1)), total: () => '' },
    {
      head: 'Contribution',
      cell: (sleeve) => signed(sleeve.contribution),
      total: ({ sleeves }) => signed(sleeves.reduce((sum, sleeve) => sum + (sleeve.contribution ?? 0), 0)),
    },
  ]
}

function tableOf(report: BacktestReport, columns: readonly SummaryColumn[], colours: Colours): string {
  const table = new Table({
    chars: BORDERLESS,
    colAligns: columns.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    head: columns.map((column) => colours.dim(column.head)),
  })
  for (const sleeve of report.sleeves) table.push(columns.map((column) => column.cell(sleeve)))
  table.push(columns.map((column) => colours.bold(column.total(report))))
  return table.toString().replace(/ +$/gm, '')
}

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.replace(/\p{Cc}\[\d+m/gu, '').length))
}

/** The widest table that the terminal can show without breaking its lines. */
function fittingTable(report: BacktestReport, width: number, colours: Colours): string {
  let columns = columnsOf(colours)
  for (const head of DISPENSABLE) {
    const text = tableOf(report, columns, colours)
    if (widthOf(text) <= width) return text
    columns = columns.filter((column) => column.head !== head)
  }
  return tableOf(report, columns, colours)
}

function capitalLine({ portfolio, sleeves }: BacktestReport): string {
  const parts = sleeves.map((sleeve) => `${plain(sleeve.title)} ${money(sleeve.capital, portfolio.currency)}`)
  return `Capital ${money(portfolio.initial, portfolio.currency)}: ${parts.join(', ')}`
}

function portfolioLine({ portfolio }: BacktestReport): string {
  const { currency } = portfolio
  if (portfolio.start === null || portfolio.end === null) return 'Portfolio: no trading day in this period'
  return `Portfolio ${longDate(portfolio.start)} to ${longDate(portfolio.end)}: ${money(portfolio.initial, currency)} to ${money(portfolio.final, currency)}, ${percent(portfolio.annualReturn, 'both')} a year, Sharpe ${ratio(portfolio.sharpe)}, drawdown ${percent(portfolio.maxDrawdown)}`
}

/** What the book may lose, how far its parts take risk from each other, and who carries most of it. */
function riskLine({ risk, sleeves }: BacktestReport): string[] {
  const loss = risk.book.var.historical['95'] ?? null
  if (loss === null || risk.portfolioVolatility === null) return []
  const shares = risk.shares.map((share) => share ?? 0)
  const most = shares.indexOf(Math.max(...shares))
  const title = sleeves.find(({ name }) => name === risk.names[most])?.title
  const carries =
    title === undefined || shares[most]! <= 0 ? '' : `; ${plain(title)} carries ${percentTo(shares[most]!, 0)} of it`
  return [
    `Risk of the book: volatility ${percent(risk.portfolioVolatility)} a year, on one day in twenty more than ${percent(loss)} lost, diversification ratio ${ratio(risk.diversification.ratio)}${carries}`,
  ]
}

/** The portfolio against its benchmark; nothing without one, or before both have moved. */
function benchmarkLine({ benchmark }: BacktestReport): string[] {
  if (benchmark === null || benchmark.beta === null) return []
  return [
    `Against ${benchmark.instrument} (${percent(benchmark.totalReturn, 'both')}): beta ${ratio(benchmark.beta)}, alpha ${percent(benchmark.alpha, 'both')} a year, tracking error ${percent(benchmark.trackingError)}, correlation ${ratio(benchmark.correlation)}`,
  ]
}

/** What crossing and slippage did; nothing where no order was sent. */
function costLine({ attribution, portfolio }: BacktestReport): string[] {
  const sum = (pick: (own: (typeof attribution.sleeves)[number]) => number): number =>
    attribution.sleeves.reduce((total, own) => total + pick(own), 0)
  const slippage = sum((own) => own.slippage)
  const crossing = sum((own) => own.crossingGain)
  if (slippage === 0 && crossing === 0) return []
  const { currency } = portfolio
  return [`Slippage cost ${money(slippage, currency)}, crossing inside spared ${money(crossing, currency)}`]
}

function nettingLine({ netting, portfolio }: BacktestReport): string {
  if (netting.ordersGross === 0) return 'Netting: no order was sent'
  return `Netting saved ${money(netting.savings, portfolio.currency)} (${percentTo(netting.savingsPct, 1)}) in trade value: ${count(netting.ordersGross)} wishes became ${count(netting.ordersNet)} orders, ${count(netting.crosses)} internal crosses`
}

const CYCLES_SHOWN = 5

/** A line per cycle in which something was saved: the first ones here, all of them in report.json. */
function nettingCycles({ netting, portfolio }: BacktestReport): string[] {
  const shown = netting.cycles.slice(0, CYCLES_SHOWN)
  const lines = shown.map(
    ({ date, savings, savingsPct }) =>
      `  ${date}: netting saved ${money(savings, portfolio.currency)} (${percentTo(savingsPct, 1)}) in trade value`,
  )
  const more = netting.cycles.length - shown.length
  return more > 0 ? [...lines, `  and in ${count(more)} more cycles: netting.cycles of report.json`] : lines
}

/** What rates did to foreign money; nothing for a portfolio of one currency. */
function currencyLine({ sleeves, portfolio }: BacktestReport): string[] {
  if (sleeves.every((sleeve) => sleeve.currencyGain === null)) return []
  const gain = sleeves.reduce((total, sleeve) => total + (sleeve.currencyGain ?? 0), 0)
  return [`Exchange rates alone brought ${money(gain, portfolio.currency, 'both')}`]
}

/** What the sleeves made beside what they would have made alone; nothing without shadows. */
function shadowLines({ sleeves, netting, portfolio }: BacktestReport): string[] {
  const { shadow: all } = netting
  if (all === null) return []
  const lines = sleeves.flatMap(({ shadow, title, totalReturn, sharpe, maxDrawdown }) => {
    if (shadow === null) return []
    const ended = shadow.fault === null ? '' : `; ended: ${plain(shadow.fault)}`
    const alone = `${percent(shadow.totalReturn, 'both')}, Sharpe ${ratio(shadow.sharpe)}, drawdown ${percent(shadow.maxDrawdown)}${ended}`
    return [
      `  ${plain(title)}: ${percent(totalReturn, 'both')}, Sharpe ${ratio(sharpe)}, drawdown ${percent(maxDrawdown)}; alone ${alone}`,
    ]
  })
  const orders = `  ${count(all.orders)} orders over ${money(all.notional, portfolio.currency)} for ${money(all.fees, portfolio.currency)} of fees alone, ${count(netting.ordersNet)} over ${money(netting.notionalNet, portfolio.currency)} for ${money(portfolio.fees, portfolio.currency)} together`
  return ['Shadows: each sleeve alone at full capital', ...lines, orders]
}

function exitLines({ sleeves }: BacktestReport): string[] {
  const lines = sleeves.flatMap((sleeve) => {
    const exits = Object.entries(sleeve.exits).map(([reason, times]) => `${plain(reason)} ${count(times)}`)
    return exits.length === 0 ? [] : [`  ${plain(sleeve.title)}: ${exits.join(', ')}`]
  })
  return lines.length === 0 ? ['Exits: no position was closed'] : ['Exits by reason', ...lines]
}

/** Sleeves whose trades are too few to be judged by, and why. */
function sampleLines({ sleeves }: BacktestReport): string[] {
  const lines = sleeves.flatMap(({ title, fewRoundTrips }) =>
    fewRoundTrips === null ? [] : [`  ${plain(title)}: ${plain(fewRoundTrips)}`],
  )
  return lines.length === 0 ? [] : ['Too few round trips to judge by', ...lines]
}

/** Universes that are judged day by day. */
function universeLines({ sleeves, universes }: BacktestReport): string[] {
  const lines = universes.map((one) => {
    const title = sleeves.find(({ name }) => name === one.sleeve)?.title ?? one.sleeve
    return `  ${plain(title)}: ${membershipWords(one)}`
  })
  return lines.length === 0 ? [] : ['Universes', ...lines]
}

const HALTS_SHOWN = 5

/** Each halt of the whole portfolio, how it ended, and what its review proposes. */
function haltLines({ violations }: BacktestReport, colours: Colours): string[] {
  const halts = violations.filter(({ review }) => review !== null)
  const lines = halts
    .slice(0, HALTS_SHOWN)
    .map(({ at, rule, action, value, limit, resolvedAt, resolution, review }) => {
      const end = resolvedAt === null ? 'still open' : `${resolution!.how} on ${longDate(resolvedAt.slice(0, 10))}`
      const broken = `${spaced(rule)} ${violationFigure(rule, value)} against ${violationFigure(rule, limit)}`
      return colours.yellow(
        `  ${longDate(at.slice(0, 10))}: ${broken}, ${spaced(action)}, ${end}; ${plain(review!.proposal.reason)}`,
      )
    })
  const more = halts.length - lines.length
  return [...lines, ...(more > 0 ? [`  and ${count(more)} more halts: violations of report.json`] : [])]
}

function warningLines(
  { sleeves, refused, trimmed, violations, invariants }: BacktestReport,
  colours: Colours,
): string[] {
  const total = (counts: BacktestReport['refused']) => counts.reduce((sum, { count: times }) => sum + times, 0)
  const refusals = `Refused ${count(total(refused))} wishes, trimmed ${count(total(trimmed))}, violations ${count(violations.length)}`
  const checks = Object.values(invariants.checked).reduce((sum, times) => sum + times, 0)
  const pauses = sleeves.flatMap(({ paused, title }) =>
    paused === null
      ? []
      : [colours.yellow(`${plain(title)} was paused on ${longDate(paused.tradeDate)}: ${plain(paused.cause)}`)],
  )
  const held =
    invariants.violated.length === 0
      ? `Invariants held in ${count(checks)} checks`
      : colours.red(`Invariants violated: ${invariants.violated.join(', ')}`)
  const invented = sleeves.flatMap(({ synthetic, title }) =>
    synthetic.length === 0 ? [] : [`${plain(title)} (${synthetic.join(', ')})`],
  )
  const told = invented.length === 0 ? [] : [colours.yellow(`SYNTHETIC data: ${invented.join('; ')}`)]
  return [refusals, held, ...pauses, ...told]
}

/**
 * The report as text for a terminal, ended by a line break: the capitals first, then the sleeves, the portfolio, netting,
 * exits, and where the files are.
 */
export function renderSummary(report: BacktestReport, { width, colour }: SummaryLook): string {
  const colours = createColors(colour)
  const { folder, html } = report.files
  return `${[
    capitalLine(report),
    '',
    fittingTable(report, width, colours),
    '',
    portfolioLine(report),
    ...benchmarkLine(report),
    ...riskLine(report),
    nettingLine(report),
    ...nettingCycles(report),
    ...costLine(report),
    ...currencyLine(report),
    ...shadowLines(report),
    ...exitLines(report),
    ...sampleLines(report),
    ...universeLines(report),
    ...warningLines(report, colours),
    ...haltLines(report, colours),
    ...(html === null ? [] : [`Report: ${colours.bold(folder === null ? html : join(folder, html))}`]),
  ].join('\n')}\n`
}
