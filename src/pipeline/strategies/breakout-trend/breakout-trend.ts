import { flag, integer, real } from '../../../domain/parameters.ts'
import { atr } from '../../../indicators/atr/atr.ts'
import { donchian } from '../../../indicators/donchian/donchian.ts'
import { volatility } from '../../../indicators/volatility/volatility.ts'
import { defineStrategy, type One, perInstrument } from '../define.ts'
import { above, below } from '../thresholds.ts'

interface Settings {
  readonly trail: number
  readonly volatilityTarget: number
  readonly barsPerYear: number
  readonly shorts: boolean
}

/** With channels of the bars before, on either side; sized to a volatility, left by a shorter channel or a trail. See README.md. */
export const breakoutTrend = defineStrategy({
  name: 'breakout-trend',
  summary: 'long and short with channel breakouts, sized to a volatility',
  parameters: {
    entryChannel: integer(55, {
      min: 5,
      max: 400,
      search: [20, 120],
      title: 'Bars whose high or low is broken out of',
    }),
    exitChannel: integer(20, { min: 2, max: 200, search: [5, 60], title: 'Bars whose low or high ends the position' }),
    atrBars: integer(20, { min: 2, max: 200, title: 'Bars of the average true range' }),
    trail: real(3, {
      min: 0.5,
      max: 20,
      search: [1.5, 6],
      title: 'Average true ranges below the best close since entry (above it, short) at which it is left',
    }),
    volatilityTarget: real(0.15, {
      min: 0.01,
      max: 2,
      search: [0.05, 0.4],
      title: 'Annual volatility that a full position is sized for',
    }),
    volatilityBars: integer(60, { min: 5, max: 250, title: 'Bars of the volatility' }),
    barsPerYear: integer(252, {
      min: 1,
      max: 600_000,
      title: 'Bars in a year: 252 on an exchange, 365 round the clock',
    }),
    shorts: flag(true, 'Whether breakouts to the downside are sold short'),
  },
  check: ({ entryChannel, exitChannel }) =>
    exitChannel < entryChannel ? null : `"exit_channel" must be below "entry_channel" of ${entryChannel}`,
  indicators: (p) => ({
    entry: donchian(p.entryChannel, { previous: true }),
    exit: donchian(p.exitChannel, { previous: true }),
    range: atr(p.atrBars),
    volatility: volatility(p.volatilityBars),
  }),
  decide: perInstrument<Settings>((one, out) => {
    const { close, holding, memory } = one
    if (holding !== null) {
      const side = holding.quantity > 0 ? 1 : -1
      const last = memory['best'] as number | undefined
      const best = last === undefined || (close - last) * side > 0 ? close : last
      const reason = exitOf(one, side, best)
      if (reason !== null) out.exit(reason)
      return { best }
    }
    const side = breakoutOf(one)
    if (side !== 0 && one.projected === 0 && one.eligible) {
      out.enter(side, side > 0 ? 'breakout' : 'breakdown', { strength: strengthOf(one) })
    }
    return memory['best'] === undefined ? undefined : {}
  }),
})

function exitOf(one: One<Settings>, side: 1 | -1, best: number): string | null {
  const channel = one.indicator(side > 0 ? 'exit.lower' : 'exit.upper')
  if (side > 0 ? below(one.close, channel) : above(one.close, channel)) return 'channel'
  return above((best - one.close) * side, one.parameters.trail * one.indicator('range')) ? 'trail' : null
}

function breakoutOf(one: One<Settings>): 1 | -1 | 0 {
  if (above(one.close, one.indicator('entry.upper'))) return 1
  return one.parameters.shorts && below(one.close, one.indicator('entry.lower')) ? -1 : 0
}

/** What has not moved has no risk to be sized by; the position is whole at the most. */
function strengthOf(one: One<Settings>): number {
  const { volatilityTarget, barsPerYear } = one.parameters
  const swing = one.indicator('volatility') * Math.sqrt(barsPerYear)
  return above(swing, 0) ? Math.min(1, volatilityTarget / swing) : 1
}
