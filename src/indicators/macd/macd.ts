import { assert } from '../../domain/assert.ts'
import { assertPeriod, defineIndicator } from '../define.ts'
import type { IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, WHOLE } from '../lanes.ts'

/** Where the fast average begins: see `macd`. */
export const MACD_SEEDINGS = ['talib', 'independent'] as const
export type MacdSeeding = (typeof MACD_SEEDINGS)[number]

export interface MacdPeriods {
  readonly fast: number
  readonly slow: number
  readonly signal: number
}

/**
 * Moving average convergence divergence of closes: `macd` = fast EMA - slow EMA, `signal` = EMA of `macd`,
 * `histogram` = macd - signal.
 *
 * Two seedings are in use and differ for some hundred bars, so the caller names one:
 * - `independent`: each EMA is seeded with the mean of its own first closes; `macd` begins at index slow - 1,
 *   `signal` (seeded with the mean of the first `signal` values of `macd`) at slow + signal - 2.
 * - `talib`: the fast EMA is seeded with the mean of the `fast` closes that end at index slow - 1, so that both begin
 *   there; all three outputs begin at slow + signal - 2. This is what TA-Lib computes.
 *
 * Order of operations as in `ema`.
 *
 * @see Appel (2005), "Technical Analysis: Power Tools for Active Investors"
 */
export function macd({ fast, slow, signal }: MacdPeriods, seeding: MacdSeeding): IndicatorSpec {
  assertPeriod('macd fast', fast)
  assertPeriod('macd slow', slow)
  assertPeriod('macd signal', signal)
  assert(fast < slow, `macd needs a fast period below the slow one, were "${fast}" and "${slow}"`)
  const ready = slow + signal - 1
  const setting: Setting = {
    fast,
    slow,
    signal,
    fastFrom: seeding === 'talib' ? slow - fast : 0,
    lineFrom: seeding === 'talib' ? ready - 1 : slow - 1,
    fastWeight: 2 / (fast + 1),
    slowWeight: 2 / (slow + 1),
    signalWeight: 2 / (signal + 1),
  }
  return defineIndicator({
    key: `macd(${fast},${slow},${signal},${seeding})`,
    outputs: ['macd', 'signal', 'histogram'],
    fields: [],
    bars: setting.lineFrom + 1,
    ready,
    layout: LAYOUT,
    step: (lanes, bar, outputs) => advance(lanes, bar.close, outputs, setting),
  })
}

interface Setting extends MacdPeriods {
  /** Index of the first close in the seed of the fast average. */
  readonly fastFrom: number
  /** Index from which `macd` is shown. */
  readonly lineFrom: number
  readonly fastWeight: number
  readonly slowWeight: number
  readonly signalWeight: number
}

const LAYOUT = { fast: REAL, slow: REAL, signal: REAL, count: WHOLE }

function advance(
  lanes: Lanes<typeof LAYOUT>,
  close: Float64Array,
  outputs: readonly Float64Array[],
  setting: Setting,
): void {
  const { fast, slow, signal, count } = lanes.at
  const lines = outputs[0]!
  const signals = outputs[1]!
  const histogram = outputs[2]!
  const ready = setting.slow + setting.signal - 1
  for (let column = 0; column < lanes.width; column += 1) {
    const price = close[column]!
    lines[column] = Number.NaN
    signals[column] = Number.NaN
    histogram[column] = Number.NaN
    if (Number.isNaN(price)) continue
    const index = count[column]!
    if (index < ready) count[column] = index + 1
    if (index >= setting.fastFrom) {
      const place = index - setting.fastFrom + 1
      fast[column] = smoothed(fast[column]!, price, place, setting.fast, setting.fastWeight)
    }
    slow[column] = smoothed(slow[column]!, price, index + 1, setting.slow, setting.slowWeight)
    if (index < setting.slow - 1) continue
    const line = fast[column]! - slow[column]!
    if (index >= setting.lineFrom) lines[column] = line
    signal[column] = smoothed(signal[column]!, line, index - setting.slow + 2, setting.signal, setting.signalWeight)
    if (index < ready - 1) continue
    signals[column] = signal[column]!
    histogram[column] = line - signal[column]!
  }
}

/** One step of an EMA: a sum until `place` (from 1) reaches the period, their mean there, smoothed after. */
function smoothed(held: number, value: number, place: number, period: number, weight: number): number {
  if (place > period) return held + weight * (value - held)
  return place === period ? (held + value) / period : held + value
}
