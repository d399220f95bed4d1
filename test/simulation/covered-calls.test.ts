import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PortfolioConfig } from '../../src/domain/config.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { CorporateAction } from '../../src/domain/market.ts'
import type { OptionLeg, Strategy } from '../../src/domain/strategy.ts'
import type { Instant, Memory, TradeDate } from '../../src/domain/units.ts'
import { createKernel, type Kernel } from '../../src/engine/kernel.ts'
import { pledgedUnits } from '../../src/engine/positions/cover.ts'
import { collateral } from '../../src/engine/positions/valuation.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { type RunInput, runAudited, runBacktest } from '../../src/engine/run/run.ts'
import { projectedBooks } from '../../src/engine/wishes/risk-view.ts'
import { cashSecuredPut } from '../../src/pipeline/strategies/cash-secured-put/cash-secured-put.ts'
import { coveredCall } from '../../src/pipeline/strategies/covered-call/covered-call.ts'
import { ironCondor } from '../../src/pipeline/strategies/iron-condor/iron-condor.ts'
import { drawnMarket } from '../contracts/strategy-rig.ts'
import { propertyRuns } from '../profile.ts'
import { bookkeeper } from './bookkeeper.ts'
import { journalOf } from './journal.ts'
import { restored } from './restarts.ts'
import { strategyInput } from './strategy-run.ts'

const SELLERS = [coveredCall, cashSecuredPut, ironCondor] as unknown as Strategy[]
/** Bars until the universe rules of the sleeves know their volatility. */
const WARM_UP = 25
const MAXIMUM_LOSS = { kind: 'maximumLoss', budget: 2_500, contractsMax: 2 } as const

/** The sellers of premium on one account, each with its own capital and parameters. */
function sellersInput(
  seed: number,
  strategies: readonly Strategy[],
  changed: Partial<PortfolioConfig> = {},
  bars = 300,
): RunInput {
  const input = strategyInput(strategies, drawnMarket(seed, 3, bars), [])
  const sleeves = input.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: MAXIMUM_LOSS,
    limits: { ...sleeve.limits, positionWeightMax: null },
    parameters:
      sleeve.strategy === 'cash-secured-put' ? { ...sleeve.parameters, onAssignment: 'cover' } : sleeve.parameters,
  }))
  return { ...input, config: { ...input.config, sleeves, ...changed } as PortfolioConfig }
}

function exitsOf({ trades }: RunResult): ReadonlyMap<string, number> {
  const exits = new Map<string, number>()
  for (const { exitReason } of trades) exits.set(exitReason, (exits.get(exitReason) ?? 0) + 1)
  return exits
}

/** A strategy that does what it is told on the bars that are named, for instrument 0. */
function scripted(
  name: string,
  script: Readonly<
    Record<number, (out: Parameters<Strategy['decide']>[1], view: Parameters<Strategy['decide']>[0]) => void>
  >,
): Strategy {
  return {
    name,
    parameters: {},
    indicators: () => ({}),
    lookback: () => 0,
    start: () => ({ bar: 0 }),
    decide(view: Seen, out: Out): Memory {
      const bar = (view.memory as { bar: number }).bar
      script[bar - WARM_UP]?.(out, view)
      return { bar: bar + 1 }
    },
  } as unknown as Strategy
}

const SHARE = 1_000_000
type Out = Parameters<Strategy['decide']>[1]
type Seen = Parameters<Strategy['decide']>[0]

function callOf(view: Seen, quantity: number, fields: Record<string, unknown> = { coveredByShares: true }) {
  const chain = view.chain(0)!
  const expiry = chain.expiries().findLast((date) => date > chain.tradeDate)!
  const strike = chain.strikes(expiry, 'call').find((one) => one > chain.spot * 1.05)!
  const legs: OptionLeg[] = [{ right: 'call', strike, expiry: expiry as TradeDate, ratio: -1 }]
  return { legs, credit: chain.quote(expiry, 'call', strike)!.bid, maximumLoss: 0, reason: 'call', quantity, ...fields }
}

const buy = (out: Out): void => out.target(0, (300 * SHARE) as never, 'buy')
const sell = (quantity: number) => (out: Out, view: Seen) => out.openStructure(0, callOf(view, quantity))

function play(script: Parameters<typeof scripted>[1], changed: Partial<PortfolioConfig> = {}, bars = 14) {
  const input = sellersInput(7, [scripted('script', script)], changed, WARM_UP + bars)
  const books = bookkeeper()
  const run = runAudited(input, books, books.observer)
  expect(books.problems).toEqual([])
  const result = runBacktest(input)
  expect(result.invariants.violated).toEqual([])
  return { run, result, state: run.kernel.runtime.state }
}

describe('a call sold against shares', () => {
  it('is sold as far as the shares reach, and not at all without them', () => {
    const bare = play({ 0: sell(2) })
    expect(bare.result.refusals.map(({ rule }) => rule)).toContain('notHoldable')
    expect(bare.state.structures).toEqual([])
    const { state, run } = play({ 0: buy, 2: sell(5), 3: sell(5) })
    const [position] = state.structures
    expect(state.structures).toHaveLength(1)
    expect([position!.quantity, position!.maximumLoss, position!.covered]).toEqual([3, 0, true])
    expect(pledgedUnits(run.kernel.runtime, 0, 0)).toBe(300 * SHARE)
  })
  it('is not sold bare by calling it something else', () => {
    const { state } = play({ 0: buy, 2: (out, view) => out.openStructure(0, callOf(view, 1, {})) })
    expect(state.structures).toEqual([])
  })
  it('is bought back in the auction in which its shares are sold', () => {
    const { result, state } = play({ 0: buy, 2: sell(3), 8: (out) => out.exit(0, 'enough') })
    expect(state.structures).toEqual([])
    const closed = result.trades.find(({ exitReason }) => exitReason === 'cover')!
    const shares = result.trades.find(({ exitReason }) => exitReason === 'enough')!
    expect(closed.exitDate).toBe(shares.exitDate)
  })
  it('lets those shares go that it does not need', () => {
    const { state } = play({ 0: buy, 2: sell(1), 8: (out) => out.target(0, (150 * SHARE) as never, 'fewer') })
    expect(state.structures.map(({ quantity }) => quantity)).toEqual([1])
    expect(state.books.quantity[0]).toBe(150 * SHARE)
  })
  it('that waits to be sold is given up where its shares leave first', () => {
    const { state, result } = play({
      0: buy,
      2: (out, view) => {
        out.openStructure(0, callOf(view, 3))
        out.target(0, (50 * SHARE) as never, 'fewer')
      },
    })
    expect(state.structures).toEqual([])
    expect(result.refusals.map(({ rule }) => rule)).toContain('notHoldable')
  })
  it('keeps its shares until it has a quote again', () => {
    const input = sellersInput(
      7,
      [scripted('script', { 0: buy, 2: sell(3), 8: (out) => out.exit(0, 'enough') })],
      {},
      40,
    )
    const { chains } = input.market
    const from = input.market.blocks[0]!.opens[WARM_UP + 9]!
    const until = input.market.blocks[0]!.opens[WARM_UP + 11]!
    const silent: typeof chains = {
      ...chains!,
      chain: (underlying, at, ...rest) => (at >= from && at < until ? null : chains!.chain(underlying, at, ...rest)),
    }
    const result = runBacktest({ ...input, market: { ...input.market, chains: silent } })
    expect(result.invariants.violated).toEqual([])
    const [shares, call] = ['enough', 'cover'].map((reason) => result.trades.find((one) => one.exitReason === reason)!)
    expect(shares!.exitDate).toBe(call!.exitDate)
    expect(shares!.exitDate).toBe(input.market.blocks[0]!.tradeDates[WARM_UP + 11])
  })
  it.each([
    [4, 3, 133, 400, 399],
    [1, 8, 12, 37, 36],
    [2, 1, 100, 600, 600],
  ])('stays covered through a split of %i for %i', (numerator, denominator, delivers, shares, pledged) => {
    const input = sellersInput(7, [scripted('script', { 0: buy, 2: sell(3) })], {}, WARM_UP + 14)
    const day = WARM_UP + 10
    const { instruments, blocks, actions } = input.market
    const split = { kind: 'split', instrument: instruments[0]!.id, numerator, denominator, priceAfter: null } as const
    const action = {
      at: blocks[0]!.opens[day] as never,
      tradeDate: blocks[0]!.tradeDates[day] as TradeDate,
      action: split,
    }
    const books = bookkeeper()
    const run = runAudited(
      { ...input, market: { ...input.market, actions: [...actions, action] } },
      books,
      books.observer,
    )
    expect(books.problems).toEqual([])
    const { state } = run.kernel.runtime
    const [position] = state.structures
    expect(state.instruments[position!.contracts[0]!]!.multiplier).toBe(delivers)
    expect(state.books.quantity[0]! / SHARE).toBe(shares)
    expect(pledgedUnits(run.kernel.runtime, 0, 0)).toBe(pledged * SHARE)
    expect(
      runBacktest({ ...input, market: { ...input.market, actions: [...actions, action] } }).invariants.violated,
    ).toEqual([])
  })
  it('is settled in money when its shares end', () => {
    const input = sellersInput(7, [scripted('script', { 0: buy, 2: sell(3) })], {}, 40)
    const day = WARM_UP + 12
    const { instruments, blocks, actions } = input.market
    const ended = { kind: 'ended', instrument: instruments[0]!.id, price: 150 as never, cause: 'merged' } as const
    const action = {
      at: blocks[0]!.opens[day] as never,
      tradeDate: blocks[0]!.tradeDates[day] as TradeDate,
      action: ended,
    }
    const result = runBacktest({ ...input, market: { ...input.market, actions: [...actions, action] } })
    expect(result.invariants.violated).toEqual([])
    expect(result.positions).toEqual([])
    const call = result.trades.find(({ kind }) => kind === 'structure')!
    expect(call.exitDate).toBe(action.tradeDate)
    const strike = Number(/-([\d.]+)C$/.exec(call.instrument)![1])
    const settled = result.attribution.find(({ kind, instrument }) => kind === 'expiry' && instrument.endsWith('C'))!
    expect(settled.price).toBeCloseTo(Math.max(0, 150 - strike), 9)
  })
  it('binds no money and is no position of its own', () => {
    const { run, result, state } = play({ 0: buy, 2: sell(3) })
    const { runtime } = run.kernel
    expect(state.structures).toHaveLength(1)
    expect(collateral(runtime, 0)).toBe(0)
    const books = projectedBooks(runtime)
    books.refresh()
    expect([books.view.positions, books.view.sleevePositions(0)]).toEqual([1, 1])
    expect(result.sleeves[0]!.openPositions.at(-1)).toBe(1)
  })
})

describe('sellers of premium in drawn histories', () => {
  it('hold no call bare at any close, whatever limits, splits and margin calls do to their shares', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.02, max: 0.3, noNaN: true }),
        (seed, liquidate) => {
          const changed: Partial<PortfolioConfig> = {
            limits: {
              positionsMax: 20,
              assetClassWeightMax: null,
              positionWeightMax: null,
              leverageMax: 3,
              drawdown: { halt: liquidate / 2, resume: liquidate / 4, resetPeakAfter: 10 },
            },
          } as Partial<PortfolioConfig>
          const result = runBacktest(sellersInput(seed, SELLERS, changed))
          expect(result.invariants.violated).toEqual([])
          for (const [reason, count] of exitsOf(result)) seen.set(reason, (seen.get(reason) ?? 0) + count)
        },
      ),
      propertyRuns(4, 100),
    )
    for (const reason of ['profit', 'expiry', 'assignment', 'dte', 'stop'])
      expect(seen.get(reason) ?? 0).toBeGreaterThan(0)
  })
})

describe('a put secured by cash', () => {
  const put =
    (fields: Record<string, unknown> = {}) =>
    (out: Out, view: Seen) => {
      const chain = view.chain(0)!
      const expiry = chain.expiries()[0]!
      // Far in the money: it is exercised at the latest when it expires.
      const strike = chain.strikes(expiry, 'put').findLast(() => true)!
      const credit = chain.quote(expiry, 'put', strike)!.bid
      const legs: OptionLeg[] = [{ right: 'put', strike, expiry, ratio: -1 }]
      out.openStructure(0, {
        legs,
        credit,
        maximumLoss: (strike - credit) * 100,
        reason: 'put',
        quantity: 2,
        ...fields,
      })
    }

  it('reserves its whole strike, and is cut to what the cash secures', () => {
    const far = (out: Out, view: Seen): void => {
      const chain = view.chain(0)!
      const expiry = chain.expiries().at(-1)!
      const strike = chain.strikes(expiry, 'put').findLast((one) => one < 0.9 * chain.spot)!
      const credit = chain.quote(expiry, 'put', strike)!.bid
      const legs: OptionLeg[] = [{ right: 'put', strike, expiry, ratio: -1 }]
      const maximumLoss = (strike - credit) * 100
      out.openStructure(0, { legs, credit, maximumLoss, reason: 'put', quantity: 1_000 })
    }
    const unlimited = { ...sellersInput(7, SELLERS).config.limits, positionWeightMax: null }
    const { run, state } = play({ 0: far }, { limits: unlimited }, 3)
    const [position] = state.structures
    const secured = position!.quantity * position!.legs[0]!.strike * 100
    expect(collateral(run.kernel.runtime, 0)).toBeCloseTo(secured, 6)
    expect(secured).toBeLessThanOrEqual(210_000)
    expect(secured).toBeGreaterThan(190_000)
  })
  it('keeps the shares it is assigned where it says so, and sells them at the next open else', () => {
    const kept = play({ 0: put({ keepsShares: true }) })
    expect(kept.state.books.quantity[0]).toBe(200 * SHARE)
    const sold = play({ 0: put() })
    expect(sold.state.books.quantity[0]).toBe(0)
    expect(sold.result.trades.some(({ instrument, kind }) => kind === 'position' && instrument !== '')).toBe(true)
  })
})

describe('an iron condor', () => {
  it('binds at the broker what it binds in the sleeve: the wider side', () => {
    const condor = (out: Out, view: Seen): void => {
      const chain = view.chain(0)!
      const expiry = chain.expiries().at(-1)!
      const puts = [...chain.strikes(expiry, 'put')].filter((strike) => strike < 0.95 * chain.spot)
      const calls = [...chain.strikes(expiry, 'call')].filter((strike) => strike > 1.05 * chain.spot)
      const legs: OptionLeg[] = [
        { right: 'put', strike: puts.at(-1)!, expiry, ratio: -1 },
        { right: 'put', strike: puts.at(-4)!, expiry, ratio: 1 },
        { right: 'call', strike: calls[0]!, expiry, ratio: -1 },
        { right: 'call', strike: calls[5]!, expiry, ratio: 1 },
      ]
      const credit = legs.reduce((sum, { right, strike, ratio }) => {
        const { bid, ask } = chain.quote(expiry, right, strike)!
        return sum - ratio * (ratio < 0 ? bid : ask)
      }, 0)
      const wider = Math.max(legs[0]!.strike - legs[1]!.strike, legs[3]!.strike - legs[2]!.strike)
      out.openStructure(0, { legs, credit, maximumLoss: (wider - credit) * 100, reason: 'condor', quantity: 2 })
    }
    const { run, state } = play({ 0: condor }, {}, 3)
    const [{ legs, quantity, maximumLoss, credit }] = state.structures as [(typeof state.structures)[number]]
    const wider = Math.max(legs[0]!.strike - legs[1]!.strike, legs[3]!.strike - legs[2]!.strike)
    expect(maximumLoss).toBeCloseTo((wider - credit) * 100, 9)
    expect(collateral(run.kernel.runtime, 0)).toBeCloseTo(quantity * wider * 100, 6)
    const cash = state.books.accountCash[0]!
    expect(cash - run.exchange.buyingPower()).toBeCloseTo(quantity * wider * 100 * 1_000_000, 3)
    const books = projectedBooks(run.kernel.runtime)
    books.refresh()
    expect(books.view.positions).toBe(1)
  })
})

/** The position of a broker's account is known from what the broker says alone: here it says it late, and again. */
describe('the end of a call that a broker tells', () => {
  const UNITS = 300 * SHARE
  const input = sellersInput(7, [scripted('script', { 0: buy, 2: sell(3) })], {}, WARM_UP + 14)
  const { events } = journalOf(input)
  const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))

  /** Behind the decision of a bar, when the call had been sold for long. */
  function upTo(bar: number): Kernel {
    const kernel = createKernel({ strategies })
    let closed = 0
    for (const event of events) {
      if (event.kind === 'slices' && closed++ > bar) break
      kernel.apply(event)
    }
    return kernel
  }

  /** The next event that the kernel is given: what the broker says of an id. */
  function tell(kernel: Kernel, action: CorporateAction, brokerEvent: string): void {
    const { state, tradeDate } = kernel.runtime
    kernel.apply({
      seq: state.seq + 1,
      at: state.at as Instant,
      outside: 1,
      kind: 'corporateAction',
      tradeDate: tradeDate as TradeDate,
      action,
      brokerEvent,
    } as EngineEvent)
  }

  it.each([
    ['an assignment', 'assignment', 1.2, true],
    ['an assignment below the strike, which its holder may still want', 'assignment', 0.99, true],
    ['an expiry in the money', 'expiry', 1.2, true],
    ['an expiry by a cent', 'expiry', 1.0005, true],
    ['an expiry out of the money', 'expiry', 0.9, false],
  ] as const)(
    'is booked once, however late and often, also by a process that was killed: %s',
    (_, kind, part, isCalled) => {
      const kernel = upTo(WARM_UP + 9)
      const { state } = kernel.runtime
      const [position] = state.structures
      const contract = position!.contracts[0]!
      const { id, option } = state.instruments[contract]!
      const { books } = state
      expect([books.quantity[0], books.quantity[contract]]).toEqual([UNITS, -3])
      const cash = books.cash[0]!
      const action = { kind, instrument: id, underlyingPrice: option!.strike * part } as CorporateAction

      const killed = restored(kernel, input.strategies)
      tell(kernel, action, 'told-1')
      // The process dies before and after what it heard was written down, and hears it again either way.
      tell(killed, action, 'told-1')
      let again = restored(killed, input.strategies)
      tell(again, action, 'told-1')
      again = restored(again, input.strategies)
      tell(again, action, 'told-1')

      for (const { runtime } of [kernel, again]) {
        const own = runtime.state.books
        expect([own.quantity[0], own.quantity[contract]]).toEqual([isCalled ? 0 : UNITS, 0])
        expect(own.cash[0]! - cash).toBe(isCalled ? 300 * option!.strike * 1_000_000 : 0)
        expect([own.accountQuantity[0], own.accountQuantity[contract]]).toEqual([own.quantity[0], 0])
        expect([runtime.state.structures, runtime.state.told]).toEqual([[], ['told-1']])
      }
      const [one, other] = [kernel, again].map(({ runtime }) => JSON.stringify([...runtime.state.books.cash]))
      expect(other).toBe(one)
    },
  )
})
