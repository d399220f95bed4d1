import { readRawSeries } from '../../adapters/feeds/raw-series.ts'
import type { SeriesResult } from '../../domain/series.ts'
import type { TradeDate } from '../../domain/units.ts'
import { validateSeries } from '../../pipeline/market/validate.ts'
import { today as todayUtc } from './today.ts'

/**
 * One instrument's prices out of a file of any known layout: read, judged, repaired where that invents nothing.
 *
 * @param source what messages call the file: its name relative to the data folder
 * @param today the last day that can have happened
 */
export async function readSeries(path: string, source: string, today: TradeDate = todayUtc()): Promise<SeriesResult> {
  const result = await readRawSeries(path, source)
  return result.ok ? validateSeries(result.raw, today) : result
}
