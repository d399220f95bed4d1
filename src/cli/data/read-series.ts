import { readRawSeries } from '../../adapters/feeds/raw-series.ts'
import { fault } from '../../domain/faults.ts'
import type { SplitRecord } from '../../domain/market-records.ts'
import type { SeriesResult } from '../../domain/series.ts'
import type { TradeDate } from '../../domain/units.ts'
import { withSplits } from '../../pipeline/market/announced.ts'
import { validateSeries } from '../../pipeline/market/validate.ts'
import { today as todayUtc } from './today.ts'

/**
 * One instrument's prices out of a file of any known layout: read, judged, repaired where that invents nothing.
 *
 * @param source what messages call the file: its name relative to the data folder
 * @param today the last day that can have happened
 * @param splits what an event file announces of the instrument, for a file without a split column
 */
export async function readSeries(
  path: string,
  source: string,
  today: TradeDate = todayUtc(),
  splits: readonly SplitRecord[] = [],
): Promise<SeriesResult> {
  const result = await readRawSeries(path, source)
  if (!result.ok) return result
  const { raw } = result
  if (splits.length === 0) return validateSeries(raw, today)
  if (raw.split !== null) {
    const reason = `the file has a split column, and an event file gives splits of "${splits[0]!.instrument}" as well; remove one of them`
    return { ok: false, error: fault('DATA_REFUSED', { file: source, line: 1, reason }), findings: raw.findings }
  }
  return validateSeries(withSplits(raw, splits), today)
}
