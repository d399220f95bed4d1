import { describe, expect, it } from 'vitest'
import {
  closeOf,
  drawnMarket,
  type RigMarket,
  rigSymbol,
  type SeenWish,
  strategyRig,
} from '../../../../test/contracts/strategy-rig.ts'
import type { FundingRecord } from '../../../domain/market-records.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { type Instant, instrumentId, type TradeDate } from '../../../domain/units.ts'
import { annualised, fundingYield, type Payment, withPayments } from './carry.ts'
import { cashAndCarry } from './cash-and-carry.ts'

const strategy = cashAndCarry as unknown as Strategy
const defaults = defaultsOf(cashAndCarry.parameters as never) as Record<string, number | string>
const DAY = 86_400_000

/** A spot at 100 and a derivative at a premium in hundredths of a per cent, bar by bar. */
function premiums(points: readonly number[], rates: Readonly<Record<number, number>> = {}): RigMarket {
  const bars = points.length
  const prices = Float64Array.from({ length: 2 * bars }, (_, at) => (at % 2 === 0 ? 100 : 100 + points[at >> 1]! / 100))
  const field = { open: prices, high: prices, low: prices, close: prices, volume: prices.map(() => 1_000) }
  const market = { columns: 2, bars, dates: drawnMarket(1, 1, bars).dates, ...field, factor: prices.map(() => 1) }
  const records = Object.entries(rates).map(([bar, rate]): FundingRecord => {
    const at = (closeOf(market, Number(bar)) - 3_600_000) as Instant
    const head = { id: bar, instrument: instrumentId(rigSymbol(1)), eventAt: at, publishedAt: at }
    return { ...head, origin: 'synthetic', kind: 'funding', rate }
  })
  return { ...market, records }
}

function wishesOf(market: RigMarket, changed: Record<string, number | string> = {}): readonly (readonly SeenWish[])[] {
  const rig = strategyRig(strategy, { ...defaults, ...changed } as never, market)
  return Array.from({ length: market.bars }, (_, bar) => rig.step(bar))
}

const told = (wishes: readonly (readonly SeenWish[])[]) =>
  wishes.flatMap((row, bar) =>
    row.map(({ kind, column, value, reason }) => `${bar} ${kind} ${column} ${value} ${reason}`),
  )

describe('yields', () => {
  it('are a basis over the days that are left, or over the horizon', () => {
    const today = 20_240_102 as TradeDate
    expect(annualised(0.01, { today, expiry: 20_240_322 as TradeDate, horizon: 7 })).toBeCloseTo((0.01 * 365) / 80, 12)
    expect(annualised(0.01, { today, expiry: today, horizon: 7 })).toBeCloseTo(3.65, 12)
    expect(annualised(0.01, { today, expiry: null, horizon: 7 })).toBeCloseTo((0.01 * 365) / 7, 12)
  })
  it('are the funding of the last days, and unknown without any', () => {
    const record = (day: number, rate: number) => ({ eventAt: day * DAY, rate }) as unknown as FundingRecord
    const first = withPayments([], [record(2, 0.02), record(1, 0.01)], { at: 2 * DAY, days: 2 })
    expect(first).toEqual([
      [DAY, 0.01],
      [2 * DAY, 0.02],
    ])
    const next = withPayments(first, [record(3, -0.005)], { at: 3 * DAY, days: 2 })
    expect(next.map(([, rate]) => rate)).toEqual([0.02, -0.005])
    expect(fundingYield(next, 2)).toBeCloseTo((0.015 * 365) / 2, 12)
    expect(fundingYield([] as readonly Payment[], 2)).toBeNaN()
  })
})

describe('cashAndCarry', () => {
  it('buys the spot and sells the derivative for the same value above the entry, and leaves below the exit', () => {
    // 4 % a year over 7 days are 7.67 points, 1 % are 1.92.
    const said = told(wishesOf(premiums([7.6, 7.7, 5, 2, 1.9, 0])))
    expect(said).toEqual([
      '1 target 0 449000000 carry',
      '1 target 1 -449000000 carry',
      '4 exit 0 0 carry is gone',
      '4 exit 1 0 carry is gone',
    ])
  })
  it('averages the basis over its bars before it says anything', () => {
    const said = told(wishesOf(premiums([20, 20, 1, 9, 20]), { averageBars: 3 }))
    // The mean of 20, 20 and 1 is 13.7; the next one, of 20, 1 and 9, is 10.
    expect(said).toEqual(['2 target 0 449000000 carry', '2 target 1 -449000000 carry'])
    expect(told(wishesOf(premiums([20, 20]), { averageBars: 3 }))).toEqual([])
  })
  it('takes the funding where it is more, and nothing else where it is told so', () => {
    const rates = { 1: 0.001, 2: 0.001, 9: -0.004 }
    const points = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    // One payment of 0.1 % in 7 days is 5.2 % a year.
    const said = told(wishesOf(premiums(points, rates)))
    // Without a premium 450 whole units fit; on the seventh bar the last payment is more than seven days old.
    expect(said).toEqual([
      '1 target 0 450000000 carry',
      '1 target 1 -450000000 carry',
      '7 exit 0 0 carry is gone',
      '7 exit 1 0 carry is gone',
    ])
    expect(told(wishesOf(premiums(points, rates), { measure: 'basis' }))).toEqual([])
    expect(told(wishesOf(premiums([50, 50, 50]), { measure: 'funding' }))).toEqual([])
  })
  it('brings the short to the value of the spot when they have drifted apart', () => {
    const said = told(wishesOf(premiums([10, 10, 400, 800, 800]), { band: 0.05 }))
    expect(said.filter((one) => one.includes('rebalance'))).toEqual(['3 target 1 -416000000 rebalance'])
  })
  it('cuts both legs back when the price has run away with them', () => {
    const rising = premiums([10, 10, 10, 10, 10])
    const scaled = (bar: number): number => (bar < 2 ? 1 : bar === 2 ? 1.24 : 1.27)
    const prices = rising.close.map((price, at) => price * scaled(at >> 1))
    const said = told(wishesOf({ ...rising, open: prices, high: prices, low: prices, close: prices }))
    // 449 at 124 are 55,676, at 127.13 they are 57,080: more than 45,000 and a quarter.
    expect(said.slice(2)).toEqual(['3 target 0 353000000 cut back', '3 target 1 -353000000 cut back'])
  })
  it('asks for an exit below the entry', () =>
    expect(cashAndCarry.check?.({ ...defaults, exit: 0.04 } as never)).toContain('below'))
})
