import type { Fault } from '../../domain/faults.ts'
import type { RawSeries } from '../../domain/recorded.ts'
import type { Series, SeriesResult } from '../../domain/series.ts'
import { startOfDay } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { judgeSplitLike, judgeWildness } from './jumps.ts'
import { noteGaps, putInOrder, settleDuplicates } from './order.ts'
import {
  dropEmptyRows,
  dropOddStart,
  judgeFuture,
  judgeVolumes,
  judgeZeros,
  noteAdjusted,
  noteVenue,
  noteWeekends,
  widenRanges,
} from './prices.ts'
import { type Rows, rowsOf } from './rows.ts'

/**
 * Judges the rows of one file: what can be repaired without inventing anything is repaired and said; what cannot is
 * refused with file, line and reason. A series that comes out is sorted, has one row per day or bar, positive prices
 * and ranges that hold open and close.
 *
 * @param today the last day that can have happened; later rows are refused
 */
export function validateSeries(raw: RawSeries, today: TradeDate): SeriesResult {
  const rows = rowsOf(raw)
  // Order before duplicates before prices: each step relies on the ones above it.
  const steps: readonly ((rows: Rows) => Fault | null)[] = [
    dropEmptyRows,
    putInOrder,
    settleDuplicates,
    (given) => judgeFuture(given, today),
    judgeZeros,
    judgeVolumes,
    quiet(dropOddStart),
    quiet(noteGaps),
    quiet(widenRanges),
    judgeWildness,
    judgeSplitLike,
    quiet(noteWeekends),
    quiet(noteAdjusted),
    quiet(noteVenue),
  ]
  for (const step of steps) {
    const error = step(rows)
    if (error !== null) return { ok: false, error, findings: rows.findings }
  }
  return { ok: true, series: seriesFrom(rows) }
}

/** A step that only repairs or notes. */
function quiet(step: (rows: Rows) => void): (rows: Rows) => null {
  return (rows) => {
    step(rows)
    return null
  }
}

function seriesFrom(rows: Rows): Series {
  const { raw, kept } = rows
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row]!)
  const optional = (column: Float64Array | null): Float64Array | null => (column === null ? null : pick(column))
  const dates = Int32Array.from(kept, (row) => raw.dates[row]!)
  return {
    source: raw.source,
    layout: raw.layout,
    resolution: raw.resolution,
    dates,
    times:
      raw.resolution === 'day' ? Float64Array.from(dates, (date) => startOfDay(date as TradeDate)) : pick(raw.times),
    open: pick(raw.open),
    high: pick(rows.high),
    low: pick(rows.low),
    close: pick(raw.close),
    volume: pick(raw.volume),
    adjustedClose: optional(raw.adjustedClose),
    dividend: optional(raw.dividend),
    split: optional(raw.split),
    lines: Int32Array.from(kept, (row) => raw.lines[row]!),
    findings: rows.findings,
  }
}
