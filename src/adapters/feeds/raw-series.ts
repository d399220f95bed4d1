import { FaultError, fault } from '../../domain/faults.ts'
import type { RawSeries, RawSeriesResult } from '../../domain/recorded.ts'
import type { Finding } from '../../domain/series.ts'
import { utcDate } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import { readMoments } from './moments.ts'
import { readTable } from './read-table.ts'
import { layoutUnknown, type SeriesLayout, seriesLayout, stackedRows } from './series-layouts.ts'
import type { Table } from './table.ts'

/** A daily file may hold a few looks at one day; an intraday file holds many bars a day. */
const BARS_PER_DAY_MAX = 1.5

/**
 * Reads one instrument's prices in any known layout, without judging them.
 *
 * @returns a refusal where the file cannot be read or its columns are no price layout; never throws for those
 */
export async function readRawSeries(path: string, source: string): Promise<RawSeriesResult> {
  let table: Table | null = null
  try {
    table = await readTable(path, source)
    const layout = seriesLayout(table)
    if (layout === null) return { ok: false, error: layoutUnknown(table), findings: table.findings }
    return { ok: true, raw: rawSeries(table, layout) }
  } catch (cause) {
    if (!(cause instanceof FaultError)) throw cause
    return { ok: false, error: cause.fault, findings: table?.findings ?? [] }
  }
}

/** The rows of a table whose layout is known. @throws FaultError FILE_EMPTY, and as cells do that cannot be read */
export function rawSeries(given: Table, layout: SeriesLayout): RawSeries {
  const stacked = layout.name === 'yfinance-stacked' ? stackedRows(given) : new Set<number>()
  const table = stacked.size === 0 ? given : given.without(stacked)
  if (table.count === 0) throw new FaultError(fault('FILE_EMPTY', { file: table.source }))
  const moments = readMoments(table, layout.moment)
  const resolution = moments.hasTime && isIntraday(moments.times, moments.dates) ? 'intraday' : 'day'
  const column = (index: number): Float64Array =>
    index === -1 ? new Float64Array(table.count).fill(Number.NaN) : table.numbers(index)
  const optional = (index: number): Float64Array | null => (index === -1 ? null : table.numbers(index))
  return {
    source: table.source,
    layout: layout.name,
    prices: layout.open === -1 ? 'close' : 'ohlc',
    hasVolume: layout.volume !== -1,
    resolution,
    dates: resolution === 'day' ? moments.dates : Int32Array.from(moments.times, (time) => utcDate(time as Instant)),
    times: moments.times,
    open: column(layout.open),
    high: column(layout.high),
    low: column(layout.low),
    close: column(layout.close),
    volume: column(layout.volume),
    adjustedClose: optional(layout.adjustedClose),
    dividend: optional(layout.dividend),
    split: optional(layout.split),
    lines: table.lines,
    findings: [...given.findings, ...stackedFindings(given, layout, stacked.size), ...moments.findings],
  }
}

/** Counts bars a day, so that a few snapshots of the last day do not turn a daily file into an intraday one. */
function isIntraday(times: Float64Array, dates: Int32Array): boolean {
  const moments = new Set(times).size
  const days = new Set(dates).size
  return moments > days * BARS_PER_DAY_MAX
}

function stackedFindings(table: Table, layout: SeriesLayout, rows: number): readonly Finding[] {
  if (rows === 0) return []
  const header: Finding = {
    kind: 'repair',
    code: 'stacked-header',
    text: 'further header lines below the first were skipped',
    line: table.headerLine + 1,
    count: rows,
  }
  const name = table.header[layout.adjustedClose]
  if (layout.adjustedClose === -1 || name?.toLowerCase() !== 'price') return [header]
  const renamed: Finding = {
    kind: 'repair',
    code: 'renamed-column',
    text: 'the second column "Price" was read as the adjusted close',
    line: table.headerLine,
    count: 1,
  }
  return [header, renamed]
}
