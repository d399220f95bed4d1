import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { dealAmount, dealFill } from './attribute.ts'

function fill(filled: number, open: readonly number[], step = 1): number[] {
  const parts = new Float64Array(open.length)
  dealFill(filled, Float64Array.from(open), open.length, step, parts)
  return [...parts]
}
function amount(whole: number, dealt: readonly number[], measure = { quantityStep: 1, amountStep: 1 }): number[] {
  const parts = new Float64Array(dealt.length)
  dealAmount(whole, Float64Array.from(dealt), dealt.length, measure, parts)
  return [...parts]
}
const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0)

describe('a fill', () => {
  it('is dealt by what each share still wants, largest remainder first, ties to the first', () => {
    expect(fill(7, [13, 8, 13])).toEqual([3, 1, 3])
    expect(fill(1, [5, 5])).toEqual([1, 0])
  })

  it('gives nothing to the other side', () => {
    expect(fill(-6, [10, -4, -8])).toEqual([0, -2, -4])
  })

  it('is dealt in whole steps while it is whole steps itself', () => {
    expect(fill(300, [400, 400], 100)).toEqual([200, 100])
    expect(fill(150, [400, 400], 100)).toEqual([75, 75])
  })

  it('is never taken back: dealt piece by piece over what is still open, it fills everybody in the end', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 12 })
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
    fc.assert(
      fc.property(shares, cuts, (wanted, fractions) => {
        const whole = sum(wanted)
        const ends = [...fractions.map((part) => Math.floor(part * whole)), whole].sort((one, other) => one - other)
        const open = [...wanted]
        let done = 0
        for (const end of ends) {
          const parts = fill(end - done, open)
          expect(sum(parts)).toBe(end - done)
          for (const [share, part] of parts.entries()) {
            expect(part).toBeGreaterThanOrEqual(0)
            open[share] = open[share]! - part
          }
          done = end
        }
        expect(open.every((left) => left === 0)).toBe(true)
      }),
      propertyRuns(300),
    )
  })
})

describe('money', () => {
  it('follows the units, to the last count', () => {
    expect(amount(100, [1, 1, 1])).toEqual([34, 33, 33])
    expect(amount(-100, [2, -1])).toEqual([-67, -33])
  })

  it('is split in cents where it is cents, else count by count', () => {
    expect(amount(10_000, [1, 1], { quantityStep: 1, amountStep: 10_000 })).toEqual([10_000, 0])
    expect(amount(10_001, [1, 1], { quantityStep: 1, amountStep: 10_000 })).toEqual([5_001, 5_000])
  })

  it('adds up for every split', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 2 ** 50 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(shares, fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (dealt, whole) => {
        fc.pre(dealt.some((quantity) => quantity > 0))
        expect(sum(amount(whole, dealt))).toBe(whole)
      }),
      propertyRuns(500),
    )
  })
})
