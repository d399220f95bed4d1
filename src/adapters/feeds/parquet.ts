import { access } from 'node:fs/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { FaultError, fault } from '../../domain/faults.ts'
import { type Table, tableOf } from './table.ts'

const NUMERIC = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|REAL|DECIMAL.*)$/

/** Runs one piece of work on a database of its own in memory. */
async function withDatabase<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A text as an SQL literal. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * Reads a Parquet file with the column names that CSV files use. Its line numbers are row numbers.
 *
 * @throws FaultError FILE_MISSING, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readParquet(path: string, source: string): Promise<Table> {
  await access(path).catch((cause: unknown) => {
    throw new FaultError(fault('FILE_MISSING', { file: source }), cause)
  })
  try {
    return await withDatabase((connection) => readRows(connection, path, source))
  } catch (cause) {
    if (cause instanceof FaultError) throw cause
    const reason = `it is no Parquet file (${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)})`
    throw new FaultError(fault('FILE_UNREADABLE', { file: source, reason }), cause)
  }
}

async function readRows(connection: DuckDBConnection, path: string, source: string): Promise<Table> {
  const from = `read_parquet(${literal(path)})`
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  const fields = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }))
  // Numbers arrive as doubles, everything else as the text that a CSV file would hold.
  const select = fields.map(({ name, type }) =>
    NUMERIC.test(type) ? `${identifier(name)}::DOUBLE` : `${textOf(identifier(name), type)}`,
  )
  const result = await connection.runAndReadAll(`SELECT ${select.join(', ')} FROM ${from}`)
  const columns = result.getColumns()
  const count = columns[0]?.length ?? 0
  const parsed = fields.map(({ type }, column) => (NUMERIC.test(type) ? doubles(columns[column]!) : null))
  return columnTable(source, { header: fields.map(({ name }) => name), columns, parsed, count })
}

function textOf(column: string, type: string): string {
  if (type === 'TIMESTAMP WITH TIME ZONE') return `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')`
  if (type.startsWith('TIMESTAMP')) return `strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ')`
  return `${column}::VARCHAR`
}

function doubles(values: readonly unknown[]): Float64Array {
  return Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN))
}

interface StoredColumns {
  readonly header: readonly string[]
  readonly columns: readonly (readonly unknown[])[]
  readonly parsed: readonly (Float64Array | null)[]
  readonly count: number
}

function columnTable(source: string, stored: StoredColumns): Table {
  const rows = Array.from({ length: stored.count }, (_, row) =>
    stored.columns.map((column) => {
      const value = column[row]
      // Only texts and numbers were selected; anything else is missing.
      return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    }),
  )
  const lines = Int32Array.from(rows, (_, row) => row + 1)
  const table = tableOf({
    source,
    header: stored.header,
    headerLine: 1,
    rows,
    lines,
    findings: [],
    decimalComma: false,
  })
  return { ...table, numbers: (column) => stored.parsed[column] ?? table.numbers(column) }
}

/** One column to be written: a name and its values; NaN is stored as missing. */
export interface ParquetColumn {
  readonly name: string
  readonly values: Float64Array | readonly string[]
}

/** Writes columns as a Parquet file; texts that are dates or instants may be cast by `type`. */
export async function writeParquet(
  path: string,
  columns: readonly ParquetColumn[],
  momentType: 'DATE' | 'TIMESTAMP',
): Promise<void> {
  await withDatabase(async (connection) => {
    const types = columns.map(({ name, values }) =>
      values instanceof Float64Array ? `${identifier(name)} DOUBLE` : `${identifier(name)} ${momentType}`,
    )
    await connection.run(`CREATE TABLE rows (${types.join(', ')})`)
    const count = columns[0]?.values.length ?? 0
    const perStatement = 1_000
    for (let start = 0; start < count; start += perStatement) {
      const tuples: string[] = []
      for (let row = start; row < Math.min(count, start + perStatement); row += 1) {
        tuples.push(`(${columns.map(({ values }) => cellLiteral(values[row]!)).join(', ')})`)
      }
      await connection.run(`INSERT INTO rows VALUES ${tuples.join(', ')}`)
    }
    await connection.run(`COPY rows TO ${literal(path)} (FORMAT parquet)`)
  })
}

function cellLiteral(value: number | string): string {
  if (typeof value === 'string') return literal(value)
  return Number.isNaN(value) ? 'NULL' : `${String(value)}::DOUBLE`
}
