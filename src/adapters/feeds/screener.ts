import { FaultError, fault } from '../../domain/faults.ts'
import type { ScreenRecord, ScreenRecords } from '../../domain/recorded.ts'
import type { TradeDate } from '../../domain/units.ts'
import { readMoments } from './moments.ts'
import { readTable } from './read-table.ts'
import { columnOf, type Table } from './table.ts'

const ADVICE =
  'a snapshot has snapshot_date, symbol, name, sector, industry, market_cap, shares_outstanding, float_shares, short_float, avg_volume, price, volume, prev_close'

/**
 * Reads a screener snapshot: one company a row, with what the screen's criteria ask about. Empty cells are null.
 *
 * @throws FaultError LAYOUT_UNKNOWN; DATA_REFUSED for a header that stands shifted against its rows or a symbol twice
 */
export async function readScreener(path: string, source: string): Promise<ScreenRecords> {
  return screenRecords(await readTable(path, source))
}

export function isScreener(table: Table): boolean {
  return columnOf(table, 'symbol', 'ticker') !== -1 && columnOf(table, 'marketcap') !== -1
}

/**
 * A vendor's export whose row numbers took the place of the ticker column: names and values stand one or more places
 * apart, differently from row to row, so nothing can be read from it.
 */
export function shiftedScreener(table: Table): FaultError | null {
  const company = columnOf(table, 'company')
  if (company === -1 || columnOf(table, 'marketcap') === -1 || columnOf(table, 'symbol', 'ticker') !== -1) return null
  const line = table.lines[0] ?? table.headerLine
  const reason = `header and rows stand shifted: under "${table.header[company]}" stands "${table.cell(0, company)}", and the column "Ticker" is missing; export the snapshot again`
  return new FaultError(fault('DATA_REFUSED', { file: table.source, line, reason }))
}

export function screenRecords(table: Table): ScreenRecords {
  const shifted = shiftedScreener(table)
  if (shifted !== null) throw shifted
  const date = columnOf(table, 'snapshotdate', 'date')
  if (!isScreener(table) || date === -1) {
    const columns = table.header.join(',')
    throw new FaultError(
      fault('LAYOUT_UNKNOWN', { file: table.source, line: table.headerLine, columns, advice: ADVICE }),
    )
  }
  if (table.count === 0) throw new FaultError(fault('FILE_EMPTY', { file: table.source }))
  const dates = readMoments(table, date).dates
  const text = (row: number, ...names: readonly string[]): string => table.cell(row, columnOf(table, ...names))
  const column = (...names: readonly string[]): ((row: number) => number | null) => {
    const index = columnOf(table, ...names)
    const values = index === -1 ? null : table.numbers(index)
    return (row) => (values === null || Number.isNaN(values[row]!) ? null : values[row]!)
  }
  const read = {
    marketCap: column('marketcap'),
    sharesOutstanding: column('sharesoutstanding', 'shsoutstand'),
    floatShares: column('floatshares', 'shsfloat'),
    shortFloat: column('shortfloat'),
    averageVolume: column('avgvolume', 'averagevolume'),
    price: column('price'),
    volume: column('volume'),
    previousClose: column('prevclose', 'previousclose'),
  }
  const records: ScreenRecord[] = []
  const seen = new Map<string, number>()
  for (let row = 0; row < table.count; row += 1) {
    const line = table.lines[row]!
    const symbol = text(row, 'symbol', 'ticker')
    // One file may hold several days, each with every company once.
    const key = `${dates[row]} ${symbol}`
    const before = seen.get(key)
    if (symbol === '' || before !== undefined) {
      const reason = symbol === '' ? 'the symbol is empty' : `symbol "${symbol}" stands on line ${before} already`
      throw new FaultError(fault('DATA_REFUSED', { file: table.source, line, reason: `${reason}; keep one row each` }))
    }
    seen.set(key, line)
    records.push({
      snapshotDate: dates[row] as TradeDate,
      symbol,
      name: text(row, 'name', 'company'),
      sector: text(row, 'sector'),
      industry: text(row, 'industry'),
      marketCap: read.marketCap(row),
      sharesOutstanding: read.sharesOutstanding(row),
      floatShares: read.floatShares(row),
      shortFloat: read.shortFloat(row),
      averageVolume: read.averageVolume(row),
      price: read.price(row),
      volume: read.volume(row),
      previousClose: read.previousClose(row),
      line,
    })
  }
  return { source: table.source, records, findings: table.findings }
}
