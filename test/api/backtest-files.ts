/** Charts of a portfolio as the tables of a backtest of the same run have them, computed here anew. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Line } from '../../src/api/contract/analysis.ts'
import type { EquityCurve } from '../../src/api/contract/overview.ts'
import type { Bin, PerformancePage, RollingSet, TradeStats } from '../../src/api/contract/performance-page.ts'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import type { PairReturns } from '../../src/api/contract/risk-page.ts'

type Row = Readonly<Record<string, string>>

export interface BacktestFiles {
  /** One row per portfolio day. */
  readonly days: readonly Row[]
  readonly trades: readonly Row[]
  /** Ids of the sleeves that trade. */
  readonly sleeves: readonly string[]
}

/** No cell of these tables holds a comma. */
function tableOf(file: string): readonly Row[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  const names = head!.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, at) => [name, cells[at]!]))
  })
}

export function backtestFiles(folder: string, report: BacktestReport): BacktestFiles {
  return {
    days: tableOf(join(folder, 'equity.csv')),
    trades: tableOf(join(folder, 'trades.csv')),
    sleeves: report.sleeves.flatMap(({ name, strategy }) => (strategy === null ? [] : [name])),
  }
}

const CENT = 0.005 + 1e-9
/** Root of the sessions of New York in a year. */
const ANNUAL = Math.sqrt(252)
/** Digits behind the point that figures of the files and of the charts share. */
const DIGITS = 9

const column = (rows: readonly Row[], name: string): readonly number[] =>
  rows.map((row) => (row[name] === '' ? Number.NaN : Number(row[name])))

function compounded(returns: readonly number[]): readonly number[] {
  let wealth = 1
  return returns.map((step) => {
    wealth *= Number.isNaN(step) ? 1 : 1 + step
    return wealth - 1
  })
}

function expectLine(what: string, line: Line, days: readonly string[], values: readonly number[]): void {
  expect(line.days, what).toEqual(days)
  for (const [place, value] of values.entries())
    if (Number.isNaN(value)) expect([what, days[place], line.values[place]]).toEqual([what, days[place], null])
    else expect(line.values[place], `${what} on ${days[place]}`).toBeCloseTo(value, DIGITS)
}

/**
 * Every close of the files is a point of the curve, of the portfolio and of each sleeve. Capital that is moved at a close is
 * the next day's flow in the files; the curve has the sleeve's value when it had been moved.
 */
export function expectCurve(files: BacktestFiles, curve: EquityCurve): void {
  for (const { id, kind, at, value } of curve.lines) {
    if (kind === 'benchmark') continue
    const closes = column(files.days, id === '' ? 'equity' : `${id}_equity`)
    const moved = id === '' ? [] : column(files.days, `${id}_flow`).slice(1)
    const wanted = closes.map((close, place) => close + (moved[place] ?? 0))
    for (const [place, row] of files.days.entries()) {
      const date = row['date']!
      const shown = at.flatMap((moment, point) =>
        new Date(moment).toISOString().startsWith(date) ? [value[point]!] : [],
      )
      const gaps = shown.map((one) => Math.abs(one - wanted[place]!))
      expect(Math.min(...gaps), `${id} on ${date}`).toBeLessThan(CENT)
    }
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function covariance(left: readonly number[], right: readonly number[]): number {
  const [one, other] = [mean(left), mean(right)]
  return left.reduce((sum, value, at) => sum + (value - one) * (right[at]! - other), 0) / (left.length - 1)
}

const deviation = (values: readonly number[]): number => Math.sqrt(covariance(values, values))

function correlation(left: readonly number[], right: readonly number[]): number {
  const scale = deviation(left) * deviation(right)
  return scale > 1e-18 ? covariance(left, right) / scale : Number.NaN
}

/** NaN until the window is full, and where something of it is missing. */
function rolling(
  window: number,
  lanes: readonly (readonly number[])[],
  of: (...parts: readonly (readonly number[])[]) => number,
): readonly number[] {
  return lanes[0]!.map((_, day) =>
    day + 1 < window ? Number.NaN : of(...lanes.map((lane) => lane.slice(day + 1 - window, day + 1))),
  )
}

export function expectPerformance(files: BacktestFiles, view: PerformancePage): void {
  const days = files.days.map((row) => row['date']!)
  const own = column(files.days, 'return')
  const { portfolio, sleeves, benchmark } = view.cumulative.data!
  expectLine('portfolio', portfolio, days, compounded(own))
  expect(sleeves.map(({ name }) => name)).toEqual(files.sleeves)
  for (const line of sleeves) expectLine(line.name, line, days, compounded(column(files.days, `${line.name}_return`)))
  expectHistogram(view, own)
  expectMonths(view, days, own)
  expectAttribution(view, days, own)
  expectTrades(files, view.trades.data!)
  const other = benchmark!.values.map((value, day) =>
    day === 0 ? Number.NaN : (1 + value!) / (1 + benchmark!.values[day - 1]!) - 1,
  )
  for (const set of view.rolling.data!) expectRolling({ files, days, own, other }, set)
}

interface Lanes {
  readonly files: BacktestFiles
  readonly days: readonly string[]
  readonly own: readonly number[]
  readonly other: readonly number[]
}

function expectRolling({ files, days, own, other }: Lanes, set: RollingSet): void {
  const { window, sharpe, volatility, beta, correlation: alike, sleeveCorrelation } = set
  const of = (name: string): string => `${name} over ${window} days`
  expectLine(
    of('Sharpe'),
    sharpe,
    days,
    rolling(window, [own], (part) => (mean(part!) / deviation(part!)) * ANNUAL),
  )
  expectLine(
    of('volatility'),
    volatility,
    days,
    rolling(window, [own], (part) => deviation(part!) * ANNUAL),
  )
  expectLine(
    of('beta'),
    beta!,
    days,
    rolling(window, [own, other], (left, right) => covariance(left!, right!) / covariance(right!, right!)),
  )
  expectLine(
    of('correlation'),
    alike!,
    days,
    rolling(window, [own, other], (left, right) => correlation(left!, right!)),
  )
  const lanes = files.sleeves.map((sleeve) => column(files.days, `${sleeve}_return`))
  const pairs = lanes.flatMap((left, at) => lanes.slice(at + 1).map((right) => [left, right] as const))
  const each = pairs.map((pair) => rolling(window, pair, (left, right) => correlation(left!, right!)))
  const between = days.map((_, day) => mean(each.map((lane) => lane[day]!).filter((value) => !Number.isNaN(value))))
  expectLine(of('sleeves'), sleeveCorrelation!, days, between)
}

/** What stands between the edges: the last bar holds its upper edge as well. */
function recounted(bins: readonly Bin[], values: readonly number[]): readonly number[] {
  return bins.map(
    ({ from, to }, place) =>
      values.filter((value) => value >= from && (value < to || (place === bins.length - 1 && value === to))).length,
  )
}

function expectHistogram({ histograms }: PerformancePage, own: readonly number[]): void {
  const day = histograms.data!.find(({ unit }) => unit === 'day')!
  expect(day.bins.map(({ count }) => count)).toEqual(recounted(day.bins, own))
  expect([day.observations, day.mean]).toEqual([own.length, expect.closeTo(mean(own), DIGITS)])
  expect(day.deviation).toBeCloseTo(deviation(own), DIGITS)
}

function expectMonths({ monthly }: PerformancePage, days: readonly string[], own: readonly number[]): void {
  const shown = monthly.data!.years.flatMap(({ months }) => months.filter((month) => month !== null))
  expect(shown.map(({ month }) => month)).toEqual([...new Set(days.map((day) => day.slice(0, 7)))])
  for (const { month, totalReturn } of shown)
    expect(totalReturn).toBeCloseTo(compounded(own.filter((_, at) => days[at]!.startsWith(month))).at(-1)!, DIGITS)
}

function expectAttribution({ attribution }: PerformancePage, days: readonly string[], own: readonly number[]): void {
  const { lines, total } = attribution.data!
  expectLine('attribution', total, days, compounded(own))
  for (const [day, value] of total.values.entries())
    expect(lines.reduce((sum, line) => sum + line.values[day]!, 0)).toBeCloseTo(value!, DIGITS)
}

const DAY_MS = 86_400_000

function expectTrades({ trades, sleeves }: BacktestFiles, view: TradeStats): void {
  const held = trades.map((row) =>
    Number(((Date.parse(row['closed_at']!) - Date.parse(row['opened_at']!)) / DAY_MS).toPrecision(15)),
  )
  const results = column(trades, 'pnl')
  expect(view.pnl.map(({ count }) => count)).toEqual(recounted(view.pnl, results))
  expect(view.hold.map(({ count }) => count)).toEqual(recounted(view.hold, held))
  const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).toSorted()
  expect(sorted(view.scatter.map((dot) => [dot.sleeve, dot.instrument, dot.closed, dot.hold, dot.pnl]))).toEqual(
    sorted(trades.map((row, at) => [row['sleeve'], row['instrument'], row['exit_date'], held[at], results[at]])),
  )
  for (const { month, count, sleeves: parts } of view.frequency) {
    const closed = trades.filter((row) => row['exit_date']!.startsWith(month))
    expect(count, month).toBe(closed.length)
    for (const { name, count: own } of parts)
      expect(own, `${month} ${name}`).toBe(closed.filter((row) => row['sleeve'] === name).length)
  }
  expect(view.sleeves.map(({ name }) => name)).toEqual(sleeves)
}

export function expectPair(files: BacktestFiles, pair: PairReturns): void {
  const days = files.days.map((row) => row['date']!)
  const [left, right] = [pair.left, pair.right].map((name) => column(files.days, `${name}_return`))
  expect(pair.points.map(({ day }) => day)).toEqual(days)
  for (const [at, point] of pair.points.entries()) {
    expect(point.left, point.day).toBeCloseTo(left![at]!, DIGITS)
    expect(point.right, point.day).toBeCloseTo(right![at]!, DIGITS)
  }
  expectLine(
    'rolling correlation of the pair',
    pair.rolling,
    days,
    rolling(pair.window, [left!, right!], (one, other) => correlation(one!, other!)),
  )
  expect(pair.fit!.slope).toBeCloseTo(covariance(left!, right!) / covariance(left!, left!), DIGITS)
  expect(pair.fit!.correlation).toBeCloseTo(correlation(left!, right!), DIGITS)
}
