import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarField, BarRow, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, scanWindow, WHOLE } from '../lanes.ts'
import { type WindowOptions, withOptions } from '../previous/previous.ts'
import { fallen, risen } from './extreme.ts'

/**
 * Donchian channel: `upper` = highest high, `lower` = lowest low of the last `period` bars, the current one included;
 * `middle` = (upper + lower) / 2. First defined at index period - 1.
 *
 * @param options `previous`: of the bars before the current one. A breakout must be judged so, as a close is never
 *   above a maximum that includes its own high.
 */
export function donchian(period: number, options: WindowOptions = {}): IndicatorSpec {
  assertPeriod('donchian', period)
  const spec = defineIndicator({
    key: `donchian(${period})`,
    outputs: ['lower', 'middle', 'upper'],
    fields: ['high', 'low'],
    bars: period,
    layout: channelLayout(period),
    step: (lanes, bar, outputs) => advanceChannel(lanes, bar, outputs, period),
  })
  return withOptions(spec, options)
}

/** Highest value of a field (the high unless stated) over the last `period` bars; `previous` as in `donchian`. */
export function highest(period: number, source: BarField = 'high', options: WindowOptions = {}): IndicatorSpec {
  return extreme('highest', risen, period, source, options)
}

/** Lowest value of a field (the low unless stated) over the last `period` bars; `previous` as in `donchian`. */
export function lowest(period: number, source: BarField = 'low', options: WindowOptions = {}): IndicatorSpec {
  return extreme('lowest', fallen, period, source, options)
}

type Pick = typeof risen

function extreme(name: string, pick: Pick, period: number, source: BarField, options: WindowOptions): IndicatorSpec {
  assertPeriod(name, period)
  const spec = defineIndicator({
    key: `${name}(${period},${source})`,
    outputs: [''],
    fields: source === 'close' ? [] : [source],
    bars: period,
    layout: extremeLayout(period),
    step: (lanes, bar, outputs) => advanceExtreme(lanes, bar[source], bar.close, outputs[0]!, period, pick),
  })
  return withOptions(spec, options)
}

function channelLayout(period: number) {
  return { upper: REAL, lower: REAL, highs: scanWindow(period), lows: scanWindow(period), slot: WHOLE, count: WHOLE }
}

function advanceChannel(
  lanes: Lanes<ReturnType<typeof channelLayout>>,
  bar: BarRow,
  outputs: readonly Float64Array[],
  period: number,
): void {
  const { upper, lower, highs, lows, slot, count } = lanes.at
  const { high, low, close } = bar
  const lowers = outputs[0]!
  const middles = outputs[1]!
  const uppers = outputs[2]!
  for (let column = 0; column < lanes.width; column += 1) {
    const price = close[column]!
    const top = high[column]!
    const bottom = low[column]!
    lowers[column] = Number.NaN
    middles[column] = Number.NaN
    uppers[column] = Number.NaN
    if (Number.isNaN(price) || Number.isNaN(top) || Number.isNaN(bottom)) continue
    const base = column * period
    const head = slot[column]!
    const seen = count[column]!
    const full = seen === period
    const highLeaving = full ? highs[base + head]! : Number.NaN
    const lowLeaving = full ? lows[base + head]! : Number.NaN
    highs[base + head] = top
    lows[base + head] = bottom
    slot[column] = head + 1 === period ? 0 : head + 1
    upper[column] = seen === 0 ? top : risen(highs, base, period, top, highLeaving, upper[column]!)
    lower[column] = seen === 0 ? bottom : fallen(lows, base, period, bottom, lowLeaving, lower[column]!)
    if (!full) count[column] = seen + 1
    if (count[column] !== period) continue
    lowers[column] = lower[column]!
    middles[column] = (upper[column]! + lower[column]!) / 2
    uppers[column] = upper[column]!
  }
}

function extremeLayout(period: number) {
  return { held: REAL, window: scanWindow(period), slot: WHOLE, count: WHOLE }
}

function advanceExtreme(
  lanes: Lanes<ReturnType<typeof extremeLayout>>,
  source: Float64Array,
  close: Float64Array,
  out: Float64Array,
  period: number,
  pick: Pick,
): void {
  const { held, window, slot, count } = lanes.at
  for (let column = 0; column < lanes.width; column += 1) {
    const value = source[column]!
    const price = close[column]!
    out[column] = Number.NaN
    if (Number.isNaN(value) || Number.isNaN(price)) continue
    const base = column * period
    const head = slot[column]!
    const seen = count[column]!
    const full = seen === period
    const leaving = full ? window[base + head]! : Number.NaN
    window[base + head] = value
    slot[column] = head + 1 === period ? 0 : head + 1
    held[column] = seen === 0 ? value : pick(window, base, period, value, leaving, held[column]!)
    if (!full) count[column] = seen + 1
    if (count[column] === period) out[column] = held[column]!
  }
}
