import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { type BrinsonPeriod, brinson, LINKINGS, linkBrinson } from './brinson.ts'
import { contributionsOf, driftedPortfolio, type PartWealth } from './contribution.ts'
import { nettedParts } from './netting-attribution.ts'
import { timeWeightedReturns } from './time-weighted.ts'

const rate = fc.double({ min: -0.4, max: 0.6, noNaN: true })

/** Weights of both sides that add up to 1, shorts and leverage included. */
function anyPeriod(segments: number): fc.Arbitrary<BrinsonPeriod> {
  const weights = fc
    .array(fc.double({ min: -0.5, max: 1, noNaN: true }), { minLength: segments - 1, maxLength: segments - 1 })
    .map((given) => [...given, 1 - given.reduce((sum, weight) => sum + weight, 0)])
  const returns = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), {
    minLength: segments,
    maxLength: segments,
  })
  return fc.record({
    portfolioWeights: weights,
    policyWeights: weights,
    portfolioReturns: returns,
    policyReturns: returns,
  })
}

describe('brinson', () => {
  it('explains the whole active return', () => {
    fc.assert(
      fc.property(anyPeriod(5), (period) => {
        const { active, total, allocationOfReturn } = brinson(period)
        expect(total.allocation + total.selection + total.interaction).toBeCloseTo(active, 12)
        expect(allocationOfReturn.reduce((sum, effect) => sum + effect, 0)).toBeCloseTo(total.allocation, 12)
      }),
      { seed: 21 },
    )
  })
  it('adds up to the compounded excess when linked, by either method', () => {
    fc.assert(
      fc.property(fc.array(anyPeriod(3), { minLength: 1, maxLength: 12 }), (periods) => {
        for (const linking of LINKINGS) {
          const { total, excess } = linkBrinson(periods, linking)
          expect(total.allocation + total.selection + total.interaction).toBeCloseTo(excess, 10)
        }
      }),
      { seed: 22 },
    )
  })
  it('finds nothing where nothing is active, over one period and linked', () => {
    const side = { portfolioWeights: [0.5, 0.5], policyWeights: [0.5, 0.5] }
    const same = { ...side, portfolioReturns: [0.1, 0.02], policyReturns: [0.1, 0.02] }
    for (const linking of LINKINGS) {
      const { total, factors } = linkBrinson([same, same], linking)
      expect(total).toEqual({ allocation: 0, selection: 0, interaction: 0 })
      expect(factors.every(Number.isFinite)).toBe(true)
    }
  })
  it('takes the other side where a segment is not held and its return not known', () => {
    const { active, selection, interaction } = brinson({
      portfolioWeights: [1, 0],
      policyWeights: [0.6, 0.4],
      portfolioReturns: [0.1, Number.NaN],
      policyReturns: [0.1, 0.05],
    })
    expect(selection).toEqual([0, 0])
    expect(interaction.map(Math.abs)).toEqual([0, 0])
    expect(active).toBeCloseTo(0.02, 15)
  })
})

describe('driftedPortfolio', () => {
  it('adds up: contributions to the return, drifted weights times returns to every period', () => {
    const any = fc.record({
      rows: fc.array(fc.tuple(rate, rate, rate), { minLength: 1, maxLength: 40 }),
      weights: fc.tuple(fc.double({ min: 0, max: 0.5, noNaN: true }), fc.double({ min: 0, max: 0.4, noNaN: true })),
      every: fc.option(fc.integer({ min: 1, max: 9 })),
    })
    fc.assert(
      fc.property(any, ({ rows, weights, every }) => {
        const part = [...weights, 0.1]
        const columns = [0, 1, 2].map((column) => Float64Array.from(rows, (row) => row[column]!))
        const whole = driftedPortfolio(columns, part, every)
        expect(whole.contributions.reduce((sum, value) => sum + value, 0)).toBeCloseTo(whole.totalReturn, 10)
        let current = part
        for (let period = 0; period < rows.length; period += 1) {
          if (every !== null && period % every === 0) current = part
          const expected = current.reduce((sum, weight, at) => sum + weight * columns[at]![period]!, 0)
          expect(Math.abs(whole.returns[period]! - expected)).toBeLessThan(1e-12)
          current = current.map((weight, at) => (weight * (1 + columns[at]![period]!)) / (1 + expected))
        }
        for (const [at, weight] of whole.finalWeights.entries()) expect(weight).toBeCloseTo(current[at]!, 10)
      }),
      { seed: 23 },
    )
  })
  it('takes a missing return as none, and what is not dealt as cash', () => {
    const result = driftedPortfolio([Float64Array.of(0.1, Number.NaN)], [0.5], null)
    expect(result.totalReturn).toBeCloseTo(0.05, 15)
    expect(result.returns[1]).toBe(0)
  })
})

describe('nettedParts', () => {
  it('has signed parts that add up, and no parts of nothing', () => {
    const parts = nettedParts([100, -60, 10], { price: 10, mark: 9, multiplier: 2 })
    expect(parts.profits).toEqual([-200, 120, -20])
    expect(parts.profit).toBe(-100)
    expect(parts.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 15)
    expect(nettedParts([5, -5], { price: 1, mark: 2 }).shares).toEqual([Number.NaN, Number.NaN])
  })
})

/** Parts whose capital is moved between them and from outside, one of which may begin with nothing. */
function anyParts(periods: number): fc.Arbitrary<readonly PartWealth[]> {
  const step = fc.record({
    growth: fc.double({ min: -0.3, max: 0.4, noNaN: true }),
    flow: fc.constantFrom(0, 0, 0, 0.2, -0.1),
  })
  const part = fc
    .record({
      initial: fc.constantFrom(0, 1_000, 25_000, 400_000),
      steps: fc.array(step, { minLength: periods, maxLength: periods }),
    })
    .map(({ initial, steps }) => {
      const equity = new Float64Array(periods)
      const flows = new Float64Array(periods)
      let value = initial
      for (const [at, { growth, flow }] of steps.entries()) {
        flows[at] = value === 0 && flow > 0 ? 5_000 : value * flow
        value = (value + flows[at]) * (1 + growth)
        equity[at] = value
      }
      return { initial, equity, flows }
    })
  return fc.array(part, { minLength: 1, maxLength: 6 })
}

describe('contributionsOf', () => {
  it('makes the portfolio return the sum of weighted returns in every period, and adds up over all of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }).chain((periods) => anyParts(periods)),
        (parts) => {
          const { returns, weights, contributions, total } = contributionsOf(parts)
          const sumOf = (pick: (part: PartWealth) => number): number => parts.reduce((sum, part) => sum + pick(part), 0)
          const whole = timeWeightedReturns({
            initial: sumOf(({ initial }) => initial),
            equity: returns.map((_, at) => sumOf(({ equity }) => equity[at]!)),
            flows: returns.map((_, at) => sumOf(({ flows }) => flows[at]!)),
          })
          const own = parts.map(timeWeightedReturns)
          let wealth = 1
          for (let at = 0; at < returns.length; at += 1) {
            const atWork = !Number.isNaN(whole[at]!)
            const weighted = own.reduce(
              (sum, lane, part) => sum + (weights[part]![at] === 0 ? 0 : weights[part]![at]! * lane[at]!),
              0,
            )
            expect(Math.abs(weighted - (atWork ? whole[at]! : 0))).toBeLessThanOrEqual(1e-12)
            expect(
              Math.abs(contributions.reduce((sum, lane) => sum + lane[at]!, 0) - returns[at]!),
            ).toBeLessThanOrEqual(1e-12)
            wealth *= 1 + returns[at]!
          }
          const all = total.reduce((sum, value) => sum + value, 0)
          expect(Math.abs(all - (wealth - 1))).toBeLessThanOrEqual(1e-12 * Math.max(1, wealth) * returns.length)
        },
      ),
      propertyRuns(200, 10_000),
    )
  })
})
