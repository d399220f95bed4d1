import { integer, real } from '../../../domain/parameters.ts'
import { bollinger } from '../../../indicators/bollinger/bollinger.ts'
import { rsi } from '../../../indicators/rsi/rsi.ts'
import { defineStrategy, signalClose } from '../define.ts'
import { above, below } from '../thresholds.ts'

/** Buys a close below the lower Bollinger band while RSI is low; sells when the fall is made good. See README.md. */
export const meanReversion = defineStrategy({
  name: 'mean-reversion',
  summary: 'buys what fell below its band while RSI is low',
  parameters: {
    period: integer(20, { min: 2, max: 250, title: 'Bars of the bands and of the average that ends the trade' }),
    deviations: real(2, { min: 0.5, max: 5, search: [1, 3], title: 'Width of the bands in standard deviations' }),
    rsiPeriod: integer(14, { min: 2, max: 100, title: 'Bars of the RSI' }),
    entryRsi: real(27, { min: 1, max: 60, search: [15, 40], title: 'Entry below this RSI' }),
    exitRsi: real(63, { min: 40, max: 99, search: [50, 80], title: 'Exit above this RSI' }),
    targetBars: integer(5, { min: 1, max: 250, title: 'From this session on, any profit is taken' }),
    stop: real(0.12, { min: 0.005, max: 0.9, search: [0.04, 0.2], title: 'Stop: loss from the entry price' }),
    size: real(1, { min: 0.1, max: 10, search: [0.5, 2], title: 'Factor on the size of the sleeve' }),
  },
  check: ({ entryRsi, exitRsi }) =>
    entryRsi < exitRsi ? null : `entry RSI ${entryRsi} must lie below exit RSI ${exitRsi}`,
  indicators: (p) => ({ band: bollinger(p.period, p.deviations), rsi: rsi(p.rsiPeriod) }),
  decide(view, out) {
    const { parameters, universe } = view
    const lower = view.indicator('band.lower')
    const middle = view.indicator('band.middle')
    const strength = view.indicator('rsi')
    for (const column of universe) {
      const close = signalClose(view, column)
      if (Number.isNaN(close)) continue
      const holding = view.holding(column)
      if (holding !== null) {
        if (above(close, middle[column]!)) out.exit(column, 'sma')
        else if (above(strength[column]!, parameters.exitRsi)) out.exit(column, 'rsi')
        else if (holding.bars >= parameters.targetBars && holding.gain > 0) {
          out.exit(column, `${parameters.targetBars}-day profit`)
        }
        continue
      }
      if (!below(close, lower[column]!) || !below(strength[column]!, parameters.entryRsi)) continue
      if (view.projected(column) !== 0 || !view.eligible(column)) continue
      out.enter(column, 1, 'below band', { strength: parameters.size, protection: { stop: parameters.stop } })
    }
    return view.memory
  },
})
