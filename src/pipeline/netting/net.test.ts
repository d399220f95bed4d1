import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { type Netted, netWishes } from './net.ts'

function net(wanted: readonly number[], lot = { step: 1, roundLot: 1 }): Netted & { readonly crosses: number[] } {
  const crosses = new Float64Array(wanted.length)
  const result = { net: 0, crossed: 0 }
  netWishes(Float64Array.from(wanted), wanted.length, lot, crosses, result)
  return { ...result, crosses: [...crosses] }
}

describe('netting', () => {
  it('sends the difference, and fills the smaller side inside', () => {
    expect(net([100, -60])).toEqual({ net: 40, crossed: 60, crosses: [60, -60] })
    expect(net([30, -100])).toEqual({ net: -70, crossed: 30, crosses: [30, -30] })
  })

  it('sends nothing where the sleeves meet exactly', () => {
    expect(net([25, -10, -15])).toEqual({ net: 0, crossed: 25, crosses: [25, -10, -15] })
  })

  it('crosses nothing where all want the same side', () => {
    expect(net([10, 0, 5])).toEqual({ net: 15, crossed: 0, crosses: [0, 0, 0] })
  })

  it('shares the cross on the larger side by largest remainder, ties to the sleeve declared first', () => {
    expect(net([50, 50, 50, -100]).crosses).toEqual([34, 33, 33, -100])
    expect(net([10, 20, -7]).crosses).toEqual([2, 5, -7])
  })

  it('deals crosses in whole steps where all wishes are whole steps', () => {
    expect(net([300, 300, -300], { step: 100, roundLot: 100 }).crosses).toEqual([200, 100, -300])
  })

  it('truncates the order to round lots, toward zero on both sides', () => {
    expect(net([250, -20], { step: 1, roundLot: 100 })).toMatchObject({ net: 200, crossed: 20 })
    expect(net([-250, 20], { step: 1, roundLot: 100 })).toMatchObject({ net: -200, crossed: 20 })
    expect(net([99], { step: 1, roundLot: 100 }).net).toBe(0)
  })

  it('creates and loses nothing, and gives nobody more than was wished', () => {
    const wishes = fc.array(fc.integer({ min: -(2 ** 45), max: 2 ** 45 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(wishes, fc.constantFrom(1, 7, 100), (wanted, roundLot) => {
        const { net: sent, crossed, crosses } = net(wanted, { step: 1, roundLot })
        const whole = wanted.reduce((sum, quantity) => sum + quantity, 0)
        expect(crosses.reduce((sum, quantity) => sum + quantity, 0)).toBe(0)
        expect(crosses.reduce((sum, quantity) => sum + Math.abs(quantity), 0)).toBe(2 * crossed)
        for (const [sleeve, quantity] of crosses.entries()) {
          expect(quantity === 0 || Math.sign(quantity) === Math.sign(wanted[sleeve]!)).toBe(true)
          expect(Math.abs(quantity)).toBeLessThanOrEqual(Math.abs(wanted[sleeve]!))
        }
        expect(Math.abs(sent % roundLot)).toBe(0)
        expect(sent === 0 || Math.sign(sent) === Math.sign(whole)).toBe(true)
        expect(Math.abs(whole) - Math.abs(sent)).toBeGreaterThanOrEqual(0)
        expect(Math.abs(whole) - Math.abs(sent)).toBeLessThan(roundLot)
      }),
      propertyRuns(500),
    )
  })
})
