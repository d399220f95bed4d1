import { existsSync } from 'node:fs'
import { type HistoryRow, REASON_SEPARATOR, readUniverseHistory } from '../adapters/feeds/universe-history.ts'
import { FaultError, fault } from '../domain/faults.ts'
import { formatDate } from '../domain/sessions.ts'
import type { TradeDate } from '../domain/units.ts'
import { writePage } from './output.ts'
import { type Column, csvText } from './report/csv.ts'
import type { ScreenResult } from './screen.ts'

/*
 * The history that a screen keeps: who passed and who did not from which day on. Only changes are written after the first day.
 */

/** What one day's snapshot gave. */
export interface ScreenedDay {
  readonly tradeDate: TradeDate
  readonly result: ScreenResult
}

type Row = Pick<HistoryRow, 'tradeDate' | 'isMember' | 'reasons'> & { readonly instrument: string }

const COLUMNS: readonly Column<Row>[] = [
  { name: 'date', cell: ({ tradeDate }) => formatDate(tradeDate) },
  { name: 'symbol', cell: ({ instrument }) => instrument },
  { name: 'status', cell: ({ isMember }) => (isMember ? 'in' : 'out') },
  { name: 'reasons', cell: ({ reasons }) => reasons.join(REASON_SEPARATOR) },
]

/** What was added to a history. */
export interface HistoryWritten {
  readonly file: string
  /** Rows before, and rows added. */
  readonly kept: number
  readonly added: number
}

/**
 * Writes a history, or adds to the one that is there.
 * @throws FaultError OPTION_INVALID for a day that is not after those that the history has; OUTPUT_EXISTS where it cannot be
 *   written; that of a file which is no history
 */
export async function writeHistory(file: string, days: readonly ScreenedDay[]): Promise<HistoryWritten> {
  const kept: readonly Row[] = existsSync(file) ? await readUniverseHistory(file, file) : []
  const rows = [...kept]
  for (const day of days) {
    const last = rows.at(-1)
    if (last !== undefined && day.tradeDate <= last.tradeDate) {
      const reason = `"${file}" has ${formatDate(last.tradeDate)} already, and ${formatDate(day.tradeDate)} is not after it; give a later snapshot or another file`
      throw new FaultError(fault('OPTION_INVALID', { option: '--write', reason }))
    }
    rows.push(...changesOn(day, rows))
  }
  await writePage(file, csvText(COLUMNS, rows))
  return { file, kept: kept.length, added: rows.length - kept.length }
}

/** Who is new, has changed sides, or is not listed any more. */
function changesOn({ tradeDate, result }: ScreenedDay, rows: readonly Row[]): readonly Row[] {
  const standing = new Map(rows.map(({ instrument, isMember }) => [instrument, isMember]))
  const today: readonly Row[] = [
    ...result.passes.map(({ symbol }) => ({ tradeDate, instrument: symbol, isMember: true, reasons: [] })),
    ...result.failures.map(({ symbol, reasons }) => ({ tradeDate, instrument: symbol, isMember: false, reasons })),
  ]
  const listed = new Set(today.map(({ instrument }) => instrument))
  const gone = [...standing].filter(([instrument, isMember]) => isMember && !listed.has(instrument))
  const reasons = [`not in the snapshot of ${formatDate(tradeDate)}`]
  return [
    ...today.filter(({ instrument, isMember }) => standing.get(instrument) !== isMember),
    ...gone.map(([instrument]) => ({ tradeDate, instrument, isMember: false, reasons })),
  ]
}
