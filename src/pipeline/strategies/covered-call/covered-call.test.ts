import { describe, expect, it } from 'vitest'
import { logOf, marketOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket, type RigMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { coveredCall } from './covered-call.ts'

const strategy = coveredCall as unknown as Strategy
const defaults = defaultsOf(coveredCall.parameters as never) as Record<string, never>
const like = drawnMarket(11, 1, 200)
const UNITS = 1_000_000

function path(prices: readonly number[]): RigMarket {
  return marketOf(
    prices.map((price) => [price, price, price, price, 1_000_000] as const),
    like,
  )
}

const flat = (price: number, bars: number): number[] => Array.from({ length: bars }, () => price)
const wishesOf = (market: RigMarket, parameters: Record<string, unknown> = {}) =>
  logOf(strategy, { ...defaults, ...parameters } as never, market)

describe('shares', () => {
  it('are bought by whole hundreds of what an equal part of the capital pays for', () => {
    // 100,000 at 300 a share: three hundreds are 90,000.
    const [first, second] = wishesOf(path(flat(300, 2)))
    expect([first!.wish!.kind, first!.wish!.value]).toEqual(['target', 300 * UNITS])
    expect(second!.position).toBe(300 * UNITS)
    expect(wishesOf(path(flat(300, 1)), { lotsMax: 2 })[0]!.wish!.value).toBe(200 * UNITS)
  })
  it('that are too dear for one hundred are refused', () => {
    expect(wishesOf(path(flat(1_200, 1)))[0]!.wish).toMatchObject({ kind: 'refuse', reason: 'belowStep' })
  })
})

describe('calls', () => {
  it('are sold once the shares are there: one for each hundred, out of the money, covered', () => {
    const { wish, bar } = wishesOf(path(flat(300, 4))).find((row) => row.wish?.kind === 'openStructure')!
    expect(bar).toBe(1)
    const { legs, quantity, coveredByShares, maximumLoss, credit } = wish!.structure!
    expect([quantity, coveredByShares, maximumLoss]).toEqual([3, true, 0])
    expect(legs).toHaveLength(1)
    expect(legs[0]).toMatchObject({ right: 'call', ratio: -1 })
    expect(legs[0]!.strike).toBeGreaterThan(300)
    expect(credit).toBeGreaterThan(0.1)
  })
  it('are not sold twice against the same shares', () => {
    const opened = wishesOf(path(flat(300, 12)), { profitTarget: 1 }).filter(
      ({ wish }) => wish?.kind === 'openStructure',
    )
    expect(opened.map(({ bar }) => bar)).toEqual([1])
  })
  it('that have earned four fifths are bought back, and the next one is sold', () => {
    const rows = wishesOf(path([...flat(300, 4), ...flat(260, 6)]))
    const closed = rows.findIndex(
      ({ structures }) => structures[0]?.pending === false && structures[0].costToClose! < 1,
    )
    expect(closed).toBeGreaterThan(0)
    const opened = rows.filter(({ wish }) => wish?.kind === 'openStructure').map(({ bar }) => bar)
    expect(opened.length).toBe(2)
  })
  it('need a premium', () => {
    const rows = wishesOf(path(flat(300, 3)), { creditMin: 50 })
    expect(rows[1]!.wish).toMatchObject({ kind: 'refuse', reason: 'creditBelowMinimum' })
  })
})

describe('check', () => {
  it('refuses days in the wrong order', () => {
    expect(coveredCall.check!({ ...defaults, daysMin: 40 } as never)).toContain('must not fall')
    expect(coveredCall.check!({ ...defaults, exitDays: 30 } as never)).toContain('must lie below the least days')
  })
})
