import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { journalOf } from '../../../test/fixtures/journals.ts'
import { readWorkbook } from '../../../test/fixtures/workbook.ts'
import type { BacktestReport } from '../../api/contract/report.ts'
import { EXPORT_FORMATS, EXPORTED, type ExportAsked } from '../../api/ports.ts'
import type { Note } from '../../domain/notes.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { type Followed, followPortfolio } from '../analyst/followed.ts'
import { loadPortfolio } from '../config/load.ts'
import { packageRoot } from '../package-root.ts'
import { simulatedMarketData } from '../run.ts'
import { openExports } from './exports.ts'
import { writeExport } from './write.ts'

type Row = Readonly<Record<string, string | number | null>>

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-exports-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NOTE: Note = {
  id: 'n1',
  at: 1_700_000_000_000 as Instant,
  author: 'ada',
  about: 'sleeve',
  subject: 'trend',
  text: '=SUM(A1), "why", and\na second line',
  tags: ['why', 'later'],
  version: 1,
  editedAt: null,
  editor: '',
  removedAt: null,
}

let followed: Followed
let report: BacktestReport

beforeAll(async () => {
  const loaded = await loadPortfolio(join(packageRoot(), 'presets', 'momentum-reversion-trend.yaml'))
  const reach = { from: 20_230_101 as TradeDate, to: 20_231_231 as TradeDate }
  const journal = journalOf(loaded, simulatedMarketData(loaded, 26, reach))
  followed = followPortfolio({ store: journal, portfolio: 'any', strategies: loaded.strategies, now: () => 0 })
  report = (await followed.answer({ kind: 'report' })).data as BacktestReport
})

const exports = openExports(
  {
    async writeFile(_, asked, file) {
      await followed.answer({ kind: 'export', file, ...asked })
    },
  },
  { findNotes: async (_, { offset = 0 }) => ({ notes: offset === 0 ? [NOTE] : [], total: 1 }) },
)

async function exported(asked: ExportAsked): Promise<Buffer> {
  const { body } = await exports.export('My portfolio', asked)
  return body instanceof Uint8Array ? Buffer.from(body) : buffer(body as NodeJS.ReadableStream)
}

/** The rows of a file of any format, numbers as numbers. */
async function opened(asked: ExportAsked): Promise<readonly Row[]> {
  const bytes = await exported(asked)
  switch (asked.format) {
    case 'csv':
      return (parse(bytes, { columns: true }) as Record<string, string>[]).map(plainRow)
    case 'json':
      return JSON.parse(bytes.toString('utf8')) as readonly Row[]
    case 'xlsx': {
      const [header, ...rows] = readWorkbook(bytes)
      return rows.map((row) => Object.fromEntries(header!.map((name, at) => [String(name), row[at] ?? null])))
    }
    case 'parquet':
      return parquetRows(bytes)
  }
}

/** As a spreadsheet reads a line: what looks like a number is one, and nothing is nothing. */
function plainRow(row: Readonly<Record<string, string>>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, text]) => {
      return [name, text === '' ? null : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text]
    }),
  )
}

async function parquetRows(bytes: Buffer): Promise<readonly Row[]> {
  const { writeFileSync } = await import('node:fs')
  const file = join(folder, 'read.parquet')
  writeFileSync(file, bytes)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`)).getRowObjects()
  connection.closeSync()
  instance.closeSync()
  return rows as readonly Row[]
}

describe('exports', () => {
  it.each(EXPORTED.flatMap((what) => EXPORT_FORMATS.map((format) => [what, format] as const)))(
    'of %s open as %s, and hold what the others hold',
    async (what, format) => {
      const rows = await opened({ what, format })
      expect(rows.length).toBeGreaterThan(0)
      if (what === 'notes') expect(rows).toHaveLength(1)
      else {
        const same = (row: Row) =>
          Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null && cell !== ''))
        expect(rows.map(same)).toEqual((await opened({ what, format: 'json' })).map(same))
      }
    },
  )

  it('have the figures of the report', async () => {
    const trades = await opened({ what: 'trades', format: 'csv' })
    expect(trades).toHaveLength(report.portfolio.roundTrips)
    const equity = await opened({ what: 'equity', format: 'parquet' })
    expect(equity.at(-1)!['equity']).toBe(report.portfolio.final)
    expect(await opened({ what: 'violations', format: 'xlsx' })).toHaveLength(report.violations.length)
    const risk = await opened({ what: 'risk', format: 'json' })
    const figure = risk.find((row) => row['figure'] === 'var' && row['subject'] === 'book' && row['level'] === 99)
    expect(figure!['value']).toBe(report.risk.book.var.historical['99'])
  })

  it('hold only what was asked for', async () => {
    const { name } = report.sleeves[1]!
    const own = await opened({ what: 'trades', format: 'csv', sleeve: name, from: '2023-06-01', to: '2023-09-30' })
    expect(own.length).toBeGreaterThan(0)
    for (const row of own) {
      expect(row['sleeve']).toBe(name)
      expect(String(row['exit_date']) >= '2023-06-01' && String(row['exit_date']) <= '2023-09-30').toBe(true)
    }
  })

  it('are called after the portfolio, and leave nothing behind', async () => {
    const { name, type, body } = await exports.export('My portfolio', { what: 'trades', format: 'csv' })
    expect([name, type]).toEqual(['my-portfolio-trades.csv', 'text/csv; charset=utf-8'])
    const { path } = body as unknown as { readonly path: string }
    await buffer(body as NodeJS.ReadableStream)
    await expect.poll(() => readable(path)).toBe(false)
  })

  it('never hand a formula to a spreadsheet', async () => {
    const text = (await exported({ what: 'notes', format: 'csv' })).toString('utf8')
    expect(text).toContain(`"'=SUM(A1), ""why"", and\na second line"`)
  })

  it('of a table without rows have its columns, or are an empty list', async () => {
    for (const format of EXPORT_FORMATS) {
      const file = join(folder, `none.${format}`)
      await writeExport({ columns: ['a', 'b'], rows: [] }, format, file)
      if (format === 'csv') expect(readFileSync(file, 'utf8')).toBe('a,b\r\n')
      if (format === 'json') expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([])
      if (format === 'xlsx') expect(readWorkbook(readFileSync(file))).toEqual([['a', 'b']])
      if (format === 'parquet') expect(await parquetRows(readFileSync(file))).toEqual([])
    }
  })
})

function readable(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch {
    return false
  }
}
