import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import { cashEntitlements, splitEntitlements } from './entitlements.ts'

function split(held: readonly number[], numerator: number, denominator: number, step = 1) {
  const whole = new Float64Array(held.length)
  const fraction = new Float64Array(held.length)
  const broker = splitEntitlements(Float64Array.from(held), { numerator, denominator, step }, whole, fraction)
  return { broker, whole: Array.from(whole), fraction: Array.from(fraction) }
}

describe('splitEntitlements', () => {
  it('multiplies whole entitlements without a rest', () => {
    expect(split([10, -4], 7, 1)).toEqual({ broker: 42, whole: [70, -28], fraction: [0, 0] })
  })

  it('truncates each to whole steps and gives what is missing to the largest fraction', () => {
    expect(split([5, 5], 1, 2)).toEqual({ broker: 5, whole: [3, 2], fraction: [-0.5, 0.5] })
    expect(split([7], 1, 10)).toEqual({ broker: 0, whole: [0], fraction: [0.7] })
  })

  it('conserves whole counts, entitlements and the side of every holder, for odd ratios, shorts and 2^52 units', () => {
    const quantity = fc.oneof(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -(2 ** 48), max: 2 ** 48 }))
    fc.assert(
      fc.property(
        fc.array(quantity, { minLength: 1, maxLength: 8 }),
        fc.constantFrom([2, 1], [1, 2], [3, 2], [7, 1], [1, 7], [10, 3], [1, 10]),
        fc.constantFrom(1, 10, 1_000_000),
        (held, [numerator, denominator], step) => {
          const { broker, whole, fraction } = split(held, numerator!, denominator!, step)
          expect(whole.reduce((sum, quantityNow) => sum + quantityNow, 0)).toBe(broker)
          const net = held.reduce((sum, one) => sum + BigInt(one), 0n) * BigInt(numerator!)
          const steps = net / BigInt(denominator! * step)
          expect(BigInt(broker)).toBe(steps * BigInt(step))
          for (const [index, quantityNow] of whole.entries()) {
            expect(quantityNow * held[index]!).toBeGreaterThanOrEqual(0)
            expect(Math.abs(fraction[index]!)).toBeLessThan(step)
          }
        },
      ),
      propertyRuns(500),
    )
  })
})

describe('cashEntitlements', () => {
  it('pays the holders, charges the shorts, and adds up to what the broker pays on the net', () => {
    const out = new Float64Array(3)
    const paid = cashEntitlements(Float64Array.of(3, -1, 5), { perWhole: 0.5, scale: 1_000_000, step: 1 }, out)
    expect([paid, ...out]).toEqual([3_500_000, 1_500_000, -500_000, 2_500_000])
  })

  it('adds up to the last count for any holdings and amounts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0.0001, max: 90, noNaN: true }),
        fc.constantFrom(1, 1_000_000),
        (held, perWhole, step) => {
          const out = new Float64Array(held.length)
          const paid = cashEntitlements(Float64Array.from(held), { perWhole, scale: 1, step }, out)
          const net = held.reduce((sum, quantity) => sum + quantity, 0)
          expect(out.reduce((sum, part) => sum + part, 0)).toBe(paid)
          expect(paid).toBe(net < 0 ? 0 - tradedCash(net, perWhole, 1) : tradedCash(net, perWhole, 1))
          for (const [index, part] of out.entries())
            if (Math.abs(part) > 2) expect(Math.sign(part)).toBe(Math.sign(held[index]!))
        },
      ),
      propertyRuns(500),
    )
  })
})
