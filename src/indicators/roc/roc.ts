import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarField, IndicatorSpec } from '../indicator.ts'
import { type Lanes, rowWindow, WHOLE } from '../lanes.ts'

/**
 * Rate of change in percent over `period` bars: `(value / value then - 1) * 100`, first defined at index `period`.
 * Undefined (NaN) where the value then was 0.
 *
 * @example roc(1).columns(bars) // closes 100, 105 => NaN, 5 (to rounding)
 */
export function roc(period: number, source: BarField = 'close'): IndicatorSpec {
  assertPeriod('roc', period)
  return defineIndicator({
    key: source === 'close' ? `roc(${period})` : `roc(${period},${source})`,
    outputs: [''],
    fields: source === 'close' ? [] : [source],
    bars: period + 1,
    layout: layoutOf(period),
    step: (lanes, bar, outputs) => advance(lanes, bar[source], bar.close, outputs[0]!, period),
  })
}

function layoutOf(period: number) {
  return { window: rowWindow(period), slot: WHOLE, count: WHOLE }
}

type Memory = Lanes<ReturnType<typeof layoutOf>>

function advance(lanes: Memory, source: Float64Array, close: Float64Array, out: Float64Array, period: number): void {
  const { window, slot, count } = lanes.at
  for (let column = 0; column < lanes.width; column += 1) {
    const value = source[column]!
    const price = close[column]!
    out[column] = Number.NaN
    if (Number.isNaN(value) || Number.isNaN(price)) continue
    const head = slot[column]!
    const index = head * lanes.width + column
    const then = window[index]!
    window[index] = value
    slot[column] = head + 1 === period ? 0 : head + 1
    if (count[column]! < period) count[column] = count[column]! + 1
    else if (then !== 0) out[column] = (value / then - 1) * 100
  }
}
