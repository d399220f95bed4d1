import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { moneyWeightedReturn, paymentsOf } from './money-weighted.ts'

describe('the money-weighted return', () => {
  it('is the growth of the money where nothing came or went', () => {
    expect(moneyWeightedReturn([{ years: 0, amount: 100 }], 121, 2).rate).toBeCloseTo(0.1, 12)
    expect(moneyWeightedReturn([{ years: 0, amount: 100 }], 100, 0.01).rate).toBeCloseTo(0, 12)
  })

  it('is the internal rate of return of published payments', () => {
    // The example of the function XIRR in spreadsheets: -10,000; 2,750; 4,250; 3,250; 2,750 on stated days give 37.336 %.
    const days = [0, 60, 303, 411, 456]
    const amounts = [10_000, -2_750, -4_250, -3_250]
    const payments = amounts.map((amount, place) => ({ years: days[place]! / 365, amount }))
    expect(moneyWeightedReturn(payments, 2_750, 456 / 365).rate).toBeCloseTo(0.373362535, 8)
  })

  it('weighs a period by the money that was in it, unlike the time-weighted return', () => {
    // 100 doubles, 900 more come, then all of it halves: time-weighted 0 %.
    const { rate } = moneyWeightedReturn(
      [
        { years: 0, amount: 100 },
        { years: 1, amount: 900 },
      ],
      550,
      2,
    )
    expect(rate).toBeLessThan(-0.4)
    expect(100 * (1 + rate!) ** 2 + 900 * (1 + rate!)).toBeCloseTo(550, 8)
  })

  it('says why there is no rate', () => {
    const of = (payments: readonly (readonly [number, number])[], final: number, years: number) =>
      moneyWeightedReturn(
        payments.map(([at, amount]) => ({ years: at, amount })),
        final,
        years,
      )
    expect(of([], 0, 1)).toEqual({ rate: null, problem: 'no money was put in' })
    expect(of([[0, 100]], 110, 0)).toEqual({ rate: null, problem: 'no time passed' })
    expect(of([[0, 100]], 0, 1)).toEqual({ rate: -1, problem: null })
    expect(of([[0, 100]], -5, 1)).toEqual({ rate: null, problem: 'more than all of it was lost' })
    expect(of([[0, -100]], 5, 1)).toEqual({ rate: null, problem: 'no money was put in' })
    // The textbook case of two rates: 25 % and 400 %.
    expect(
      of(
        [
          [0, 4_000],
          [1, -25_000],
        ],
        -25_000,
        2,
      ),
    ).toEqual({ rate: null, problem: 'several rates explain what was put in and taken out' })
    expect(
      of(
        [
          [0, 100],
          [1, -150],
        ],
        -100,
        2,
      ),
    ).toEqual({ rate: null, problem: 'no rate explains what was put in and taken out' })
    expect(of([[0, 1]], 1e6, 0.001)).toEqual({ rate: null, problem: 'the rate per year is beyond counting' })
  })

  it('explains any book that began with money and paid in more or less: the payments grown by it are the final value', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e7, noNaN: true }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: 1e6, noNaN: true })), {
          maxLength: 12,
        }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        (initial, deposits, kept) => {
          const sorted = [...deposits].sort(([one], [other]) => one - other)
          const flows = Float64Array.from([0, ...sorted.map(([, amount]) => amount), 0])
          const { payments, years } = paymentsOf(initial, flows, [0, ...sorted.map(([day]) => day), 3_650])
          const final = kept * flows.reduce((sum, amount) => sum + amount, initial)
          const { rate } = moneyWeightedReturn(payments, final, years)
          const grown = payments.reduce((sum, one) => sum + one.amount * (1 + rate!) ** (years - one.years), 0)
          expect(Math.abs(grown / final - 1)).toBeLessThan(1e-6)
        },
      ),
      propertyRuns(300),
    )
  })
})
