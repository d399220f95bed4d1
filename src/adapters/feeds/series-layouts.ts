import type { Fault } from '../../domain/faults.ts'
import { fault } from '../../domain/faults.ts'
import { columnOf, plainName, type Table } from './table.ts'

/** Where a table keeps what a price series needs; -1 where it has no such column. */
export interface SeriesLayout {
  readonly name: string
  readonly moment: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly adjustedClose: number
  readonly dividend: number
  readonly split: number
}

const MOMENT_NAMES = ['date', 'datetime', 'time', 'timestamp', 'opentime', 'day'] as const
const EPOCH_NAMES = ['unix', 'unixtime', 'unixtimestamp', 'epoch'] as const
const ADVICE =
  'name the columns date, open, high, low, close, volume (also adj_close, dividend_amount, split_coefficient)'

/** Finds the columns of a price series, or null where the header is none. */
export function seriesLayout(table: Table): SeriesLayout | null {
  const stacked = stackedLayout(table)
  if (stacked !== null) return stacked
  const epoch = columnOf(table, ...EPOCH_NAMES)
  const moment = epoch === -1 ? columnOf(table, ...MOMENT_NAMES) : epoch
  const close = columnOf(table, 'close', 'closelast', 'closingprice')
  if (moment === -1 || close === -1) return null
  const columns = {
    moment,
    close,
    open: columnOf(table, 'open'),
    high: columnOf(table, 'high'),
    low: columnOf(table, 'low'),
    volume: volumeColumn(table),
    adjustedClose: columnOf(table, 'adjclose', 'adjustedclose', 'closeadj'),
    dividend: columnOf(table, 'dividendamount', 'dividends', 'dividend'),
    split: columnOf(table, 'splitcoefficient', 'stocksplits', 'splits', 'split'),
  }
  const ranges = [columns.open, columns.high, columns.low].filter((column) => column !== -1).length
  if (ranges !== 0 && ranges !== 3) return null
  return { ...columns, name: layoutName(columns, epoch !== -1) }
}

/** Volume in the traded asset; where a crypto venue gives two, the first is the asset's. */
function volumeColumn(table: Table): number {
  const exact = columnOf(table, 'volume', 'vol')
  return exact === -1 ? table.header.findIndex((name) => plainName(name).startsWith('volume')) : exact
}

function layoutName(columns: Omit<SeriesLayout, 'name'>, epoch: boolean): string {
  if (epoch) return 'ohlcv-epoch'
  if (columns.open === -1) return 'close'
  if (columns.split !== -1) return 'ohlcv-splits'
  if (columns.adjustedClose !== -1) return 'ohlcv-adjusted'
  return columns.volume === -1 ? 'ohlc' : 'ohlcv'
}

/** Header lines stacked by a data frame: field names, then a line of tickers, then one that names the index. */
function stackedLayout(table: Table): SeriesLayout | null {
  if (plainName(table.header[0] ?? '') !== 'price') return null
  if (table.count === 0 || plainName(table.cell(0, 0)) !== 'ticker') return null
  const at = (name: string): number =>
    table.header.findIndex((title, column) => column > 0 && plainName(title) === name)
  // A second column called "Price" is what is left of "Adj Close" when the first index level was renamed.
  const price = at('price')
  return {
    name: 'yfinance-stacked',
    moment: 0,
    open: at('open'),
    high: at('high'),
    low: at('low'),
    close: at('close'),
    volume: at('volume'),
    adjustedClose: price === -1 ? at('adjclose') : price,
    dividend: at('dividends'),
    split: at('stocksplits'),
  }
}

/** Rows at the top of a stacked table that are still header. */
export function stackedRows(table: Table): ReadonlySet<number> {
  const rows = new Set<number>()
  for (let row = 0; row < table.count; row += 1) {
    const first = plainName(table.cell(row, 0))
    if (first !== 'ticker' && first !== 'date' && first !== 'datetime') break
    rows.add(row)
  }
  return rows
}

/** What to say about a header that is no known layout. */
export function layoutUnknown(table: Table): Fault {
  return fault('LAYOUT_UNKNOWN', {
    file: table.source,
    line: table.headerLine,
    columns: shortened(table.header.join(',')),
    advice: missingAdvice(table),
  })
}

function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`
}

function missingAdvice(table: Table): string {
  const has = (name: string): boolean => columnOf(table, name) !== -1
  const priced = ['open', 'high', 'low', 'close'].filter(has)
  if (priced.length === 0) return ADVICE
  const missing = ['date', 'open', 'high', 'low', 'close'].filter((name) =>
    name === 'date' ? columnOf(table, ...MOMENT_NAMES, ...EPOCH_NAMES) === -1 : !has(name),
  )
  return missing.length === 0 ? ADVICE : `add the missing ${missing.map((name) => `"${name}"`).join(', ')}; ${ADVICE}`
}
