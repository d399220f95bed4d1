import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contributionsOf } from '../../../test/contracts/allocator.ts'
import { drawnCovariance } from '../../../test/fixtures/drawn-covariance.ts'
import { propertyRuns } from '../../../test/profile.ts'
import type { AllocationInput, AllocationMethod, SleeveRecord, WeightBounds } from '../../domain/allocation.ts'
import { diagonalOf, dot, times } from '../../numerics/linear.ts'
import { createRandom } from '../../numerics/random.ts'
import { allocate } from './allocators.ts'
import { uniformBounds } from './bounds.ts'
import { ALLOCATION_SETTINGS, inputOfMoments, inputOfReturns, NO_RECORD } from './input.ts'
import { lifecycleSize } from './lifecycle.ts'
import { exposuresOf } from './risk-units.ts'

const runs = propertyRuns(40)
const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`)

function given(
  covariance: Float64Array,
  means: Float64Array | null = null,
  known: Partial<AllocationInput> = {},
): AllocationInput {
  const size = Math.sqrt(covariance.length)
  return inputOfMoments(namesOf(size), { rows: size, columns: size, values: covariance }, means, known)
}

function ofReturns(columns: readonly (readonly number[])[], known: Partial<AllocationInput> = {}): AllocationInput {
  const rows = columns[0]?.length ?? 0
  const values = Float64Array.from({ length: rows * columns.length }, (_, at) => {
    return columns[at % columns.length]![Math.floor(at / columns.length)]!
  })
  return inputOfReturns(namesOf(columns.length), { rows, columns: columns.length, values }, 'sample', known)
}

const weightsOf = (method: AllocationMethod, input: AllocationInput): number[] => [...allocate(method, input).weights]
const records = (...own: readonly Partial<SleeveRecord>[]): SleeveRecord[] =>
  own.map((record) => ({ ...NO_RECORD, ...record }))

describe('risk budgets', () => {
  it.each([2, 30, 200])('of %i sleeves are met to 1e-8, equal ones and stated ones', (size) => {
    for (const noise of [1, 1e-6]) {
      const covariance = drawnCovariance(size, size, noise)
      for (const part of contributionsOf(covariance, allocate('erc', given(covariance)).weights)) {
        expect(Math.abs(part - 1 / size)).toBeLessThan(1e-8)
      }
      const budget = namesOf(size).map((name, index) => ({ name, share: 1 + (index % 3), parts: [] }))
      const whole = budget.reduce((total, { share }) => total + share, 0)
      const found = contributionsOf(covariance, allocate('risk_budget', given(covariance, null, { budget })).weights)
      for (const [index, part] of found.entries()) {
        expect(Math.abs(part - budget[index]!.share / whole)).toBeLessThan(1e-8)
      }
    }
  })
  it.each([25, 200])(
    'of %i sleeves are met as far as numbers reach where nearly all risk can be hedged away',
    (size) => {
      for (const [noise, most] of [
        [1e-7, 1e-8],
        [1e-9, 1e-6],
        [1e-10, 1e-5],
      ] as const) {
        const covariance = drawnCovariance(size, size + 7, noise)
        for (const part of contributionsOf(covariance, allocate('erc', given(covariance)).weights))
          expect(Math.abs(part - 1 / size)).toBeLessThan(most)
      }
    },
  )
  it('down a tree are met at every level, and a sleeve outside the tree has no weight', () => {
    const covariance = drawnCovariance(5, 3, 0.4)
    const leaf = (name: string, share: number) => ({ name, share, parts: [] })
    const budget = [
      { name: 'trend', share: 60, parts: [leaf('s0', 1), leaf('s1', 3)] },
      { name: 'carry', share: 40, parts: [leaf('s2', 0.5), leaf('s4', 0.5)] },
    ]
    const { weights } = allocate('hierarchical_risk_budget', given(covariance, null, { budget }))
    const parts = contributionsOf(covariance, weights)
    expect(parts[0]! + parts[1]!).toBeCloseTo(0.6, 9)
    expect(parts[0]).toBeCloseTo(0.15, 9)
    expect(parts[2]).toBeCloseTo(0.2, 9)
    expect(weights[3]).toBe(0)
    // the same tree at one level: the shares of the groups do not count
    const flat = contributionsOf(covariance, allocate('risk_budget', given(covariance, null, { budget })).weights)
    expect(flat[1]).toBeCloseTo(0.6, 9)
  })
})

describe('risk units', () => {
  it('give each position its share of the risk, which together is all of it', () => {
    const positions = [
      { name: 'calm', share: 1, volatility: 0.1 },
      { name: 'wild', share: 3, volatility: 0.4 },
      { name: 'still', share: 2, volatility: 0 },
    ]
    const exposures = exposuresOf(0.02, positions)
    expect(exposures[0]).toBeCloseTo(0.05, 14)
    expect(exposures[1]).toBeCloseTo(0.0375, 14)
    expect(exposures[2]).toBe(0)
    expect(exposures[0]! * 0.1 + exposures[1]! * 0.4).toBeCloseTo(0.02, 14)
    expect([...exposuresOf(0.02, positions.slice(2))]).toEqual([0])
  })
})

/** The slopes at an optimum under a sum and bounds, relative to the largest: 0 where the conditions hold. */
function residual(slope: Float64Array, weights: Float64Array, { lower, upper }: WeightBounds): number {
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  slope.forEach((value, index) => {
    if (weights[index]! < upper[index]! - 1e-9) most = Math.min(most, value)
    if (weights[index]! > lower[index]! + 1e-9) least = Math.max(least, value)
  })
  return Math.max(0, least - most) / slope.reduce((size, value) => Math.max(size, Math.abs(value)), 0)
}

describe('optimisers', () => {
  it.each([
    [20, 0.5],
    [200, 0.5],
    [200, 1e-4],
  ])('with %i sleeves and own noise %f meet the conditions of their optimum', (size, noise) => {
    const covariance = drawnCovariance(size, 17, noise)
    const means = Float64Array.from({ length: size }, (_, index) => 0.01 + 0.002 * (index % 7))
    for (const bounds of [uniformBounds(size, 0, 1), uniformBounds(size, 0.2 / size, 3 / size)]) {
      const least = allocate('min_variance', given(covariance, null, { bounds })).weights
      expect(residual(times(covariance, size, least), least, bounds)).toBeLessThan(1e-8)
      const gains = { max_sharpe: means, max_diversification: diagonalOf(covariance, size).map(Math.sqrt) }
      for (const [method, gain] of Object.entries(gains)) {
        const { weights } = allocate(method as AllocationMethod, given(covariance, means, { bounds }))
        const slope = times(covariance, size, weights)
        // of the logarithm of volatility over gain
        const variance = dot(slope, weights)
        const ratio = slope.map((value, index) => value / variance - gain[index]! / dot(gain, weights))
        const scale = gain.map((value, index) => Math.abs(slope[index]! / variance) + value / dot(gain, weights))
        const worst = Math.max(...scale)
        expect(residual(ratio, weights, bounds) * (Math.max(...ratio.map(Math.abs)) / worst)).toBeLessThan(1e-7)
      }
    }
  })
  it('find what no other weights within the bounds beat', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9999 }), (seed) => {
        const covariance = drawnCovariance(4, seed, 0.3)
        const means = Float64Array.of(0.05, 0.02, -0.01, 0.04)
        const bounds = uniformBounds(4, 0.1, 0.5)
        const best = allocate('max_sharpe', given(covariance, means, { bounds })).weights
        const ratio = (weights: Float64Array): number =>
          dot(means, weights) / Math.sqrt(dot(times(covariance, 4, weights), weights))
        for (let a = 0.1; a <= 0.5; a += 0.1) {
          for (let b = 0.1; b <= 0.5; b += 0.1) {
            for (let c = 0.1; c <= 0.5; c += 0.1) {
              const other = Float64Array.of(a, b, c, 1 - a - b - c)
              if (other[3]! < 0.1 || other[3]! > 0.5) continue
              expect(ratio(best)).toBeGreaterThan(ratio(other) - 1e-9)
            }
          }
        }
      }),
      runs,
    )
  })
  it('of the Sharpe ratio fall back to minimum variance when nothing earns the risk-free rate', () => {
    const covariance = Float64Array.of(0.05, 0.02, 0.02, 0.07)
    const losing = allocate('max_sharpe', given(covariance, Float64Array.of(-0.05, -0.1)))
    expect(losing.diagnostics['fallback']).toBe(1)
    expect([...losing.weights]).toEqual(weightsOf('min_variance', given(covariance)))
  })
  it('hold groups exactly', () => {
    const covariance = Float64Array.of(0.01, 0, 0, 0, 0.01, 0, 0, 0, 0.09)
    const bounds = { ...uniformBounds(3, 0, 1), groups: [{ name: 'calm', members: [0, 1], lower: 0, upper: 0.5 }] }
    const [first, second, third] = weightsOf('min_variance', given(covariance, null, { bounds }))
    expect(first).toBeCloseTo(0.25, 12)
    expect(second).toBeCloseTo(0.25, 12)
    expect(third).toBeCloseTo(0.5, 12)
  })
})

describe('what has no answer has a stated one', () => {
  const wave = Array.from({ length: 40 }, (_, day) => (day % 2 === 0 ? 0.012 : -0.01))
  const slow = Array.from({ length: 40 }, (_, day) => (day % 4 < 2 ? 0.006 : -0.004))
  const still = wave.map(() => 0.0001)
  const RISKY = ['inverse_volatility', 'erc', 'risk_budget', 'hrp', 'min_variance', 'max_diversification'] as const

  it.each(RISKY)(
    '%s: a sleeve that never moves gets the equal share, the others the rest as among themselves',
    (method) => {
      const among = weightsOf(method, ofReturns([wave, slow]))
      const { weights, diagnostics } = allocate(method, ofReturns([wave, still, slow]))
      expect(diagnostics['still']).toBe(1)
      expect(weights[1]).toBeCloseTo(1 / 3, 14)
      expect(weights[0]).toBeCloseTo((among[0]! * 2) / 3, 9)
      expect(weights[2]).toBeCloseTo((among[1]! * 2) / 3, 9)
    },
  )
  it.each(RISKY)('%s: equal when none moves, when there is no history, and when no day is common to all', (method) => {
    const none = Array.from({ length: 3 }, () => [] as number[])
    const apart = wave.map((value, day) => (day < 20 ? value : Number.NaN))
    const rest = slow.map((value, day) => (day < 20 ? Number.NaN : value))
    for (const input of [ofReturns([still, still, still]), ofReturns(none), ofReturns([apart, rest, wave])]) {
      const { weights, diagnostics } = allocate(method, input)
      expect([...weights]).toEqual([1 / 3, 1 / 3, 1 / 3])
      expect(diagnostics['fallback']).toBe(1)
    }
  })
  it('days that a sleeve lacks are left out for all', () => {
    const gappy = slow.map((value, day) => (day === 5 || day === 17 ? Number.NaN : value))
    const without = (lane: readonly number[]): number[] => lane.filter((_, day) => day !== 5 && day !== 17)
    expect(weightsOf('erc', ofReturns([wave, gappy]))).toEqual(
      weightsOf('erc', ofReturns([without(wave), without(slow)])),
    )
  })
  it('more sleeves than days: sleeves can cancel out to nothing, a ridge of a millionth makes contributions equal', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9999 }), (seed) => {
        const random = createRandom(seed)
        const columns = Array.from({ length: 12 }, () => Array.from({ length: 5 }, () => 0.01 * random.normal()))
        const input = ofReturns(columns)
        const { weights } = allocate('erc', input)
        const own = diagonalOf(input.covariance.values, 12)
        const ridged = input.covariance.values.map((value, at) =>
          at % 13 === 0 ? value + 1e-6 * own[at / 13]! : value,
        )
        const spread = (covariance: Float64Array): number =>
          Math.max(...contributionsOf(covariance, weights).map((part) => Math.abs(part - 1 / 12)))
        expect(Math.min(spread(ridged), spread(input.covariance.values) || 1)).toBeLessThan(1e-7)
      }),
      runs,
    )
  })
  it('one sleeve gets everything, or its upper bound', () => {
    const bounds = uniformBounds(1, 0, 0.4)
    for (const method of RISKY) {
      expect(weightsOf(method, ofReturns([wave]))[0]).toBeCloseTo(1, 14)
      const capped = allocate(method, ofReturns([wave], { bounds }))
      expect(capped.weights[0]).toBeCloseTo(0.4, 14)
      expect(capped.cash).toBeCloseTo(0.6, 14)
    }
  })
  it('scores: fewer than 20 days or none above zero are equal; floors lift, what nobody may hold is cash', () => {
    const short = ofReturns([wave.slice(0, 19), slow.slice(0, 19)])
    for (const method of ['sharpe_weighted', 'sortino_weighted', 'return_weighted'] as const) {
      expect(weightsOf(method, short)).toEqual([0.5, 0.5])
      const losing = ofReturns([wave.map((value) => value - 0.1), slow.map((value) => value - 0.1)])
      expect(weightsOf(method, losing)).toEqual([0.5, 0.5])
      const mixed = [wave, slow.map((value) => value - 0.1)]
      expect(weightsOf(method, ofReturns(mixed))).toEqual([1, 0])
      expect(weightsOf(method, ofReturns(mixed, { bounds: uniformBounds(2, 0.2, 1) }))).toEqual([0.8, 0.2])
      const capped = allocate(method, ofReturns(mixed, { bounds: uniformBounds(2, 0, 0.7) }))
      expect([...capped.weights]).toEqual([0.7, 0])
      expect(capped.cash).toBeCloseTo(0.3, 14)
    }
  })
  it('a sleeve that never lost counts like the best Sortino ratio of the others', () => {
    const rising = wave.map((_, day) => 0.001 + 0.0001 * (day % 3))
    const [own, other] = weightsOf('sortino_weighted', ofReturns([rising, wave]))
    expect(own).toBeCloseTo(other!, 14)
  })
})

describe('sizes that leave cash', () => {
  it('fixed: as configured, levered if they say so, cut by bounds for cash alone', () => {
    const stated = records({ weight: 0.3 }, { weight: 0.4 }, {})
    const input = given(new Float64Array(9), null, { records: stated })
    expect(weightsOf('fixed', input)).toEqual([0.3, 0.4, 0])
    expect(allocate('fixed', input).cash).toBeCloseTo(0.3, 14)
    const capped = allocate('fixed', { ...input, bounds: uniformBounds(3, 0.1, 0.35) })
    expect([...capped.weights]).toEqual([0.3, 0.35, 0])
    expect(allocate('fixed', { ...input, records: records({ weight: 1 }, { weight: 0.5 }, {}) }).cash).toBeCloseTo(-0.5)
  })
  it('kelly: a fraction of full Kelly, cash for the rest, nothing for a losing sleeve or an unknown edge', () => {
    const covariance = Float64Array.of(0.04, 0, 0, 0.09)
    const half = allocate('kelly', given(covariance, Float64Array.of(0.02, -0.03)))
    expect(half.weights[0]).toBeCloseTo((0.5 * 0.02) / 0.04, 12)
    expect(half.weights[1]).toBe(0)
    expect(half.cash).toBeCloseTo(0.75, 12)
    const full = { ...ALLOCATION_SETTINGS, kellyFraction: 1 }
    const each = allocate(
      'kelly',
      given(covariance, Float64Array.of(0.02, 0.009), { settings: { ...full, kelly: 'each' } }),
    )
    expect([...each.weights]).toEqual([0.5, expect.closeTo(0.1, 14)])
    const held = allocate('kelly', given(covariance, Float64Array.of(0.08, 0.09), { settings: full }))
    expect(held.cash).toBe(0)
    expect(allocate('kelly', given(covariance)).cash).toBe(1)
    const still = allocate('kelly', given(Float64Array.of(0.04, 0, 0, 0), Float64Array.of(0.02, 0.01)))
    expect(still.weights[1]).toBe(0)
  })
  it('kelly from trades: p - q / b, none for a losing bet, all smaller when they are too much together', () => {
    const bets = records({ winRate: 0.6, payoff: 1 }, { winRate: 0.4, payoff: 1 })
    const input = given(new Float64Array(4), null, { records: bets })
    expect(allocate('kelly', input).weights[0]).toBeCloseTo(0.1, 14)
    expect(allocate('kelly', input).weights[1]).toBe(0)
    const strong = records({ winRate: 0.9, payoff: 3 }, { winRate: 0.9, payoff: 3 })
    const settings = { ...ALLOCATION_SETTINGS, kellyFraction: 1 }
    expect(weightsOf('kelly', given(new Float64Array(4), null, { records: strong, settings }))).toEqual([0.5, 0.5])
  })
  it('lifecycle: 8,118 / 2,338 / 0 / 600 of the worked table, in the shape of weights', () => {
    expect(lifecycleSize('MATURE', -1, 0.2, 1, false).size).toBe(0)
    expect(lifecycleSize('MATURE', -1, 0.2, 1, true).size).toBeCloseTo(0.05, 14)
    const stated = records(
      { stage: 'MATURE', sharpe: 2, winRate: 1, strength: 0.8118 },
      { stage: 'PAPER', sharpe: 3, winRate: 0.8 },
      { stage: 'DECAY', sharpe: 0.1, winRate: 0.2, strength: 0.4 },
      { sharpe: 3, winRate: 1 },
    )
    const { weights, cash } = allocate('lifecycle', given(new Float64Array(16), null, { records: stated }))
    expect(weights[0]).toBeCloseTo(0.08118, 14)
    expect(weights[1]).toBe(0)
    expect(weights[2]).toBeCloseTo(0.03 * 0.5 * 0.4, 14)
    expect(weights[3]).toBe(0)
    expect(cash).toBeCloseTo(1 - 0.08118 - 0.006, 14)
  })
})

describe('moves', () => {
  const covariance = Float64Array.of(0.01, 0, 0, 0.04) // inverse volatility: 2/3 and 1/3
  const previous = Float64Array.of(0.5, 0.5)
  const moved = (settings: Partial<AllocationInput['settings']>): AllocationInput =>
    given(covariance, null, { previous, settings: { ...ALLOCATION_SETTINGS, ...settings } })

  it('say how much is turned over', () => {
    expect(allocate('inverse_volatility', moved({})).diagnostics['turnover']).toBeCloseTo(1 / 6, 14)
  })
  it('are shorter by the turnover penalty, and none where it is larger', () => {
    const [first, second] = weightsOf('inverse_volatility', moved({ turnoverPenalty: 0.1 }))
    expect(first).toBeCloseTo(0.5 + 1 / 6 - 0.1, 12)
    expect(second).toBeCloseTo(0.5 - 1 / 6 + 0.1, 12)
    for (const weight of weightsOf('inverse_volatility', moved({ turnoverPenalty: 0.2 })))
      expect(weight).toBeCloseTo(0.5)
  })
  it('inside the buffer are not made; the others share what is left', () => {
    expect(weightsOf('inverse_volatility', moved({ buffer: 0.17 }))).toEqual([0.5, 0.5])
    const three = Float64Array.of(0.01, 0, 0, 0, 0.01, 0, 0, 0, 0.01)
    const input = given(three, null, {
      previous: Float64Array.of(0.32, 0.1, 0.58),
      settings: { ...ALLOCATION_SETTINGS, buffer: 0.05 },
    })
    const [first, second, third] = weightsOf('inverse_volatility', input)
    expect(first).toBe(0.32)
    expect(second).toBeCloseTo(0.34, 12)
    expect(third).toBeCloseTo(0.34, 12)
  })
})
