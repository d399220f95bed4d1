import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isExternal, withExternal } from '../../src/domain/external.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { propertyRuns } from '../profile.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

describe('a portfolio with an external sleeve that nothing was booked to', () => {
  it('has the same books, orders and fills as one without it, and shows no sleeve more', () => {
    let orders = 0
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const input = runInputOf(drawn)
        const plain = runBacktest(input)
        const beside = runBacktest({ ...input, config: withExternal(input.config) })
        expect(Buffer.compare(beside.canonical, plain.canonical)).toBe(0)
        expect(beside.orders).toEqual(plain.orders)
        expect(beside.trades).toEqual(plain.trades)
        expect(beside.refusals).toEqual(plain.refusals)
        expect(beside.equity).toEqual(plain.equity)
        expect(beside.sleeves).toEqual(plain.sleeves)
        expect(beside.config).toEqual(plain.config)
        expect(beside.allocation).toEqual(plain.allocation)
        expect(beside.invariants.violated).toEqual([])
        orders += plain.orders.length
      }),
      propertyRuns(60, 1_000),
    )
    expect(orders).toBeGreaterThan(100)
  })

  it('is added once', () => {
    const { config } = runInputOf(fc.sample(drawnPortfolio, { numRuns: 1, seed: 5 })[0]!)
    const twice = withExternal(withExternal(config))
    expect(twice.sleeves.filter(isExternal)).toHaveLength(1)
    expect(twice.sleeves.slice(0, -1)).toEqual(config.sleeves)
  })
})
