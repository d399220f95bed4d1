import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../test/profile.ts'
import { startHedgeFilter, takeHedgeStep } from './hedge-filter.ts'
import { createRandom } from './random.ts'
import { regress } from './regression.ts'

const still = { drift: 0, ignorance: 1e8 }

describe('takeHedgeStep', () => {
  it('is least squares over everything seen where nothing drifts', () => {
    const random = createRandom(1)
    const x = Float64Array.from({ length: 80 }, () => 4 + random.normal())
    const y = x.map((value) => 1 + 0.5 * value + 0.1 * random.normal())
    const filter = startHedgeFilter(0, 0, still)
    for (let row = 0; row < 80; row += 1) takeHedgeStep(filter, x[row]!, y[row]!, still)
    const fit = regress(y, [new Float64Array(80).fill(1), x])!
    expect(filter.intercept).toBeCloseTo(fit.coefficients[0]!, 5)
    expect(filter.ratio).toBeCloseTo(fit.coefficients[1]!, 5)
  })
  it('takes a first step as worked out by hand', () => {
    // Variances 1 and 1, drift 0, x = 2, y = 12: variance of the surprise 1 + 4 + 1 = 6, gains 1/6 and 2/6.
    const options = { drift: 0, ignorance: 1 }
    const filter = startHedgeFilter(0, 0, options)
    expect(takeHedgeStep(filter, 2, 12, options)).toBe(12)
    expect(filter.intercept).toBeCloseTo(2, 14)
    expect(filter.ratio).toBeCloseTo(4, 14)
    expect(filter.interceptVariance).toBeCloseTo(1 - 1 / 6, 14)
    expect(filter.covariance).toBeCloseTo(-2 / 6, 14)
    expect(filter.ratioVariance).toBeCloseTo(1 - 4 / 6, 14)
  })
  it('follows a ratio that moves, which least squares over all cannot', () => {
    const random = createRandom(2)
    const options = { drift: 1e-3, ignorance: 1e3 }
    const filter = startHedgeFilter(0, 1, options)
    for (let row = 0; row < 600; row += 1) {
      const x = 5 + random.normal()
      const ratio = row < 300 ? 1 : 2
      takeHedgeStep(filter, x, ratio * x + 0.05 * random.normal(), options)
    }
    expect(Math.abs(filter.ratio - 2)).toBeLessThan(0.1)
  })
  it('keeps a covariance, and plain data goes on the same', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 1e-9, max: 1, noNaN: true }), (seed, drift) => {
        const random = createRandom(seed)
        const options = { drift, ignorance: 1e4 }
        const filter = startHedgeFilter(0, 1, options)
        let other = startHedgeFilter(0, 1, options)
        for (let row = 0; row < 50; row += 1) {
          const [x, y] = [3 + random.normal(), random.normal()]
          other = JSON.parse(JSON.stringify(other)) as typeof other
          expect(takeHedgeStep(other, x, y, options)).toBe(takeHedgeStep(filter, x, y, options))
          const { interceptVariance, covariance, ratioVariance } = filter
          expect(interceptVariance).toBeGreaterThan(0)
          expect(interceptVariance * ratioVariance - covariance * covariance).toBeGreaterThan(0)
        }
        expect(other).toEqual(filter)
      }),
      propertyRuns(100, 5_000),
    )
  })
  it('takes nothing of what is not finite', () => {
    const filter = startHedgeFilter(1, 2, still)
    for (const [x, y] of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
    ] as const)
      expect(takeHedgeStep(filter, x, y, still)).toBeNull()
    expect(filter).toEqual(startHedgeFilter(1, 2, still))
  })
})
