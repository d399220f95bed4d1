import type { IndicatorSpec } from '../indicator.ts'
import type { WindowOptions } from '../previous/previous.ts'
import { sma } from '../sma/sma.ts'

/**
 * Mean volume of the last `period` bars: `sma(period, 'volume')` under its everyday name, sharing its computation.
 *
 * @param options `previous`: of the bars before the current one, so that a bar's own volume is not in its yardstick
 */
export function volumeAverage(period: number, options: WindowOptions = {}): IndicatorSpec {
  return sma(period, 'volume', options)
}
