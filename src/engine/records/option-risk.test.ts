import { describe, expect, it } from 'vitest'
import { drawnMarket } from '../../../test/contracts/strategy-rig.ts'
import { strategyInput } from '../../../test/simulation/strategy-run.ts'
import type { OptionChain } from '../../domain/market.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { optionPrice } from '../../numerics/options/black-scholes.ts'
import { coveredCall } from '../../pipeline/strategies/covered-call/covered-call.ts'
import { ironCondor } from '../../pipeline/strategies/iron-condor/iron-condor.ts'
import { type RunInput, runBacktest } from '../run/run.ts'

const SIZING = { kind: 'maximumLoss', budget: 2_500, contractsMax: 2 } as const

function input(bars: number): RunInput {
  const given = strategyInput([coveredCall, ironCondor] as unknown as Strategy[], drawnMarket(7, 3, bars), [])
  const sleeves = given.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: SIZING,
    limits: { ...sleeve.limits, positionWeightMax: null },
  }))
  return { ...given, config: { ...given.config, sleeves } } as RunInput
}

/** The shortest run after so many bars that ends with structures of both kinds open. */
function openAtEnd() {
  for (let bars = 60; bars < 120; bars += 1) {
    const given = input(bars)
    const result = runBacktest(given)
    const sleeves = new Set(result.options?.structures.map(({ sleeve }) => sleeve))
    if (sleeves.size === 2) return { given, result, options: result.options! }
  }
  throw new Error('no run ends with structures of both kinds')
}

describe('the sensitivities of open structures', () => {
  const { given, result, options } = openAtEnd()

  it('are those of their legs, by the prices of the model moved a little', () => {
    const { market } = given
    const [block] = market.blocks
    for (const one of options.structures) {
      const id = market.instruments.find(({ symbol }) => symbol === one.underlying)!.id
      const column = block!.instruments.indexOf(id)
      const last = block!.closes.length - 1
      const spot = block!.close[last * block!.instruments.length + column]!
      const at = block!.closes[last] as Instant
      const chain = market.chains!.chain(id, at, block!.tradeDates[last] as TradeDate, 'close', spot)!
      const worth = (price: number, volatility: number, days: number): number =>
        priced(chain, one, price, volatility, days)
      const step = spot * 1e-4
      const [up, still, down] = [worth(spot + step, 0, 0), worth(spot, 0, 0), worth(spot - step, 0, 0)]
      const scale = one.quantity * 100
      expect(one.delta / scale).toBeCloseTo((up - down) / (2 * step), 4)
      expect(one.gamma / scale).toBeCloseTo((up - 2 * still + down) / (step * step), 3)
      expect(one.vega / scale).toBeCloseTo((worth(spot, 0.0005, 0) - worth(spot, -0.0005, 0)) * 10, 4)
      expect(one.theta / scale).toBeCloseTo((worth(spot, 0, 0.01) - worth(spot, 0, -0.01)) * 50, 3)
      expect(one.chain).toBe('model')
    }
  })

  it('add up to the shares that each underlying stands for, with those that are held', () => {
    for (const one of options.underlyings) {
      const own = options.structures.filter(({ underlying }) => underlying === one.underlying)
      expect(one.options).toBeCloseTo(
        own.reduce((sum, { delta }) => sum + delta, 0),
        9,
      )
      const held = result.positions.filter(({ instrument }) => instrument === one.underlying)
      expect(one.shares).toBe(held.reduce((sum, { quantity }) => sum + quantity, 0))
      expect(one.net).toBeCloseTo(one.shares + one.options, 9)
    }
    expect(options.underlyings.some(({ shares }) => shares > 0)).toBe(true)
  })

  it('are left out where nothing is open', () => {
    expect(runBacktest(input(5)).options).toBeUndefined()
  })
})

/** Of one structure per share, each leg at the volatility of its quote. */
function priced(
  chain: OptionChain,
  { structure }: { readonly structure: string },
  spot: number,
  volatility: number,
  days: number,
): number {
  const { model, dividendYield, at, expiries } = chain.data() as unknown as {
    readonly model: { readonly rate: number }
    readonly dividendYield: number
    readonly at: number
    readonly expiries: readonly { readonly date: TradeDate; readonly close: number }[]
  }
  const [, date, ...legs] = structure.split(' ')
  const expiry = Number(date!.replaceAll('-', '')) as TradeDate
  const close = expiries.find((one) => one.date === expiry)!.close
  let worth = 0
  for (const leg of legs) {
    const [, sign, size, strike, kind] = /^([+-])(?:(\d+)x)?([\d.]+)([PC])$/.exec(leg)!
    const right = kind === 'P' ? 'put' : 'call'
    const quote = chain.quote(expiry, right, Number(strike))!
    const years = (close - at) / (365 * 86_400_000) - days / 365
    const terms = { right, spot, strike: Number(strike), years, rate: model.rate, dividendYield } as const
    worth += Number(`${sign}${size ?? 1}`) * optionPrice(terms, quote.impliedVolatility + volatility)
  }
  return worth
}
