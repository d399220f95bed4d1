import { integer, real } from '../../../domain/parameters.ts'
import type { Memory } from '../../../domain/units.ts'
import { atr } from '../../../indicators/atr/atr.ts'
import { highest, lowest } from '../../../indicators/donchian/donchian.ts'
import { closeLocation, degree } from '../confidence.ts'
import { defineStrategy, type One, type OneSink, perInstrument } from '../define.ts'
import { above, atLeast, below } from '../thresholds.ts'

interface Settings {
  readonly period: number
  readonly atrPeriod: number
  readonly reclaimBars: number
  readonly depthMax: number
  readonly location: number
  readonly stopBuffer: number
  readonly reward: number
  readonly barsMax: number
}

/** A breakdown under way, on the signal scale. */
interface Breakdown {
  /** The support that was closed below, and the highest high of the range above it. */
  readonly level: number
  readonly top: number
  /** Lowest low since. */
  readonly low: number
  /** Closes below the level so far. */
  readonly bars: number
}

/** Buys when a close below support is taken back within a few bars. See README.md. */
export const failedBreakdown = defineStrategy({
  name: 'failed-breakdown',
  summary:
    'Buys the close back above a support that was broken a few bars ago; leaves at a stop below the low of the breakdown, at a target, or by time.',
  parameters: {
    period: integer(48, { min: 3, max: 500, search: [20, 150], title: 'Bars whose lowest low is the support' }),
    atrPeriod: integer(14, { min: 2, max: 200, title: 'Bars of the average true range' }),
    reclaimBars: integer(6, {
      min: 1,
      max: 100,
      search: [2, 20],
      title: 'Closes below the support before it is given up',
    }),
    depthMax: real(3, {
      min: 0.1,
      max: 20,
      search: [1, 5],
      title: 'Deepest low of the breakdown, in average true ranges',
    }),
    location: real(0.5, {
      min: 0,
      max: 0.99,
      search: [0.3, 0.8],
      title: 'Close in this upper part of its bar, at least',
    }),
    stopBuffer: real(0.25, { min: 0, max: 5, search: [0, 1], title: 'Stop below the low, in average true ranges' }),
    reward: real(2, { min: 0.25, max: 10, search: [1, 4], title: 'Target: this multiple of the distance to the stop' }),
    barsMax: integer(48, { min: 1, max: 1000, search: [12, 120], title: 'Bars after which the position closes' }),
  },
  indicators: (p) => ({
    support: lowest(p.period, 'low', { previous: true }),
    top: highest(p.period, 'high', { previous: true }),
    low: lowest(1, 'low'),
    atr: atr(p.atrPeriod),
  }),
  decide: perInstrument<Settings>((one, out) => {
    const open = breakdownOf(one.memory)
    if (open === null) return begun(one)
    const low = Math.min(open.low, one.indicator('low'))
    if (!above(one.close, open.level))
      return open.bars >= one.parameters.reclaimBars ? NOTHING : { ...open, low, bars: open.bars + 1 }
    reclaim(one, out, { ...open, low })
    return NOTHING
  }),
})

const NOTHING: Memory = {}

function breakdownOf(memory: Memory): Breakdown | null {
  return (memory as Partial<Breakdown>).level === undefined ? null : (memory as unknown as Breakdown)
}

/** The first close below support. */
function begun(one: One<Settings>): Memory | undefined {
  const level = one.indicator('support')
  if (!below(one.close, level)) return undefined
  return { level, top: one.indicator('top'), low: one.indicator('low'), bars: 1 }
}

function reclaim(one: One<Settings>, out: OneSink, { level, top, low, bars }: Breakdown): void {
  const p = one.parameters
  const range = one.indicator('atr')
  if (!(range > 0) || one.position !== 0 || one.projected !== 0 || !one.eligible) return
  const depth = (level - low) / range
  const location = closeLocation(one.raw.low, one.raw.high, one.raw.close)
  if (above(depth, p.depthMax) || !atLeast(location, p.location)) return
  const stopAt = low - p.stopBuffer * range
  const targetAt = Math.min(top, one.close + p.reward * (one.close - stopAt))
  if (!(stopAt > 0) || !above(targetAt, one.close)) return
  // Surer the sooner it is taken back, the higher the close in its bar, and the more room the range leaves above.
  const room = (top - one.close) / (one.close - stopAt)
  const confidence =
    (degree(0 - bars, 0 - p.reclaimBars - 1, -1) + degree(location, p.location, 1) + degree(room, 0, p.reward)) / 3
  out.enter(1, 'failed breakdown', { confidence, protection: { stopAt, targetAt, bars: p.barsMax } })
}
