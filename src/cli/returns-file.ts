import { basename } from 'node:path'
import { readTable } from '../adapters/feeds/read-table.ts'
import { plainName, type Table } from '../adapters/feeds/table.ts'
import { FaultError, fault } from '../domain/faults.ts'
import { parseDate } from '../domain/sessions.ts'

/** A column of returns, with its dates where the file has them. */
export interface ReturnsColumn {
  readonly file: string
  readonly column: string
  readonly dates: readonly number[] | null
  readonly values: Float64Array
  /** Columns that could have been meant as well. */
  readonly others: readonly string[]
}

const PREFERRED = /return|pnl|portfolio/i
const DATES = new Set(['date', 'day', 'time', 'timestamp', 'month', ''])

/**
 * Returns from a CSV or Parquet file: one row per period, oldest first. A header is optional; so is a column of dates.
 * `wanted` names the column; else the first of numbers, `favoured` before others.
 */
export async function readReturns(
  path: string,
  wanted: string | undefined,
  favoured: RegExp = PREFERRED,
): Promise<ReturnsColumn> {
  const table = await readTable(path, basename(path))
  const dateColumn = table.header.findIndex((name, column) => isDateColumn(table, name, column))
  const candidates = table.header
    .map((_, column) => column)
    .filter((column) => column !== dateColumn && isNumeric(table, column))
  const named = (column: number): string => table.header[column] ?? ''
  const chosen =
    wanted === undefined
      ? (candidates.find((column) => favoured.test(named(column))) ?? candidates[0])
      : candidates.find((column) => named(column) === wanted || plainName(named(column)) === plainName(wanted))
  if (chosen === undefined) {
    const columns = candidates.map((column) => `"${named(column)}"`).join(', ') || 'no column of numbers'
    throw new FaultError(fault('COLUMN_MISSING', { file: table.source, column: wanted ?? 'returns', columns }))
  }
  // a header that is itself a number is the first row of a file without header
  const headless = named(chosen) !== '' && Number.isFinite(Number(named(chosen)))
  const body = table.numbers(chosen)
  const values = headless ? Float64Array.of(Number(named(chosen)), ...body) : body
  return {
    file: table.source,
    column: headless ? '' : named(chosen),
    dates: dateColumn === -1 || headless ? null : datesOf(table, dateColumn),
    values,
    others: candidates.filter((column) => column !== chosen).map(named),
  }
}

function isDateColumn(table: Table, name: string, column: number): boolean {
  const first = table.cell(0, column)
  return parseDate(first.slice(0, 10)) !== null || (DATES.has(plainName(name)) && !Number.isFinite(Number(first)))
}

function isNumeric(table: Table, column: number): boolean {
  for (let row = 0; row < table.count; row += 1) {
    const cell = table.cell(row, column)
    if (cell !== '') return /^[+-]?[\d.,]/.test(cell)
  }
  return false
}

function datesOf(table: Table, column: number): readonly number[] | null {
  const dates = Array.from({ length: table.count }, (_, row) => parseDate(table.cell(row, column).slice(0, 10)))
  return dates.every((date) => date !== null) ? dates : null
}

/** Two columns on the same periods: by date where both have dates, else row by row. */
export function pairReturns(left: ReturnsColumn, right: ReturnsColumn): readonly [Float64Array, Float64Array] {
  if (left.dates === null || right.dates === null) {
    if (left.values.length === right.values.length) return [left.values, right.values]
    const reason = `has ${right.values.length} rows, but "${left.file}" has ${left.values.length}; give both a column of dates`
    throw new FaultError(fault('FILE_UNREADABLE', { file: right.file, reason }))
  }
  const rows = new Map(right.dates.map((date, row) => [date, row]))
  const kept = left.dates.map((date, row) => [row, rows.get(date)] as const).filter((pair) => pair[1] !== undefined)
  if (kept.length === 0) {
    const reason = `shares no date with "${left.file}"`
    throw new FaultError(fault('FILE_UNREADABLE', { file: right.file, reason }))
  }
  return [
    Float64Array.from(kept, ([row]) => left.values[row]!),
    Float64Array.from(kept, ([, row]) => right.values[row!]!),
  ]
}
