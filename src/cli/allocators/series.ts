import { basename } from 'node:path'
import type { Matrix, SleeveRecord } from '../../domain/allocation.ts'
import type { AllocationRule } from '../../domain/capital.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { daysBetween, formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { allocatedSleeves } from '../../engine/capital/state.ts'
import { NO_RECORD } from '../../pipeline/allocation/input.ts'
import { returnsOf } from '../report/returns.ts'
import { readReturnsTable } from '../returns-file.ts'
import { type MarketSource, type RunReach, runPortfolio } from '../run.ts'

/** Return streams to deal capital between. */
export interface Series {
  readonly source: string
  readonly names: readonly string[]
  readonly dates: readonly number[]
  readonly returns: Matrix
  readonly records: readonly SleeveRecord[]
  /** Returns in a year. */
  readonly periods: number
  /** The rule by which the portfolio deals its capital; null where it has none. */
  readonly rule: AllocationRule | null
  readonly notes: readonly string[]
}

const DAYS_IN_YEAR = 365.25
/** Returns in a year that files have: round the clock, on an exchange, weekly, monthly, quarterly, yearly. */
const USUAL_PERIODS = [365, 252, 52, 12, 4, 1]

/** @throws FaultError what `readReturnsTable` throws, and FILE_UNREADABLE without dates */
export async function seriesOfFile(path: string): Promise<Series> {
  const { names, dates, columns } = await readReturnsTable(path)
  if (dates === null || dates.length < 2) {
    const reason = 'it has no column of dates; add one, such as 2024-01-31'
    throw new FaultError(fault('FILE_UNREADABLE', { file: basename(path), reason }))
  }
  const file = basename(path)
  const first = Math.max(...columns.map((column) => column.findIndex(isKnown)))
  const last = Math.min(...columns.map((column) => column.findLastIndex(isKnown)))
  if (last - first < 1) {
    throw new FaultError(
      fault('FILE_UNREADABLE', { file, reason: 'its series have no time in common; leave some out' }),
    )
  }
  const common = columns.map((column) => column.slice(first, last + 1))
  const left = dates.length - (last + 1 - first)
  const held = rowsHeld(common)
  const span = `${formatDate(dates[first] as TradeDate)} to ${formatDate(dates[last] as TradeDate)}`
  return {
    source: file,
    names,
    dates: dates.slice(first, last + 1),
    returns: matrixOf(common),
    records: names.map(() => NO_RECORD),
    periods: periodsOf(dates),
    rule: null,
    notes: [
      ...(left === 0 ? [] : [`all series have returns from ${span}: the ${left} other rows are left out`]),
      ...(held === 0 ? [] : [`${held} rows lack a return of some series: there it is held as it is`]),
    ],
  }
}

const isKnown = (value: number): boolean => !Number.isNaN(value)

/** How often a year the rows come, as one of the usual counts. */
function periodsOf(dates: readonly number[]): number {
  const years = daysBetween(dates[0] as TradeDate, dates.at(-1) as TradeDate) / DAYS_IN_YEAR
  const perYear = (dates.length - 1) / years
  const apart = (count: number): number => Math.max(count / perYear, perYear / count)
  return USUAL_PERIODS.reduce((best, count) => (apart(count) < apart(best) ? count : best))
}

function rowsHeld(columns: readonly Float64Array[]): number {
  const rows = columns[0]!.length
  let held = 0
  for (let row = 0; row < rows; row += 1) if (columns.some((column) => !isKnown(column[row]!))) held += 1
  return held
}

function matrixOf(columns: readonly Float64Array[]): Matrix {
  const rows = columns[0]!.length
  const values = new Float64Array(rows * columns.length)
  columns.forEach((column, at) => {
    column.forEach((value, row) => {
      values[row * columns.length + at] = value
    })
  })
  return { rows, columns: columns.length, values }
}

/**
 * The sleeves of a portfolio as each does alone: its run with the capital dealt once and never moved, so that what one
 * allocator did to them is not handed to the others.
 */
export async function seriesOfPortfolio(file: string, market: MarketSource, reach: RunReach): Promise<Series> {
  const { loaded, result } = await runPortfolio(file, market, reach, undealt)
  const { config } = result
  const plan = loaded.config.capitalPlan?.allocation ?? null
  const all = allocatedSleeves(config)
  const funded = all.filter((ordinal) => config.sleeves[ordinal]!.capital > 0)
  if (funded.length === 0) {
    const reason = 'has no sleeve with capital to deal; give at least one a weight'
    throw new FaultError(fault('FILE_UNREADABLE', { file: basename(file), reason }))
  }
  const { sleeves } = returnsOf(result)
  const without = all.filter((ordinal) => !funded.includes(ordinal)).map((ordinal) => config.sleeves[ordinal]!.id)
  return {
    source: config.name,
    names: funded.map((ordinal) => String(config.sleeves[ordinal]!.id)),
    dates: [...result.days],
    returns: matrixOf(funded.map((ordinal) => sleeves[ordinal]!)),
    records: funded.map((ordinal) => ({
      ...(plan?.records[all.indexOf(ordinal)] ?? NO_RECORD),
      weight: config.sleeves[ordinal]!.weight,
      stage: loaded.config.capitalPlan?.overlays.lifecycle?.stages[all.indexOf(ordinal)] ?? null,
    })),
    periods: config.periods,
    // Bounds and budgets speak of all sleeves: with one left out they would speak of others.
    rule: without.length === 0 ? plan : null,
    notes: without.length === 0 ? [] : [`without capital, and so without returns: ${without.join(', ')}`],
  }
}

function undealt(config: PortfolioConfig): PortfolioConfig {
  const { capitalPlan: _plan, deploy: _deploy, ...rest } = config
  return { ...rest, limits: { ...config.limits, drawdown: null } }
}
