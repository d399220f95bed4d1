import type { MarketRecord } from '../../../domain/market-records.ts'
import { choice, flag, integer, real } from '../../../domain/parameters.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { defineStrategy, signalClose } from '../define.ts'
import { above, atLeast, below } from '../thresholds.ts'

/** Older flow is no hurry any more. A close after a long weekend still knows what came before it. */
const AGE_MS = 4 * 86_400_000

/** Goes with those who are in a hurry: unusual volume or options flow in the direction of the trend. See README.md. */
export const unusualFlow = defineStrategy({
  name: 'unusual-flow',
  summary:
    'Goes with unusual volume or options flow in the direction of the trend; leaves by time, at a stop, or on opposite flow.',
  parameters: {
    measure: choice('volume', ['volume', 'options', 'both'], 'Flow in shares, in options, or either'),
    ratioMin: real(3, { min: 1, max: 100, search: [2, 6], title: 'Flow of at least so many times the usual' }),
    premiumMin: real(0, { min: 0, max: 1_000_000_000, title: 'Options: premium paid of at least so much' }),
    trendPeriod: integer(50, {
      min: 2,
      max: 250,
      search: [20, 200],
      title: 'Bars of the average that tells the trend',
    }),
    barsMax: integer(5, { min: 1, max: 250, search: [2, 20], title: 'Bars after which the position closes' }),
    stop: real(0.05, { min: 0.01, max: 0.9, search: [0.02, 0.15], title: 'Loss at which it closes' }),
    shorts: flag(true, 'Go with sellers where the instrument can be held short'),
  },
  reads: ['flow'],
  indicators: (p) => ({ trend: sma(p.trendPeriod) }),
  decide(view, out) {
    const { parameters, universe, slice } = view
    for (const column of universe) {
      const records = view.records(column)
      if (records.length === 0 || Number.isNaN(slice.close[column]!)) continue
      const flow = flowOf(records, slice.at - AGE_MS, parameters)
      if (!atLeast(Math.abs(flow), parameters.ratioMin)) continue
      const position = view.position(column)
      if (position !== 0) {
        if (position > 0 !== flow > 0) out.exit(column, 'opposite flow')
        continue
      }
      const close = signalClose(view, column)
      const trend = view.indicator('trend')[column]!
      if (!(flow > 0 ? above(close, trend) : below(close, trend))) continue
      if (view.projected(column) !== 0 || !view.eligible(column)) continue
      if (flow < 0 && !(parameters.shorts && view.instrument(column).shortable)) continue
      const protection = { stop: parameters.stop, bars: parameters.barsMax }
      out.enter(column, flow > 0 ? 1 : -1, flow > 0 ? 'buyers in a hurry' : 'sellers in a hurry', { protection })
    }
    return view.memory
  },
})

/** Flow of a slice, buyers less sellers, in multiples of the usual. */
function flowOf(
  records: readonly MarketRecord[],
  since: number,
  { measure, premiumMin }: { readonly measure: string; readonly premiumMin: number },
): number {
  let flow = 0
  for (const record of records) {
    if (record.kind !== 'flow' || record.eventAt < since || (measure !== 'both' && record.measure !== measure)) continue
    if (record.measure === 'options' && (record.premium ?? 0) < premiumMin) continue
    flow += record.side * record.ratio
  }
  return flow
}
