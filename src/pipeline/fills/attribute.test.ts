import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { dealAmount, dealFill } from './attribute.ts'

function deal(filled: number, open: readonly number[], step = 1): number[] {
  const out = new Float64Array(open.length)
  dealFill(filled, Float64Array.from(open), open.length, step, out)
  return Array.from(out)
}

function split(amount: number, dealt: readonly number[], quantityStep = 1, amountStep = 1): number[] {
  const out = new Float64Array(dealt.length)
  dealAmount(amount, Float64Array.from(dealt), dealt.length, { quantityStep, amountStep }, out)
  return Array.from(out)
}

describe('dealFill', () => {
  it('deals by largest remainder over what each share still wants, ties to the share declared first', () => {
    expect(deal(6, [13, 8, 13])).toEqual([2, 2, 2])
    expect(deal(7, [1, 1, 1])).toEqual([3, 2, 2])
    expect(deal(-5, [-4, -4, -2])).toEqual([-2, -2, -1])
  })

  it('gives nothing to a share of the other sign, and all to an only one', () => {
    expect(deal(10, [20, -5, 0])).toEqual([10, 0, 0])
    expect(deal(-3, [-9])).toEqual([-3])
  })

  it('gives each share what it wants where the fill is all of that, and deals no half units', () => {
    expect(deal(-13, [-9, 5, -4, 0], 2)).toEqual([-9, 0, -4, 0])
    expect(deal(40, [30, 10], 10)).toEqual([30, 10])
    expect(() => deal(1, [0.5, 0.5])).toThrow('weight')
  })

  it('deals whole steps where everything is whole steps, else units', () => {
    expect(deal(30, [30, 30], 10)).toEqual([20, 10])
    expect(deal(25, [30, 30], 10)).toEqual([13, 12])
  })

  it('adds up to the fill with its sign, and gives nobody more than is open, part by part to the end', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 2 ** 48 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        shares,
        fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 6 }),
        fc.boolean(),
        (wanted, cuts, buys) => {
          const side = buys ? 1 : -1
          const open = wanted.map((quantity) => quantity * side)
          let left = open.reduce((sum, quantity) => sum + quantity, 0)
          for (const thousandths of [...cuts, 1_000]) {
            const filled = thousandths === 1_000 ? left : Math.trunc((left / 1_000) * thousandths)
            if (filled === 0) continue
            const parts = deal(filled, open)
            expect(parts.reduce((sum, part) => sum + part, 0)).toBe(filled)
            for (const [index, part] of parts.entries()) {
              expect(part * side).toBeGreaterThanOrEqual(0)
              expect(Math.abs(part)).toBeLessThanOrEqual(Math.abs(open[index]!))
              open[index] = open[index]! - part + 0
            }
            left -= filled
          }
          expect(open.every((quantity) => quantity === 0)).toBe(true)
        },
      ),
      propertyRuns(500),
    )
  })
})

describe('dealAmount', () => {
  it('splits fees in cents where they are cents, count by count where they are not', () => {
    expect(split(350_000, [60, 40], 1, 10_000)).toEqual([210_000, 140_000])
    expect(split(10_000, [60, 40], 1, 10_000)).toEqual([10_000, 0])
    expect(split(10_001, [60, 40], 1, 10_000)).toEqual([6_001, 4_000])
  })

  it('gives nothing where nothing was dealt, and all to an only share', () => {
    expect(split(999, [0, 5, 0])).toEqual([0, 999, 0])
    expect(split(7, [3])).toEqual([7])
  })

  it('adds up to the amount, to the last count', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: 2 ** 48 }), { minLength: 1, maxLength: 8 })
          .filter((all) => all.some((one) => one > 0)),
        fc.integer({ min: 0, max: 2 ** 51 }),
        fc.constantFrom(1, 10_000),
        (dealt, amount, amountStep) => {
          const parts = split(amount, dealt, 1, amountStep)
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount)
          for (const [index, part] of parts.entries()) if (dealt.length > 1 && dealt[index] === 0) expect(part).toBe(0)
        },
      ),
      propertyRuns(500),
    )
  })
})
