import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dealtOnce } from '../../bench/dealt-once.ts'
import type { PortfolioConfig } from '../../src/domain/config.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import type { Instant } from '../../src/domain/units.ts'
import { createKernel, type Kernel, restoreKernel } from '../../src/engine/kernel.ts'
import type { RunResult, ShadowResult } from '../../src/engine/records/result.ts'
import { type RunInput, runBacktest, runBare } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { alteredAfter, drawnMarket, type RigMarket, withPair } from '../contracts/strategy-rig.ts'
import { abroad, inputAbroad } from '../currencies/drawn-abroad.ts'
import { isNightly, propertyRuns, SEED } from '../profile.ts'
import { type DrawnPortfolio, drawnPortfolio, runInputOf, scriptOf } from './drawn-portfolio.ts'
import { journalOf, textOf } from './journal.ts'
import { strategyInput } from './strategy-run.ts'

const NO_LIMITS: PortfolioConfig['limits'] = {
  positionsMax: null,
  assetClassWeightMax: null,
  positionWeightMax: null,
  leverageMax: Number.POSITIVE_INFINITY,
  drawdown: null,
}

const withShadows = (input: RunInput, limits = input.config.limits, shadows = true): RunInput => ({
  ...input,
  config: { ...input.config, limits, capitalPlan: dealtOnce(input.config, shadows) },
})

const alone = (drawn: DrawnPortfolio): DrawnPortfolio => ({ ...drawn, sleeves: 1, reserve: false })

const shadowOf = (result: RunResult, sleeve: string): ShadowResult =>
  result.shadows.find((shadow) => shadow.sleeve === sleeve)!

/** What a shadow did, without the name of its sleeve. */
const done = ({ equity, fees, trades, orders, units, notional, fault }: ShadowResult): string =>
  JSON.stringify([Array.from(equity), fees, trades, orders, units, notional, fault])

/** Sells calls deep in the money against dearer ones, whenever it holds none. */
const callSpreads = defineStrategy({
  name: 'call-spreads',
  parameters: {},
  indicators: () => ({}),
  lookback: () => 0,
  start: () => ({}),
  decide(view, out) {
    const column = view.universe[0]
    const chain = column === undefined ? null : view.chain(column)
    if (chain === null || view.structures().length > 0) return {}
    const expiry = chain.expiries()[2]
    if (expiry === undefined) return {}
    const strikes = Array.from(chain.strikes(expiry, 'call'))
    const low = strikes.findLast((strike) => strike < chain.spot * 0.9)
    const high = strikes.find((strike) => strike > chain.spot * 1.05)
    if (low === undefined || high === undefined) return {}
    const credit = (chain.quote(expiry, 'call', low)?.mid ?? 0) - (chain.quote(expiry, 'call', high)?.mid ?? 0)
    const legs = [
      { right: 'call' as const, strike: low, expiry, ratio: -1 },
      { right: 'call' as const, strike: high, expiry, ratio: 1 },
    ]
    out.openStructure(column!, { legs, credit, maximumLoss: (high - low - credit) * 100, reason: 'spread' })
    return {}
  },
}) as unknown as Strategy

describe('the shadow of the only sleeve of a portfolio without limits', () => {
  it('is the sleeve itself: equity of every day to the last bit, fees, orders and round trips', () => {
    let trades = 0
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const result = runBacktest(withShadows(runInputOf(alone(drawn)), NO_LIMITS))
        const shadow = shadowOf(result, 's0')
        const own = result.sleeves[0]!
        expect(shadow.fault).toBeNull()
        expect(Array.from(shadow.equity)).toEqual(Array.from(own.equity))
        expect(shadow.fees).toBe(own.fees)
        expect(shadow.trades).toBe(result.trades.length)
        expect([shadow.orders, shadow.units, shadow.notional]).toEqual([
          result.netting.ordersNet,
          result.netting.unitsNet,
          result.netting.notionalNet,
        ])
        trades += shadow.trades
      }),
      propertyRuns(120, 10_000),
    )
    expect(trades).toBeGreaterThan(60)
  })

  it('is the sleeve itself in several currencies, at rates that jump and have gaps', () => {
    let gains = 0
    fc.assert(
      fc.property(abroad, (plan) => {
        const result = runBacktest(withShadows(inputAbroad({ ...plan, drawn: alone(plan.drawn) }), NO_LIMITS))
        const shadow = shadowOf(result, 's0')
        expect(shadow.fault).toBeNull()
        expect(Array.from(shadow.equity)).toEqual(Array.from(result.sleeves[0]!.equity))
        expect(shadow.fees).toBe(result.sleeves[0]!.fees)
        if ((result.sleeves[0]!.currencyGain ?? 0) !== 0) gains += 1
      }),
      propertyRuns(60, 3_000),
    )
    expect(gains).toBeGreaterThan(12)
  })

  it('is the sleeve itself where contracts are assigned for a dividend', () => {
    const market = drawnMarket(20_000_101, 4, 300)
    const input = strategyInput([callSpreads], market, [])
    const [instrument] = input.market.instruments
    const dividends = market.dates.flatMap((date, bar) =>
      bar % 15 === 14
        ? [
            {
              at: input.market.blocks[0]!.opens[bar] as Instant,
              tradeDate: date,
              action: { kind: 'dividend' as const, instrument: instrument!.id, amount: 4 },
            },
          ]
        : [],
    )
    const actions = [...input.market.actions, ...dividends].sort((one, other) => one.at - other.at)
    const result = runBacktest(withShadows({ ...input, market: { ...input.market, actions } }, NO_LIMITS))
    const shadow = shadowOf(result, callSpreads.name)
    expect(result.attribution.filter(({ kind }) => kind === 'assignment').length).toBeGreaterThan(5)
    expect(shadow.fault).toBeNull()
    expect(Array.from(shadow.equity)).toEqual(Array.from(result.sleeves[0]!.equity))
  })

  it.each(STRATEGIES.map((strategy) => [strategy.name, strategy] as const))(
    '%s: with its indicators, structures, expiries and assignments',
    (_, strategy) => {
      const market = withPair(drawnMarket(20_000_101, 4, 420), 5)
      const result = runBacktest(withShadows(strategyInput([strategy], market, []), NO_LIMITS))
      const shadow = shadowOf(result, strategy.name)
      expect(shadow.fault).toBeNull()
      expect(Array.from(shadow.equity)).toEqual(Array.from(result.sleeves[0]!.equity))
      expect(shadow.trades).toBe(result.trades.length)
      expect(shadow.orders).toBe(result.netting.ordersNet)
      expect(shadow.orders).toBeGreaterThan(0)
    },
  )
})

describe('shadows beside sleeves', () => {
  it('leave the sleeves alone: every booking, refusal and day is the one of a run without them', () => {
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const input = runInputOf(drawn)
        const off = withShadows(input, input.config.limits, false)
        const on = withShadows(input)
        const told = (result: RunResult): string =>
          JSON.stringify([
            Array.from(result.equity),
            Array.from(result.cash),
            result.attribution,
            result.refusals,
            result.trades,
            result.violations,
            result.positions,
          ])
        expect(told(runBacktest(on))).toBe(told(runBacktest(off)))
      }),
      propertyRuns(50, 2_000),
    )
  })

  it('do what each sleeve does in a portfolio of its own, whatever the portfolio refuses or pauses', () => {
    let moved = 0
    fc.assert(
      fc.property(drawnPortfolio, fc.nat(7), (drawn, drawnSleeve) => {
        const input = runInputOf(drawn)
        const ordinal = drawnSleeve % drawn.sleeves
        const sleeve = input.config.sleeves[ordinal]!
        // Alone, the portfolio's day must end with the sleeve's own clock.
        fc.pre(sleeve.calendar === input.config.dayCalendar)
        const paused = { ...sleeve, status: 'paused' as const }
        const sleeves = input.config.sleeves.map((one) => (one === sleeve ? paused : one))
        const together = runBacktest(withShadows({ ...input, config: { ...input.config, sleeves } }))
        const own = { ...input.config, sleeves: [sleeve], capital: sleeve.capital }
        const single = runBacktest(withShadows({ ...input, config: own }, NO_LIMITS))
        const shadow = shadowOf(together, sleeve.id)
        expect(done(shadow)).toBe(done(shadowOf(single, sleeve.id)))
        expect(Array.from(shadow.equity)).toEqual(Array.from(single.sleeves[0]!.equity))
        expect(together.orders.some(({ shares }) => shares.some((share) => share.sleeve === sleeve.id))).toBe(false)
        if (shadow.orders > 0) moved += 1
      }),
      propertyRuns(60, 3_000),
    )
    expect(moved).toBeGreaterThan(18)
  })

  it('see nothing of overlays, rebalancing and halts: what cuts, benches and empties the sleeves leaves them whole', () => {
    const input = strategyInput(STRATEGIES, drawnMarket(20_000_101, 3, isNightly ? 420 : 200), [])
    const plan = dealtOnce(input.config, true)
    const hindered: RunInput = {
      ...input,
      config: {
        ...input.config,
        limits: { ...input.config.limits, drawdown: { halt: 0.001, resume: 0.0005, resetPeakAfter: null } },
        capitalPlan: {
          ...plan,
          overlays: {
            ...plan.overlays,
            bench: { threshold: -0.5, days: 3, window: 20 },
            ladder: { halfAt: 0.0005, zeroAt: 0.002, sharpeRelease: 0.5, window: 60 },
            volatilityTarget: { target: 0.001, window: 20, band: 0.1, scaleMax: 1 },
          },
          rebalancing: { triggers: ['periodic'], schedule: { kind: 'days', every: 21 }, threshold: 0, by: 'transfer' },
        },
      },
    }
    const free = runBacktest(withShadows(input, NO_LIMITS))
    const cut = runBacktest(hindered)
    const causes = new Set(cut.capital!.records.map(({ cause }) => cause))
    for (const cause of ['bench', 'ladder', 'volatilityTarget', 'rebalance'] as const)
      expect([cause, causes.has(cause)]).toEqual([cause, true])
    expect(cut.refusals.some(({ rule }) => rule === 'drawdownBreaker')).toBe(true)
    expect(cut.netting.unitsNet).toBeLessThan(free.netting.unitsNet / 2)
    expect(cut.shadows.map(done)).toEqual(free.shadows.map(done))
    expect(cut.invariants.violated).toEqual([])
  })

  it('are what their sleeves are scored by', () => {
    const input = strategyInput(STRATEGIES, drawnMarket(20_000_101, 4, 260), [])
    const { runtime } = runBare(withShadows(input)).kernel
    const scored = Array.from(runtime.state.capital!.scored)
    expect(scored).toEqual(runtime.shadows!.books.map((book) => book!.equity))
    expect(scored).not.toEqual(runtime.sleeves.map(({ equity }) => equity))
  })

  it('end or pause alone: a fault of the one is none of the other, nor of its peers', () => {
    const drawn = fc.sample(drawnPortfolio, { seed: SEED, numRuns: 1 })[0]!
    const two = { ...drawn, sleeves: 2, bars: 16, reserve: false }
    const input = runInputOf(two)
    /** The shadow decides before its sleeve: its decisions are the odd ones. */
    const faultyAt = (bar: number, odd: number): RunResult => {
      let calls = 0
      const faulty = scriptOf(two, 0, (now) => {
        calls += 1
        if (now === bar && calls % 2 === odd) throw new Error('out of luck')
        return null
      })
      return runBacktest(withShadows({ ...input, strategies: [faulty, input.strategies[1]!] }))
    }
    const whole = runBacktest(withShadows(input))
    const [ofShadow, ofSleeve] = [faultyAt(3, 1), faultyAt(3, 0)]
    expect(ofShadow.sleeves.map(({ paused }) => paused)).toEqual([null, null])
    expect(ofShadow.attribution).toEqual(whole.attribution)
    expect(ofShadow.shadows[1]).toEqual(whole.shadows[1])
    expect(ofSleeve.sleeves.map(({ paused }) => paused?.cause ?? null)).toEqual(['out of luck', null])
    expect(ofSleeve.shadows).toEqual(whole.shadows)
  })

  it('that cannot even start end alone too, and the sleeve is scored by its own book', () => {
    const drawn = fc.sample(drawnPortfolio, { seed: SEED, numRuns: 1 })[0]!
    const input = runInputOf(alone(drawn))
    let starts = 0
    const strategy: RunInput['strategies'][number] = {
      ...input.strategies[0]!,
      start: () => {
        starts += 1
        if (starts > 1) throw new Error('only one of us')
        return { bar: 0 }
      },
    }
    const result = runBacktest(withShadows({ ...input, strategies: [strategy] }))
    const shadow = shadowOf(result, 's0')
    expect([shadow.fault, shadow.orders, shadow.fees]).toEqual(['only one of us', 0, 0])
    expect(new Set(shadow.equity)).toEqual(new Set([input.config.capital / 1_000_000]))
    expect(Array.from(result.equity)).toEqual(Array.from(runBacktest(withShadows(input)).equity))
    expect(result.invariants.violated).toEqual([])
  })
})

describe('a snapshot with shadows', () => {
  const restored = (kernel: Kernel, input: RunInput): Kernel =>
    restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, {
      strategies: new Map(input.strategies.map((strategy) => [strategy.name, strategy])),
    })

  function goesOnAlike(input: RunInput, cuts: readonly number[]): number {
    const { events, bytes } = journalOf(input)
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
    const at = new Set(cuts.map((part) => 1 + Math.floor((part * (events.length - 1)) / 1_000)))
    const plain = createKernel({ strategies })
    let other = createKernel({ strategies })
    let resting = 0
    for (const [index, event] of events.entries()) {
      if (at.has(index)) {
        other = restored(other, input)
        expect(textOf(other) === textOf(plain)).toBe(true)
        for (const shadow of other.runtime.shadows?.states() ?? []) resting += shadow?.exchange.orders.length ?? 0
      }
      plain.apply(event)
      other.apply(event)
    }
    expect([textOf(other) === bytes, textOf(plain) === bytes]).toEqual([true, true])
    expect(JSON.stringify(other.snapshot()) === JSON.stringify(plain.snapshot())).toBe(true)
    return resting
  }

  it('plus the tail is the state: cut at any event, orders resting at their exchanges included', () => {
    let resting = 0
    fc.assert(
      fc.property(drawnPortfolio, fc.array(fc.nat(999), { minLength: 1, maxLength: 3 }), (drawn, cuts) => {
        // Structures' orders are answered within a shadow's event, so any cut will do.
        resting += goesOnAlike(withShadows(runInputOf(drawn)), cuts)
      }),
      propertyRuns(40, 3_000),
    )
    expect(resting).toBeGreaterThan(10)
  })

  it('plus the tail is the state: rates and money of several currencies', () => {
    fc.assert(
      fc.property(abroad, fc.array(fc.nat(999), { minLength: 1, maxLength: 3 }), (plan, cuts) => {
        goesOnAlike(withShadows(inputAbroad(plan)), cuts)
      }),
      propertyRuns(20, 2_000),
    )
  })

  it('plus the tail is the state: built-in strategies with indicators and open structures', () => {
    const input = withShadows(strategyInput(STRATEGIES, drawnMarket(20_000_101, 4, isNightly ? 260 : 130), []))
    const { events } = journalOf(input)
    // The cut of the kernel itself waits while a structure's order is on its way: these are cycles' ends.
    const closes = events.flatMap(({ kind }, index) => (kind === 'slices' ? [index] : []))
    const cuts = (isNightly ? [20, 90, 160, 240] : [20, 70, 120]).map(
      (bar) => (closes[bar]! / (events.length - 1)) * 1_000,
    )
    goesOnAlike(input, cuts)
  })
})

describe('invariant 7: shadows do not look ahead', () => {
  it('no shadow changes up to a day when later bars are altered', () => {
    const market: RigMarket = drawnMarket(20_000_101, 4, 300)
    const equityUntil = (one: RigMarket, day: number): string => {
      const result = runBacktest(withShadows(strategyInput(STRATEGIES, one, [])))
      const count = result.days.filter((date) => date <= day).length
      return JSON.stringify(result.shadows.map(({ sleeve, equity }) => [sleeve, Array.from(equity.slice(0, count))]))
    }
    for (const bar of isNightly ? [60, 120, 200, 270] : [200]) {
      const day = market.dates[bar]!
      expect(equityUntil(alteredAfter(market, bar, SEED + bar), day)).toBe(equityUntil(market, day))
    }
  })
})
