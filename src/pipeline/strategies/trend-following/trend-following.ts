import { flag, integer, real } from '../../../domain/parameters.ts'
import { macd } from '../../../indicators/macd/macd.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { volumeAverage } from '../../../indicators/volume-average/volume-average.ts'
import { defineStrategy, signalClose, signalVolume } from '../define.ts'
import { above, below } from '../thresholds.ts'

/** Buys a fresh MACD cross in an uptrend on volume; leaves below the short average or by a trailing stop. See README.md. */
export const trendFollowing = defineStrategy({
  name: 'trend-following',
  summary: 'buys MACD crosses in uptrends',
  parameters: {
    trendPeriod: integer(50, { min: 2, max: 400, search: [20, 200], title: 'Average that the price must be above' }),
    macdFast: integer(12, { min: 2, max: 100, search: [5, 20], title: 'Fast average of the MACD' }),
    macdSlow: integer(26, { min: 3, max: 200, search: [21, 60], title: 'Slow average of the MACD' }),
    macdSignal: integer(9, { min: 2, max: 100, search: [5, 15], title: 'Signal line of the MACD' }),
    volumePeriod: integer(20, { min: 2, max: 250, title: 'Bars before this one whose volume is averaged' }),
    exitPeriod: integer(20, { min: 2, max: 400, search: [10, 60], title: 'Exit below this average' }),
    trail: real(0.2, { min: 0.01, max: 0.9, search: [0.08, 0.35], title: 'Fall from the highest close since entry' }),
    intrabar: flag(false, 'Judge the trailing stop on highs and lows instead of closes'),
  },
  check: ({ macdFast, macdSlow }) =>
    macdFast < macdSlow ? null : `the fast MACD period ${macdFast} must lie below the slow one ${macdSlow}`,
  indicators: (p) => ({
    trend: sma(p.trendPeriod),
    exit: sma(p.exitPeriod),
    macd: macd({ fast: p.macdFast, slow: p.macdSlow, signal: p.macdSignal }, 'independent'),
    volume: volumeAverage(p.volumePeriod, { previous: true }),
  }),
  lookback: () => 1,
  decide(view, out) {
    const { parameters, universe } = view
    const trend = view.indicator('trend')
    const exit = view.indicator('exit')
    const histogram = view.indicator('macd.histogram')
    const average = view.indicator('volume')
    for (const column of universe) {
      const close = signalClose(view, column)
      if (view.position(column) !== 0) {
        if (below(close, exit[column]!)) out.exit(column, 'sma')
        continue
      }
      if (!above(close, trend[column]!) || !above(signalVolume(view, column), average[column]!)) continue
      // The cross itself: the line is above its signal on this bar and was not on the last one.
      if (!above(histogram[column]!, 0) || !(view.ago('macd.histogram', column, 1) <= 0)) continue
      if (view.projected(column) !== 0 || !view.eligible(column)) continue
      out.enter(column, 1, 'macd cross', {
        protection: { trail: { fraction: parameters.trail, intrabar: parameters.intrabar } },
      })
    }
    return view.memory
  },
})
