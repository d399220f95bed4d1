import { describe, expect, it } from 'vitest'
import { decisionsOf } from '../../../../test/contracts/strategy.ts'
import { logOf, marketOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket, type RigMarket, strategyRig } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { thetaDecay } from './theta-decay.ts'

const strategy = thetaDecay as unknown as Strategy
const defaults = defaultsOf(thetaDecay.parameters as never) as Record<string, never>
const like = drawnMarket(11, 1, 200)

/** One underlying whose closes follow a path; options at 30 % volatility. */
function path(prices: readonly number[]): RigMarket {
  return marketOf(
    prices.map((price) => [price, price, price, price, 1_000_000] as const),
    like,
  )
}

function wishesOf(market: RigMarket, parameters: Record<string, unknown> = {}) {
  return logOf(strategy, { ...defaults, ...parameters } as never, market)
}

const flat = (price: number, bars: number): number[] => Array.from({ length: bars }, () => price)

function closesOf(market: RigMarket, parameters: Record<string, unknown> = {}): { bar: number; reason: string }[] {
  const rig = strategyRig(strategy, { ...defaults, ...parameters } as never, market)
  return Array.from({ length: market.bars }, (_, bar) => rig.step(bar)).flatMap((wishes, bar) =>
    wishes.filter(({ kind }) => kind === 'closeStructure').map(({ reason }) => ({ bar, reason })),
  )
}

describe('entries', () => {
  it('sell the put nearest 0.30 delta and buy the one nearest 0.15, at the expiry nearest 38 days', () => {
    const market = path(flat(400, 3))
    const opened = wishesOf(market).find(({ wish }) => wish?.kind === 'openStructure')!
    const { legs, credit, maximumLoss } = opened.wish!.structure!
    const [short, long] = legs
    expect(opened.bar).toBe(0)
    expect([short!.right, short!.ratio, long!.right, long!.ratio]).toEqual(['put', -1, 'put', 1])
    // 2020-01-02 + 38 days is 2020-02-09, a Sunday: Friday 02-07 lies two days off, 02-14 five.
    expect(short!.expiry).toBe(20_200_207)
    // Strikes stand 5 apart. Delta 0.30 is d1 = 0.524 at 32 % over 36 days: strike 382.5, of which 380 has the nearer
    // delta; 0.15 is d1 = 1.036 at 33.5 %: strike 361.8, so 360.
    expect([short!.strike, long!.strike]).toEqual([380, 360])
    expect(credit).toBeGreaterThan(2)
    expect(credit).toBeLessThan(5)
    expect(maximumLoss).toBeCloseTo((20 - credit) * 100, 9)
  })
  it('are one per underlying and none while an order is on its way', () => {
    const rows = wishesOf(path(flat(400, 10)))
    expect(rows.filter(({ wish }) => wish?.kind === 'openStructure').map(({ bar }) => bar)).toEqual([0])
  })
  it('stop at the sleeve’s places, in declared order', () => {
    const market = drawnMarket(5, 6, 2)
    const rich = { ...market }
    for (const field of ['open', 'high', 'low', 'close'] as const) rich[field] = new Float64Array(12).fill(400)
    rich.volume = new Float64Array(12).fill(1_000)
    rich.factor = new Float64Array(12).fill(1)
    const [first, second] = decisionsOf(() => strategy, rich)
    expect(first!.map(({ kind, column }) => [kind, column])).toEqual([
      ['openStructure', 0],
      ['openStructure', 1],
      ['openStructure', 2],
    ])
    expect(second).toEqual([])
  })
  it('are refused by name: too little credit, too much, a stop that the width makes unreachable', () => {
    const first = (prices: number[], parameters = {}) => wishesOf(path(prices), parameters)[0]!.wish!.reason
    expect(first(flat(30, 1))).toBe('creditBelowMinimum')
    expect(first(flat(400, 1), { creditMax: 1 })).toBe('creditAboveMaximum')
    expect(first(flat(400, 1), { stopMultiple: 5 })).toBe('stopUnreachable')
  })
  it('keep a fixed width when the width selects', () => {
    const { structure } = wishesOf(path(flat(400, 1)), { select: 'width', width: 10, stopMultiple: 1 })[0]!.wish!
    expect(structure!.legs[0]!.strike - structure!.legs[1]!.strike).toBe(10)
  })
  it('are as narrow as the least credit allows when the credit selects', () => {
    const asked = { select: 'credit', creditMin: 0.8, stopMultiple: 1 }
    const market = path(flat(400, 1))
    const { structure } = wishesOf(market, asked)[0]!.wish!
    const [short, long] = structure!.legs
    expect(structure!.credit).toBeGreaterThanOrEqual(0.8)
    // Strikes stand 5 apart: the next one that is nearer would pay less.
    const wider = wishesOf(market, { ...asked, creditMin: structure!.credit + 0.01 })[0]!.wish!.structure!
    expect(wider.legs[0]!.strike - wider.legs[1]!.strike).toBeGreaterThan(short!.strike - long!.strike)
    expect(wishesOf(market, { ...asked, creditMin: 30 })[0]!.wish).toBeNull()
  })
  it('need a chain with an expiry in the window', () => {
    expect(wishesOf(path(flat(400, 1)), { daysMin: 31, daysTarget: 31, daysMax: 31, exitDays: 21 })[0]!.wish).toBeNull()
  })
})

describe('exits', () => {
  it('take half of the credit', () => {
    const [first] = closesOf(path([...flat(400, 3), ...flat(425, 10)]))
    expect(first).toEqual({ bar: 3, reason: 'profit' })
  })
  it('stop at a loss of twice the credit, and of any other stated multiple', () => {
    const falling = path([...flat(400, 3), 385, 372, 360, 345, 330, 315])
    const [first] = closesOf(falling)
    expect(first!.reason).toBe('stop')
    const [sooner] = closesOf(falling, { stopMultiple: 0.5 })
    expect(sooner!.bar).toBeLessThan(first!.bar)
    const rows = wishesOf(falling)
    const before = rows.find(({ bar }) => bar === first!.bar - 1)!.structures[0]!
    const at = rows.find(({ bar }) => bar === first!.bar)!.structures[0]!
    expect(before.costToClose!).toBeLessThan(3 * before.credit)
    expect(at.costToClose!).toBeGreaterThanOrEqual(3 * at.credit)
  })
  it('come 21 days before expiry, whatever the price', () => {
    const market = path(flat(400, 20))
    const [first] = closesOf(market, { profitTarget: 1, stopMultiple: 2 })
    expect(first!.reason).toBe('dte')
    expect(daysBetween(market.dates[first!.bar]!, 20_200_207 as never)).toBeLessThanOrEqual(21)
    expect(daysBetween(market.dates[first!.bar - 1]!, 20_200_207 as never)).toBeGreaterThan(21)
  })
  it('are wished once: not again while the order is on its way', () => {
    expect(closesOf(path([...flat(400, 3), ...flat(425, 2)]))).toHaveLength(1)
  })
})

describe('check', () => {
  const problem = (parameters: Record<string, unknown>) => thetaDecay.check!({ ...defaults, ...parameters } as never)

  it('refuses a width that makes the stop unreachable', () => {
    expect(problem({ select: 'width', width: 1, creditMin: 0.5 })).toBe(
      'a loss of 2 times the least credit 0.5 is out of reach with a width of 1: lower stop_multiple or credit_min, or widen the spread',
    )
    expect(problem({ select: 'width', width: 1.5, creditMin: 0.5 })).toBeNull()
  })
  it('refuses days, deltas and credits in the wrong order', () => {
    expect(problem({ daysMin: 40 })).toContain('must not fall')
    expect(problem({ exitDays: 30 })).toContain('must lie below the least days')
    expect(problem({ longDelta: 0.3 })).toContain('must lie below short delta')
    expect(problem({ creditMax: 0.2 })).toContain('must not lie below')
  })
})
