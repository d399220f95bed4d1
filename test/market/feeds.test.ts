import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { readOptionRecords } from '../../src/adapters/feeds/option-records.ts'
import { readTable } from '../../src/adapters/feeds/read-table.ts'
import { readScreener } from '../../src/adapters/feeds/screener.ts'
import { readDividends, readWide } from '../../src/adapters/feeds/wide.ts'
import { importSeries } from '../../src/adapters/feeds/write-series.ts'
import { checkFile } from '../../src/cli/data/check.ts'
import { readSeries } from '../../src/cli/data/read-series.ts'
import { describeFault } from '../../src/domain/faults.ts'
import type { Series } from '../../src/domain/series.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import { dataFolder } from '../outside-data.ts'

const data = dataFolder()
const TODAY = tradeDate(20261120)
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-feeds-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(path: string): Promise<Series> {
  const result = await readSeries(path, 'hand', TODAY)
  if (!result.ok) throw new Error(describeFault(result.error))
  return result.series
}

/** What of a series does not depend on how it was stored. */
function content(series: Series): unknown {
  const { dates, times, open, high, low, close, volume, adjustedClose, dividend, split, resolution } = series
  return { dates, times, open, high, low, close, volume, adjustedClose, dividend, split, resolution }
}

async function duck(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

describe('Parquet files', () => {
  it('reads the same columns as CSV, whatever number types store them', async () => {
    const path = join(folder, 'days.parquet')
    await duck(`COPY (SELECT * FROM (VALUES
      (DATE '2024-01-02', 10::DECIMAL(9,2), 11::FLOAT, 9::DOUBLE, 10.5::DOUBLE, 1000::BIGINT),
      (DATE '2024-01-03', 10.5::DECIMAL(9,2), 12::FLOAT, 10::DOUBLE, 11::DOUBLE, 1200::BIGINT)
    ) AS t("date", "Open", "High", "Low", "Close", "Volume")) TO '${path}' (FORMAT parquet)`)
    const series = await read(path)
    expect([...series.dates]).toEqual([20240102, 20240103])
    expect([...series.open]).toEqual([10, 10.5])
    expect([...series.volume]).toEqual([1000, 1200])
    expect([...series.lines]).toEqual([1, 2])
  })

  it('reads timestamps as instants, with and without a zone', async () => {
    const path = join(folder, 'hours.parquet')
    await duck(`COPY (SELECT TIMESTAMPTZ '2024-01-02 00:00:00+00' + INTERVAL (i) HOUR AS time, 1.0 AS open, 1.0 AS high,
      1.0 AS low, 1.0 AS close FROM range(5) t(i)) TO '${path}' (FORMAT parquet)`)
    const series = await read(path)
    expect(series.resolution).toBe('intraday')
    expect(new Date(series.times[4]!).toISOString()).toBe('2024-01-02T04:00:00.000Z')
  })

  it('refuses a file that is none', async () => {
    const path = join(folder, 'text.parquet')
    writeFileSync(path, 'date,close\n2024-01-02,1\n')
    const verdict = await checkFile(path, 'text.parquet', TODAY)
    expect(verdict.verdict).toBe('refused')
    expect(verdict.error).toContain('it is no Parquet file')
    await expect(readTable(join(folder, 'none.parquet'), 'none.parquet')).rejects.toThrow('no file "none.parquet"')
  })
})

describe('importSeries', () => {
  const source = join(folder, 'source.csv')
  writeFileSync(
    source,
    'Date,Open,High,Low,Close,Volume\n01/23/2023,"19.50","22.49","19.37","21.66","7,181,508"\n01/20/2023,19.05,20.07,18.90,19.61,\n',
  )

  it('writes what reads back as the same series, in both formats, beside a manifest of repairs', async () => {
    const out = join(folder, 'out')
    const series = await read(source)
    await importSeries([{ name: 'GME', series }], out, { formats: ['csv', 'parquet'], force: false })
    expect(readdirSync(out).sort()).toEqual(['GME.csv', 'GME.parquet', 'manifest.json'])
    expect(readFileSync(join(out, 'GME.csv'), 'utf8')).toBe(
      'date,open,high,low,close,volume\n2023-01-20,19.05,20.07,18.9,19.61,\n2023-01-23,19.5,22.49,19.37,21.66,7181508\n',
    )
    expect(content(await read(join(out, 'GME.csv')))).toEqual(content(series))
    expect(content(await read(join(out, 'GME.parquet')))).toEqual(content(series))
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
      files: { findings: unknown[] }[]
    }
    expect(manifest.files).toHaveLength(2)
    expect(JSON.stringify(manifest.files[0]!.findings)).toContain('newest-first')
  })

  it('overwrites only when forced, and keeps what the manifest says of other files', async () => {
    const out = join(folder, 'again')
    const series = await read(source)
    await importSeries([{ name: 'ONE', series }], out, { formats: ['csv'], force: false })
    const again = { formats: ['csv'], force: false } as const
    await expect(importSeries([{ name: 'ONE', series }], out, again)).rejects.toThrow('"ONE.csv"')
    await importSeries([{ name: 'more/TWO', series }], out, again)
    await importSeries([{ name: 'ONE', series }], out, { ...again, force: true })
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as { files: { file: string }[] }
    expect(manifest.files.map(({ file }) => file)).toEqual(['more/TWO.csv', 'ONE.csv'])
  })

  it('leaves nothing behind when it fails', async () => {
    const out = join(folder, 'broken')
    const series = await read(source)
    await importSeries([{ name: 'ONE', series }], out, { formats: ['csv'], force: false })
    writeFileSync(join(out, 'manifest.json'), 'not json')
    const more = importSeries([{ name: 'TWO', series }], out, { formats: ['csv'], force: false })
    await expect(more).rejects.toThrow('manifest')
    expect(readdirSync(out).sort()).toEqual(['ONE.csv', 'manifest.json'])
  })
})

describe.skipIf(data === null)('readers of the other files (skipped without the data folder)', () => {
  it('reads dividends, and a header alone as none', async () => {
    const apple = await readDividends(join(data!, 'dividends/AAPL.csv'), 'dividends/AAPL.csv')
    expect([apple.dates[0], apple.amounts[0], apple.lines[0]]).toEqual([20120809, 0.094643, 2])
    const none = await readDividends(join(data!, 'dividends/ADBE.csv'), 'dividends/ADBE.csv')
    expect(none.dates).toHaveLength(0)
  })

  it('reads wide files with empty cells', async () => {
    const managers = await readWide(join(data!, 'strategy_returns/managers_monthly.csv'), 'managers_monthly.csv')
    expect(managers.names).toHaveLength(10)
    expect(managers.columns[0]![0]).toBe(0.0074)
    expect(managers.columns[1]![0]).toBeNaN()
    const implied = await readWide(join(data!, 'implied_vol/sp500_names_atm3m.csv'), 'sp500_names_atm3m.csv')
    expect(implied.names[0]).toBe('AAPL')
    expect(implied.dates.at(-1)).toBe(20221228)
  })

  it('reads the screener snapshot, fractions and empty cells included', async () => {
    const { records } = await readScreener(join(data!, 'screener/finviz_2023-08.csv'), 'finviz_2023-08.csv')
    expect(records[0]).toMatchObject({
      symbol: 'ZVRA',
      marketCap: 176_220_000,
      shortFloat: 0.0822,
      price: 5.18,
      line: 2,
    })
    expect(records.length).toBeGreaterThan(3_000)
    expect(records.some(({ floatShares }) => floatShares === null)).toBe(true)
  })

  it.each([
    ['AAPL_2014-06_lean_greeks.csv', 'option-mids', 9738],
    ['AAPL_2014_lean_quotes.csv', 'option-quotes', 4177],
    ['AAPL_2026-02-11.csv', 'option-quotes-with-volatility', 2279],
    ['SPX_2017_daily.csv', 'option-greeks', 301],
  ])('reads %s as %s', async (file, layout, count) => {
    const chain = await readOptionRecords(join(data!, 'options', file), file)
    expect(chain.layout).toBe(layout)
    expect(chain.records).toHaveLength(count)
    expect(chain.records.every(({ strike, expiry, quoteDate }) => strike > 0 && expiry >= quoteDate)).toBe(true)
  })

  it('reads closes alone without inventing opens', async () => {
    const result = await readSeries(join(data!, 'etf_index_daily/GSPC_close.csv'), 'GSPC_close.csv', TODAY)
    if (!result.ok) throw new Error('refused')
    expect(result.series.layout).toBe('close')
    expect(result.series.open.every(Number.isNaN)).toBe(true)
    expect(result.series.close[0]).toBe(359.690002)
  })
})
