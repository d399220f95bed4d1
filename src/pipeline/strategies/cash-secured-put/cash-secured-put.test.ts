import { describe, expect, it } from 'vitest'
import { logOf, marketOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket, type RigMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { cashSecuredPut } from './cash-secured-put.ts'

const strategy = cashSecuredPut as unknown as Strategy
const defaults = defaultsOf(cashSecuredPut.parameters as never) as Record<string, never>
const like = drawnMarket(11, 1, 200)

function path(prices: readonly number[]): RigMarket {
  return marketOf(
    prices.map((price) => [price, price, price, price, 1_000_000] as const),
    like,
  )
}

const flat = (price: number, bars: number): number[] => Array.from({ length: bars }, () => price)
const wishesOf = (market: RigMarket, parameters: Record<string, unknown> = {}) =>
  logOf(strategy, { ...defaults, ...parameters } as never, market)

describe('puts', () => {
  it('are sold nearest to delta 0.30 with the strike less the credit as the loss', () => {
    const { wish, bar } = wishesOf(path(flat(400, 3))).find((row) => row.wish?.kind === 'openStructure')!
    const { legs, credit, maximumLoss, keepsShares, coveredByShares } = wish!.structure!
    expect(bar).toBe(0)
    // As the sold put of a spread at the same delta: 380 of 2020-02-07.
    expect(legs).toEqual([{ right: 'put', strike: 380, expiry: 20_200_207, ratio: -1 }])
    expect(maximumLoss).toBeCloseTo((380 - credit) * 100, 9)
    expect([keepsShares, coveredByShares]).toEqual([undefined, undefined])
  })
  it('keep the shares that come of them where they are to be covered', () => {
    const [first] = wishesOf(path(flat(400, 1)), { onAssignment: 'cover' })
    expect(first!.wish!.structure!.keepsShares).toBe(true)
  })
  it('are one per underlying', () => {
    const rows = wishesOf(path(flat(400, 10)), { profitTarget: 1 })
    expect(rows.filter(({ wish }) => wish?.kind === 'openStructure').map(({ bar }) => bar)).toEqual([0])
  })
  it('are refused for their premium', () => {
    expect(wishesOf(path(flat(400, 1)), { creditMin: 40 })[0]!.wish!.reason).toBe('creditBelowMinimum')
    expect(wishesOf(path(flat(400, 1)), { creditMax: 1 })[0]!.wish!.reason).toBe('creditAboveMaximum')
  })
})

describe('check', () => {
  it('refuses what does not go together', () => {
    const problem = (parameters: Record<string, unknown>) =>
      cashSecuredPut.check!({ ...defaults, ...parameters } as never)
    expect(problem({})).toBeNull()
    expect(problem({ daysMax: 20 })).toContain('must not fall')
    expect(problem({ exitDays: 30 })).toContain('must lie below the least days')
    expect(problem({ creditMax: 0.1 })).toContain('must not lie below')
  })
})
