import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarField, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, rowWindow, WHOLE } from '../lanes.ts'

/**
 * Linearly weighted moving average: the newest of `period` values weighs `period`, the oldest 1.
 * First defined at index period - 1.
 *
 * Order of operations, full window: `weighted = weighted - sum + period * value; sum = sum + value - leaving`;
 * before: `weighted += place * value; sum += value`, place counting from 1. The mean is
 * `weighted / (period * (period + 1) / 2)`.
 *
 * @example wma(3).columns(bars) // closes 1, 2, 3 => NaN, NaN, 14 / 6
 */
export function wma(period: number, source: BarField = 'close'): IndicatorSpec {
  assertPeriod('wma', period)
  return defineIndicator({
    key: source === 'close' ? `wma(${period})` : `wma(${period},${source})`,
    outputs: [''],
    fields: source === 'close' ? [] : [source],
    bars: period,
    layout: layoutOf(period),
    step: (lanes, bar, outputs) => advance(lanes, bar[source], bar.close, outputs[0]!, period),
  })
}

function layoutOf(period: number) {
  return { weighted: REAL, sum: REAL, window: rowWindow(period), slot: WHOLE, count: WHOLE }
}

type Memory = Lanes<ReturnType<typeof layoutOf>>

function advance(lanes: Memory, source: Float64Array, close: Float64Array, out: Float64Array, period: number): void {
  const { weighted, sum, window, slot, count } = lanes.at
  const weights = (period * (period + 1)) / 2
  for (let column = 0; column < lanes.width; column += 1) {
    const value = source[column]!
    const price = close[column]!
    if (Number.isNaN(value) || Number.isNaN(price)) {
      out[column] = Number.NaN
      continue
    }
    const head = slot[column]!
    const index = head * lanes.width + column
    if (count[column] === period) {
      weighted[column] = weighted[column]! - sum[column]! + period * value
      sum[column] = sum[column]! + value - window[index]!
    } else {
      count[column] = count[column]! + 1
      weighted[column] = weighted[column]! + count[column]! * value
      sum[column] = sum[column]! + value
    }
    window[index] = value
    slot[column] = head + 1 === period ? 0 : head + 1
    out[column] = count[column] === period ? weighted[column]! / weights : Number.NaN
  }
}
