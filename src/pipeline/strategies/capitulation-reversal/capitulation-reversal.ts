import { integer, real } from '../../../domain/parameters.ts'
import { atr } from '../../../indicators/atr/atr.ts'
import { highest, lowest } from '../../../indicators/donchian/donchian.ts'
import { rsi } from '../../../indicators/rsi/rsi.ts'
import { volumeAverage } from '../../../indicators/volume-average/volume-average.ts'
import { closeLocation, degree } from '../confidence.ts'
import { defineStrategy, signalClose, signalVolume } from '../define.ts'
import { above, atLeast, below } from '../thresholds.ts'

/** Buys the first recovery after a fast fall on a climax of volume. See README.md. */
export const capitulationReversal = defineStrategy({
  name: 'capitulation-reversal',
  summary:
    'Buys the first bar that recovers after a fast, deep fall on a climax of volume; leaves half-way back, at a stop below the low, or by time.',
  parameters: {
    fallPeriod: integer(24, {
      min: 2,
      max: 500,
      search: [6, 72],
      title: 'Bars whose highest close the fall is measured from',
    }),
    fallAtr: real(3, {
      min: 0.5,
      max: 20,
      search: [1.5, 6],
      title: 'Depth of the fall, in average true ranges, at least',
    }),
    atrPeriod: integer(48, { min: 2, max: 500, title: 'Bars of the average true range' }),
    rsiPeriod: integer(14, { min: 2, max: 100, title: 'Bars of the RSI' }),
    entryRsi: real(30, { min: 1, max: 60, search: [15, 40], title: 'RSI of the bar before below this' }),
    volumePeriod: integer(48, { min: 2, max: 500, title: 'Bars whose volume is averaged' }),
    climax: real(2, {
      min: 1,
      max: 20,
      search: [1.2, 4],
      title: 'Volume of this bar or the one before above this multiple',
    }),
    location: real(0.5, {
      min: 0.1,
      max: 0.99,
      search: [0.4, 0.8],
      title: 'Close in this upper part of its bar, at least',
    }),
    stopPeriod: integer(3, { min: 1, max: 50, title: 'Bars whose low the stop lies below, this one included' }),
    stopBuffer: real(0.5, { min: 0, max: 5, search: [0, 1.5], title: 'Stop below that low, in average true ranges' }),
    retrace: real(0.5, {
      min: 0.1,
      max: 1,
      search: [0.25, 0.8],
      title: 'Target: this part of the way back to the highest close',
    }),
    barsMax: integer(48, { min: 1, max: 1000, search: [12, 120], title: 'Bars after which the position closes' }),
  },
  indicators: (p) => ({
    top: highest(p.fallPeriod, 'close', { previous: true }),
    bottom: lowest(p.stopPeriod, 'low'),
    atr: atr(p.atrPeriod),
    rsi: rsi(p.rsiPeriod),
    volume: volumeAverage(p.volumePeriod, { previous: true }),
    last: lowest(1, 'close', { previous: true }),
    lastVolume: volumeAverage(1, { previous: true }),
  }),
  lookback: () => 1,
  decide(view, out) {
    const { parameters: p, universe, slice } = view
    const [tops, bottoms, ranges] = [view.indicator('top'), view.indicator('bottom'), view.indicator('atr')]
    const [averages, lasts, lastVolumes] = [
      view.indicator('volume'),
      view.indicator('last'),
      view.indicator('lastVolume'),
    ]
    for (const column of universe) {
      const close = signalClose(view, column)
      const [top, range, last] = [tops[column]!, ranges[column]!, lasts[column]!]
      if (Number.isNaN(close) || !(range > 0) || !above(close, last)) continue
      if (view.position(column) !== 0 || view.projected(column) !== 0 || !view.eligible(column)) continue
      const depth = (top - last) / range
      const before = view.ago('rsi', column, 1)
      const volume = Math.max(signalVolume(view, column), lastVolumes[column]!) / averages[column]!
      const location = closeLocation(slice.low[column]!, slice.high[column]!, slice.close[column]!)
      if (!atLeast(depth, p.fallAtr) || !below(before, p.entryRsi)) continue
      if (!above(volume, p.climax) || !atLeast(location, p.location)) continue
      const stopAt = bottoms[column]! - p.stopBuffer * range
      const targetAt = close + p.retrace * (top - close)
      if (!(stopAt > 0) || !above(targetAt, close)) continue
      const confidence =
        (degree(depth, p.fallAtr, 2 * p.fallAtr) +
          degree(0 - before, 0 - p.entryRsi, 0) +
          degree(volume, p.climax, 2 * p.climax)) /
        3
      out.enter(column, 1, 'capitulation', { confidence, protection: { stopAt, targetAt, bars: p.barsMax } })
    }
    return view.memory
  },
})
