/** Dividends and splits as event files announce them, in the form in which an instrument's own files give them. */
import type { DividendRecord, MarketRecord, SplitRecord } from '../../domain/market-records.ts'
import type { DividendRecords, RawSeries } from '../../domain/recorded.ts'
import type { InstrumentId } from '../../domain/units.ts'

export interface Announced {
  readonly dividends: readonly DividendRecord[]
  readonly splits: readonly SplitRecord[]
}

export function announcedOf(records: readonly MarketRecord[], instrument: InstrumentId): Announced {
  const own = records.filter((record) => record.instrument === instrument)
  return {
    dividends: own.filter((record) => record.kind === 'dividend'),
    splits: own.filter((record) => record.kind === 'split'),
  }
}

/** As a dividends file would give them: per share as counted today, by ex-date. */
export function announcedDividends(source: string, dividends: readonly DividendRecord[]): DividendRecords {
  const inOrder = [...dividends].sort((one, other) => one.exDate - other.exDate)
  return {
    source,
    dates: Int32Array.from(inOrder, ({ exDate }) => exDate),
    amounts: Float64Array.from(inOrder, ({ amount }) => amount),
    lines: Int32Array.from(inOrder, (_, row) => row + 1),
    findings: [],
  }
}

/** A file of prices with a split column: each split stands on the first day from its ex-date on that has a row. */
export function withSplits(raw: RawSeries, splits: readonly SplitRecord[]): RawSeries {
  const split = new Float64Array(raw.dates.length).fill(1)
  for (const { exDate, numerator, denominator } of splits) {
    const row = firstRowFrom(raw, exDate)
    if (row >= 0) split[row] = (split[row]! * numerator) / denominator
  }
  return { ...raw, split }
}

/** The earliest row of the first day from a date on; -1 where the file ends before. */
function firstRowFrom({ times, dates }: RawSeries, date: number): number {
  let found = -1
  for (let row = 0; row < dates.length; row += 1) {
    if (dates[row]! >= date && (found < 0 || times[row]! < times[found]!)) found = row
  }
  return found
}
