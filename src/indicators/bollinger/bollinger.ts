import { assert } from '../../domain/assert.ts'
import { assertPeriod, defineIndicator } from '../define.ts'
import { meanAboveOldest, squaresAround } from '../deviation.ts'
import type { BarRow, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, scanWindow, WHOLE } from '../lanes.ts'

/**
 * Bollinger bands of closes: `middle` is the simple moving average (the very bits of `sma(period)`), `lower` and
 * `upper` lie `deviations` standard deviations away. First defined at index period - 1.
 *
 * `percentB` = (close - lower) / (upper - lower), undefined (NaN) while the bands have no width;
 * `bandwidth` = (upper - lower) / middle, undefined where the middle is 0.
 *
 * The standard deviation has the divisor n, as Bollinger defines it; `sample` divides by n - 1.
 * It is computed in two passes over the window, oldest first, from differences to the oldest close.
 *
 * @see Bollinger (2001), "Bollinger on Bollinger Bands"
 */
export function bollinger(
  period: number,
  deviations: number,
  divisor: 'population' | 'sample' = 'population',
): IndicatorSpec {
  assertPeriod('bollinger', period, divisor === 'sample' ? 2 : 1)
  assert(deviations >= 0, `bollinger needs a width of at least 0 deviations, was "${deviations}"`)
  const setting: Setting = { period, deviations, degrees: divisor === 'sample' ? period - 1 : period }
  return defineIndicator({
    key: divisor === 'sample' ? `bollinger(${period},${deviations},sample)` : `bollinger(${period},${deviations})`,
    outputs: ['lower', 'middle', 'upper', 'percentB', 'bandwidth'],
    fields: [],
    bars: period,
    layout: layoutOf(period),
    step: (lanes, bar, outputs) => advance(lanes, bar, outputs, setting),
  })
}

function layoutOf(period: number) {
  return { sum: REAL, window: scanWindow(period), slot: WHOLE, count: WHOLE }
}

interface Setting {
  readonly period: number
  readonly deviations: number
  readonly degrees: number
}

function advance(
  lanes: Lanes<ReturnType<typeof layoutOf>>,
  bar: BarRow,
  outputs: readonly Float64Array[],
  setting: Setting,
): void {
  const { sum, window, slot, count } = lanes.at
  const { period, deviations, degrees } = setting
  const lower = outputs[0]!
  const middle = outputs[1]!
  const upper = outputs[2]!
  const percentB = outputs[3]!
  const bandwidth = outputs[4]!
  for (let column = 0; column < lanes.width; column += 1) {
    const price = bar.close[column]!
    lower[column] = Number.NaN
    middle[column] = Number.NaN
    upper[column] = Number.NaN
    percentB[column] = Number.NaN
    bandwidth[column] = Number.NaN
    if (Number.isNaN(price)) continue
    const base = column * period
    const head = slot[column]!
    let total = sum[column]! + price
    if (count[column] === period) total -= window[base + head]!
    else count[column] = count[column]! + 1
    sum[column] = total
    window[base + head] = price
    const oldest = head + 1 === period ? 0 : head + 1
    slot[column] = oldest
    if (count[column] !== period) continue
    const shift = meanAboveOldest(window, base, period, oldest)
    const reach = deviations * Math.sqrt(squaresAround(window, base, period, oldest, shift) / degrees)
    const mean = total / period
    const low = mean - reach
    const high = mean + reach
    lower[column] = low
    middle[column] = mean
    upper[column] = high
    if (high > low) percentB[column] = (price - low) / (high - low)
    if (mean !== 0) bandwidth[column] = (high - low) / mean
  }
}
