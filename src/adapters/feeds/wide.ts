import { FaultError, fault } from '../../domain/faults.ts'
import type { DividendRecords, WideColumns } from '../../domain/recorded.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { readMoments } from './moments.ts'
import { readTable } from './read-table.ts'
import { columnOf, plainName, type Table } from './table.ts'

/**
 * Reads a file of a date and one column per series: returns, implied volatilities, prices. Empty cells are NaN.
 *
 * @throws FaultError as the table's reader does; DATA_REFUSED where dates go back, repeat, or there is no second column
 */
export async function readWide(path: string, source: string): Promise<WideColumns> {
  return wideColumns(await readTable(path, source))
}

export function isWide(table: Table): boolean {
  return table.header.length > 1 && plainName(table.header[0] ?? '') === 'date'
}

export function wideColumns(table: Table): WideColumns {
  if (!isWide(table)) {
    const columns = table.header.join(',')
    const advice = 'the first column must be "date", the others one series each'
    throw new FaultError(fault('LAYOUT_UNKNOWN', { file: table.source, line: table.headerLine, columns, advice }))
  }
  if (table.count === 0) throw new FaultError(fault('FILE_EMPTY', { file: table.source }))
  const moments = readMoments(table, 0)
  requireAscending(table, moments.dates)
  return {
    source: table.source,
    dates: moments.dates,
    names: table.header.slice(1),
    columns: table.header.slice(1).map((_, index) => table.numbers(index + 1)),
    lines: table.lines,
    findings: [...table.findings, ...moments.findings],
  }
}

function requireAscending(table: Table, dates: Int32Array): void {
  for (let row = 1; row < dates.length; row += 1) {
    if (dates[row]! > dates[row - 1]!) continue
    const reason = `date ${formatDate(dates[row] as TradeDate)} does not come after ${formatDate(dates[row - 1] as TradeDate)}; sort the file and keep one row per date`
    throw new FaultError(fault('DATA_REFUSED', { file: table.source, line: table.lines[row]!, reason }))
  }
}

/**
 * Reads cash dividends: an ex-date and an amount per share. A header alone says that there were none.
 *
 * @throws FaultError LAYOUT_UNKNOWN, DATA_REFUSED for an amount that is not positive and for dates out of order
 */
export async function readDividends(path: string, source: string): Promise<DividendRecords> {
  return dividendRecords(await readTable(path, source))
}

export function isDividends(table: Table): boolean {
  return (
    columnOf(table, 'dividend', 'dividends', 'amount') !== -1 &&
    columnOf(table, 'date', 'exdate') !== -1 &&
    table.header.length === 2
  )
}

export function dividendRecords(table: Table): DividendRecords {
  if (!isDividends(table)) {
    const columns = table.header.join(',')
    const advice = 'a dividends file has the columns date, dividend'
    throw new FaultError(fault('LAYOUT_UNKNOWN', { file: table.source, line: table.headerLine, columns, advice }))
  }
  const moments = readMoments(table, columnOf(table, 'date', 'exdate'))
  requireAscending(table, moments.dates)
  const amounts = table.numbers(columnOf(table, 'dividend', 'dividends', 'amount'))
  for (const [row, amount] of amounts.entries()) {
    if (amount > 0) continue
    const reason = `dividend is ${amount} on ${formatDate(moments.dates[row] as TradeDate)}; it must be above zero`
    throw new FaultError(fault('DATA_REFUSED', { file: table.source, line: table.lines[row]!, reason }))
  }
  return {
    source: table.source,
    dates: moments.dates,
    amounts,
    lines: table.lines,
    findings: [...table.findings, ...moments.findings],
  }
}
