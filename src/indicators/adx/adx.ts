import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarRow, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, WHOLE } from '../lanes.ts'
import { trueRange } from '../true-range.ts'

/**
 * Average directional index and the two directional indicators, each 0 to 100, with Wilder's smoothing as TA-Lib
 * computes it: `plusDi` and `minusDi` begin at index `period`, `adx` at 2 x period - 1.
 *
 * Directional movements and true ranges are summed over indices 1..period - 1; from index `period` on
 * `sum = sum - sum / period + new`. A directional indicator is `100 * (movement / range)`, the index of a bar
 * `dx = 100 * (|minus - plus| / (minus + plus))`; `adx` begins as the mean of `period` of them, then
 * `adx = (adx * (period - 1) + dx) / period`.
 * Without any range the directional indicators are 0; without any direction a bar adds 0 to the first mean and
 * leaves a later `adx` unchanged.
 *
 * @see Wilder (1978), "New Concepts in Technical Trading Systems"
 */
export function adx(period: number): IndicatorSpec {
  assertPeriod('adx', period)
  return defineIndicator({
    key: `adx(${period})`,
    outputs: ['adx', 'plusDi', 'minusDi'],
    fields: ['high', 'low'],
    bars: period + 1,
    ready: 2 * period,
    layout: LAYOUT,
    step: (lanes, bar, outputs) => advance(lanes, bar, outputs, period),
  })
}

const LAYOUT = {
  high: REAL,
  low: REAL,
  close: REAL,
  plus: REAL,
  minus: REAL,
  range: REAL,
  strength: REAL,
  count: WHOLE,
}

function advance(lanes: Lanes<typeof LAYOUT>, bar: BarRow, outputs: readonly Float64Array[], period: number): void {
  const { count, strength, high, low, close } = lanes.at
  const adxs = outputs[0]!
  const plusDis = outputs[1]!
  const minusDis = outputs[2]!
  for (let column = 0; column < lanes.width; column += 1) {
    const price = bar.close[column]!
    const top = bar.high[column]!
    const bottom = bar.low[column]!
    adxs[column] = Number.NaN
    plusDis[column] = Number.NaN
    minusDis[column] = Number.NaN
    if (Number.isNaN(price) || Number.isNaN(top) || Number.isNaN(bottom)) continue
    const index = count[column]!
    if (index < 2 * period) count[column] = index + 1
    if (index > 0) addMovement(lanes, column, top, bottom, index < period ? Number.POSITIVE_INFINITY : period)
    high[column] = top
    low[column] = bottom
    close[column] = price
    if (index < period) continue
    const { plus, minus, range } = lanes.at
    const moving = range[column]! > 0
    const up = moving ? 100 * (plus[column]! / range[column]!) : 0
    const down = moving ? 100 * (minus[column]! / range[column]!) : 0
    plusDis[column] = up
    minusDis[column] = down
    const directed = up + down > 0
    const dx = directed ? 100 * (Math.abs(down - up) / (up + down)) : 0
    if (index < 2 * period) {
      const sum = strength[column]! + dx
      strength[column] = index === 2 * period - 1 ? sum / period : sum
    } else if (directed) strength[column] = (strength[column]! * (period - 1) + dx) / period
    if (index >= 2 * period - 1) adxs[column] = strength[column]!
  }
}

/** Adds one bar's directional movement and true range, after letting go of one part in `parts` (infinite: nothing) of the sums. */
function addMovement(lanes: Lanes<typeof LAYOUT>, column: number, top: number, bottom: number, parts: number): void {
  const { high, low, close, plus, minus, range } = lanes.at
  const rise = top - high[column]!
  const drop = low[column]! - bottom
  const up = rise > 0 && rise > drop ? rise : 0
  const down = drop > 0 && drop > rise ? drop : 0
  plus[column] = plus[column]! - plus[column]! / parts + up
  minus[column] = minus[column]! - minus[column]! / parts + down
  range[column] = range[column]! - range[column]! / parts + trueRange(top, bottom, close[column]!)
}
