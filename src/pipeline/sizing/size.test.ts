import { describe, expect, it } from 'vitest'
import type { Sizing } from '../../domain/config.ts'
import { type SizeInput, sizeOf } from './size.ts'

const MICRO = 1_000_000
/** A share at 40, counted in millionths and traded whole; a sleeve of 10,000 in a portfolio of 50,000. */
const share: SizeInput = {
  price: 40,
  unitValue: 40 / MICRO,
  ownValue: 40 / MICRO,
  unitsPerWhole: MICRO,
  step: MICRO,
  sleeveEquity: 10_000,
  portfolioEquity: 50_000,
  factor: 1,
  maximumLoss: 0,
}
const shares = (sizing: Sizing, input: Partial<SizeInput> = {}): number =>
  sizeOf(sizing, { ...share, ...input }) / MICRO

describe('a size', () => {
  it('is an amount of money, floored to the step', () => {
    expect(shares({ kind: 'notional', amount: 1_000 })).toBe(25)
    expect(shares({ kind: 'notional', amount: 1_039.99 })).toBe(25)
    expect(shares({ kind: 'notional', amount: 39.99 })).toBe(0)
    expect(shares({ kind: 'notional', amount: 30 }, { step: 1 })).toBe(0.75)
  })

  it("of a fixed amount is in the instrument's own currency, of a fraction in the base currency", () => {
    const foreign = { unitValue: 80 / MICRO } // worth twice as much in the base currency
    expect(shares({ kind: 'notional', amount: 1_000 }, foreign)).toBe(25)
    expect(shares({ kind: 'percent', fraction: 0.1, of: 'sleeve' }, foreign)).toBe(12)
  })

  it('counts a step that only a rounding error misses', () => {
    expect(shares({ kind: 'notional', amount: 0.1 + 0.2 }, { price: 0.1, ownValue: 0.1 / MICRO })).toBe(3)
    expect(shares({ kind: 'notional', amount: 0.3 }, { price: 0.1, ownValue: 0.1 / MICRO })).toBe(3)
  })

  it("is a fraction of the sleeve's or the portfolio's equity", () => {
    expect(shares({ kind: 'percent', fraction: 0.1, of: 'sleeve' })).toBe(25)
    expect(shares({ kind: 'percent', fraction: 0.1, of: 'portfolio' })).toBe(125)
  })

  it('is a count of whole shares', () => {
    expect(shares({ kind: 'quantity', quantity: 7 }, { price: 1e6, unitValue: 1, ownValue: 1 })).toBe(7)
  })

  it('follows the strength of the signal', () => {
    expect(shares({ kind: 'notional', amount: 1_000 }, { factor: 0.5 })).toBe(12)
    expect(shares({ kind: 'quantity', quantity: 7 }, { factor: 0 })).toBe(0)
  })

  it('of a structure is its budget over the largest loss: at least one, at most the cap', () => {
    const sizing: Sizing = { kind: 'maximumLoss', budget: 1_000, contractsMax: 3 }
    const structures = (maximumLoss: number): number =>
      sizeOf(sizing, { ...share, step: 1, unitsPerWhole: 1, maximumLoss })
    expect([structures(300), structures(450), structures(1_000), structures(1_001)]).toEqual([3, 2, 1, 1])
    expect(structures(200)).toBe(3)
  })
})
