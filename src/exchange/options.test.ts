import { describe, expect, it } from 'vitest'
import {
  CASH_ACCOUNT,
  chainOf,
  dollars,
  exchangeRig,
  FREE,
  instrumentOf,
  MARGIN_ACCOUNT,
  optionOf,
  type RigOptions,
} from '../../test/fixtures/exchange-rig.ts'
import { instant, type TradeDate } from '../domain/units.ts'
import { SCHEDULES } from './schedules.ts'

const SPY = instrumentOf('SPY', 0, { kind: 'etf' })
const SHORT = optionOf('SPY', 1, 'put', 95)
const LONG = optionOf('SPY', 2, 'put', 90)
const CALL = optionOf('SPY', 3, 'call', 105)
const CASH_SETTLED = optionOf('SPY', 4, 'put', 95, 20_240_216, 'european')
const SPREAD = [
  { of: SHORT, ratio: -1 },
  { of: LONG, ratio: 1 },
]
const REVERSED = [
  { of: SHORT, ratio: 1 },
  { of: LONG, ratio: -1 },
]
const BAR = [[100, 101, 99, 100, 1_000_000] as const]
const QUOTES = { 'put 95': [2, 2.1], 'put 90': [0.9, 1], 'call 105': [1.5, 1.6] } as const

function rigOf(options: RigOptions = {}) {
  return exchangeRig([SPY, SHORT, LONG, CALL, CASH_SETTLED], options)
}

const chain = (quotes: Parameters<typeof chainOf>[3] = QUOTES, spot = 100) => chainOf('SPY', instant(0), spot, quotes)

describe('structures', () => {
  it('fill as a unit: sold legs at the bid, bought legs at the ask, one row per leg, commission over all legs', () => {
    const rig = rigOf({
      costs: { option: { ...FREE, commission: { ...SCHEDULES.ibkr_options, saleFraction: 0, salePerShare: 0 } } },
    })
    rig.day(BAR, [chain()])
    const { fills, states } = rig.send([{ of: SPREAD, shares: 2 }])
    expect(states).toEqual([])
    expect(fills.map(({ order, shares, price, fee }) => [order, shares, price, fee])).toEqual([
      [1, -2, 2, 1.3],
      [1, 2, 1, 1.3],
    ])
    expect(rig.cash()).toBeCloseTo(100_000 + 200 - 2.6, 9)
  })
  it('fill not at all when one leg has no quote, and wait only if they may', () => {
    const rig = rigOf()
    rig.day(BAR, [chain({ 'put 95': [2, 2.1] })])
    const { fills, states } = rig.send([
      { of: SPREAD, shares: 1 },
      { of: SPREAD, shares: 1, force: 'gtc' },
    ])
    expect(fills).toEqual([])
    expect(states.map(({ state }) => state)).toEqual(['cancelled', 'working'])
    expect(states[0]!.evidence).toBe('"SPY 20240216 put 90" has no two-sided quote now')
    expect(rig.close([chain()]).fills).toEqual([])
    expect(rig.day(BAR, [chain()]).fills).toHaveLength(2)
  })
  it('use the chain of their own moment only', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.close()
    rig.day(BAR)
    expect(rig.send([{ of: SPREAD, shares: 1 }]).fills).toEqual([])
    rig.close([chain({ 'put 95': [3, 3.1], 'put 90': [1.4, 1.5] })])
    const closing = rig.send([{ of: SPREAD, shares: 1, type: 'close' }], 'close')
    expect(closing.fills.map(({ price }) => price)).toEqual([3, 1.5])
  })
  it('give a worthless long away and pay a cent for a worthless short', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.send([{ of: SPREAD, shares: 1 }])
    rig.close([chain()])
    rig.day([[120, 120, 120, 120, 1_000]], [chain({ 'put 95': [0, 0] }, 120)])
    const { fills } = rig.send([{ of: REVERSED, shares: 1, reducing: true }])
    expect(fills.map(({ shares, price }) => [shares, price])).toEqual([
      [1, 0.01],
      [-1, 0],
    ])
    expect(rig.shares(SHORT)).toBe(0)
  })
  it('do not give away a long that is in the money', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.send([{ of: SPREAD, shares: 1 }])
    rig.close([chain()])
    rig.day([[80, 80, 80, 80, 1_000]], [chain({ 'put 95': [15, 15.2] }, 80)])
    expect(rig.send([{ of: REVERSED, shares: 1, reducing: true }]).fills).toEqual([])
  })
  it('obey a limit on the net price', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    const { fills, states } = rig.send([
      { of: SPREAD, shares: 1, type: 'limit', limit: -1.05, force: 'day' },
      { of: SPREAD, shares: 1, type: 'limit', limit: -1, force: 'day' },
    ])
    expect(fills.map(({ order }) => order)).toEqual([2, 2])
    expect(states).toMatchObject([{ order: 1, state: 'working' }])
  })
  it('bind their width; what does not fit whole is rejected', () => {
    const rig = rigOf({ cash: 1_000 })
    rig.day(BAR, [chain()])
    // Each binds 500 and brings in 100: three do not fit (1,300 - 1,500), two do (1,200 - 1,000).
    const { fills, states } = rig.send([{ of: SPREAD, shares: 3 }])
    expect(fills).toEqual([])
    expect(states).toMatchObject([{ state: 'rejected' }])
    expect(states[0]!.evidence).toBe('needs 1200.00 USD of initial margin, 1000.00 USD is free: cut from 3 to 0')
    expect(rig.send([{ of: SPREAD, shares: 2 }]).fills.map(({ shares }) => shares)).toEqual([-2, 2])
    expect(rig.exchange.buyingPower()).toBeCloseTo(200e6, 3)
    rig.close([chain()])
    expect(rig.exchange.marginCall()).toBeNull()
    rig.exchange.post(-500_000_000 as never)
    expect(rig.exchange.marginCall()).toEqual({ deficit: 300_000_000 })
    const [order] = rig.exchange.forcedReduction()
    expect(order!.legs.map(({ instrument, quantity }) => [instrument.symbol, quantity])).toEqual([
      ['SPY 20240216 put 90', -2],
      ['SPY 20240216 put 95', 2],
    ])
  })
})

describe('single options', () => {
  it('fill at bid and ask, and at limits that the quote satisfies', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    const { fills } = rig.send([
      { of: CALL, shares: 1 },
      { of: CALL, shares: 1, type: 'limit', limit: 1.55 },
      { of: CALL, shares: -1, type: 'limit', limit: 1.5, reducing: true },
    ])
    expect(fills.map(({ order, price }) => [order, price])).toEqual([
      [3, 1.5],
      [1, 1.6],
    ])
  })
  it('bind a naked put by the standard rule, and its strike in a cash account', () => {
    const margin = rigOf({ cash: 20_000 })
    margin.day(BAR, [chain()])
    margin.send([{ of: SPY, shares: 1 }])
    margin.send([{ of: SHORT, shares: -1 }])
    // Middle 2.05 + max(20 % of 100 - 5 out of the money, 10 % of 95) = 17.05 a share.
    expect(margin.exchange.buyingPower() / 1e6).toBeCloseTo(20_000 - 50 + 200 - 1_705, 6)
    const cash = rigOf({ cash: 9_400, account: CASH_ACCOUNT })
    cash.day(BAR, [chain()])
    expect(cash.send([{ of: SHORT, shares: -2 }])).toMatchObject({
      fills: [{ shares: -1 }],
      states: [{ state: 'cancelled' }],
    })
  })
  it('cover a call by shares, and refuse a naked one in a cash account', () => {
    const rig = rigOf({ cash: 12_000, account: CASH_ACCOUNT })
    rig.day(BAR, [chain()])
    expect(rig.send([{ of: CALL, shares: -1 }]).states).toMatchObject([{ state: 'rejected' }])
    rig.send([{ of: SPY, shares: 100 }])
    expect(rig.send([{ of: CALL, shares: -1 }]).fills).toMatchObject([{ price: 1.5 }])
  })
  it('take no stops', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    expect(rig.send([{ of: CALL, shares: 1, type: 'stop', stop: 2 }]).states).toMatchObject([{ state: 'rejected' }])
  })
})

function expire(rig: ReturnType<typeof rigOf>, spot: number) {
  const actions = rig.exchange.expiries(20_240_216 as TradeDate, () => spot)
  for (const action of actions) rig.apply(action)
  return actions
}

describe('expiry', () => {
  const spreadHeld = () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.send([{ of: SPREAD, shares: 1 }])
    rig.close([chain()])
    return rig
  }

  it('names the held contracts of the day and no others', () => {
    const rig = spreadHeld()
    expect(rig.exchange.expiries(20_240_215 as TradeDate, () => 100)).toEqual([])
    expect(rig.exchange.expiries(20_240_216 as TradeDate, () => 100)).toEqual([
      { kind: 'expiry', instrument: SHORT.id, underlyingPrice: 100 },
      { kind: 'expiry', instrument: LONG.id, underlyingPrice: 100 },
    ])
  })
  it('lets contracts out of the money lapse', () => {
    const rig = spreadHeld()
    expire(rig, 94.995)
    expect([rig.shares(SHORT), rig.shares(LONG), rig.shares(SPY)]).toEqual([0, 0, 0])
    expect(rig.cash()).toBeCloseTo(100_100, 9)
  })
  it('delivers shares at the strike from one cent in the money', () => {
    const rig = spreadHeld()
    expire(rig, 94.99)
    expect([rig.shares(SHORT), rig.shares(LONG), rig.shares(SPY)]).toEqual([0, 0, 100])
    expect(rig.cash()).toBeCloseTo(100_100 - 9_500, 9)
  })
  it('exercises the long leg too: the loss is the width', () => {
    const rig = spreadHeld()
    expire(rig, 80)
    expect(rig.shares(SPY)).toBe(0)
    expect(rig.cash()).toBeCloseTo(100_100 - 500, 9)
  })
  it('pays cash for cash-settled contracts', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.send([{ of: CASH_SETTLED, shares: 1 }])
    rig.close([chain()])
    expire(rig, 90)
    expect(rig.shares(SPY)).toBe(0)
    expect(rig.cash()).toBeCloseTo(100_000 - 210 + 500, 9)
  })
})

describe('pin risk', () => {
  const pinned = (band: number, spot: number, ratio: 1 | -1 = 1) => {
    const rig = rigOf({ account: { ...MARGIN_ACCOUNT, pinBand: band } })
    rig.day(BAR, [chain()])
    rig.send([{ of: ratio === 1 ? SPREAD : REVERSED, shares: 1 }])
    rig.close([chain()])
    return { rig, actions: rig.exchange.pinned(20_240_216 as TradeDate, () => spot) }
  }

  it('assigns what was sold near its strike, in the band and out of the money, whatever the long leg does', () => {
    const { rig, actions } = pinned(0.002, 95.15)
    expect(actions).toEqual([{ kind: 'assignment', instrument: SHORT.id, underlyingPrice: 95.15 }])
    for (const action of actions) rig.apply(action)
    expire(rig, 95.15)
    expect([rig.shares(SHORT), rig.shares(LONG), rig.shares(SPY)]).toEqual([0, 0, 100])
    expect(rig.cash()).toBeCloseTo(100_100 - 9_500, 9)
  })
  it('leaves alone what stands beyond the band, in the money, or was bought; a band of 0 pins nothing', () => {
    expect(pinned(0.002, 95.2).actions).toEqual([])
    expect(pinned(0.002, 94.95).actions).toEqual([])
    expect(pinned(0.002, 90.1).actions).toEqual([])
    expect(pinned(0.002, 90.1, -1).actions).toMatchObject([{ instrument: LONG.id }])
    expect(pinned(0, 95).actions).toEqual([])
  })
  it('pins nothing before the last day', () => {
    const { rig } = pinned(0.002, 95.1)
    expect(rig.exchange.pinned(20_240_215 as TradeDate, () => 95.1)).toEqual([])
  })
})

describe('an underlying that ends', () => {
  it('settles contracts in money at its last price: nothing can be delivered', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.send([{ of: SPREAD, shares: 1 }])
    rig.close([chain()])
    const actions = rig.exchange.endedContracts(SPY.id, 92)
    expect(actions).toMatchObject([
      { kind: 'expiry', instrument: SHORT.id, settlement: 'cash' },
      { kind: 'expiry', instrument: LONG.id, settlement: 'cash' },
    ])
    for (const action of actions) rig.apply(action)
    expect([rig.shares(SHORT), rig.shares(LONG), rig.shares(SPY)]).toEqual([0, 0, 0])
    expect(rig.cash()).toBeCloseTo(100_100 - 300, 9)
    expect(rig.exchange.endedContracts(instrumentOf('QQQ', 9).id, 92)).toEqual([])
  })
})

describe('early assignment', () => {
  const facts = (spot: number, dividend: number, rate = 0.03) => ({
    priceOf: () => spot,
    dividendOf: () => dividend,
    rate,
  })
  const tonight = 20_240_112 as TradeDate

  it('comes when a call has less time value than tomorrow’s dividend', () => {
    const rig = rigOf({ cash: 200_000 })
    rig.day(BAR, [chain()])
    rig.send([{ of: CALL, shares: -1 }])
    rig.close([chain({ 'call 105': [15.2, 15.4] }, 120)])
    expect(rig.exchange.earlyAssignments(tonight, facts(120, 0.25))).toEqual([])
    const actions = rig.exchange.earlyAssignments(tonight, facts(120, 0.35))
    expect(actions).toEqual([{ kind: 'assignment', instrument: CALL.id, underlyingPrice: 120 }])
    rig.apply(actions[0]!)
    expect([rig.shares(CALL), rig.shares(SPY)]).toEqual([0, -100])
    expect(rig.cash()).toBeCloseTo(200_000 + 150 + 10_500, 9)
  })
  it('comes when nothing is gained by waiting with a deep put, whose volatility the lattice is built on', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.send([{ of: SPREAD, shares: 1 }])
    const deep = (volatility: number) =>
      chainOf('SPY', instant(0), 70, { 'put 95': [25.1, 25.3], 'put 90': [20.1, 20.3] }, volatility)
    rig.close([deep(0.9)])
    expect(rig.exchange.earlyAssignments(tonight, facts(70, 0))).toEqual([])
    rig.close([deep(0.2)])
    expect(rig.exchange.earlyAssignments(tonight, facts(70, 0, 0))).toEqual([])
    // Tomorrow's dividend makes the put worth more: nobody exercises tonight.
    expect(rig.exchange.earlyAssignments(tonight, facts(70, 0.5))).toEqual([])
    const actions = rig.exchange.earlyAssignments(tonight, facts(70, 0))
    expect(actions).toMatchObject([{ kind: 'assignment', instrument: SHORT.id, underlyingPrice: dollars(70) }])
    rig.apply(actions[0]!)
    expect([rig.shares(SHORT), rig.shares(LONG), rig.shares(SPY)]).toEqual([0, 1, 100])
  })
  it('never touches long contracts or cash-settled ones', () => {
    const rig = rigOf()
    rig.day(BAR, [chain()])
    rig.send([{ of: CASH_SETTLED, shares: -1 }])
    rig.close([chain({ 'put 95': [25, 25.1] }, 70)])
    expect(rig.exchange.earlyAssignments(tonight, facts(70, 5))).toEqual([])
  })
})
