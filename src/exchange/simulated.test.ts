import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dollars, exchangeRig, FREE, instrumentOf, type RigOptions } from '../../test/fixtures/exchange-rig.ts'
import type { CostRules } from '../domain/config.ts'
import { createRandom } from '../numerics/random.ts'
import { SCHEDULES } from './schedules.ts'

const A = instrumentOf('A', 0)
const B = instrumentOf('B', 1)
const ONE_BAR = [[100, 105, 95, 102, 1_000] as const, null]

function rigOf(options: RigOptions = {}) {
  return exchangeRig([A, B], options)
}

describe('auction and close', () => {
  it('fills market and open orders at the open, close orders at the close', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    const opened = rig.send([
      { of: A, shares: 10 },
      { of: A, shares: 5, type: 'open' },
    ])
    expect(opened.fills.map(({ shares, price }) => [shares, price])).toEqual([
      [10, 100],
      [5, 100],
    ])
    rig.range()
    rig.close()
    expect(rig.send([{ of: A, shares: -15, type: 'close' }], 'close').fills).toMatchObject([
      { shares: -15, price: 102 },
    ])
    expect(rig.cash()).toBe(100_000 - 1_500 + 1_530)
    expect(rig.shares(A)).toBe(0)
  })
  it('keeps a close order sent at the open until the close of its bar', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    expect(rig.send([{ of: A, shares: 1, type: 'close' }]).states).toMatchObject([{ state: 'working' }])
    expect(rig.range().fills).toEqual([])
    expect(rig.close().fills).toMatchObject([{ price: 102 }])
  })
  it('cancels a market order without a bar, unless it may wait for the next auction', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    const answer = rig.send([
      { of: B, shares: 1 },
      { of: B, shares: 2, force: 'gtc' },
      { of: B, shares: 3, force: 'day' },
    ])
    expect(answer.states.map(({ state }) => state)).toEqual(['cancelled', 'working', 'working'])
    expect(rig.close().states).toMatchObject([{ order: 3, state: 'expired' }])
    expect(rig.day([null, [50, 50, 50, 50, 10]]).fills).toMatchObject([{ order: 2, shares: 2, price: 50 }])
  })
  it('keeps day orders through the bars of one session', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 1, type: 'limit', limit: 90, force: 'day' }])
    expect(rig.close([], false).states).toEqual([])
    expect(rig.close([], true).states).toMatchObject([{ state: 'expired' }])
  })
  it('fills nothing on a locked bar without volume', () => {
    const rig = rigOf()
    rig.day([[100, 100, 100, 100, 0], null])
    expect(rig.send([{ of: A, shares: 1 }])).toMatchObject({
      fills: [],
      states: [{ evidence: 'the bar has no volume' }],
    })
  })
  it('ignores rows that were crossed inside', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    expect(rig.send([{ of: A, shares: 0 }])).toEqual({ fills: [], states: [] })
  })
})

describe('limits and stops', () => {
  it('fills a limit at the open where that is better, else at the limit, else not at all', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    const atOpen = rig.send([
      { of: A, shares: 1, type: 'limit', limit: 101, force: 'day' },
      { of: A, shares: 2, type: 'limit', limit: 96, force: 'day' },
      { of: A, shares: 3, type: 'limit', limit: 94, force: 'day' },
      { of: A, shares: -4, type: 'limit', limit: 104, force: 'day' },
    ])
    expect(atOpen.fills).toMatchObject([{ shares: 1, price: 100 }])
    expect(rig.range().fills).toMatchObject([
      { shares: 2, price: 96 },
      { shares: -4, price: 104 },
    ])
    expect(rig.close().states).toMatchObject([{ order: 3, state: 'expired' }])
  })
  it('pays no slippage on limits and pays it on stops', () => {
    const costs = { equity: { ...FREE, slippage: { kind: 'bps', bps: 100 } } satisfies CostRules }
    const rig = rigOf({ costs })
    rig.day(ONE_BAR)
    expect(rig.send([{ of: A, shares: 10 }]).fills[0]!.price).toBeCloseTo(101, 12)
    const sent = rig.send(
      [
        { of: A, shares: -5, type: 'limit', limit: 103, force: 'day' },
        { of: A, shares: -5, type: 'stop', stop: 97, force: 'day' },
      ],
      'range',
    )
    expect(sent.fills).toEqual([])
    expect(rig.range().fills).toMatchObject([
      { shares: -5, price: 97 * 0.99 },
      { shares: -5, price: 103 },
    ])
  })
  it('takes the stop first when one bar touches stop and limit', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 5 }])
    rig.send([
      { of: A, shares: -5, type: 'limit', limit: 104, force: 'gtc' },
      { of: A, shares: -5, type: 'stop', stop: 96, force: 'gtc' },
    ])
    expect(rig.range().fills.map(({ price }) => price)).toEqual([96, 104])
  })
  it('fills a stop sent during the range at the stop, and at the open when gapped through', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 5 }])
    rig.close()
    rig.day([[90, 92, 80, 85, 1_000], null])
    rig.range()
    const sent = rig.send(
      [
        { of: A, shares: -2, type: 'stop', stop: 88, reducing: true },
        { of: A, shares: -3, type: 'stop', stop: 94, reducing: true },
        { of: A, shares: -3, type: 'stop', stop: 79, reducing: true },
      ],
      'range',
    )
    expect(sent.fills.map(({ shares, price }) => [shares, price])).toEqual([
      [-2, 88],
      [-3, 90],
    ])
    expect(sent.states).toMatchObject([{ order: 4, state: 'cancelled' }])
  })
  it('lets a resting stop that the open gaps through fill at the open', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 5 }])
    rig.send([{ of: A, shares: -5, type: 'stop', stop: 94, force: 'gtc', reducing: true }])
    expect(rig.range().fills).toEqual([])
    rig.close()
    expect(rig.day([[90, 92, 80, 85, 1_000], null]).fills).toMatchObject([{ shares: -5, price: 90 }])
  })
  it('turns a stop limit into a limit once its stop is reached', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 5, type: 'stopLimit', stop: 104, limit: 104.5, force: 'gtc' }])
    expect(rig.range().fills).toMatchObject([{ price: 104 }])
    rig.close()
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 5, type: 'stopLimit', stop: 106, limit: 107, force: 'gtc' }])
    expect(rig.range().fills).toEqual([])
    rig.close()
    expect(rig.day([[110, 112, 108, 111, 1_000], null]).fills).toEqual([])
    expect(rig.range().fills).toEqual([])
    rig.close()
    expect(rig.day([[108, 109, 106, 107, 1_000], null]).fills).toEqual([])
    expect(rig.range().fills).toMatchObject([{ price: 107 }])
  })
  it('refuses orders that no market could take, with the reason', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    const { states } = rig.send([
      { of: A, shares: 1, type: 'stop' },
      { of: A, shares: 1, type: 'limit' },
      { of: instrumentOf('C', 9), shares: 1 },
    ])
    expect(states.map(({ state, evidence }) => [state, evidence])).toEqual([
      ['rejected', 'a stop order must name its stop price'],
      ['rejected', 'a limit order must name its limit price'],
      ['rejected', 'the instrument is not listed'],
    ])
  })
  it('cancels a resting order on request', () => {
    const rig = rigOf()
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 1, type: 'limit', limit: 90, force: 'gtc' }])
    expect(rig.cancel(1).states).toMatchObject([{ order: 1, state: 'cancelled' }])
    expect(rig.cancel(1).states).toEqual([])
    expect(rig.exchange.restingCount()).toBe(0)
  })
})

describe('volume cap and fees', () => {
  const costs = { equity: { ...FREE, commission: SCHEDULES.ibkr_pro_tiered, participationMax: 0.1 } }

  it('fills whole steps within the cap; the rest lapses, waits for the day, or comes at the next auction', () => {
    const rig = rigOf({ costs: { equity: { ...FREE, participationMax: 0.1 } } })
    rig.day([[100, 105, 95, 102, 1_005], null])
    const sent = rig.send([
      { of: A, shares: 150 },
      { of: A, shares: 150, force: 'day' },
      { of: A, shares: 250, force: 'gtc' },
    ])
    expect(sent.fills.map(({ shares }) => shares)).toEqual([100, 100, 100])
    expect(sent.states.map(({ order, state }) => [order, state])).toEqual([
      [1, 'cancelled'],
      [2, 'working'],
      [3, 'working'],
    ])
    expect(rig.close().states).toMatchObject([{ order: 2, state: 'expired' }])
    expect(rig.day(ONE_BAR).fills).toMatchObject([{ order: 3, shares: 100 }])
    rig.close()
    expect(rig.day(ONE_BAR).fills).toMatchObject([{ order: 3, shares: 50 }])
    expect(rig.exchange.restingCount()).toBe(0)
  })
  it('takes no more of one bar when a limit is tried again in its range', () => {
    const rig = rigOf({ costs: { equity: { ...FREE, participationMax: 0.1 } } })
    rig.day(ONE_BAR)
    expect(rig.send([{ of: A, shares: 150, type: 'limit', limit: 101, force: 'gtc' }]).fills[0]!.shares).toBe(100)
    expect(rig.range().fills).toEqual([])
    expect(rig.day(ONE_BAR).fills).toMatchObject([{ shares: 50 }])
  })
  it('charges the minimum of an order once over its partial fills', () => {
    const rig = rigOf({ costs })
    rig.day([[100, 105, 95, 102, 500], null])
    const first = rig.send([{ of: A, shares: 150, force: 'gtc' }])
    const second = rig.day([[100, 105, 95, 102, 500], null])
    const third = rig.day([[100, 105, 95, 102, 500], null])
    // 50, 100 and 150 shares at 0.0035: 0.175 and 0.35 lie within the minimum, 0.525 is beyond it.
    expect([first, second, third].map(({ fills }) => fills[0]!.fee)).toEqual([0.35, 0, 0.18])
    expect(rig.cash()).toBeCloseTo(100_000 - 15_000 - 0.53, 9)
  })
  it('counts the shares of a month and starts anew in the next', () => {
    const rig = rigOf({
      costs: { equity: { ...FREE, commission: SCHEDULES.ibkr_pro_tiered } },
      cash: 1e9,
      checks: false,
    })
    rig.day([[100, 105, 95, 102, 1e9], null])
    expect(rig.send([{ of: A, shares: 300_000 }]).fills[0]!.fee).toBe(1_050)
    expect(rig.send([{ of: A, shares: 1_000 }]).fills[0]!.fee).toBe(2)
    for (let day = 0; day < 99; day += 1) rig.day([[100, 105, 95, 102, 1e9], null])
    expect(rig.send([{ of: A, shares: 1_000 }]).fills[0]!.fee).toBe(3.5)
  })
})

describe('buying power', () => {
  it('trims a purchase beyond cash to what fits with its fee, and says the numbers', () => {
    const rig = rigOf({
      account: { ...exchangeAccount(), kind: 'cash' },
      cash: 1_000,
      costs: { equity: { ...FREE, commission: { ...SCHEDULES.none, minimumPerOrder: 1 } } },
    })
    rig.day(ONE_BAR)
    const { fills, states } = rig.send([{ of: A, shares: 12 }])
    expect(fills).toMatchObject([{ shares: 9, price: 100, fee: 1 }])
    expect(states).toMatchObject([
      { state: 'cancelled', evidence: 'needs 1201.00 USD of cash, 1000.00 USD is free: cut from 12 to 9' },
    ])
    expect(rig.send([{ of: A, shares: 1 }]).states).toMatchObject([{ state: 'rejected' }])
  })
  it('lets exits go first, so that what they free pays for entries of the same moment', () => {
    const rig = rigOf({ account: { ...exchangeAccount(), kind: 'cash' }, cash: 1_000 })
    rig.day([
      [100, 100, 100, 100, 1_000],
      [50, 50, 50, 50, 1_000],
    ])
    rig.send([{ of: A, shares: 10 }])
    const { fills, states } = rig.send([
      { of: B, shares: 20 },
      { of: A, shares: -10, reducing: true },
    ])
    expect(states).toEqual([])
    expect(fills.map(({ symbol, shares }) => [symbol, shares])).toEqual([
      ['A', -10],
      ['B', 20],
    ])
    expect(rig.cash()).toBe(0)
  })
  it('gives twice the equity under Regulation T, for purchases and short sales', () => {
    for (const side of [1, -1] as const) {
      const rig = rigOf({ cash: 10_000 })
      rig.day(ONE_BAR)
      const { fills, states } = rig.send([{ of: A, shares: 201 * side }])
      expect(fills).toMatchObject([{ shares: 200 * side }])
      expect(states[0]!.evidence).toContain('needs 10050.00 USD of initial margin, 10000.00 USD is free')
    }
  })
  it('pays coins in full even in a margin account', () => {
    const coin = instrumentOf('BTC', 0, { kind: 'crypto' })
    const rig = exchangeRig([coin], { cash: 10_000 })
    rig.day([[20_000, 20_000, 20_000, 20_000, 10]])
    expect(rig.send([{ of: coin, shares: 1 }]).fills).toMatchObject([{ shares: 0.5 }])
  })
  it('rejects short sales of what cannot be borrowed, and any in a cash account', () => {
    const stuck = instrumentOf('A', 0, { shortable: false })
    const rig = exchangeRig([stuck])
    rig.day([[100, 100, 100, 100, 1_000]])
    expect(rig.send([{ of: stuck, shares: -1 }]).states).toMatchObject([
      { state: 'rejected', evidence: '"A" cannot be borrowed, so it cannot be held short' },
    ])
    const cash = rigOf({ account: { ...exchangeAccount(), kind: 'cash' } })
    cash.day(ONE_BAR)
    cash.send([{ of: A, shares: 5 }])
    expect(cash.send([{ of: A, shares: -8 }])).toMatchObject({
      fills: [{ shares: -5 }],
      states: [{ state: 'cancelled', evidence: 'a cash account cannot hold "A" short' }],
    })
  })
  it('never holds back a reducing order, even without any buying power', () => {
    const rig = rigOf({ cash: 10_000 })
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: -200 }])
    rig.close()
    rig.day([[140, 140, 140, 140, 1_000], null])
    expect(rig.exchange.buyingPower()).toBeLessThan(0)
    expect(rig.send([{ of: A, shares: 200, reducing: true }])).toMatchObject({ fills: [{ shares: 200 }], states: [] })
  })
})

function exchangeAccount() {
  return { id: 'main' as never, initialMargin: 0.5, maintenanceMargin: 0.25, shortMaintenanceMargin: 0.3 }
}

describe('margin calls', () => {
  it('calls for what is missing to a quarter of longs, and sells no more than ends the call', () => {
    const rig = rigOf({ cash: 10_000 })
    rig.day(ONE_BAR)
    rig.send([{ of: A, shares: 200 }])
    rig.close()
    expect(rig.exchange.marginCall()).toBeNull()
    rig.day([[65, 65, 64, 64, 1_000], null])
    rig.close()
    // Equity 200 x 64 - 10,000 = 2,800; a quarter of 12,800 is 3,200.
    expect(rig.exchange.marginCall()).toEqual({ deficit: 400_000_000 })
    const orders = rig.exchange.forcedReduction()
    expect(orders).toMatchObject([{ legs: [{ instrument: { symbol: 'A' }, quantity: -25_000_000 }] }])
    expect(orders[0]!.evidence).toBe('the maintenance requirement is short by 400.00 USD')
    rig.exchange.post(400_000_000 as never)
    expect(rig.exchange.marginCall()).toBeNull()
    expect(rig.exchange.forcedReduction()).toEqual([])
  })
  it('asks three tenths of shorts and reduces the largest position first', () => {
    const rig = rigOf({ cash: 10_000 })
    rig.day([
      [100, 100, 100, 100, 1_000],
      [10, 10, 10, 10, 1_000],
    ])
    rig.send([
      { of: A, shares: -150 },
      { of: B, shares: 400 },
    ])
    rig.close()
    rig.day([
      [140, 140, 140, 140, 1_000],
      [10, 10, 10, 10, 1_000],
    ])
    rig.close()
    // Equity 10,000 - 6,000 = 4,000; 30 % of 21,000 and 25 % of 4,000 are 7,300.
    expect(rig.exchange.marginCall()).toEqual({ deficit: 3_300_000_000 })
    expect(rig.exchange.forcedReduction()).toMatchObject([
      { legs: [{ instrument: { symbol: 'A' }, quantity: 79_000_000 }] },
    ])
  })
})

describe('corporate actions', () => {
  it('keeps whole shares through a split and pays the fraction; resting orders are cancelled', () => {
    const rig = rigOf()
    rig.day([[2, 2, 2, 2, 1_000], null])
    rig.send([{ of: A, shares: 77 }])
    rig.send([{ of: A, shares: -1, type: 'limit', limit: 3, force: 'gtc' }])
    rig.close()
    const before = rig.cash()
    const { states } = rig.apply({
      kind: 'split',
      instrument: A.id,
      numerator: 1,
      denominator: 10,
      priceAfter: dollars(20),
    })
    expect(states).toMatchObject([{ state: 'cancelled', evidence: 'cancelled by the split of its instrument' }])
    expect(rig.shares(A)).toBe(7)
    expect(rig.cash() - before).toBeCloseTo(14, 9)
  })
  it('conserves equity over a split at the mark', () => {
    const rig = rigOf()
    rig.day([[700, 700, 700, 700, 1_000], null])
    rig.send([{ of: A, shares: 10 }])
    rig.close()
    rig.apply({ kind: 'split', instrument: A.id, numerator: 7, denominator: 1, priceAfter: null })
    expect(rig.shares(A)).toBe(70)
    expect(rig.exchange.equity()).toBeCloseTo(100_000e6, 3)
  })
  it('pays dividends to longs and takes them from shorts; ends a listing at its last price', () => {
    const rig = rigOf()
    rig.day([
      [100, 100, 100, 100, 1_000],
      [50, 50, 50, 50, 1_000],
    ])
    rig.send([
      { of: A, shares: 10 },
      { of: B, shares: -10 },
    ])
    const before = rig.cash()
    rig.apply({ kind: 'dividend', instrument: A.id, amount: 0.8 })
    rig.apply({ kind: 'dividend', instrument: B.id, amount: 0.5 })
    expect(rig.cash() - before).toBeCloseTo(8 - 5, 9)
    rig.apply({ kind: 'ended', instrument: A.id, price: dollars(90), cause: 'no data' })
    expect(rig.shares(A)).toBe(0)
    expect(rig.cash() - before).toBeCloseTo(903, 9)
  })
})

describe('the fast lane of an auction', () => {
  it('books the same fills, fees and cash as the judged lane, to the last count', () => {
    const costs = {
      equity: {
        commission: { ...SCHEDULES.none, bps: 7.5 },
        slippage: { kind: 'bps', bps: 3 },
        participationMax: 0.1,
      },
    } as const
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const [judged, fast] = [true, false].map((checks) => {
          const random = createRandom(seed)
          const rig = rigOf({ costs, checks, cash: 1e9 })
          const seen: unknown[] = []
          for (let day = 0; day < 5; day += 1) {
            const price = 10 + random.uniform() * 90
            const volume = Math.floor(random.uniform() * 3_000)
            const row = random.uniform() < 0.1 ? null : ([price, price, price, price, volume] as const)
            seen.push(rig.day([row, [50, 51, 49, 50, 1_000]]))
            const orders = Array.from({ length: 6 }, () => ({
              of: random.uniform() < 0.5 ? A : B,
              shares: Math.floor((random.uniform() - 0.5) * 400),
              force: random.uniform() < 0.5 ? ('cycle' as const) : ('gtc' as const),
            }))
            seen.push(rig.send(orders), rig.range(), rig.close())
          }
          return [seen, rig.cash(), rig.shares(A), rig.shares(B), rig.exchange.equity()]
        })
        expect(fast).toEqual(judged)
      }),
      { seed: 20_260_101, numRuns: 300 },
    )
  })
})

describe('books', () => {
  it('agree with the sum of fills for any orders, and orders never fill beyond their quantity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const random = createRandom(seed)
        const within = (low: number, high: number): number => low + random.uniform() * (high - low)
        const costs = {
          equity: { commission: SCHEDULES.ibkr_pro_tiered, slippage: { kind: 'bps', bps: 7 }, participationMax: 0.2 },
        } as const
        const rig = exchangeRig([A, B], { costs, cash: 20_000 })
        let cash = 20_000
        const shares: Record<string, number> = { A: 0, B: 0 }
        const wanted = new Map<number, number>()
        let orders = 0
        const book = ({ fills }: ReturnType<typeof rig.range>): void => {
          for (const fill of fills) {
            cash -= fill.shares * fill.price + fill.fee
            shares[fill.symbol] = shares[fill.symbol]! + fill.shares
            const left = wanted.get(fill.order)! - fill.shares
            expect(Math.sign(left) * Math.sign(fill.shares)).toBeGreaterThanOrEqual(0)
            wanted.set(fill.order, left)
            expect(fill.fee).toBeGreaterThanOrEqual(0)
          }
        }
        for (let day = 0; day < 12; day += 1) {
          const row = (): readonly [number, number, number, number, number] | null => {
            if (random.uniform() < 0.1) return null
            const open = within(20, 60)
            const close = within(20, 60)
            const high = Math.max(open, close) + within(0, 4)
            return [open, high, Math.min(open, close) - within(0, 4), close, Math.floor(within(0, 2_000))]
          }
          book(rig.day([row(), row()]))
          const types = ['market', 'limit', 'stop', 'close'] as const
          const list = Array.from({ length: 3 }, () => {
            orders += 1
            const size = Math.floor(within(-300, 300)) || 1
            wanted.set(orders, size)
            const type = types[Math.floor(within(0, 4))]!
            const force = (['cycle', 'day', 'gtc'] as const)[Math.floor(within(0, 3))]!
            return {
              of: random.uniform() < 0.5 ? A : B,
              shares: size,
              type,
              force,
              limit: within(20, 60),
              stop: within(20, 60),
            }
          })
          book(rig.send(list, 'auction'))
          book(rig.range())
          book(rig.close())
        }
        expect(rig.shares(A)).toBe(shares['A'])
        expect(rig.shares(B)).toBe(shares['B'])
        expect(Math.abs(rig.cash() - cash)).toBeLessThan(1e-3)
      }),
      { seed: 20_260_101, numRuns: 300 },
    )
  })
})
