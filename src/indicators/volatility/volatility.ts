import { assertPeriod, defineIndicator } from '../define.ts'
import { meanAboveOldest, squaresAround } from '../deviation.ts'
import type { IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, scanWindow, WHOLE } from '../lanes.ts'

/**
 * Rolling volatility: the sample standard deviation (divisor n - 1) of the last `period` simple returns
 * `close / last close - 1`, as a fraction per bar; first defined at index `period`.
 * Multiply by the square root of the bars in a year to annualise (252 for exchange-traded, 365 for 24/7 series).
 * Constant returns give 0. While a return from a last close of 0 is in the window, the value is undefined (NaN).
 *
 * Two passes over the returns, oldest first, on differences to the oldest return.
 */
export function volatility(period: number): IndicatorSpec {
  assertPeriod('volatility', period, 2)
  return defineIndicator({
    key: `volatility(${period})`,
    outputs: [''],
    fields: [],
    bars: period + 1,
    layout: layoutOf(period),
    step: (lanes, bar, outputs) => advance(lanes, bar.close, outputs[0]!, period),
  })
}

function layoutOf(period: number) {
  return { last: REAL, window: scanWindow(period), slot: WHOLE, count: WHOLE }
}

type Memory = Lanes<ReturnType<typeof layoutOf>>

function advance(lanes: Memory, close: Float64Array, out: Float64Array, period: number): void {
  const { last, window, slot, count } = lanes.at
  for (let column = 0; column < lanes.width; column += 1) {
    const price = close[column]!
    out[column] = Number.NaN
    if (Number.isNaN(price)) continue
    const then = last[column]!
    const seen = count[column]!
    last[column] = price
    if (seen <= period) count[column] = seen + 1
    if (seen === 0) continue
    const base = column * period
    const head = slot[column]!
    const oldest = head + 1 === period ? 0 : head + 1
    window[base + head] = then === 0 ? Number.NaN : price / then - 1
    slot[column] = oldest
    if (seen < period) continue
    const mean = meanAboveOldest(window, base, period, oldest)
    out[column] = Math.sqrt(squaresAround(window, base, period, oldest, mean) / (period - 1))
  }
}
