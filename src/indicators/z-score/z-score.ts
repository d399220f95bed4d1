import { assertPeriod, defineIndicator } from '../define.ts'
import { meanAboveOldest, squaresAround } from '../deviation.ts'
import type { BarField, IndicatorSpec } from '../indicator.ts'
import { type Lanes, scanWindow, WHOLE } from '../lanes.ts'

/**
 * How many sample standard deviations (divisor n - 1) the current value lies from the mean of the last `period`
 * values, itself included; first defined at index period - 1. Undefined (NaN) in a constant window.
 *
 * Two passes over the window, oldest first, on differences to the oldest value.
 */
export function zScore(period: number, source: BarField = 'close'): IndicatorSpec {
  assertPeriod('zScore', period, 2)
  return defineIndicator({
    key: source === 'close' ? `zScore(${period})` : `zScore(${period},${source})`,
    outputs: [''],
    fields: source === 'close' ? [] : [source],
    bars: period,
    layout: layoutOf(period),
    step: (lanes, bar, outputs) => advance(lanes, bar[source], bar.close, outputs[0]!, period),
  })
}

function layoutOf(period: number) {
  return { window: scanWindow(period), slot: WHOLE, count: WHOLE }
}

type Memory = Lanes<ReturnType<typeof layoutOf>>

function advance(lanes: Memory, source: Float64Array, close: Float64Array, out: Float64Array, period: number): void {
  const { window, slot, count } = lanes.at
  for (let column = 0; column < lanes.width; column += 1) {
    const value = source[column]!
    const price = close[column]!
    out[column] = Number.NaN
    if (Number.isNaN(value) || Number.isNaN(price)) continue
    const base = column * period
    const head = slot[column]!
    const oldest = head + 1 === period ? 0 : head + 1
    window[base + head] = value
    slot[column] = oldest
    if (count[column]! < period) count[column] = count[column]! + 1
    if (count[column]! < period) continue
    const mean = meanAboveOldest(window, base, period, oldest)
    const squares = squaresAround(window, base, period, oldest, mean)
    if (squares > 0) out[column] = (value - window[base + oldest]! - mean) / Math.sqrt(squares / (period - 1))
  }
}
