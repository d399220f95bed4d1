import { defineIndicator } from '../define.ts'
import type { BarRow, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, WHOLE } from '../lanes.ts'

/**
 * On-balance volume: begins with the first bar's volume, then adds the volume of a bar that closed higher than the
 * bar before, subtracts that of one that closed lower, and stays on an equal close. Defined from index 0.
 *
 * @see Granville (1963), "New Key to Stock Market Profits"; the start is TA-Lib's
 */
export function obv(): IndicatorSpec {
  return defineIndicator({
    key: 'obv',
    outputs: [''],
    fields: ['volume'],
    bars: 1,
    layout: LAYOUT,
    step: (lanes, bar, outputs) => advance(lanes, bar, outputs[0]!),
  })
}

const LAYOUT = { last: REAL, balance: REAL, count: WHOLE }

function advance(lanes: Lanes<typeof LAYOUT>, bar: BarRow, out: Float64Array): void {
  const { last, balance, count } = lanes.at
  for (let column = 0; column < lanes.width; column += 1) {
    const price = bar.close[column]!
    const amount = bar.volume[column]!
    if (Number.isNaN(price) || Number.isNaN(amount)) {
      out[column] = Number.NaN
      continue
    }
    if (count[column] === 0 || price > last[column]!) balance[column] = balance[column]! + amount
    else if (price < last[column]!) balance[column] = balance[column]! - amount
    count[column] = 1
    last[column] = price
    out[column] = balance[column]!
  }
}
