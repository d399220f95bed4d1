import type { EarningsRecord, MarketRecord } from '../../../domain/market-records.ts'
import { flag, integer, real } from '../../../domain/parameters.ts'
import { previous } from '../../../indicators/previous/previous.ts'
import { roc } from '../../../indicators/roc/roc.ts'
import { volatility } from '../../../indicators/volatility/volatility.ts'
import { defineStrategy } from '../define.ts'
import { atLeast } from '../thresholds.ts'

const PERCENT = 100
const DAY_MS = 86_400_000

/** Goes with an earnings surprise that the price has confirmed, for a number of sessions. See README.md. */
export const earningsDrift = defineStrategy({
  name: 'earnings-drift',
  summary:
    'Goes with an earnings surprise that the price of its day has confirmed; leaves by time, at a stop, or on an opposite surprise.',
  parameters: {
    surpriseMin: real(0.75, {
      min: 0,
      max: 10,
      search: [0.25, 2],
      title: 'Smallest surprise, in standard deviations of past surprises',
    }),
    surpriseOfPrice: real(0.002, {
      min: 0,
      max: 1,
      search: [0.0005, 0.01],
      title: 'Smallest surprise where the feed standardises none: actual less estimate over the price',
    }),
    reactionMin: real(0.5, {
      min: 0,
      max: 10,
      search: [0, 2],
      title: 'Move of the day that confirms it, in standard deviations of daily moves',
    }),
    volatilityPeriod: integer(60, { min: 2, max: 250, title: 'Bars before this one whose moves are the yardstick' }),
    barsMax: integer(30, { min: 1, max: 250, search: [5, 60], title: 'Sessions after which the position closes' }),
    stop: real(0.1, { min: 0.01, max: 0.9, search: [0.04, 0.25], title: 'Loss at which it closes' }),
    shorts: flag(true, 'Sell after bad surprises where the instrument can be borrowed'),
    ageDays: integer(5, { min: 1, max: 30, title: 'Days after which an announcement is old' }),
  },
  check: ({ surpriseMin, surpriseOfPrice }) =>
    surpriseMin === 0 && surpriseOfPrice === 0
      ? 'surprise_min and surprise_of_price are both 0: every announcement would be a surprise; raise one'
      : null,
  reads: ['earnings'],
  indicators: (p) => ({ move: roc(1), volatility: previous(volatility(p.volatilityPeriod)) }),
  decide(view, out) {
    const { parameters, universe, slice } = view
    for (const column of universe) {
      const records = view.records(column)
      const close = slice.close[column]!
      if (records.length === 0 || Number.isNaN(close)) continue
      const record = latest(records, slice.at - parameters.ageDays * DAY_MS)
      const side = record === null ? 0 : sideOf(record, close, parameters)
      if (side === 0) continue
      const position = view.position(column)
      if (position !== 0) {
        if (position > 0 !== side > 0) out.exit(column, 'opposite surprise')
        continue
      }
      const reaction = view.indicator('move')[column]! / PERCENT / view.indicator('volatility')[column]!
      if (!atLeast(side * reaction, parameters.reactionMin)) continue
      if (view.projected(column) !== 0 || !view.eligible(column)) continue
      if (side < 0 && !(parameters.shorts && view.instrument(column).shortable)) continue
      const protection = { stop: parameters.stop, bars: parameters.barsMax }
      out.enter(column, side, side > 0 ? 'good surprise' : 'bad surprise', { protection })
    }
    return view.memory
  },
})

/** The last announcement of a slice that is not old; null where there is none. */
function latest(records: readonly MarketRecord[], since: number): EarningsRecord | null {
  for (let place = records.length - 1; place >= 0; place -= 1) {
    const record = records[place]!
    if (record.kind === 'earnings' && record.eventAt >= since) return record
  }
  return null
}

/** 1 for a good surprise, -1 for a bad one, 0 for none that counts. */
function sideOf(
  { actual, estimate, surprise }: EarningsRecord,
  price: number,
  { surpriseMin, surpriseOfPrice }: { readonly surpriseMin: number; readonly surpriseOfPrice: number },
): 1 | -1 | 0 {
  const isStandardised = surprise !== null
  const size = isStandardised ? surprise : estimate === null ? 0 : (actual - estimate) / price
  if (size === 0 || !atLeast(Math.abs(size), isStandardised ? surpriseMin : surpriseOfPrice)) return 0
  return size > 0 ? 1 : -1
}
