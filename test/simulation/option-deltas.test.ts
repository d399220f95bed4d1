import { describe, expect, it } from 'vitest'
import type { PortfolioLimits } from '../../src/domain/limits.ts'
import type { ChainSource, OptionChain } from '../../src/domain/market.ts'
import type { OptionLeg, StructureWish } from '../../src/domain/strategy.ts'
import type { InstrumentId } from '../../src/domain/units.ts'
import { quantity, sleeveId } from '../../src/domain/units.ts'
import { canonicalBytes } from '../../src/engine/canonical.ts'
import { restoreKernel } from '../../src/engine/kernel.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { type RunInput, runAudited, runBacktest } from '../../src/engine/run/run.ts'
import { bookkeeper } from './bookkeeper.ts'
import { type Act, dayOf, type HandBar, handRun, SHARE } from './hand-run.ts'

/* Limits on exposure with options in the book, through the whole kernel: what a structure counts is the delta-adjusted
 * value of its legs, with the class, sector and currency of its underlying and netted with the shares of it. */

const flat = (price: number, bars: number): HandBar[] => Array.from({ length: bars }, () => ({ open: price }))
const EXPIRY = dayOf(30)
const leg = (strike: number, ratio: number, right: 'put' | 'call' = 'put'): OptionLeg => ({
  right,
  strike,
  expiry: EXPIRY,
  ratio,
})
/** 5 wide: 400 at risk, and by the deltas below 20 shares of A that gain as it rises. */
const SPREAD = [leg(95, -1), leg(90, 1)]
const DELTAS: Readonly<Record<string, number>> = { put95: -0.3, put90: -0.1, call105: 0.25 }

/** Quotes of A alone, until `until` bars have passed: the same deltas every day. Then chains are gone, or quotes in them. */
function chainsOf(until: number, gone: 'chain' | 'quotes'): ChainSource {
  const known = (right: string, strike: number): number | undefined => DELTAS[`${right}${strike}`]
  return {
    underlyings: ['A' as InstrumentId],
    chain: (underlying, at, tradeDate, _, spot): OptionChain | null =>
      tradeDate >= dayOf(until) && gone === 'chain'
        ? null
        : {
            underlying,
            at,
            tradeDate,
            spot,
            origin: 'model',
            expiries: () => [EXPIRY],
            strikes: () => Float64Array.of(90, 95, 105),
            quote: (_expiry, right, strike) => {
              const delta = known(right, strike)
              if (delta === undefined || tradeDate >= dayOf(until)) return null
              const mid = Math.abs(delta) * 5
              return { bid: mid, ask: mid, mid, impliedVolatility: 0.2, delta }
            },
            data: () => null,
          },
  }
}

const spreads = (count: number): StructureWish => ({
  legs: SPREAD,
  credit: 1,
  maximumLoss: 400,
  quantity: count as never,
  reason: 'spread',
})
const shares = (count: number) => quantity(count * SHARE)

interface Setting {
  readonly one: Act
  readonly two?: Act
  readonly limits: Partial<PortfolioLimits>
  readonly chainsUntil?: number
  readonly gone?: 'chain' | 'quotes'
  readonly bars?: number
  readonly violations?: RunInput['config']['violations']
  readonly prices?: readonly HandBar[]
  readonly groups?: RunInput['config']['groups']
}

/** Sleeve `one` of 60,000 and `two` of 40,000; A and B are shares at 100 of one class. */
function inputOf({
  one,
  two,
  limits,
  chainsUntil = 99,
  gone = 'chain',
  bars = 6,
  violations,
  prices,
  groups,
}: Setting): RunInput {
  const input = handRun({
    prices: { A: prices ?? flat(100, bars), B: flat(100, bars) },
    instruments: { A: { sector: 'Energy' }, B: { sector: 'Energy' } },
    sleeves: { one: { capital: 60_000, act: one }, two: { capital: 40_000, act: two ?? (() => undefined) } },
    limits,
    ...(violations === undefined ? {} : { violations }),
    ...(groups === undefined ? {} : { groups }),
  })
  return { ...input, market: { ...input.market, chains: chainsOf(chainsUntil, gone) } }
}

const cuts = ({ refusals }: RunResult) =>
  refusals.map(({ sleeve, instrument, end, rule, wanted, allowed }) => [sleeve, instrument, end, rule, wanted, allowed])

/** On bar 0 spreads on A and shares of B. */
const both =
  (count: number, of: number): Act =>
  (_, out, bar) => {
    if (bar !== 0) return
    if (count !== 0) out.openStructure(0, spreads(count))
    if (of !== 0) out.target(1, shares(of), 'more')
  }

describe('an entry under a limit on exposure', () => {
  it.each([
    ['assetClassWeight', { assetClassWeightMax: 0.1 }],
    ['sectorWeight', { sectorWeightMax: 0.1 }],
    ['currencyWeight', { currencyWeightMax: 0.1 }],
  ] as const)('%s shares its room by deltas', (rule, limits) => {
    // Four spreads stand for 80 shares and five for 100: one with 20 shares beside it is at the limit of 100.
    expect(cuts(runBacktest(inputOf({ one: both(4, 20), limits })))).toEqual([])
    expect(cuts(runBacktest(inputOf({ one: both(10, 0), limits })))).toEqual([['one', 'A', 'trimmed', rule, 10, 5]])
    // 200 and 50 ask for 100: each gets the same part, in whole spreads and shares.
    expect(cuts(runBacktest(inputOf({ one: both(10, 50), limits })))).toEqual([
      ['one', 'A', 'trimmed', rule, 10, 4],
      ['one', 'B', 'trimmed', rule, 50, 20],
    ])
  })

  it('of gross and of net exposure', () => {
    const gross = { one: both(4, 30), limits: { exposureMax: 0.1 } }
    expect(cuts(runBacktest(inputOf(gross)))).toEqual([['one', 'B', 'trimmed', 'exposure', 30, 20]])
    const net = { one: both(4, 30), limits: { leverageNetMax: 0.1 } }
    expect(cuts(runBacktest(inputOf(net)))).toEqual([['one', 'B', 'trimmed', 'netLeverage', 30, 20]])
  })

  it('of a group counts the structures of its sleeves alone', () => {
    const group = (sleeves: readonly string[]): NonNullable<Setting['groups']> => ({
      first: {
        sleeves: sleeves.map((id) => sleeveId(id)),
        instruments: [],
        limits: { weightMax: null, exposureMax: 0.1, positionsMax: null },
      },
    })
    const later: Act = (_, out, bar) => {
      if (bar === 0) out.openStructure(0, spreads(4))
      if (bar === 2) out.target(0, shares(30), 'more')
    }
    expect(cuts(runBacktest(inputOf({ one: later, limits: {}, groups: group(['one']) })))).toEqual([
      ['one', 'A', 'trimmed', 'groupExposure', 30, 20],
    ])
    expect(cuts(runBacktest(inputOf({ one: later, limits: {}, groups: group(['two']) })))).toEqual([])
  })

  it('nets what leans one way with shares held the other way', () => {
    const hedged: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(-100), 'short')
      // 100 shares short, against which 200 may be held before as much is held long.
      if (bar === 2) out.openStructure(0, spreads(11))
    }
    const result = runBacktest(inputOf({ one: hedged, limits: { assetClassWeightMax: 0.1 } }))
    expect(cuts(result)).toEqual([['one', 'A', 'trimmed', 'assetClassWeight', 11, 10]])
  })

  it('counts maximum loss beside it where a limit is on what may be lost', () => {
    const result = runBacktest(inputOf({ one: both(10, 0), limits: { positionWeightMax: 0.03 } }))
    expect(cuts(result)).toEqual([['one', 'A', 'trimmed', 'positionWeight', 10, 7]])
  })

  it.each(['chain', 'quotes'] as const)(
    'keeps the last deltas that were quoted when there is no %s any more',
    (gone) => {
      const late: Act = (_, out, bar) => {
        if (bar === 0) out.openStructure(0, spreads(4))
        if (bar === 4) out.target(1, shares(30), 'more')
      }
      const limits = { assetClassWeightMax: 0.1 }
      const held = cuts(runBacktest(inputOf({ one: late, limits, chainsUntil: 3, gone })))
      expect(held).toEqual([['one', 'B', 'trimmed', 'assetClassWeight', 30, 20]])
    },
  )

  it('lets every exit pass', () => {
    const leaves: Act = (view, out, bar) => {
      if (bar === 0) out.openStructure(0, spreads(20))
      if (bar === 3) for (const { id } of view.structures()) out.closeStructure(id, 'out')
    }
    // A falls, so that nothing more would be allowed.
    const prices = [...flat(100, 3), ...flat(300, 3)]
    const result = runBacktest(inputOf({ one: leaves, limits: { assetClassWeightMax: 0.4 }, prices }))
    expect(cuts(result)).toEqual([])
    expect(result.trades.map(({ exitReason }) => exitReason)).toEqual(['out'])
  })
})

describe('a limit that is watched', () => {
  const watched = (limits: Partial<PortfolioLimits>, prices: readonly HandBar[]): RunResult =>
    runBacktest(
      inputOf({
        one: both(4, 0),
        limits,
        prices,
        bars: prices.length,
        violations: {
          actions: { medium: 'reduce_position', low: 'reduce_position', high: 'reduce_positions' },
          rules: {},
          reentry: null,
          correlation: { level: 0.7, move: 0.3, days: 30 },
        },
      }),
    )

  it('sees the class of an underlying grow with its price, and closes as many structures as it takes', () => {
    const result = watched({ assetClassWeightMax: 0.1 }, [...flat(100, 3), ...flat(150, 4)])
    // 80 shares at 150 are 0.12: one of four spreads goes.
    expect(result.violations.map(({ rule, subject }) => [rule, subject])).toEqual([['asset_class_weight', 'equity']])
    expect(result.violations[0]!.value).toBeCloseTo(0.12, 2)
    expect(result.trades.map(({ quantity: size, exitReason }) => [size, exitReason])).toEqual([
      [1, 'violation: asset_class_weight'],
    ])
  })
})

describe('deltas in a snapshot', () => {
  it('are only there with structures, and come back as they were', () => {
    const stateOf = (act: Act) => {
      const books = bookkeeper()
      const input = inputOf({ one: act, limits: { assetClassWeightMax: 0.1 }, chainsUntil: 3 })
      const { kernel } = runAudited(input, books, books.observer)
      const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
      const restored = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())), { strategies })
      expect(canonicalBytes(restored.runtime.state)).toEqual(canonicalBytes(kernel.runtime.state))
      return JSON.stringify(kernel.snapshot())
    }
    expect(stateOf(both(4, 20))).toContain('"deltas":[-0.3,-0.1]')
    expect(stateOf(both(0, 20))).not.toContain('deltas')
  })
})
