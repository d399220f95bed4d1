import type { Protection } from '../../../domain/orders.ts'
import { flag, integer, real } from '../../../domain/parameters.ts'
import { atr } from '../../../indicators/atr/atr.ts'
import { highest, lowest } from '../../../indicators/donchian/donchian.ts'
import { volumeAverage } from '../../../indicators/volume-average/volume-average.ts'
import { closeLocation, degree } from '../confidence.ts'
import { defineStrategy, signalClose, signalVolume } from '../define.ts'
import { above, atLeast, below } from '../thresholds.ts'

/** Trades against a bar that runs the stops behind an old extreme and closes back within it. See README.md. */
export const liquiditySweep = defineStrategy({
  name: 'liquidity-sweep',
  summary:
    'Buys a bar that sweeps the stops below an old low and closes back above it; leaves at a stop below the sweep, a multiple of that risk, or by time.',
  parameters: {
    period: integer(20, { min: 3, max: 500, search: [10, 100], title: 'Bars whose extreme is swept' }),
    age: integer(3, { min: 1, max: 100, search: [2, 12], title: 'Bars that the extreme must be old, at least' }),
    atrPeriod: integer(14, { min: 2, max: 200, title: 'Bars of the average true range' }),
    depthMax: real(1.5, { min: 0.1, max: 10, search: [0.5, 3], title: 'Deepest sweep, in average true ranges' }),
    location: real(0.5, {
      min: 0.5,
      max: 0.99,
      search: [0.5, 0.85],
      title: 'Close in this upper part of its bar, at least',
    }),
    volumePeriod: integer(24, { min: 2, max: 500, title: 'Bars before this one whose volume is averaged' }),
    volumeFactor: real(1, { min: 0, max: 20, search: [0.8, 3], title: 'Volume above this multiple of its average' }),
    stopBuffer: real(0.25, { min: 0, max: 5, search: [0, 1], title: 'Stop beyond the sweep, in average true ranges' }),
    reward: real(2, { min: 0.25, max: 10, search: [1, 4], title: 'Target: this multiple of the distance to the stop' }),
    barsMax: integer(24, { min: 1, max: 1000, search: [6, 72], title: 'Bars after which the position closes' }),
    shorts: flag(false, 'Also sell sweeps of an old high'),
  },
  check: ({ age, period }) => (age < period ? null : `the age ${age} must lie below the period ${period}`),
  indicators: (p) => ({
    low: lowest(p.period, 'low', { previous: true }),
    recentLow: lowest(p.age, 'low', { previous: true }),
    high: highest(p.period, 'high', { previous: true }),
    recentHigh: highest(p.age, 'high', { previous: true }),
    atr: atr(p.atrPeriod),
    volume: volumeAverage(p.volumePeriod, { previous: true }),
  }),
  decide(view, out) {
    const { parameters: p, universe, slice } = view
    const [lows, recentLows] = [view.indicator('low'), view.indicator('recentLow')]
    const [highs, recentHighs] = [view.indicator('high'), view.indicator('recentHigh')]
    const [ranges, volumes] = [view.indicator('atr'), view.indicator('volume')]
    for (const column of universe) {
      const close = signalClose(view, column)
      const [range, average] = [ranges[column]!, volumes[column]!]
      if (Number.isNaN(close) || !(range > 0)) continue
      const relativeVolume = signalVolume(view, column) / average
      if (!above(relativeVolume, p.volumeFactor)) continue
      if (view.position(column) !== 0 || view.projected(column) !== 0 || !view.eligible(column)) continue
      const low = slice.low[column]! * slice.factor[column]!
      const high = slice.high[column]! * slice.factor[column]!
      const place = closeLocation(low, high, close)
      const enter = (side: 1 | -1, depth: number, location: number, extreme: number): void => {
        if (above(depth, p.depthMax) || !atLeast(location, p.location)) return
        const stopAt = extreme - side * p.stopBuffer * range
        const targetAt = close + (close - stopAt) * p.reward
        if (!(stopAt > 0 && targetAt > 0)) return
        const protection: Protection = { stopAt, targetAt, bars: p.barsMax }
        const confidence =
          (degree(depth, 0, p.depthMax) +
            degree(location, p.location, 1) +
            degree(relativeVolume, p.volumeFactor, p.volumeFactor + 2)) /
          3
        out.enter(column, side, side > 0 ? 'swept low' : 'swept high', { confidence, protection })
      }
      const [oldLow, oldHigh] = [lows[column]!, highs[column]!]
      // The extreme is old where no bar of the last few has reached it.
      if (below(low, oldLow) && above(close, oldLow) && above(recentLows[column]!, oldLow))
        enter(1, (oldLow - low) / range, place, low)
      else if (p.shorts && above(high, oldHigh) && below(close, oldHigh) && below(recentHighs[column]!, oldHigh))
        enter(-1, (high - oldHigh) / range, 1 - place, high)
    }
    return view.memory
  },
})
