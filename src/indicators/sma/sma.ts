import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarColumns, BarField, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, type Reading, rowWindow, WHOLE } from '../lanes.ts'
import { type WindowOptions, withOptions } from '../previous/previous.ts'

/**
 * Simple moving average: the mean of the last `period` values, first defined at index period - 1.
 *
 * Order of operations (so that a plain loop in any language agrees to the last bit):
 * `sum += value; if the window was full: sum -= value leaving; mean = sum / period`.
 * A running sum depends on its first bar: an instrument's history must start at the same bar to give the same bits.
 *
 * @param source the field averaged; the close unless stated
 * @param options `previous`: the mean of the bars before the current one
 * @example sma(3).columns(bars) // closes 1, 2, 3, 4 => NaN, NaN, 2, 3
 */
export function sma(period: number, source: BarField = 'close', options: WindowOptions = {}): IndicatorSpec {
  assertPeriod('sma', period)
  const spec = defineIndicator({
    key: source === 'close' ? `sma(${period})` : `sma(${period},${source})`,
    outputs: [''],
    fields: source === 'close' ? [] : [source],
    bars: period,
    layout: layoutOf(period),
    step: (lanes, bar, outputs) => advance(lanes, bar[source], bar.close, outputs[0]!, period),
    ...(source === 'close' ? { reading: readingOf(period) } : {}),
    columns: (bars) => [column(bars, source, period)],
  })
  return withOptions(spec, options)
}

function layoutOf(period: number) {
  return { sum: REAL, window: rowWindow(period), slot: WHOLE, count: WHOLE }
}

type Memory = Lanes<ReturnType<typeof layoutOf>>

/** While all columns are full and in step, one slot serves the whole row; the first gap ends that for this row. */
function advance(lanes: Memory, source: Float64Array, close: Float64Array, out: Float64Array, period: number): void {
  if (!lanes.steady) {
    advanceEach(lanes, source, close, out, period, 0)
    return
  }
  const { slot } = lanes.at
  const head = slot[0]!
  const until = source === close ? lanes.width : firstGap(close, lanes.width)
  const done = advanceInStep(lanes, source, out, period, head * lanes.width, until)
  const next = head + 1 === period ? 0 : head + 1
  if (done > FEW) slot.fill(next, 0, done)
  else for (let column = 0; column < done; column += 1) slot[column] = next
  if (done < lanes.width) advanceEach(lanes, source, close, out, period, done)
}

/** Up to this many columns a loop is cheaper than a call that fills. */
const FEW = 8

function firstGap(close: Float64Array, width: number): number {
  let column = 0
  while (column < width && !Number.isNaN(close[column]!)) column += 1
  return column
}

/**
 * Four columns at a time: the loop's own cost and the search for gaps are shared by four; the last ones alone.
 * Returns the first column not done: where four have a gap among them, or a last one has.
 */
function advanceInStep(
  lanes: Memory,
  source: Float64Array,
  out: Float64Array,
  period: number,
  base: number,
  until: number,
): number {
  const { sum, window } = lanes.at
  let column = 0
  for (; column + 3 < until; column += 4) {
    const a = source[column]!
    const b = source[column + 1]!
    const c = source[column + 2]!
    const d = source[column + 3]!
    if (Number.isNaN(a + b + c + d)) return column
    const index = base + column
    const sumA = sum[column]! + a - window[index]!
    const sumB = sum[column + 1]! + b - window[index + 1]!
    const sumC = sum[column + 2]! + c - window[index + 2]!
    const sumD = sum[column + 3]! + d - window[index + 3]!
    window[index] = a
    window[index + 1] = b
    window[index + 2] = c
    window[index + 3] = d
    sum[column] = sumA
    sum[column + 1] = sumB
    sum[column + 2] = sumC
    sum[column + 3] = sumD
    out[column] = sumA / period
    out[column + 1] = sumB / period
    out[column + 2] = sumC / period
    out[column + 3] = sumD / period
  }
  for (; column < until; column += 1) {
    const value = source[column]!
    if (Number.isNaN(value)) return column
    const next = sum[column]! + value - window[base + column]!
    window[base + column] = value
    sum[column] = next
    out[column] = next / period
  }
  return column
}

function advanceEach(
  lanes: Memory,
  source: Float64Array,
  close: Float64Array,
  out: Float64Array,
  period: number,
  from: number,
): void {
  const { sum, window, slot, count } = lanes.at
  const width = lanes.width
  let steady = width > 0
  for (let column = from; column < width; column += 1) {
    const value = source[column]!
    const price = close[column]!
    const head = slot[column]!
    if (Number.isNaN(value) || Number.isNaN(price)) {
      out[column] = Number.NaN
      steady = false
      continue
    }
    const index = head * width + column
    let next = sum[column]! + value
    if (count[column] === period) next -= window[index]!
    else count[column] = count[column]! + 1
    window[index] = value
    sum[column] = next
    slot[column] = head + 1 === period ? 0 : head + 1
    const full = count[column] === period
    out[column] = full ? next / period : Number.NaN
    if (!full || slot[column] !== slot[0]) steady = false
  }
  lanes.steady = steady
}

/** Ahead only while the window is full: the sums of the bars to come, kept until it is known how many are taken. */
function readingOf(period: number): Reading<ReturnType<typeof layoutOf>> {
  return {
    ahead(lanes, { close }, { from, count }, outputs, sums) {
      if (!lanes.steady) return false
      const { window, slot } = lanes.at
      const out = outputs[0]!
      const head = slot[0]!
      let sum = lanes.at.sum[0]!
      const first = count < period ? count : period
      for (let bar = 0; bar < first; bar += 1) {
        const index = head + bar < period ? head + bar : head + bar - period
        sum = sum + close[from + bar]! - window[index]!
        sums[bar] = sum
        out[bar] = sum / period
      }
      for (let bar = first; bar < count; bar += 1) {
        sum = sum + close[from + bar]! - close[from + bar - period]!
        sums[bar] = sum
        out[bar] = sum / period
      }
      // A gap anywhere among them is in the last sum.
      return !Number.isNaN(sum)
    },
    take(lanes, { close }, { from, count }, sums, last) {
      const { window, slot } = lanes.at
      const kept = count > period ? count - period : 0
      let place = (slot[0]! + kept) % period
      for (let bar = kept; bar < count; bar += 1) {
        window[place] = close[from + bar]!
        place = place + 1 === period ? 0 : place + 1
      }
      slot[0] = place
      lanes.at.sum[0] = sums[last]!
    },
  }
}

function column(bars: BarColumns, source: BarField, period: number): Float64Array {
  const values = bars[source]
  const { close } = bars
  const result = new Float64Array(close.length)
  let sum = 0
  let count = 0
  let oldest = 0
  for (let index = 0; index < close.length; index += 1) {
    const value = values[index]!
    const price = close[index]!
    if (Number.isNaN(value) || Number.isNaN(price)) {
      result[index] = Number.NaN
      continue
    }
    sum += value
    if (count === period) {
      while (Number.isNaN(values[oldest]!) || Number.isNaN(close[oldest]!)) oldest += 1
      sum -= values[oldest]!
      oldest += 1
    } else count += 1
    result[index] = count === period ? sum / period : Number.NaN
  }
  return result
}
