import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawnCovariance } from '../../test/fixtures/drawn-covariance.ts'
import { propertyRuns } from '../../test/profile.ts'
import { deviationParts, weightsOfComponents, weightsOfComponentsWithin } from './components.ts'
import { createRandom } from './random.ts'

const runs = propertyRuns(60)
const sumOf = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)

/** The largest distance of a component, as a part of the deviation, from its budget. */
function miss(covariance: Float64Array, weights: Float64Array, budgets: Float64Array): number {
  const { deviation, component } = deviationParts(covariance, weights.length, weights)
  const whole = sumOf(budgets)
  return component.reduce((most, part, at) => Math.max(most, Math.abs(part / deviation - budgets[at]! / whole)), 0)
}

describe('parts of a deviation', () => {
  it('add up to it', () => {
    const covariance = Float64Array.of(0.04, 0.006, 0.006, 0.09)
    const { deviation, marginal, component } = deviationParts(covariance, 2, Float64Array.of(0.6, 0.4))
    expect(deviation).toBeCloseTo(Math.sqrt(0.36 * 0.04 + 2 * 0.24 * 0.006 + 0.16 * 0.09), 15)
    expect(sumOf(component)).toBeCloseTo(deviation, 15)
    expect(marginal[0]).toBeCloseTo((0.6 * 0.04 + 0.4 * 0.006) / deviation, 15)
    expect([...deviationParts(new Float64Array(4), 2, Float64Array.of(1, 0)).component]).toEqual([0, 0])
  })
})

describe('weights of wanted components', () => {
  it('have them to 1e-8, for near-singular and singular matrices too', () => {
    const anyBook = fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      seed: fc.nat({ max: 99_999 }),
      noise: fc.constantFrom(1, 1e-2, 1e-6, 1e-10, 0),
      isEven: fc.boolean(),
    })
    fc.assert(
      fc.property(anyBook, ({ size, seed, noise, isEven }) => {
        // below 1e-6, what can be hedged away leaves a deviation of rounding only
        const covariance = drawnCovariance(size, seed, noise, noise < 1e-6)
        const random = createRandom(seed)
        const budgets = Float64Array.from({ length: size }, () => (isEven ? 1 : 0.05 + random.uniform()))
        const weights = weightsOfComponents(covariance, size, budgets)
        for (const weight of weights) expect(weight).toBeGreaterThan(0)
        expect(sumOf(weights)).toBeCloseTo(1, 12)
        expect(miss(covariance, weights, budgets)).toBeLessThan(1e-8)
      }),
      runs,
    )
  })
  it.each([
    [100, 1],
    [200, 1],
    [200, 1e-6],
    [200, 1e-10],
  ])('have them with %i weights and own noise %f', (size, noise) => {
    const covariance = drawnCovariance(size, 11, noise, noise < 1e-6)
    const budgets = new Float64Array(size).fill(1)
    expect(miss(covariance, weightsOfComponents(covariance, size, budgets), budgets)).toBeLessThan(1e-8)
  })
  it('within bounds add up to 1; those between the bounds keep the proportion of their budgets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.nat({ max: 9999 }), (size, seed) => {
        const covariance = drawnCovariance(size, seed, 0.5)
        const budgets = new Float64Array(size).fill(1)
        const lower = new Float64Array(size).fill(0.3 / size)
        const upper = new Float64Array(size).fill(1.3 / size)
        const weights = weightsOfComponentsWithin(covariance, budgets, lower, upper)
        fc.pre(weights !== null)
        expect(sumOf(weights)).toBeCloseTo(1, 9)
        const { deviation, component } = deviationParts(covariance, size, weights)
        const inside = [...weights.keys()].filter(
          (at) => weights[at]! > lower[at]! * (1 + 1e-9) && weights[at]! < upper[at]! * (1 - 1e-9),
        )
        const level = inside.length === 0 ? Number.NaN : component[inside[0]!]! / deviation
        for (const at of inside) expect(Math.abs(component[at]! / deviation - level)).toBeLessThan(1e-8)
        for (const [at, weight] of weights.entries()) {
          expect(weight).toBeGreaterThanOrEqual(lower[at]! - 1e-12)
          expect(weight).toBeLessThanOrEqual(upper[at]! + 1e-12)
          if (inside.length === 0) continue
          // at a lower bound more risk than wanted, at an upper bound less
          if (weight <= lower[at]! * (1 + 1e-9)) expect(component[at]! / deviation).toBeGreaterThan(level - 1e-8)
          if (weight >= upper[at]! * (1 - 1e-9)) expect(component[at]! / deviation).toBeLessThan(level + 1e-8)
        }
      }),
      runs,
    )
  })
  it('do not exist where lower bounds alone are above 1', () => {
    const covariance = Float64Array.of(1, 0, 0, 1)
    const bound = Float64Array.of(0.7, 0.7)
    expect(weightsOfComponentsWithin(covariance, Float64Array.of(1, 1), bound, Float64Array.of(0.9, 0.9))).toBeNull()
  })
})
