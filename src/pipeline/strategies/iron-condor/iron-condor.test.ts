import { describe, expect, it } from 'vitest'
import { logOf, marketOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket, type RigMarket, strategyRig } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { ironCondor } from './iron-condor.ts'

const strategy = ironCondor as unknown as Strategy
const defaults = defaultsOf(ironCondor.parameters as never) as Record<string, never>
const like = drawnMarket(11, 1, 200)

/** One underlying whose closes follow a path; options at 30 % volatility, strikes 5 apart above 250. */
function path(prices: readonly number[]): RigMarket {
  return marketOf(
    prices.map((price) => [price, price, price, price, 1_000_000] as const),
    like,
  )
}

const flat = (price: number, bars: number): number[] => Array.from({ length: bars }, () => price)
const wishesOf = (market: RigMarket, parameters: Record<string, unknown> = {}) =>
  logOf(strategy, { ...defaults, ...parameters } as never, market)

function closesOf(market: RigMarket, parameters: Record<string, unknown> = {}): { bar: number; reason: string }[] {
  const rig = strategyRig(strategy, { ...defaults, ...parameters } as never, market)
  return Array.from({ length: market.bars }, (_, bar) => rig.step(bar)).flatMap((wishes, bar) =>
    wishes.filter(({ kind }) => kind === 'closeStructure').map(({ reason }) => ({ bar, reason })),
  )
}

describe('entries', () => {
  it('sell both sides of one expiry and buy further out on both', () => {
    const opened = wishesOf(path(flat(400, 3))).find(({ wish }) => wish?.kind === 'openStructure')!
    const { legs, credit, maximumLoss } = opened.wish!.structure!
    expect(opened.bar).toBe(0)
    expect(legs.map(({ right, ratio }) => [right, ratio])).toEqual([
      ['put', -1],
      ['put', 1],
      ['call', -1],
      ['call', 1],
    ])
    expect(new Set(legs.map(({ expiry }) => expiry))).toEqual(new Set([20_200_207]))
    const [shortPut, longPut, shortCall, longCall] = legs.map(({ strike }) => strike)
    expect([longPut! < shortPut!, shortPut! < 400, shortCall! > 400, longCall! > shortCall!]).toEqual(
      Array.from({ length: 4 }, () => true),
    )
    // Delta 0.20 is d1 = 0.842 at 34.5 % over 36 days: put strike 368; the skew lowers the call's volatility to 25.5 %.
    expect(shortPut).toBe(370)
    expect(shortCall).toBeGreaterThanOrEqual(425)
    expect(shortCall).toBeLessThanOrEqual(435)
    expect(credit).toBeGreaterThan(0.5)
    expect(maximumLoss).toBeCloseTo((Math.max(shortPut! - longPut!, longCall! - shortCall!) - credit) * 100, 9)
  })
  it('keep a fixed width on both sides when the width selects', () => {
    const { structure } = wishesOf(path(flat(400, 1)), { select: 'width', width: 10, stopMultiple: 1 })[0]!.wish!
    const [shortPut, longPut, shortCall, longCall] = structure!.legs.map(({ strike }) => strike)
    expect([shortPut! - longPut!, longCall! - shortCall!]).toEqual([10, 10])
    expect(structure!.maximumLoss).toBeCloseTo((10 - structure!.credit) * 100, 9)
  })
  it('are one per underlying and none while an order is on its way', () => {
    const rows = wishesOf(path(flat(400, 10)))
    expect(rows.filter(({ wish }) => wish?.kind === 'openStructure').map(({ bar }) => bar)).toEqual([0])
  })
  it('are refused by name', () => {
    const first = (prices: number[], parameters = {}) => wishesOf(path(prices), parameters)[0]!.wish!.reason
    expect(first(flat(30, 1), { creditMin: 1 })).toBe('creditBelowMinimum')
    expect(first(flat(400, 1), { creditMax: 1 })).toBe('creditAboveMaximum')
    expect(first(flat(400, 1), { stopMultiple: 15 })).toBe('stopUnreachable')
  })
})

describe('exits', () => {
  it('take half of the credit while the price stays', () => {
    const [first] = closesOf(path(flat(400, 25)), { exitDays: 5 })
    expect(first!.reason).toBe('profit')
  })
  it('stop on either side', () => {
    expect(closesOf(path([...flat(400, 3), 370, 340, 310]))[0]!.reason).toBe('stop')
    expect(closesOf(path([...flat(400, 3), 430, 460, 500]))[0]!.reason).toBe('stop')
  })
  it('come 21 days before expiry, and never on the last day', () => {
    const market = path(flat(400, 24))
    const [first] = closesOf(market, { profitTarget: 1 })
    expect(first!.reason).toBe('dte')
    expect(daysBetween(market.dates[first!.bar]!, 20_200_207 as never)).toBeLessThanOrEqual(21)
    expect(ironCondor.parameters.exitDays).toMatchObject({ min: 1 })
  })
})

describe('check', () => {
  const problem = (parameters: Record<string, unknown>) => ironCondor.check!({ ...defaults, ...parameters } as never)

  it('refuses what does not go together', () => {
    expect(problem({})).toBeNull()
    expect(problem({ daysMin: 40 })).toContain('must not fall')
    expect(problem({ exitDays: 30 })).toContain('must lie below the least days')
    expect(problem({ longDelta: 0.2 })).toContain('must lie below short delta')
    expect(problem({ creditMax: 0.2 })).toContain('must not lie below')
    expect(problem({ select: 'width', width: 1 })).toContain('is out of reach with a width of 1')
  })
})
