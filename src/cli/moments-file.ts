import { basename } from 'node:path'
import { readTable } from '../adapters/feeds/read-table.ts'
import type { Table } from '../adapters/feeds/table.ts'
import type { Matrix } from '../domain/allocation.ts'
import { FaultError, fault } from '../domain/faults.ts'
import { readReturnsTable } from './returns-file.ts'

/** Numbers under names: returns of several series, or their covariance. */
export interface NamedMatrix {
  readonly names: readonly string[]
  readonly matrix: Matrix
}

function refused(file: string, reason: string): FaultError {
  return new FaultError(fault('FILE_UNREADABLE', { file, reason }))
}

/** A first line of numbers is no header but the first row. */
function isHeadless(table: Table): boolean {
  return table.header.every((name) => name !== '' && Number.isFinite(Number(name)))
}

/** The columns of numbers, first row included where the file has no header. */
function lanesOf(table: Table, columns: readonly number[]): readonly Float64Array[] {
  const headless = isHeadless(table)
  return columns.map((column) => {
    const body = table.numbers(column)
    return headless ? Float64Array.of(Number(table.header[column]), ...body) : body
  })
}

function matrixOf(names: readonly string[], lanes: readonly Float64Array[]): NamedMatrix {
  const rows = lanes[0]!.length
  const values = new Float64Array(rows * lanes.length)
  lanes.forEach((lane, column) => {
    lane.forEach((value, row) => {
      values[row * lanes.length + column] = value
    })
  })
  return { names, matrix: { rows, columns: lanes.length, values } }
}

function namesOf(table: Table, columns: readonly number[]): string[] {
  const names = columns.map((column) => (isHeadless(table) ? `series ${column + 1}` : table.header[column]!))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw refused(table.source, `two columns are named "${twice}"; rename one`)
  return names
}

/** Returns of several series as one matrix; NaN where a series has none. @throws FaultError as `readReturnsTable` */
export async function readReturnsMatrix(path: string): Promise<NamedMatrix> {
  const { names, columns } = await readReturnsTable(path)
  return matrixOf(names, columns)
}

/**
 * A covariance: a square of numbers under its names; the names may stand before the rows as well.
 *
 * @throws FaultError FILE_MISSING, FILE_UNREADABLE, FILE_EMPTY, ROW_UNREADABLE
 */
export async function readCovariance(path: string): Promise<NamedMatrix> {
  const table = await readTable(path, basename(path))
  const rows = table.count + (isHeadless(table) ? 1 : 0)
  const first = table.header.length - rows
  if (first !== 0 && first !== 1) {
    const shape = `${rows} rows of ${table.header.length} columns`
    throw refused(table.source, `${shape} are no covariance; give a row and a column per series`)
  }
  const columns = table.header.map((_, column) => column).slice(first)
  const names = namesOf(table, columns)
  const named = matrixOf(names, lanesOf(table, columns))
  const { values } = named.matrix
  for (let row = 0; row < rows; row += 1) {
    if (first === 1 && table.cell(row, 0) !== names[row]) {
      throw refused(table.source, `row "${table.cell(row, 0)}" stands where "${names[row]}" is due; use one order`)
    }
    for (let column = 0; column < rows; column += 1) {
      const [own, mirrored] = [values[row * rows + column]!, values[column * rows + row]!]
      if (!Number.isFinite(own)) throw refused(table.source, `"${names[row]}" and "${names[column]}" have no number`)
      if (Math.abs(own - mirrored) > 1e-9 * (Math.abs(own) + Math.abs(mirrored))) {
        const pair = `"${names[row]}" and "${names[column]}"`
        throw refused(table.source, `the covariances of ${pair} are ${own} and ${mirrored}; both must be the same`)
      }
    }
    if (values[row * rows + row]! < 0) throw refused(table.source, `the variance of "${names[row]}" is below 0`)
  }
  return named
}
