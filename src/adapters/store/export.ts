/** Every table of a store as files that anything can open. */
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { FaultError, fault } from '../../domain/faults.ts'
import { pagesOf, tableKeys } from './keys.ts'
import { openTablesOf } from './open.ts'

export const EXPORT_FORMATS = ['csv', 'json', 'parquet'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportedTable {
  readonly table: string
  readonly rows: number
  readonly file: string
}

/** What people and programs sign in with, and where alerts go: a file that is passed on must not hold it. */
const NOT_EXPORTED: ReadonlySet<string> = new Set([
  'account',
  'one_time_secret',
  'session',
  'api_token',
  'failed_attempt',
  'alert_channel',
])

type Row = Readonly<Record<string, unknown>>

/**
 * Writes every table but those of secrets at one instant, also while the portfolio runs: bytes as base 64, an encrypted column as it stands.
 *
 * @throws FaultError OUTPUT_EXISTS where a file is there already
 */
export async function exportStore(
  name: string,
  folder: string,
  format: ExportFormat,
): Promise<readonly ExportedTable[]> {
  const { db, isServer } = await openTablesOf(name, { create: false })
  try {
    await mkdir(folder, { recursive: true })
    const reading = db.transaction().setAccessMode('read only')
    const still = isServer ? reading.setIsolationLevel('repeatable read') : reading
    return await still.execute(async (one) => {
      const written: ExportedTable[] = []
      for (const [table, key] of await tableKeys(one, isServer)) {
        if (NOT_EXPORTED.has(table)) continue
        const file = join(folder, `${table}.${format}`)
        if (existsSync(file))
          throw new FaultError(fault('OUTPUT_EXISTS', { path: file, reason: 'it is there already' }))
        const rows = await writeTable(pagesOf(one, table, key), file, format)
        written.push({ table, rows, file })
      }
      return written
    })
  } finally {
    await db.destroy()
  }
}

async function writeTable(pages: AsyncIterable<readonly Row[]>, file: string, format: ExportFormat): Promise<number> {
  if (format === 'csv') return writeLines(pages, file, csvLines())
  // Lines of JSON are what the columns of a Parquet file are read from.
  const lines = format === 'json' ? file : `${file}.lines`
  const rows = await writeLines(pages, lines, (page) => page.map((row) => JSON.stringify(plainRow(row))))
  if (format === 'json') return rows
  if (rows > 0) await parquetOf(lines, file)
  await rm(lines)
  return rows
}

async function writeLines(
  pages: AsyncIterable<readonly Row[]>,
  file: string,
  linesOf: (page: readonly Row[]) => readonly string[],
): Promise<number> {
  const out = createWriteStream(file, { flags: 'wx' })
  let rows = 0
  for await (const page of pages) {
    rows += page.length
    for (const line of linesOf(page)) {
      if (!out.write(`${line}\n`)) await once(out, 'drain')
    }
  }
  out.end()
  await finished(out)
  return rows
}

function csvLines(): (page: readonly Row[]) => readonly string[] {
  let isFirst = true
  return (page) => {
    const lines = page.map((row) => Object.values(plainRow(row)).map(cellOf).join(','))
    if (!isFirst) return lines
    isFirst = false
    return [Object.keys(page[0]!).join(','), ...lines]
  }
}

function cellOf(value: unknown): string {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function plainRow(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value instanceof Date ? value.toISOString() : value
}

async function parquetOf(lines: string, file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
  try {
    const from = `read_json(${literal(lines)}, format = 'newline_delimited', sample_size = -1, maximum_object_size = 268435456)`
    await connection.run(`COPY (SELECT * FROM ${from}) TO ${literal(file)} (FORMAT parquet)`)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
