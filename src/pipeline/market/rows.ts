import { type Fault, fault } from '../../domain/faults.ts'
import type { RawSeries } from '../../domain/recorded.ts'
import type { Finding } from '../../domain/series.ts'
import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'

/** A file under examination: which of its rows stand, in which order, and what was found so far. */
export interface Rows {
  readonly raw: RawSeries
  /** Rows of `raw` that stand, by position. */
  kept: readonly number[]
  /** The columns that a repair may change, indexed like `raw`. */
  readonly high: Float64Array
  readonly low: Float64Array
  readonly findings: Finding[]
}

export function rowsOf(raw: RawSeries): Rows {
  return {
    raw,
    kept: Array.from(raw.lines, (_, row) => row),
    high: Float64Array.from(raw.high),
    low: Float64Array.from(raw.low),
    findings: [...raw.findings],
  }
}

/** What orders rows: the day for daily files, the bar's start for intraday ones. */
export function keyOf(raw: RawSeries, row: number): number {
  return raw.resolution === 'day' ? raw.dates[row]! : raw.times[row]!
}

/** The moment of a row as text for messages. */
export function momentOf(raw: RawSeries, row: number): string {
  return raw.resolution === 'day'
    ? formatDate(raw.dates[row] as TradeDate)
    : formatInstant(raw.times[row] as Instant).replace('.000Z', 'Z')
}

/** A finding about some rows; its line is the first of them in the file. */
export function finding(kind: Finding['kind'], code: string, text: string, lines: readonly number[]): Finding {
  let first = lines[0] ?? 1
  for (const line of lines) first = Math.min(first, line)
  return { kind, code, text, line: first, count: lines.length }
}

export function refusal(raw: RawSeries, row: number, reason: string): Fault {
  return fault('DATA_REFUSED', { file: raw.source, line: raw.lines[row]!, reason })
}

/** Drops rows and says so; nothing happens where none is to go. */
export function drop(rows: Rows, gone: readonly number[], code: string, text: string): void {
  if (gone.length === 0) return
  const leaving = new Set(gone)
  rows.kept = rows.kept.filter((row) => !leaving.has(row))
  rows.findings.push(
    finding(
      'repair',
      code,
      text,
      gone.map((row) => rows.raw.lines[row]!),
    ),
  )
}
