import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate, toDays } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { defined } from '../../pipeline/metrics/defined.ts'
import { diversificationSeries } from '../../pipeline/metrics/diversification.ts'
import { beta } from '../../pipeline/metrics/relative.ts'
import { mixOf } from '../../pipeline/metrics/risk-components.ts'
import {
  type ByMethod,
  commonRows,
  levelName,
  type RiskReport,
  riskReport,
  type TailReport,
} from '../../pipeline/metrics/risk-report.ts'
import { TAIL_METHODS } from '../../pipeline/metrics/tail-risk.ts'
import { print, printJson } from '../output.ts'
import { decimal, percentTo, ratio } from '../report/numbers.ts'
import { pairReturns, type ReturnsTable, readReturns, readReturnsTable, sayChoice } from '../returns-file.ts'
import { readNumbers } from '../sleeves-file.ts'
import { textTable } from '../text-table.ts'

interface RiskOptions {
  readonly returns: string
  readonly weights?: string
  readonly periods: number
  readonly seed: number
  readonly draws: number
  readonly benchmark?: string
  readonly benchmarkColumn?: string
  readonly json?: boolean
}

/** Returns to compare with, on the rows that every series has, and the slopes on them. */
interface Benchmark {
  readonly file: string
  readonly column: string
  readonly portfolio: number | null
  readonly series: readonly (number | null)[]
}

const REDUCTION_WINDOW = 60
const TAILS = [0.05, 0.01]
const CONFIDENCE = 0.9
const ALERTS_SHOWN = 8

/** `polyfolio risk`: the risk of a mix of return series, and what each of them carries of it. */
export async function risk(options: RiskOptions): Promise<void> {
  const table = await readReturnsTable(options.returns)
  const { names, columns } = table
  const weights =
    options.weights === undefined ? names.map(() => 1 / names.length) : [...(await readNumbers(options.weights, names))]
  const rows = commonRows(columns)
  if (rows.length < 2) {
    const reason = `its ${names.length} series have ${rows.length} rows in common, and risk needs at least 2; leave out the series with gaps`
    throw new FaultError(fault('FILE_UNREADABLE', { file: table.file, reason }))
  }
  sayDoubts(table, options.periods)
  const { periods, seed, draws } = options
  const report = riskReport(columns, weights, { periods, seed, draws, tails: TAILS, confidence: CONFIDENCE })
  const benchmark = await benchmarkOf(table, weights, options)
  if (options.json === true)
    printJson({
      ...documentOf(table, weights, report, options),
      ...overTime(table, weights, options),
      benchmark: benchmarkView(table, benchmark),
    })
  else printReport(table, weights, report, { ...options, compared: benchmark })
}

async function benchmarkOf(
  table: ReturnsTable,
  weights: readonly number[],
  { benchmark, benchmarkColumn }: RiskOptions,
): Promise<Benchmark | null> {
  if (benchmark === undefined) return null
  const other = await readReturns(benchmark, benchmarkColumn, /benchmark|return/i)
  sayChoice(other, '--benchmark-column', benchmarkColumn)
  const rows = commonRows(table.columns)
  const common = table.columns.map((column) => Float64Array.from(rows, (row) => column[row]!))
  const on = (values: Float64Array): number | null => {
    const own = { file: table.file, dates: table.dates === null ? null : rows.map((row) => table.dates![row]!), values }
    return defined(beta(...pairReturns(own, other)))
  }
  return { file: other.file, column: other.column, portfolio: on(mixOf(common, weights)), series: common.map(on) }
}

function benchmarkView({ names }: ReturnsTable, benchmark: Benchmark | null): Record<string, unknown> | null {
  if (benchmark === null) return null
  const { file, column, portfolio, series } = benchmark
  return { file, column, beta: portfolio, betas: Object.fromEntries(names.map((name, at) => [name, series[at]!])) }
}

/** What holding the series together took away, day by day. */
function overTime(
  table: ReturnsTable,
  weights: readonly number[],
  { periods }: RiskOptions,
): { readonly reduction: Record<string, unknown> } {
  const rows = commonRows(table.columns)
  const common = table.columns.map((column) => Float64Array.from(rows, (row) => column[row]!))
  const lanes = weights.map((weight) => new Float64Array(rows.length).fill(weight))
  const series = diversificationSeries(common, lanes, { window: REDUCTION_WINDOW, periods })
  const values = (lane: Float64Array): (number | null)[] => Array.from(lane.subarray(REDUCTION_WINDOW - 1), defined)
  return {
    reduction: {
      window: REDUCTION_WINDOW,
      dates: table.dates === null ? null : rows.slice(REDUCTION_WINDOW - 1).map((row) => dateOf(table, row)),
      weighted: values(series.weighted),
      portfolio: values(series.portfolio),
      benefit: values(series.benefit),
    },
  }
}

/** What the file makes likely to be wrong, on stderr. */
function sayDoubts(table: ReturnsTable, periods: number): void {
  for (const [at, column] of table.columns.entries()) {
    const high = column.find((value) => Math.abs(value) > 2)
    if (high !== undefined)
      process.stderr.write(
        `note: "${table.names[at]}" of "${table.file}" holds ${high}; returns are fractions (0.01 is one percent), not prices\n`,
      )
  }
  const { dates } = table
  if (dates === null || dates.length < 3) return
  const span = toDays(dates[dates.length - 1] as TradeDate) - toDays(dates[0] as TradeDate)
  const apart = span / (dates.length - 1)
  const usual = apart > 80 ? 4 : apart > 25 ? 12 : apart > 6 ? 52 : null
  if (usual !== null && periods > usual * 2)
    process.stderr.write(
      `note: the rows of "${table.file}" are about ${decimal(apart, 0)} days apart; --periods ${usual} annualises them\n`,
    )
}

function documentOf(
  table: ReturnsTable,
  weights: readonly number[],
  report: RiskReport,
  { periods, seed, draws }: RiskOptions,
): Record<string, unknown> {
  const { names } = table
  const named = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(names.map((name, at) => [name, values[at]!]))
  const carried = (figures: ByMethod<readonly (number | null)[]>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(figures).map(([method, levels]) => [
        method,
        Object.fromEntries(Object.entries(levels).map(([level, values]) => [level, named(values)])),
      ]),
    )
  const rows = commonRows(table.columns)
  return {
    file: table.file,
    names,
    from: dateOf(table, rows[0]!),
    to: dateOf(table, rows[rows.length - 1]!),
    observations: report.observations,
    periods,
    weights: named(weights),
    cash: cashOf(weights),
    volatilities: named(report.volatilities),
    portfolioVolatility: report.portfolioVolatility,
    correlation: { names, matrix: report.correlation },
    marginals: named(report.marginals),
    components: named(report.components),
    shares: named(report.shares),
    volatilityWithout: named(report.volatilityWithout),
    ...report.portfolio,
    varComponents: carried(report.varComponents),
    cvarComponents: carried(report.cvarComponents),
    varSum: report.varSum,
    varCorrelated: report.varCorrelated,
    series: named(report.series),
    intervals: { confidence: CONFIDENCE, draws, seed, blockLength: report.blockLength },
    diversification: report.diversification,
    betas: named(report.betas),
    drawdown: report.drawdown,
    drawdowns: named(report.drawdowns),
    concentration: report.concentration,
    rolling: report.rolling.map(({ window, portfolio, series }) => ({ window, portfolio, series: named(series) })),
    stability: report.stability.map(({ left, right, current, deviation, alerts }) => ({
      left: names[left],
      right: names[right],
      current,
      deviation,
      alerts: alerts.map(({ index, kind, correlation, reference }) => ({
        date: dateOf(table, rows[index]!),
        row: rows[index]! + 1,
        kind,
        correlation,
        reference,
      })),
    })),
  }
}

function dateOf(table: ReturnsTable, row: number): string | null {
  return table.dates === null ? null : formatDate(table.dates[row] as TradeDate)
}

function cashOf(weights: readonly number[]): number {
  const cash = 1 - weights.reduce((sum, weight) => sum + weight, 0)
  return Math.abs(cash) < 1e-12 ? 0 : cash
}

function printReport(
  table: ReturnsTable,
  weights: readonly number[],
  report: RiskReport,
  { periods, draws, compared }: RiskOptions & { readonly compared: Benchmark | null },
): void {
  const { names } = table
  const rows = commonRows(table.columns)
  const span = table.dates === null ? '' : `, ${dateOf(table, rows[0]!)} to ${dateOf(table, rows[rows.length - 1]!)}`
  print(`${report.observations} returns that every series of "${table.file}" has${span}; ${periods} a year\n`)
  print(seriesTable(names, weights, report))
  print(`\nCorrelation\n${correlationTable(names, report)}`)
  print(
    `\nLoss in one period that is not exceeded (VaR), and mean loss beyond it (CVaR); in brackets 90 % of ${draws} redrawn histories`,
  )
  print(tailTable(report.portfolio))
  print(`\nCarried by each series, Cornish-Fisher\n${carriedTable(names, report)}`)
  const { ratio: overPortfolio, volatilityOverSum, volatilityOverWeighted } = report.diversification
  print(
    `\nDiversification: weighted over portfolio volatility ${ratio(overPortfolio)}, portfolio over weighted ${ratio(volatilityOverWeighted)}, portfolio over sum ${ratio(volatilityOverSum)}`,
  )
  const rolling = report.rolling
    .map(({ window, portfolio }) => `${window} periods ${percentTo(portfolio, 1)}`)
    .join(', ')
  print(`Portfolio volatility of the last ${rolling}`)
  const { largest, topFive, herfindahl, effectiveCount } = report.concentration
  print(
    `Weights: largest ${percentTo(largest, 1)}, five largest ${percentTo(topFive, 1)}, Herfindahl ${ratio(herfindahl)}, as ${ratio(effectiveCount)} equal ones`,
  )
  if (compared !== null) {
    const betas = names.map((name, at) => `${name} ${ratio(compared.series[at]!)}`).join(', ')
    print(`Beta on "${compared.column}" of "${compared.file}": portfolio ${ratio(compared.portfolio)}, ${betas}`)
  }
  printAlerts(table, report)
}

function seriesTable(names: readonly string[], weights: readonly number[], report: RiskReport): string {
  const body = names.map((name, at) => [
    name,
    percentTo(weights[at]!, 1),
    percentTo(report.volatilities[at]!, 2),
    percentTo(report.marginals[at]!, 2),
    percentTo(report.components[at]!, 2),
    percentTo(report.shares[at]!, 1),
    percentTo(report.volatilityWithout[at]!, 2),
    ratio(report.betas[at]!),
    percentTo(report.drawdowns[at]!.deepest, 1),
  ])
  const cash = cashOf(weights)
  const sum = ['portfolio', percentTo(1 - cash, 1), percentTo(report.portfolioVolatility, 2), '']
  const total = [
    ...sum,
    percentTo(report.portfolioVolatility, 2),
    report.portfolioVolatility === 0 ? '' : percentTo(1, 1),
    '',
    report.portfolioVolatility === 0 ? '' : ratio(1),
    percentTo(report.drawdown.deepest, 1),
  ]
  const header = [
    'series',
    'weight',
    'volatility',
    'marginal',
    'component',
    'of risk',
    'without it',
    'beta',
    'drawdown',
  ]
  return textTable(header, [...body, total], [1, 2, 3, 4, 5, 6, 7, 8])
}

function correlationTable(names: readonly string[], report: RiskReport): string {
  const body = names.map((name, row) => [
    `${row + 1} ${name}`,
    ...report.correlation[row]!.slice(0, row + 1).map((value) => ratio(value)),
    ...names.slice(row + 1).map(() => ''),
  ])
  return textTable(
    ['', ...names.map((_, at) => String(at + 1))],
    body,
    names.map((_, at) => at + 1),
  )
}

const METHOD_TITLES = { historical: 'historical', gaussian: 'Gaussian', cornishFisher: 'Cornish-Fisher' } as const
const LEVELS = TAILS.map(levelName)

function tailTable(tail: TailReport): string {
  const cell = (value: number | null, { low, high }: { low: number | null; high: number | null }): string =>
    value === null ? ratio(null) : `${percentTo(value, 2)} [${percentTo(low, 2)}, ${percentTo(high, 2)}]`
  const body = TAIL_METHODS.map((method) => [
    METHOD_TITLES[method],
    ...LEVELS.map((level) => cell(tail.var[method][level]!, tail.varInterval[method][level]!)),
    ...LEVELS.map((level) => cell(tail.cvar[method][level]!, tail.cvarInterval[method][level]!)),
  ])
  const header = [...LEVELS.map((level) => `VaR ${level} %`), ...LEVELS.map((level) => `CVaR ${level} %`)]
  return textTable(['method', ...header], body, [1, 2, 3, 4])
}

function carriedTable(names: readonly string[], report: RiskReport): string {
  const parts = [report.varComponents.cornishFisher, report.cvarComponents.cornishFisher]
  const wholes = [report.portfolio.var.cornishFisher, report.portfolio.cvar.cornishFisher]
  const row = (values: readonly (number | null)[]): string[] => values.map((value) => percentTo(value, 3))
  const body = names.map((name, at) => [
    name,
    ...row(parts.flatMap((part) => LEVELS.map((level) => part[level]![at]!))),
  ])
  const total = ['portfolio', ...row(wholes.flatMap((whole) => LEVELS.map((level) => whole[level]!)))]
  const header = [...LEVELS.map((level) => `VaR ${level} %`), ...LEVELS.map((level) => `CVaR ${level} %`)]
  return textTable(['series', ...header], [...body, total], [1, 2, 3, 4])
}

/** The latest shifts of a pair's rolling correlation. */
function printAlerts(table: ReturnsTable, report: RiskReport): void {
  const rows = commonRows(table.columns)
  const alerts = report.stability
    .flatMap((pair) => pair.alerts.map((alert) => ({ ...alert, pair })))
    .sort((left, right) => right.index - left.index)
  if (alerts.length === 0) return
  const body = alerts
    .slice(0, ALERTS_SHOWN)
    .map(({ index, kind, correlation, reference, pair }) => [
      dateOf(table, rows[index]!) ?? `row ${rows[index]! + 1}`,
      `${table.names[pair.left]} and ${table.names[pair.right]}`,
      kind === 'moved' ? 'moved' : `now ${kind}`,
      `${ratio(reference)} to ${ratio(correlation)}`,
    ])
  print(`\nShifts of the 90-period correlation, the latest of ${alerts.length}`)
  print(textTable(['date', 'series', '', 'correlation'], body))
}
