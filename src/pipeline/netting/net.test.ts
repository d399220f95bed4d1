import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { type Netted, netWishes } from './net.ts'

function net(wanted: readonly number[], lot: { readonly step: number; readonly roundLot: number }) {
  const crossed = new Float64Array(wanted.length)
  const result: Netted = { net: 0, crossed: 0 }
  netWishes(Float64Array.from(wanted), wanted.length, lot, crossed, result)
  return { ...result, parts: Array.from(crossed) }
}

const ONE = { step: 1, roundLot: 1 }

describe('netWishes', () => {
  it('sends what is left of opposing wishes, and nothing of a full offset', () => {
    expect(net([100, -60], ONE)).toEqual({ net: 40, crossed: 60, parts: [60, -60] })
    expect(net([50, -50], ONE)).toEqual({ net: 0, crossed: 50, parts: [50, -50] })
    expect(net([-100, 60], ONE)).toEqual({ net: -40, crossed: 60, parts: [-60, 60] })
  })

  it('shares the cross on the larger side by largest remainder, ties to the sleeve declared first', () => {
    expect(net([30, 30, 30, -50], ONE).parts).toEqual([17, 17, 16, -50])
    expect(net([10, 20, -7], ONE).parts).toEqual([2, 5, -7])
  })

  it('truncates the order toward zero to round lots; the cross keeps its steps', () => {
    expect(net([250], { step: 1, roundLot: 100 })).toEqual({ net: 200, crossed: 0, parts: [0] })
    expect(net([-250], { step: 1, roundLot: 100 }).net).toBe(-200)
    expect(net([99, -10], { step: 1, roundLot: 100 })).toEqual({ net: 0, crossed: 10, parts: [10, -10] })
  })

  it('deals whole steps where wishes are whole steps, else units', () => {
    expect(net([30, 30, -20], { step: 10, roundLot: 10 }).parts).toEqual([10, 10, -20])
    expect(net([30, 31, -21], { step: 10, roundLot: 10 }).parts.reduce((sum, part) => sum + part, 0)).toBe(0)
  })

  it('buys inside what it sells inside, and never more than was wished, up to 2^52 units', () => {
    const amount = fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: -(2 ** 49), max: 2 ** 49 }))
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(1, 7, 100),
        fc.constantFrom(1, 3),
        (steps, step, lots) => {
          const whole = steps.map((count) => (Math.abs(count) > 2 ** 44 ? count - (count % step) : count * step))
          const { net: sent, crossed, parts } = net(whole, { step, roundLot: step * lots })
          const sum = whole.reduce((total, quantity) => total + quantity, 0)
          expect(parts.reduce((total, part) => total + part, 0)).toBe(0)
          expect(parts.reduce((total, part) => total + Math.max(0, part), 0)).toBe(crossed)
          for (const [index, part] of parts.entries()) {
            expect(part * whole[index]!).toBeGreaterThanOrEqual(0)
            expect(Math.abs(part)).toBeLessThanOrEqual(Math.abs(whole[index]!))
            expect(part % step === 0).toBe(true)
          }
          expect(sent % (step * lots) === 0).toBe(true)
          expect(Math.abs(sent)).toBeLessThanOrEqual(Math.abs(sum))
          expect(Math.abs(sum) - Math.abs(sent)).toBeLessThan(step * lots)
        },
      ),
      propertyRuns(500),
    )
  })
})
