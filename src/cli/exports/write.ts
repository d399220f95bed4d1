/** A table as a file of each kind that is asked for. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { ExportFormat } from '../../api/ports.ts'
import { type Cell, field } from '../report/csv.ts'
import type { ExportTable } from './tables.ts'

/** What a workbook can hold. */
const SHEET_ROWS_MOST = 1_048_575
const WIDTH_MOST = 40

/** Writes one line after the other: a long table is never in memory as text. */
export async function writeExport(table: ExportTable, format: ExportFormat, file: string): Promise<void> {
  switch (format) {
    case 'csv':
      return writeLines(csvLines(table), '\r\n', file)
    case 'json':
      return writeLines(jsonLines(table), '\n', file)
    case 'xlsx':
      return writeWorkbook(table, file)
    case 'parquet':
      return writeParquet(table, file)
  }
}

async function writeLines(lines: Iterable<string>, end: string, file: string): Promise<void> {
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600 })
  for (const line of lines) if (!out.write(`${line}${end}`)) await once(out, 'drain')
  out.end()
  await finished(out)
}

function* csvLines({ columns, rows }: ExportTable): Iterable<string> {
  yield columns.map((name) => field(name)).join(',')
  for (const row of rows) yield row.map((cell) => field(cell)).join(',')
}

/** One array, an object on each line. */
function* jsonLines({ columns, rows }: ExportTable): Iterable<string> {
  let before = '['
  for (const row of rows) {
    yield `${before}${objectText(columns, row)}`
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

function objectText(columns: readonly string[], row: readonly Cell[]): string {
  return JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])))
}

/** @throws RangeError where there are more rows than a sheet has */
async function writeWorkbook({ columns, rows }: ExportTable, file: string): Promise<void> {
  const { default: writeXlsxFile } = await import('write-excel-file/node')
  const data: (string | number | null | { readonly value: string; readonly fontWeight: 'bold' })[][] = [
    columns.map((value) => ({ value, fontWeight: 'bold' as const })),
  ]
  for (const row of rows) {
    if (data.length > SHEET_ROWS_MOST)
      throw new RangeError(`a sheet holds ${SHEET_ROWS_MOST} rows; take CSV or Parquet`)
    data.push([...row])
  }
  const widths = columns.map((name) => ({ width: Math.min(WIDTH_MOST, Math.max(10, name.length + 2)) }))
  await writeXlsxFile(data, { columns: widths, stickyRowsCount: 1 }).toFile(file)
}

/** Numbers are doubles, everything else text; read from lines beside it, which go again. */
async function writeParquet(table: ExportTable, file: string): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const lines = `${file}.lines`
  const isNumber = table.columns.map(() => true)
  const kept = function* (): Iterable<string> {
    for (const row of table.rows) {
      row.forEach((cell, at) => {
        if (typeof cell === 'string') isNumber[at] = false
      })
      yield objectText(table.columns, row)
    }
  }
  try {
    await writeLines(kept(), '\n', lines)
    const types = table.columns.map((name, at) => `${text(name)}: '${isNumber[at]! ? 'DOUBLE' : 'VARCHAR'}'`)
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MB' })
    const connection = await instance.connect()
    try {
      const source = `read_json(${text(lines)}, format = 'newline_delimited', columns = {${types.join(', ')}})`
      await connection.run(`COPY (SELECT * FROM ${source}) TO ${text(file)} (FORMAT parquet)`)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } finally {
    await rm(lines, { force: true })
  }
}

/** As an SQL literal. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
