import { flag, integer, real } from '../../../domain/parameters.ts'
import { highest } from '../../../indicators/donchian/donchian.ts'
import { rsi } from '../../../indicators/rsi/rsi.ts'
import { volumeAverage } from '../../../indicators/volume-average/volume-average.ts'
import { defineStrategy, signalClose, signalVolume } from '../define.ts'
import { above } from '../thresholds.ts'

/** Buys a close above the highest high on unusual volume; leaves by a trailing stop or by time. See README.md. */
export const momentumBreakout = defineStrategy({
  name: 'momentum-breakout',
  summary: 'buys new highs on unusual volume, trails them',
  parameters: {
    breakoutPeriod: integer(20, {
      min: 2,
      max: 250,
      search: [10, 60],
      title: 'Bars before this one whose high breaks',
    }),
    volumePeriod: integer(20, { min: 2, max: 250, title: 'Bars before this one whose volume is averaged' }),
    volumeFactor: real(2, { min: 0.5, max: 20, search: [1, 4], title: 'Volume above this multiple of its average' }),
    rsiPeriod: integer(14, { min: 2, max: 100, title: 'Bars of the RSI' }),
    entryRsi: real(50, { min: 1, max: 99, title: 'Entry above this RSI' }),
    trail: real(0.15, { min: 0.01, max: 0.9, search: [0.05, 0.3], title: 'Fall from the highest close since entry' }),
    intrabar: flag(false, 'Judge the trailing stop on highs and lows instead of closes'),
    barsMax: integer(10, { min: 1, max: 250, search: [3, 30], title: 'Sessions after which the position closes' }),
  },
  indicators: (p) => ({
    high: highest(p.breakoutPeriod, 'high', { previous: true }),
    volume: volumeAverage(p.volumePeriod, { previous: true }),
    rsi: rsi(p.rsiPeriod),
  }),
  decide(view, out) {
    const { parameters, universe } = view
    const high = view.indicator('high')
    const average = view.indicator('volume')
    const strength = view.indicator('rsi')
    for (const column of universe) {
      if (!above(signalClose(view, column), high[column]!)) continue
      if (!above(signalVolume(view, column), parameters.volumeFactor * average[column]!)) continue
      if (!above(strength[column]!, parameters.entryRsi)) continue
      if (view.position(column) !== 0 || view.projected(column) !== 0 || !view.eligible(column)) continue
      out.enter(column, 1, 'breakout', {
        protection: {
          trail: { fraction: parameters.trail, intrabar: parameters.intrabar },
          bars: parameters.barsMax,
        },
      })
    }
    return view.memory
  },
})
