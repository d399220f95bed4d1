import { sleeveId } from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { sma } from '../../src/indicators/sma/sma.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { type Act, handRun, SHARE } from './hand-run.ts'

/** A portfolio, and the same with a limit and a sleeve more. */

export const NAME = 'by hand'
const BARS = 12
export const NEWCOMER = sleeveId('newcomer')

const trades: Act = (view, out, bar) => {
  out.target(view.universe[0]!, ((1 + (bar % 3)) * SHARE) as never, 'more or less')
}

const prices = (first: number) => Array.from({ length: BARS }, (_, bar) => ({ open: first + bar }))

/** One sleeve that trades A. */
export const ALONE: RunInput = handRun({
  prices: { A: prices(100) },
  sleeves: { one: { capital: 100_000, act: trades }, reserve: { capital: 50_000, act: null } },
})

/** The same with a limit, and with a sleeve that trades B: B stands first in the market of the file. */
export const JOINED: RunInput = joined()

function joined(): RunInput {
  const input = handRun({
    prices: { B: prices(40), A: prices(100) },
    sleeves: {
      newcomer: { capital: 30_000, act: trades },
      one: { capital: 100_000, act: trades, limits: { positionWeightMax: 0.9 } },
      reserve: { capital: 50_000, act: null },
    },
  })
  const { config } = input
  const universes: Readonly<Record<string, readonly string[]>> = { newcomer: ['B'], one: ['A'], reserve: [] }
  return {
    ...input,
    config: {
      ...config,
      capital: ALONE.config.capital,
      sleeves: config.sleeves.map((sleeve) => {
        const before = ALONE.config.sleeves.find(({ id }) => id === sleeve.id)
        const ids = input.market.instruments.filter(({ symbol }) => universes[sleeve.id]!.includes(symbol))
        return before === undefined
          ? { ...sleeve, universe: ids.map(({ id }) => id), weight: 0.2 }
          : { ...before, limits: sleeve.limits }
      }),
    },
  }
}

/** Bars of the mean that the sleeve of `JOINED_BY_MEAN` asks for. */
export const MEAN_BARS = 4

/** The same, but what joins trades A, and only while it knows a mean of its last closes. */
export const JOINED_BY_MEAN: RunInput = joinedByMean()

function joinedByMean(): RunInput {
  const { config, strategies, ...rest } = JOINED
  const byMean = defineStrategy({
    name: NEWCOMER,
    parameters: {},
    indicators: () => ({ mean: sma(MEAN_BARS) }),
    start: (): { readonly bar: number } => ({ bar: 0 }),
    decide(view, out) {
      const column = view.universe[0]!
      if (!Number.isNaN(view.indicator('mean')[column]!)) out.target(column, SHARE as never, 'it knows a mean')
      return { bar: view.memory.bar + 1 }
    },
  })
  const { universe } = config.sleeves.find(({ id }) => id === 'one')!
  const sleeves = config.sleeves.map((sleeve) => (sleeve.id === NEWCOMER ? { ...sleeve, universe } : sleeve))
  const others = strategies.filter(({ name }) => name !== NEWCOMER)
  return { ...rest, config: { ...config, sleeves }, strategies: [...others, byMean as never] }
}
