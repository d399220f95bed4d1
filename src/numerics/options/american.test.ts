import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { americanImpliedVolatility, americanQuote, isExercisedNow } from './american.ts'
import { type OptionRight, type OptionTerms, optionGreeks, optionPrice } from './black-scholes.ts'
import { latticeValue } from './lattice.ts'
import { earlyExercisePremium, quadraticPrice } from './quadratic-premium.ts'

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const anyTerms: fc.Arbitrary<OptionTerms> = fc.record({
  right: fc.constantFrom<OptionRight>('call', 'put'),
  spot: between(60, 160),
  strike: between(60, 160),
  years: between(0.02, 1.5),
  rate: between(0, 0.08),
  dividendYield: between(0, 0.08),
})
const put: OptionTerms = { right: 'put', spot: 36, strike: 40, years: 1, rate: 0.06, dividendYield: 0 }

describe('the lattice', () => {
  it('gives the textbook value of a put', () => {
    // Longstaff and Schwartz (2001), table 1: 4.478 by finite differences of 50 exercise days a year; 4.4867 in the limit.
    expect(latticeValue(put, 0.2).price).toBeCloseTo(4.4867, 3)
  })
  it('is the European price where early exercise is worth nothing', () => {
    fc.assert(
      fc.property(anyTerms, between(0.1, 0.8), (terms, volatility) => {
        const call = { ...terms, right: 'call', dividendYield: 0 } as const
        expect(Math.abs(latticeValue(call, volatility).price - optionPrice(call, volatility))).toBeLessThan(2e-3)
        const free = { ...terms, right: 'put', rate: 0 } as const
        expect(Math.abs(latticeValue(free, volatility).price - optionPrice(free, volatility))).toBeLessThan(2e-3)
      }),
      propertyRuns(40),
    )
  })
  it('lies between exercise and the European price below, and the strike or spot above; more time is worth no less', () => {
    fc.assert(
      fc.property(anyTerms, between(0.1, 0.8), (terms, volatility) => {
        const { price, delta } = latticeValue(terms, volatility)
        const exercise = (terms.right === 'call' ? 1 : -1) * (terms.spot - terms.strike)
        expect(price).toBeGreaterThanOrEqual(Math.max(0, exercise))
        expect(price).toBeGreaterThan(optionPrice(terms, volatility) - 1e-3)
        expect(price).toBeLessThan(terms.right === 'call' ? terms.spot : terms.strike)
        expect(Math.abs(delta)).toBeLessThan(1.01)
        expect(latticeValue({ ...terms, years: terms.years * 1.5 }, volatility).price).toBeGreaterThan(price - 2e-3)
      }),
      propertyRuns(40),
    )
  })
  it('keeps American put-call symmetry', () => {
    fc.assert(
      fc.property(anyTerms, between(0.15, 0.6), (terms, volatility) => {
        const mirrored: OptionTerms = {
          right: terms.right === 'call' ? 'put' : 'call',
          spot: terms.strike,
          strike: terms.spot,
          years: terms.years,
          rate: terms.dividendYield,
          dividendYield: terms.rate,
        }
        const gap = latticeValue(terms, volatility).price - latticeValue(mirrored, volatility).price
        expect(Math.abs(gap)).toBeLessThan(4e-3)
      }),
      propertyRuns(25),
    )
  })
  it('needs time, volatility and probabilities: else exercise now or the European price', () => {
    expect(latticeValue({ ...put, years: 0 }, 0.2).price).toBe(4)
    expect(latticeValue(put, 0).price).toBe(4)
    expect(latticeValue({ ...put, rate: 0.5 }, 0.001).price).toBe(4)
  })
})

describe('the quadratic approximation', () => {
  it('is within two thousandths of the spot of the lattice at short terms', () => {
    fc.assert(
      fc.property(anyTerms, between(0.15, 0.6), (terms, volatility) => {
        const short = { ...terms, years: 0.02 + terms.years * 0.2 }
        const gap = quadraticPrice(short, volatility) - latticeValue(short, volatility).price
        expect(Math.abs(gap)).toBeLessThan(0.002 * terms.spot) // worst deep in the money
      }),
      propertyRuns(60),
    )
  })
  it('sees no premium without a reason to exercise early', () => {
    expect(earlyExercisePremium({ ...put, right: 'call' }, 0.3)).toBe(0)
    expect(earlyExercisePremium({ ...put, rate: 0 }, 0.3)).toBe(0)
    expect(earlyExercisePremium(put, 0.2)).toBeGreaterThan(0.5)
  })
})

describe('an American quote', () => {
  it('is the European one where exercising early adds nothing, else the lattice’s', () => {
    const call = { ...put, right: 'call' } as const
    expect(americanQuote(call, 0.2).price).toBe(optionGreeks(call, 0.2).price)
    expect(americanQuote(put, 0.2)).toEqual(latticeValue(put, 0.2))
  })
  it('gives its volatility back through its price', () => {
    fc.assert(
      fc.property(anyTerms, between(0.15, 0.8), (terms, volatility) => {
        const { price } = americanQuote(terms, volatility)
        const found = americanImpliedVolatility(terms, price)
        if (found.ok) {
          const again = americanQuote(terms, found.volatility).price
          expect(Math.abs(again - price)).toBeLessThan(2e-5 * terms.spot)
        } else expect(['noTimeValue', 'lostInRounding']).toContain(found.reason)
      }),
      propertyRuns(30),
    )
  })
  it('has no volatility where the price is what exercise pays, or less', () => {
    expect(americanImpliedVolatility(put, 4)).toEqual({ ok: false, reason: 'noTimeValue' })
    expect(americanImpliedVolatility(put, 3.5)).toEqual({ ok: false, reason: 'noTimeValue' })
    expect(americanImpliedVolatility(put, 41)).toEqual({ ok: false, reason: 'aboveUpperBound' })
  })
})

describe('exercise now', () => {
  const near = { right: 'put', spot: 90, strike: 95, years: 35 / 365, rate: 0.03, dividendYield: 0 } as const
  it('pays for a put deep in the money, where interest outweighs what waiting may bring', () => {
    expect(isExercisedNow({ ...near, spot: 70 }, 0.2)).toBe(true)
    expect(isExercisedNow(near, 0.2)).toBe(false)
    expect(isExercisedNow({ ...near, spot: 70 }, 0.9)).toBe(false)
  })
  it('never pays without interest, out of the money, or for a call without a dividend', () => {
    expect(isExercisedNow({ ...near, spot: 70, rate: 0 }, 0.2)).toBe(false)
    expect(isExercisedNow({ ...near, spot: 95 }, 0.2)).toBe(false)
    expect(isExercisedNow({ ...near, right: 'call', spot: 140 }, 0.2)).toBe(false)
  })
  it('never pays where a lattice says that waiting is worth more, however it was found, and pays where both say so', () => {
    let [waits, pays] = [0, 0]
    fc.assert(
      fc.property(anyTerms, between(0.05, 0.8), (terms, volatility) => {
        const exercise = (terms.right === 'call' ? 1 : -1) * (terms.spot - terms.strike)
        if (exercise <= 0 || earlyExercisePremium(terms, volatility) <= 1e-5 * terms.spot) return
        const isNow = latticeValue(terms, volatility).waiting <= exercise
        expect(isExercisedNow(terms, volatility)).toBe(isNow)
        if (isNow) pays += 1
        else waits += 1
      }),
      propertyRuns(400),
    )
    expect(Math.min(waits, pays)).toBeGreaterThan(5)
  })
  it('is certain without volatility when interest is earned', () => {
    expect(isExercisedNow({ ...near, spot: 70 }, 0)).toBe(true)
  })
})
