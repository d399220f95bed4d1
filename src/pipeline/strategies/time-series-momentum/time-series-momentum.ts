import { integer, real } from '../../../domain/parameters.ts'
import { roc } from '../../../indicators/roc/roc.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { volatility } from '../../../indicators/volatility/volatility.ts'
import { defineStrategy, signalClose } from '../define.ts'
import { above } from '../thresholds.ts'

/** Long what has risen over its lookback and stands above its filter, sized to a volatility. See README.md. */
export const timeSeriesMomentum = defineStrategy({
  name: 'time-series-momentum',
  summary: 'long what has risen, sized to a volatility',
  parameters: {
    lookback: integer(120, { min: 5, max: 300, search: [20, 250], title: 'Bars over which the price must have risen' }),
    smaFilter: integer(200, { min: 2, max: 400, search: [50, 300], title: 'Bars of the average it must stand above' }),
    volatilityTarget: real(0.24, {
      min: 0.01,
      max: 2,
      search: [0.1, 0.4],
      title: 'Annual volatility that a full position is sized for',
    }),
    volatilityBars: integer(60, { min: 5, max: 250, title: 'Bars of the volatility' }),
    barsPerYear: integer(252, {
      min: 1,
      max: 600_000,
      title: 'Bars in a year: 252 on an exchange, 365 round the clock',
    }),
  },
  indicators: (p) => ({ rise: roc(p.lookback), filter: sma(p.smaFilter), volatility: volatility(p.volatilityBars) }),
  decide(view, out) {
    const { parameters, universe } = view
    const rise = view.indicator('rise')
    const filter = view.indicator('filter')
    const swing = view.indicator('volatility')
    const year = Math.sqrt(parameters.barsPerYear)
    for (const column of universe) {
      const close = signalClose(view, column)
      if (Number.isNaN(close)) continue
      const isUp = above(rise[column]!, 0) && above(close, filter[column]!)
      if (view.holding(column) !== null) {
        if (!isUp) out.exit(column, above(rise[column]!, 0) ? 'filter' : 'momentum')
        continue
      }
      if (!isUp || view.projected(column) !== 0 || !view.eligible(column)) continue
      // What has not moved has no risk to be sized by; the position is whole at the most.
      const strength = above(swing[column]!, 0) ? Math.min(1, parameters.volatilityTarget / (swing[column]! * year)) : 1
      out.enter(column, 1, 'momentum', { strength })
    }
    return view.memory
  },
})
