import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarRow, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, WHOLE } from '../lanes.ts'
import { trueRange } from '../true-range.ts'

/**
 * Average true range in price units, with Wilder's smoothing; first defined at index `period`.
 *
 * The true range exists from index 1. The first value is the mean of the true ranges 1..period, then
 * `atr = (atr * (period - 1) + trueRange) / period`.
 *
 * @see Wilder (1978), "New Concepts in Technical Trading Systems"
 */
export function atr(period: number): IndicatorSpec {
  assertPeriod('atr', period)
  return defineIndicator({
    key: `atr(${period})`,
    outputs: [''],
    fields: ['high', 'low'],
    bars: period + 1,
    layout: LAYOUT,
    step: (lanes, bar, outputs) => advance(lanes, bar, outputs[0]!, period),
  })
}

const LAYOUT = { last: REAL, mean: REAL, count: WHOLE }

function advance(lanes: Lanes<typeof LAYOUT>, bar: BarRow, out: Float64Array, period: number): void {
  const { last, mean, count } = lanes.at
  const { high, low, close } = bar
  for (let column = 0; column < lanes.width; column += 1) {
    const price = close[column]!
    const top = high[column]!
    const bottom = low[column]!
    out[column] = Number.NaN
    if (Number.isNaN(price) || Number.isNaN(top) || Number.isNaN(bottom)) continue
    const range = trueRange(top, bottom, last[column]!)
    const seen = count[column]!
    last[column] = price
    if (seen > period) {
      const next = (mean[column]! * (period - 1) + range) / period
      mean[column] = next
      out[column] = next
      continue
    }
    count[column] = seen + 1
    if (seen === 0) continue
    const sum = mean[column]! + range
    mean[column] = seen === period ? sum / period : sum
    if (seen === period) out[column] = mean[column]!
  }
}
