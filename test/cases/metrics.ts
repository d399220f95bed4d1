/**
 * Worked cases of metrics: reads a case's input and asks the product's own functions for everything it expects.
 */

import { rollingCorrelation } from '../../src/numerics/rolling.ts'
import { populationDeviation } from '../../src/numerics/statistics.ts'
import { allMetrics, computeMetric, findMetric, metricInput } from '../../src/pipeline/metrics/catalogue.ts'
import { defined, definedOrInfinite } from '../../src/pipeline/metrics/defined.ts'
import { deepest, deepestDrawdowns, drawdowns, drawdownsOfEquity } from '../../src/pipeline/metrics/drawdown.ts'
import { calendarAnnualReturn, returnsOfPrices } from '../../src/pipeline/metrics/returns.ts'
import {
  cornishFisherValueAtRisk,
  gaussianShortfall,
  gaussianValueAtRisk,
  historicalShortfall,
  historicalValueAtRisk,
  omega,
  portfolioGaussianValueAtRisk,
  sharpe,
} from '../../src/pipeline/metrics/risk.ts'
import { laneRange, rollingMeasures } from '../../src/pipeline/metrics/rolling.ts'
import { tradeStatistics } from '../../src/pipeline/metrics/trades.ts'

type Cell = number | string | null
export interface CaseTable {
  readonly header: readonly string[]
  readonly columns: ReadonlyMap<string, readonly Cell[]>
}
export type ReadTable = (file: string) => CaseTable
type Input = Readonly<Record<string, unknown>>

const PERIODS: Readonly<Record<string, number>> = { daily: 252, weekly: 52, monthly: 12, quarterly: 4, yearly: 1 }

function lane(cells: unknown): Float64Array {
  return Float64Array.from(cells as readonly Cell[], (cell) =>
    cell === null || cell === '' ? Number.NaN : Number(cell),
  )
}

function columnOf(table: CaseTable, name: unknown): Float64Array {
  const cells = table.columns.get(String(name))
  if (cells === undefined)
    throw new Error(`the table has no column "${String(name)}"; it has ${table.header.join(', ')}`)
  return lane(cells)
}

function datesOf(table: CaseTable): readonly Cell[] {
  return table.columns.get(table.header[0]!)!
}

/** A number stays one, a list becomes a lane: rates and benchmarks come as both. */
function rateOf(value: unknown): number | Float64Array {
  return Array.isArray(value) ? lane(value) : Number(value ?? 0)
}

/** Extra names beside those of `allMetrics` that inputs of single series expect. */
function seriesMetrics(returns: Float64Array, input: Input, benchmark: Float64Array | null): Record<string, unknown> {
  const mar = rateOf(input['mar'] ?? input['threshold'])
  const periods = Number(input['periods_per_year'] ?? 252)
  return {
    ...allMetrics(returns, { periods, rf: rateOf(input['rf']), mar, benchmark }),
    omega: defined(omega(returns, mar)),
  }
}

function namedMetric(input: Input): Record<string, unknown> | null {
  if (findMetric(String(input['metric'])) === null) return null
  const returns = lane(input['returns'])
  const factor = input['factor_returns']
  const period = String(input['period'] ?? 'daily')
  const value = computeMetric(
    String(input['metric']),
    metricInput({
      returns,
      periods: Number(input['annualization'] ?? input[`${period}_ppy`] ?? PERIODS[period]),
      riskFree: rateOf(input['risk_free']),
      mar: rateOf(input['required_return']),
      benchmark: factor === undefined ? null : Array.isArray(factor) ? lane(factor) : returns.map(() => Number(factor)),
      requiredReturnAnnual: Number(input['required_return_annual'] ?? 0),
      tail: Number(input['cutoff'] ?? 0.05),
      window: Number(input['window'] ?? returns.length),
    }),
  )
  return { value }
}

function bookMetric(input: Input, table: CaseTable, name: string): Record<string, unknown> | null {
  const columns = table.header.slice(1)
  const rates = {
    periods: Number(input['periods_per_year'] ?? 12),
    riskFree: rateOf(input['rf']),
    mar: rateOf(input['mar']),
  }
  const returns = columnOf(table, columns[Number(input['portfolio_col'])])
  const benchmark = columnOf(table, columns[Number(input['benchmark_col'])])
  if (findMetric(name) === null) return null
  return { value: computeMetric(name, metricInput({ returns, benchmark, ...rates })) }
}

function rollingCase(input: Input, table: CaseTable): Record<string, unknown> {
  const window = Number(input['window'])
  if (input['a'] !== undefined) {
    const corr = rollingCorrelation(columnOf(table, input['a']), columnOf(table, input['b']), window)
    const { firstDefinedIndex, ...range } = laneRange(corr)
    return { first_defined_index: firstDefinedIndex, at_index: atEachIndex({ value: corr }, true), ...range }
  }
  const periods = Number(input['periods_per_year'] ?? 252)
  const lanes = rollingMeasures(columnOf(table, input['column']), columnOf(table, input['benchmark']), window, periods)
  const ranges = Object.entries(lanes).map(([name, values]) => [name, laneRange(values)] as const)
  return {
    first_defined_index: laneRange(lanes.vol).firstDefinedIndex,
    at_index: atEachIndex(lanes, false),
    sum: Object.fromEntries(ranges.map(([name, range]) => [name, range.sum])),
    count: laneRange(lanes.vol).count,
  }
}

function atEachIndex(lanes: object, single: boolean): Record<string, unknown> {
  const entries = Object.entries(lanes as Readonly<Record<string, Float64Array>>)
  const out: Record<string, unknown> = {}
  for (let index = 0; index < entries[0]![1].length; index += 1) {
    const row = entries.map(([name, values]) => [name, defined(values[index]!)] as const)
    out[String(index)] = single ? row[0]![1] : Object.fromEntries(row)
  }
  return out
}

function drawdownTable(table: CaseTable, column: unknown): Record<string, unknown> {
  const dates = datesOf(table)
  const periods = deepestDrawdowns(drawdowns(columnOf(table, column)), 5)
  const top5 = periods.map((period) => ({
    start: dates[period.start],
    trough: dates[period.trough],
    recovery: period.recovery === null ? null : dates[period.recovery],
    depth: period.depth,
    bars_to_trough: period.barsToTrough,
    bars_length: period.barsLength,
  }))
  return { top5 }
}

function dayNumber(date: Cell): number {
  const [month, day, year] = String(date).split('/').map(Number)
  return Date.UTC(year!, month! - 1, day!) / 86_400_000
}

function priceCase(input: Input, table: CaseTable): Record<string, unknown> {
  const prices = columnOf(table, input['column'])
  const dates = datesOf(table)
  const growth = prices[prices.length - 1]! / prices[0]!
  const annual = calendarAnnualReturn(growth, dayNumber(dates[dates.length - 1]!) - dayNumber(dates[0]!))
  const fall = deepest(drawdownsOfEquity(prices))
  return {
    cagr_calendar: annual,
    max_drawdown: fall,
    total_return: growth - 1,
    sharpe_252: sharpe(returnsOfPrices(prices), 252),
    calmar: annual / -fall,
    max_drawdown_first_10: deepest(drawdownsOfEquity(prices.subarray(0, 10))),
  }
}

/** The archive's figures are returns (negative for a loss), except for the component sum, which is a loss. */
function signedTailCase(input: Input, table: CaseTable): Record<string, unknown> {
  const returns = columnOf(table, input['column'])
  const columns = (input['columns3'] as readonly string[]).map((name) => columnOf(table, name))
  return {
    var95_gauss: -gaussianValueAtRisk(returns, 0.05, populationDeviation),
    var95_cornish_fisher: -cornishFisherValueAtRisk(returns, 0.05, populationDeviation),
    var95_hist: -historicalValueAtRisk(returns, 0.05),
    es95_gauss: -gaussianShortfall(returns, 0.05, populationDeviation),
    es95_hist: -historicalShortfall(returns, 0.05),
    component_gauss_var95_equal_30_40_30: portfolioGaussianValueAtRisk(columns, input['weights'] as number[], 0.05),
  }
}

function tradeCase(pnl: Float64Array): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tradeStatistics(pnl)).map(([name, value]) => [name, definedOrInfinite(value)]),
  )
}

function filteredTrades(table: CaseTable, filter: unknown): Float64Array {
  const wanted = Object.entries((filter ?? {}) as Readonly<Record<string, unknown>>)
  const pnl = columnOf(table, 'pnl')
  return pnl.filter((_, row) => wanted.every(([name, value]) => table.columns.get(name)?.[row] === value))
}

/** What else a case says; the measure of a case of the book is named by the case alone. */
export interface CaseContext {
  readonly name?: string
}

/**
 * Answers a metrics case in the keys of its `expected` (and more keys than those); null for a measure that does not
 * exist here.
 *
 * @param readTable gives the case's `file`, its range of `rows` already taken.
 */
export function runMetricsCase(
  input: Input,
  readTable: ReadTable,
  { name = '' }: CaseContext = {},
): Record<string, unknown> | null {
  if (input['metric'] !== undefined) return namedMetric(input)
  if (input['pnl'] !== undefined) return tradeCase(lane(input['pnl']))
  if (input['returns'] !== undefined) return seriesMetrics(lane(input['returns']), input, null)
  const table = readTable(String(input['file']))
  if (input['portfolio_col'] !== undefined) return bookMetric(input, table, name)
  if (input['window'] !== undefined) return rollingCase(input, table)
  if (input['columns3'] !== undefined) return signedTailCase(input, table)
  if (table.columns.has('pnl')) return tradeCase(filteredTrades(table, input['filter']))
  if (name.startsWith('ffn_') || table.header.includes('AAPL')) return priceCase(input, table)
  const benchmark = input['benchmark'] === undefined ? null : columnOf(table, input['benchmark'])
  return {
    ...seriesMetrics(columnOf(table, input['column']), input, benchmark),
    ...drawdownTable(table, input['column']),
  }
}
