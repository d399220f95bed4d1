import { assertPeriod, defineIndicator } from '../define.ts'
import type { IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, WHOLE } from '../lanes.ts'

/**
 * Relative strength index of closes, 0 to 100, with Wilder's smoothing; first defined at index `period`.
 *
 * Seeds: plain means of the first `period` rises and falls (falls positive). Then
 * `average = (average * (period - 1) + change) / period`; value `100 * (rise / (rise + fall))`.
 * No fall gives 100, no rise gives 0, no movement at all gives 50.
 *
 * @see Wilder (1978), "New Concepts in Technical Trading Systems"
 */
export function rsi(period: number): IndicatorSpec {
  assertPeriod('rsi', period)
  return defineIndicator({
    key: `rsi(${period})`,
    outputs: [''],
    fields: [],
    bars: period + 1,
    layout: LAYOUT,
    step: (lanes, bar, outputs) => advance(lanes, bar.close, outputs[0]!, period),
  })
}

const LAYOUT = { last: REAL, rise: REAL, fall: REAL, count: WHOLE }

function advance(lanes: Lanes<typeof LAYOUT>, close: Float64Array, out: Float64Array, period: number): void {
  const { last, rise, fall, count } = lanes.at
  for (let column = 0; column < lanes.width; column += 1) {
    const price = close[column]!
    if (Number.isNaN(price)) {
      out[column] = Number.NaN
      continue
    }
    const change = price - last[column]!
    const seen = count[column]!
    const up = change > 0 ? change : 0
    const down = change < 0 ? -change : 0
    last[column] = price
    if (seen > period) {
      rise[column] = (rise[column]! * (period - 1) + up) / period
      fall[column] = (fall[column]! * (period - 1) + down) / period
      out[column] = strength(rise[column]!, fall[column]!)
      continue
    }
    count[column] = seen + 1
    out[column] = Number.NaN
    if (seen === 0) continue
    rise[column] = rise[column]! + up
    fall[column] = fall[column]! + down
    if (seen < period) continue
    rise[column] = rise[column]! / period
    fall[column] = fall[column]! / period
    out[column] = strength(rise[column]!, fall[column]!)
  }
}

function strength(rise: number, fall: number): number {
  const movement = rise + fall
  return movement === 0 ? 50 : 100 * (rise / movement)
}
