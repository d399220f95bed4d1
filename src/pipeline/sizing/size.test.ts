import { describe, expect, it } from 'vitest'
import { type SizeInput, sizeOf } from './size.ts'

/** A share at 40 of a million units, whole shares only, in a sleeve of 10,000 within 50,000. */
const INPUT: SizeInput = {
  price: 40,
  unitValue: 40e-6,
  ownValue: 40e-6,
  unitsPerWhole: 1_000_000,
  step: 1_000_000,
  sleeveEquity: 10_000,
  portfolioEquity: 50_000,
  factor: 1,
  maximumLoss: 0,
}
const shares = (units: number): number => units / 1_000_000

describe('sizeOf', () => {
  it('floors a fixed amount to whole steps', () => {
    expect(shares(sizeOf({ kind: 'notional', amount: 673 }, INPUT))).toBe(16)
    expect(shares(sizeOf({ kind: 'notional', amount: 680 }, INPUT))).toBe(17)
    expect(shares(sizeOf({ kind: 'notional', amount: 39.99 }, INPUT))).toBe(0)
  })
  it('takes a part of the sleeve or of the portfolio', () => {
    expect(shares(sizeOf({ kind: 'percent', fraction: 0.1, of: 'sleeve' }, INPUT))).toBe(25)
    expect(shares(sizeOf({ kind: 'percent', fraction: 0.1, of: 'portfolio' }, INPUT))).toBe(125)
  })
  it('takes a count of whole shares', () => {
    expect(shares(sizeOf({ kind: 'quantity', quantity: 3 }, INPUT))).toBe(3)
  })
  it('multiplies by the factor before it floors', () => {
    expect(shares(sizeOf({ kind: 'notional', amount: 673 }, { ...INPUT, factor: 0.5 }))).toBe(8)
    expect(sizeOf({ kind: 'notional', amount: 673 }, { ...INPUT, factor: 0 })).toBe(0)
  })
  it('counts a wish that is a rounding error short of a step as that step', () => {
    expect(shares(sizeOf({ kind: 'notional', amount: 0.1 + 0.2 }, { ...INPUT, unitValue: 1e-7, ownValue: 1e-7 }))).toBe(
      3,
    )
  })
  it('counts structures by their budget, at least one, at most what is allowed', () => {
    const rule = { kind: 'maximumLoss', budget: 2_500, contractsMax: 2 } as const
    expect(sizeOf(rule, { ...INPUT, maximumLoss: 900 })).toBe(2)
    expect(sizeOf(rule, { ...INPUT, maximumLoss: 1_300 })).toBe(1)
    expect(sizeOf(rule, { ...INPUT, maximumLoss: 9_000 })).toBe(1)
  })
})
