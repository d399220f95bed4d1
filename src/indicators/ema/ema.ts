import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarField, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, WHOLE } from '../lanes.ts'

/**
 * Exponential moving average with weight 2 / (period + 1), first defined at index period - 1,
 * where it is the plain mean of the first `period` values.
 *
 * Order of operations: `seed = (sum of the first values, oldest first) / period`; then `mean += weight * (value - mean)`.
 *
 * @example ema(3).columns(bars) // closes 1, 2, 3, 7 => NaN, NaN, 2, 4.5
 */
export function ema(period: number, source: BarField = 'close'): IndicatorSpec {
  assertPeriod('ema', period)
  return defineIndicator({
    key: source === 'close' ? `ema(${period})` : `ema(${period},${source})`,
    outputs: [''],
    fields: source === 'close' ? [] : [source],
    bars: period,
    layout: LAYOUT,
    step: (lanes, bar, outputs) => advance(lanes, bar[source], bar.close, outputs[0]!, period),
  })
}

const LAYOUT = { mean: REAL, count: WHOLE }

function advance(
  lanes: Lanes<typeof LAYOUT>,
  source: Float64Array,
  close: Float64Array,
  out: Float64Array,
  period: number,
): void {
  const { mean, count } = lanes.at
  const weight = 2 / (period + 1)
  for (let column = 0; column < lanes.width; column += 1) {
    const value = source[column]!
    const price = close[column]!
    if (Number.isNaN(value) || Number.isNaN(price)) {
      out[column] = Number.NaN
      continue
    }
    const seen = count[column]!
    if (seen === period) {
      const held = mean[column]!
      const next = held + weight * (value - held)
      mean[column] = next
      out[column] = next
      continue
    }
    const sum = mean[column]! + value
    const full = seen + 1 === period
    count[column] = seen + 1
    mean[column] = full ? sum / period : sum
    out[column] = full ? sum / period : Number.NaN
  }
}
