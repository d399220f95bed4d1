import { FaultError, fault } from '../../domain/faults.ts'
import type { Finding } from '../../domain/series.ts'
import { parseNumber } from './numbers.ts'

/**
 * A file as columns under one header, whatever stored it. Rows keep the line they came from.
 * Typed columns are parsed when asked for; a cell that cannot be read throws ROW_UNREADABLE with its line.
 */
export interface Table {
  /** File name for messages: relative, never absolute. */
  readonly source: string
  readonly header: readonly string[]
  readonly headerLine: number
  readonly count: number
  readonly lines: Int32Array
  /** What reading had to decide or leave out. */
  readonly findings: readonly Finding[]
  /** Text of a cell, trimmed; '' where it is empty. */
  cell(row: number, column: number): string
  /** NaN for empty cells. */
  numbers(column: number): Float64Array
  /** The same table without some of its rows. */
  without(rows: ReadonlySet<number>): Table
}

/** Rows of cells as a table; `decimalComma` says how numbers are written. */
export function tableOf(parts: {
  readonly source: string
  readonly header: readonly string[]
  readonly headerLine: number
  readonly rows: readonly (readonly string[])[]
  readonly lines: Int32Array
  readonly findings: readonly Finding[]
  readonly decimalComma: boolean
}): Table {
  const { source, header, rows, lines, decimalComma } = parts
  const cell = (row: number, column: number): string => (rows[row]?.[column] ?? '').trim()
  return {
    source,
    header,
    headerLine: parts.headerLine,
    count: rows.length,
    lines,
    findings: parts.findings,
    cell,
    numbers(column) {
      return Float64Array.from(rows, (_, row) => {
        const text = cell(row, column)
        const value = parseNumber(text, decimalComma)
        if (value !== null) return value
        throw unreadable(source, lines[row]!, header[column] ?? '', text, 'a number')
      })
    },
    without(dropped) {
      const kept = rows.map((_, row) => row).filter((row) => !dropped.has(row))
      return tableOf({
        ...parts,
        rows: kept.map((row) => rows[row]!),
        lines: Int32Array.from(kept, (row) => lines[row]!),
      })
    },
  }
}

/** Why a cell stops the reading. */
export function unreadable(file: string, line: number, field: string, value: string, expected: string): FaultError {
  return new FaultError(fault('ROW_UNREADABLE', { file, line, field: field || 'cell', value, expected }))
}

/** Column names reduced to what matters: 'Adj Close', 'adj_close' and 'adjClose' are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Index of the first column whose plain name is one of these; -1 where there is none. */
export function columnOf(table: Table, ...names: readonly string[]): number {
  return table.header.findIndex((name) => names.includes(plainName(name)))
}
