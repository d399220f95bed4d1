import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate } from '../../domain/sessions.ts'
import { instrumentId, type TradeDate } from '../../domain/units.ts'
import type { MembershipChange } from '../../domain/universe.ts'
import { readMoments } from './moments.ts'
import { readTable } from './read-table.ts'
import { columnOf, type Table, unreadable } from './table.ts'

const ADVICE = 'a universe history has date, symbol, status (in or out) and reasons'
/** Between several reasons in one cell. */
export const REASON_SEPARATOR = '; '

/** A row of a universe history, with its line. */
export interface HistoryRow extends MembershipChange {
  readonly line: number
}

/**
 * Reads a universe history: who was in and who was out from which day on, earliest first.
 *
 * @throws FaultError LAYOUT_UNKNOWN, FILE_EMPTY; DATA_REFUSED for dates that go back, or a symbol twice on a day;
 *   ROW_UNREADABLE for a status that is neither in nor out
 */
export async function readUniverseHistory(path: string, source: string): Promise<readonly HistoryRow[]> {
  return historyRows(await readTable(path, source))
}

export function isUniverseHistory(table: Table): boolean {
  return columnOf(table, 'status') !== -1 && columnOf(table, 'symbol') !== -1 && columnOf(table, 'date') !== -1
}

export function historyRows(table: Table): readonly HistoryRow[] {
  if (!isUniverseHistory(table)) {
    const columns = table.header.join(',')
    const place = { file: table.source, line: table.headerLine }
    throw new FaultError(fault('LAYOUT_UNKNOWN', { ...place, columns, advice: ADVICE }))
  }
  if (table.count === 0) throw new FaultError(fault('FILE_EMPTY', { file: table.source }))
  const { dates } = readMoments(table, columnOf(table, 'date'))
  const [symbols, statuses, reasons] = [
    columnOf(table, 'symbol'),
    columnOf(table, 'status'),
    columnOf(table, 'reasons'),
  ] as const
  const seen = new Map<string, number>()
  const rows: HistoryRow[] = []
  for (let row = 0; row < table.count; row += 1) {
    const line = table.lines[row]!
    const tradeDate = dates[row] as TradeDate
    const refuse = (reason: string): never => {
      throw new FaultError(fault('DATA_REFUSED', { file: table.source, line, reason }))
    }
    const before = rows.at(-1)
    if (before !== undefined && tradeDate < before.tradeDate) {
      const days = `${formatDate(tradeDate)} stands after ${formatDate(before.tradeDate)}`
      refuse(`${days}; the earliest day comes first`)
    }
    const symbol = table.cell(row, symbols)
    if (symbol === '') refuse('the symbol is empty; name one')
    const status = table.cell(row, statuses).toLowerCase()
    if (status !== 'in' && status !== 'out') throw unreadable(table.source, line, 'status', status, 'in or out')
    const key = `${tradeDate} ${symbol}`
    const taken = seen.get(key)
    if (taken !== undefined) refuse(`"${symbol}" has this day on line ${taken} already; keep one row`)
    seen.set(key, line)
    const said = reasons === -1 ? '' : table.cell(row, reasons)
    rows.push({
      tradeDate,
      instrument: instrumentId(symbol),
      isMember: status === 'in',
      reasons: said === '' ? [] : said.split(REASON_SEPARATOR.trim()).map((one) => one.trim()),
      line,
    })
  }
  return rows
}
