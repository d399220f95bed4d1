import { assert } from '../../domain/assert.ts'
import { assertPeriod, defineIndicator } from '../define.ts'
import type { BarField, BarRow, IndicatorSpec } from '../indicator.ts'
import { type Lanes, REAL, scanWindow, WHOLE } from '../lanes.ts'

const FIELDS: readonly BarField[] = ['high', 'low', 'volume']

/**
 * Volume-weighted average of the typical price (high + low + close) / 3 over the last `period` bars; first defined at
 * index period - 1. Undefined (NaN) while the window has no volume.
 *
 * Both sums are taken anew over the window, oldest first: a window without volume is exactly that, also where volumes
 * are fractions.
 */
export function vwap(period: number): IndicatorSpec {
  assertPeriod('vwap', period)
  return defineIndicator({
    key: `vwap(${period})`,
    outputs: [''],
    fields: FIELDS,
    bars: period,
    layout: rollingLayout(period),
    step: (lanes, bar, outputs) => advanceRolling(lanes, bar, outputs[0]!, period),
  })
}

/**
 * The same average over the bars of the current session so far: it begins anew whenever the row's `session` number
 * changes. Defined from the first bar with volume in the session; rows without session numbers are refused.
 */
export function vwapSession(): IndicatorSpec {
  return cumulative('vwap(session)', (bar) => {
    assert(bar.session !== undefined, 'vwap(session) needs the session number of every bar; use vwapAnchored without')
    return bar.session
  })
}

/** The same average over all bars of the column since its first (the anchor); defined from the first bar with volume. */
export function vwapAnchored(): IndicatorSpec {
  return cumulative('vwap(anchored)', () => null)
}

type SessionsOf = (bar: BarRow) => Float64Array | null

function cumulative(key: string, sessionsOf: SessionsOf): IndicatorSpec {
  return defineIndicator({
    key,
    outputs: [''],
    fields: FIELDS,
    bars: 1,
    layout: CUMULATIVE,
    step: (lanes, bar, outputs) => advanceCumulative(lanes, bar, outputs[0]!, sessionsOf(bar)),
  })
}

function rollingLayout(period: number) {
  return { values: scanWindow(period), volumes: scanWindow(period), slot: WHOLE, count: WHOLE }
}

function advanceRolling(
  lanes: Lanes<ReturnType<typeof rollingLayout>>,
  bar: BarRow,
  out: Float64Array,
  period: number,
): void {
  const { values, volumes, slot, count } = lanes.at
  const { high, low, close, volume } = bar
  for (let column = 0; column < lanes.width; column += 1) {
    const amount = volume[column]!
    const typical = (high[column]! + low[column]! + close[column]!) / 3
    out[column] = Number.NaN
    if (Number.isNaN(amount) || Number.isNaN(typical)) continue
    const base = column * period
    const head = slot[column]!
    const oldest = head + 1 === period ? 0 : head + 1
    values[base + head] = typical * amount
    volumes[base + head] = amount
    slot[column] = oldest
    if (count[column]! < period) count[column] = count[column]! + 1
    if (count[column]! < period) continue
    const traded = ringSum(volumes, base, period, oldest)
    if (traded > 0) out[column] = ringSum(values, base, period, oldest) / traded
  }
}

function ringSum(ring: Float64Array, base: number, period: number, oldest: number): number {
  let sum = 0
  for (let slot = oldest; slot < period; slot += 1) sum += ring[base + slot]!
  for (let slot = 0; slot < oldest; slot += 1) sum += ring[base + slot]!
  return sum
}

const CUMULATIVE = { value: REAL, volume: REAL, session: REAL }

function advanceCumulative(
  lanes: Lanes<typeof CUMULATIVE>,
  bar: BarRow,
  out: Float64Array,
  sessions: Float64Array | null,
): void {
  const { value, volume, session } = lanes.at
  const { high, low, close } = bar
  for (let column = 0; column < lanes.width; column += 1) {
    const amount = bar.volume[column]!
    const typical = (high[column]! + low[column]! + close[column]!) / 3
    out[column] = Number.NaN
    if (Number.isNaN(amount) || Number.isNaN(typical)) continue
    if (sessions !== null && sessions[column] !== session[column]) {
      session[column] = sessions[column]!
      value[column] = 0
      volume[column] = 0
    }
    value[column] = value[column]! + typical * amount
    volume[column] = volume[column]! + amount
    if (volume[column]! > 0) out[column] = value[column]! / volume[column]!
  }
}
