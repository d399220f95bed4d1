import { defineStrategy, integer, perInstrument, real, sma } from 'polyfolio'

/** The form for one instrument at a time: buys a close below its average, sells once it is back above. */
export const dipBuyer = defineStrategy({
  name: 'dip-buyer',
  summary: 'buys a close below its average, sells once it is back above',
  parameters: {
    period: integer(20, { min: 2, max: 200, search: [10, 60], title: 'bars of the average' }),
    distance: real(0.04, { min: 0.001, max: 0.5, search: [0.01, 0.1], title: 'how far below it, as a fraction' }),
  },
  indicators: ({ period }) => ({ average: sma(period) }),
  decide: perInstrument((one, out) => {
    const average = one.indicator('average') // NaN until there are enough bars; a comparison with NaN is false
    if (one.holding !== null && one.close > average) out.exit('back above')
    else if (one.projected === 0 && one.close < (1 - one.parameters.distance) * average) {
      out.enter(1, 'dip', { protection: { stop: 0.1 } })
    }
    return undefined
  }),
})
