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

/** Where several columns could be meant, says which one was taken. */
export function sayChoice(column: ReturnsColumn, option: string, wanted: string | undefined): void {
  if (wanted !== undefined || column.others.length === 0) return
  const others = column.others.map((name) => `"${name}"`).join(', ')
  process.stderr.write(
    `note: column "${column.column}" of "${column.file}" is used; ${option} chooses among ${others}\n`,
  )
}

type DatedReturns = Pick<ReturnsColumn, 'file' | 'dates' | 'values'>

/** Two columns on the same periods: by date where both have dates, else row by row. */
export function pairReturns(left: DatedReturns, right: DatedReturns): readonly [Float64Array, Float64Array] {
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

/** Several series of returns on one axis of rows, oldest first; NaN where a series has none. */
export interface ReturnsTable {
  readonly file: string
  readonly names: readonly string[]
  /** Null where the file has no column of dates. */
  readonly dates: readonly number[] | null
  readonly columns: readonly Float64Array[]
}

/**
 * Every series of a CSV or Parquet file: a column of dates or none, and a column of returns per series, oldest row first.
 * An empty cell is a period without a return; without a header the series are numbered.
 *
 * @throws FaultError FILE_MISSING, FILE_UNREADABLE, FILE_EMPTY, ROW_UNREADABLE
 */
export async function readReturnsTable(path: string): Promise<ReturnsTable> {
  const table = await readTable(path, basename(path))
  const refused = (reason: string): FaultError =>
    new FaultError(fault('FILE_UNREADABLE', { file: table.source, reason }))
  const dateColumn = table.header.findIndex((name, column) => isDateColumn(table, name, column))
  const own = table.header.map((_, column) => column).filter((column) => column !== dateColumn)
  if (own.length === 0) throw refused('it has no column of returns; give one column per series')
  const headless = dateColumn === -1 && table.header.every((name) => name !== '' && Number.isFinite(Number(name)))
  const names = own.map((column) => (headless ? `series ${column + 1}` : table.header[column]!))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw refused(`two columns are named "${twice}"; rename one`)
  const columns = own.map((column) => {
    const body = table.numbers(column)
    return headless ? Float64Array.of(Number(table.header[column]), ...body) : body
  })
  for (const [at, column] of columns.entries()) {
    const known = column.filter((value) => !Number.isNaN(value))
    if (known.length === 0) throw refused(`column "${names[at]}" holds no number; remove it`)
    if (known.length > 1 && known.every((value) => value > 1))
      throw refused(`column "${names[at]}" holds prices, not returns; write returns such as 0.012`)
  }
  const dates = dateColumn === -1 ? null : datesOf(table, dateColumn)
  const unsorted = dates?.findIndex((date, row) => row > 0 && date <= dates[row - 1]!) ?? -1
  if (unsorted > 0) {
    const where = `line ${table.lines[unsorted]!}: "${table.cell(unsorted, dateColumn)}"`
    throw refused(`${where} is not after the date before it; sort the rows, one per date`)
  }
  return { file: table.source, names, dates, columns }
}
