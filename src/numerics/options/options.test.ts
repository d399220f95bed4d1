import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesFolder } from '../../../test/outside-data.ts'
import { propertyRuns } from '../../../test/profile.ts'
import { exp } from '../elementary.ts'
import { distances, type OptionRight, type OptionTerms, optionGreeks, optionPrice } from './black-scholes.ts'
import { impliedVolatility } from './implied-volatility.ts'
import { strikeForDelta } from './strike-for-delta.ts'

const settings = { seed: 20_260_103, numRuns: 2_000 }
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const anyTerms: fc.Arbitrary<OptionTerms> = fc.record({
  right: fc.constantFrom<OptionRight>('call', 'put'),
  spot: between(50, 200),
  strike: between(50, 200),
  years: between(0.01, 2),
  rate: between(-0.02, 0.1),
  dividendYield: between(0, 0.1),
})
const call: OptionTerms = { right: 'call', spot: 42, strike: 40, years: 0.5, rate: 0.1, dividendYield: 0 }

describe('optionPrice', () => {
  it('gives the textbook prices', () => {
    expect(optionPrice(call, 0.2)).toBeCloseTo(4.759422392871532, 12)
    expect(optionPrice({ ...call, right: 'put' }, 0.2)).toBeCloseTo(0.8085993729000922, 12)
  })
  it('keeps put-call parity', () => {
    fc.assert(
      fc.property(anyTerms, between(0.01, 2), (terms, volatility) => {
        const gap =
          optionPrice({ ...terms, right: 'call' }, volatility) - optionPrice({ ...terms, right: 'put' }, volatility)
        const forward =
          terms.spot * Math.exp(-terms.dividendYield * terms.years) - terms.strike * Math.exp(-terms.rate * terms.years)
        expect(Math.abs(gap - forward)).toBeLessThan(1e-10)
      }),
      settings,
    )
  })
  it('is the intrinsic value at expiry and without volatility', () => {
    expect(optionPrice({ ...call, years: 0 }, 0.2)).toBe(2)
    expect(optionPrice({ ...call, years: 0, strike: 42 }, 0.2)).toBe(0)
    expect(optionPrice({ ...call, strike: 60 }, 0)).toBe(0)
  })
})

describe('optionGreeks', () => {
  it('are the slopes of the price', () => {
    fc.assert(
      fc.property(anyTerms, between(0.1, 1), (terms, volatility) => {
        const greeks = optionGreeks(terms, volatility)
        const slope = (lower: OptionTerms, upper: OptionTerms, width: number) =>
          (optionPrice(upper, volatility) - optionPrice(lower, volatility)) / width
        const step = 1e-5
        const near = (wanted: number, got: number) =>
          expect(Math.abs(got - wanted)).toBeLessThan(1e-4 * (1 + Math.abs(wanted)))
        near(
          greeks.delta,
          slope({ ...terms, spot: terms.spot - step }, { ...terms, spot: terms.spot + step }, 2 * step),
        )
        near(greeks.rho, slope({ ...terms, rate: terms.rate - step }, { ...terms, rate: terms.rate + step }, 2 * step))
        near(
          greeks.theta,
          slope({ ...terms, years: terms.years + 1e-6 }, { ...terms, years: terms.years - 1e-6 }, 2e-6),
        )
        const yields = { below: terms.dividendYield - step, above: terms.dividendYield + step }
        near(
          greeks.dividendRho,
          slope({ ...terms, dividendYield: yields.below }, { ...terms, dividendYield: yields.above }, 2 * step),
        )
        near(greeks.vega, (optionPrice(terms, volatility + step) - optionPrice(terms, volatility - step)) / (2 * step))
        const bent = optionGreeks({ ...terms, spot: terms.spot + step }, volatility).delta
        const flat = optionGreeks({ ...terms, spot: terms.spot - step }, volatility).delta
        near(greeks.gamma, (bent - flat) / (2 * step))
      }),
      { ...settings, numRuns: 300 },
    )
  })
  it('stay finite at expiry', () => {
    for (const value of Object.values(optionGreeks({ ...call, years: 0 }, 0.2)))
      expect(Number.isFinite(value)).toBe(true)
  })
})

describe('impliedVolatility', () => {
  it('gives the volatility back to 1e-8, in the wings too, or says why there is none', () => {
    const wide = fc.record({
      right: fc.constantFrom<OptionRight>('call', 'put'),
      spot: between(0.5, 5_000),
      moneyness: between(-1.5, 1.5),
      years: between(0.002, 4),
      rate: between(-0.02, 0.12),
      dividendYield: between(0, 0.1),
    })
    let found = 0
    fc.assert(
      fc.property(wide, between(0.005, 4), ({ moneyness, ...terms }, volatility) => {
        const contract = { ...terms, strike: terms.spot * exp(moneyness) }
        const price = optionPrice(contract, volatility)
        const implied = impliedVolatility(contract, price)
        if (implied.ok) {
          found += 1
          expect(Math.abs(implied.volatility - volatility)).toBeLessThanOrEqual(1e-8)
        } else expect(['noTimeValue', 'aboveUpperBound', 'lostInRounding']).toContain(implied.reason)
      }),
      propertyRuns(5_000, 100_000),
    )
    expect(found).toBeGreaterThan(3_000)
  })
  it('refuses only what has no time value or lies in the last bits: every other price has its volatility', () => {
    for (const years of [0.02, 0.25, 2]) {
      for (let strike = 40; strike <= 250; strike += 7) {
        for (const right of ['call', 'put'] as const) {
          const terms = { ...call, spot: 100, strike, right, years }
          const price = optionPrice(terms, 0.4)
          const least = Math.max(0, (right === 'call' ? 1 : -1) * (100 - strike * exp(-0.1 * years)))
          const implied = impliedVolatility(terms, price)
          if (price - least > 1e-5) expect(implied.ok).toBe(true)
          if (price - least < 1e-8) expect(implied).toEqual({ ok: false, reason: 'noTimeValue' })
        }
      }
    }
  })
  it('names why there is none', () => {
    expect(impliedVolatility(call, 1)).toEqual({ ok: false, reason: 'belowIntrinsic' })
    expect(impliedVolatility(call, 42)).toEqual({ ok: false, reason: 'aboveUpperBound' })
    expect(impliedVolatility({ ...call, strike: 400 }, 1e-12)).toEqual({ ok: false, reason: 'noTimeValue' })
    expect(impliedVolatility({ ...call, years: 0 }, 3)).toEqual({ ok: false, reason: 'expired' })
    expect(impliedVolatility(call, Number.NaN)).toEqual({ ok: false, reason: 'notFinite' })
  })
})

describe('strikeForDelta', () => {
  it('gives the strike that has the delta', () => {
    fc.assert(
      fc.property(anyTerms, between(0.05, 2), between(0.02, 0.8), (terms, volatility, size) => {
        const delta = terms.right === 'call' ? size : -size
        const strike = strikeForDelta(terms, volatility, delta)
        expect(optionGreeks({ ...terms, strike }, volatility).delta).toBeCloseTo(delta, 11)
      }),
      settings,
    )
  })
  it('is NaN for a delta that no strike has', () => {
    expect([strikeForDelta(call, 0.2, -0.3), strikeForDelta(call, 0.2, 1)]).toEqual([Number.NaN, Number.NaN])
  })
})

const folder = casesFolder()

interface Row {
  readonly type?: OptionRight
  readonly S: number
  readonly K: number
  readonly r: number
  readonly q: number
  readonly T?: number
  readonly days?: number
  readonly vol: number
  readonly price: number
}

function termsOf(row: Row): OptionTerms {
  return {
    right: row.type ?? 'call',
    spot: row.S,
    strike: row.K,
    years: row.T ?? row.days! / 365,
    rate: row.r,
    dividendYield: row.q,
  }
}

function read(name: string) {
  return JSON.parse(readFileSync(join(folder!, 'options', `${name}.json`), 'utf8'))
}

describe.skipIf(folder === null)('option cases (skipped where the folder of cases is missing)', () => {
  it.each(['european_haug_0', 'european_haug_2'])('%s', (name) => {
    const { input, expected } = read(name)
    const prices = (input.rows as Row[]).map((row) => optionPrice(termsOf(row), row.vol))
    expect(prices.every((price, index) => Math.abs(price - expected.value[index]) < 1e-9)).toBe(true)
  })
  it('european_grid_0', () => {
    const { input, expected } = read('european_grid_0')
    ;(input.rows as Row[]).forEach((row, index) => {
      const greeks = optionGreeks(termsOf(row), row.vol) as unknown as Record<string, number>
      for (const [name, wanted] of Object.entries(expected.rows[index] as Record<string, number>)) {
        expect(Math.abs(greeks[name]! - wanted)).toBeLessThanOrEqual(1e-10 + 1e-9 * Math.abs(wanted))
      }
    })
  })
  it.each(['0_delta', '2_gamma', '4_vega', '5_theta', '7_dividend_rho'])('greek_haug_%s', (name) => {
    const { input, expected } = read(`greek_haug_${name}`)
    const { dividendRho, ...greeks } = optionGreeks(termsOf(input), input.vol)
    const all: Record<string, number> = {
      ...greeks,
      ...distances(termsOf(input), input.vol),
      dividend_rho: dividendRho,
    }
    for (const [key, wanted] of Object.entries(expected.all as Record<string, number>)) {
      expect(Math.abs(all[key]! - wanted)).toBeLessThan(1e-9)
    }
  })
  it('hull_implied_vol', () => {
    const { input, expected } = read('hull_implied_vol')
    const found = impliedVolatility(termsOf(input), input.price)
    expect(found.ok && Math.abs(found.volatility - expected.iv) < 1e-9).toBe(true)
  })
  it('implied_vol_round_trip_0', () => {
    const { input, expected } = read('implied_vol_round_trip_0')
    ;(input.rows as Row[]).forEach((row, index) => {
      const found = impliedVolatility(termsOf(row), row.price)
      const wanted = expected.rows[index] as { iv: number | null; recoverable: boolean }
      expect(found.ok).toBe(wanted.recoverable)
      if (found.ok) expect(Math.abs(found.volatility - wanted.iv!)).toBeLessThan(1e-6)
    })
  })
  it('delta_to_strike_puts', () => {
    const { input, expected } = read('delta_to_strike_puts')
    ;(input.rows as { vol: number; days: number }[]).forEach(({ vol, days }, index) => {
      const terms = { right: 'put', spot: input.S, years: days / 365, rate: input.r, dividendYield: input.q } as const
      expect(Math.abs(strikeForDelta(terms, vol, -0.3) - expected.rows[index].K30)).toBeLessThan(1e-6)
      expect(Math.abs(strikeForDelta(terms, vol, -0.15) - expected.rows[index].K15)).toBeLessThan(1e-6)
    })
  })
})
