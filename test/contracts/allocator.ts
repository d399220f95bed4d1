import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Allocation,
  type AllocationInput,
  type AllocationMethod,
  type Allocator,
  LIFECYCLE_STAGES,
  type SleeveRecord,
} from '../../src/domain/allocation.ts'
import { deviationParts } from '../../src/numerics/components.ts'
import { createRandom } from '../../src/numerics/random.ts'
import { allocate } from '../../src/pipeline/allocation/allocators.ts'
import { keepsBounds, uniformBounds } from '../../src/pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, inputOfMoments, inputOfReturns } from '../../src/pipeline/allocation/input.ts'
import { propertyRuns } from '../profile.ts'

/** What a market of sleeves does beside moving. */
interface Drawn {
  readonly sleeves: number
  readonly days: number
  readonly seed: number
  /** Sleeves that never move, that lack history, and that lack single days. */
  readonly still: number
  readonly late: number
  readonly gaps: boolean
}

const anyMarket: fc.Arbitrary<Drawn> = fc.record({
  sleeves: fc.integer({ min: 1, max: 12 }),
  days: fc.integer({ min: 0, max: 80 }),
  seed: fc.nat({ max: 1_000_000 }),
  still: fc.integer({ min: 0, max: 2 }),
  late: fc.integer({ min: 0, max: 1 }),
  gaps: fc.boolean(),
})

/** Records in which every allocator finds what it asks for. */
function recordsOf(count: number): SleeveRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    weight: 0.9 / count,
    stage: LIFECYCLE_STAGES[index % LIFECYCLE_STAGES.length]!,
    sharpe: null,
    winRate: null,
    payoff: null,
    strength: null,
  }))
}

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`)

/** Returns with one common factor; the first sleeves stand still, the last one begins late, some days are missing. */
export function drawnReturns({ sleeves, days, seed, still, late, gaps }: Drawn): Float64Array {
  const random = createRandom(seed)
  const values = new Float64Array(sleeves * days)
  for (let day = 0; day < days; day += 1) {
    const common = random.normal() * 0.01
    for (let sleeve = 0; sleeve < sleeves; sleeve += 1) {
      const own = random.normal() * 0.005 * (1 + sleeve)
      const isAbsent = (sleeve === sleeves - 1 && late > 0 && day < days - late) || (gaps && random.uniform() < 0.02)
      values[day * sleeves + sleeve] = isAbsent ? Number.NaN : sleeve < still ? 0.0001 : common + own + 0.0004
    }
  }
  return values
}

function inputOf(market: Drawn, known: Partial<AllocationInput> = {}): AllocationInput {
  const { sleeves, days } = market
  const returns = { rows: days, columns: sleeves, values: drawnReturns(market) }
  return inputOfReturns(namesOf(sleeves), returns, 'sample', { records: recordsOf(sleeves), ...known })
}

/** Finite, none below zero, and cash is what is left. */
function expectWhole({ weights, cash, diagnostics }: Allocation, count: number, most = 1): void {
  expect(weights).toHaveLength(count)
  let total = 0
  for (const weight of weights) {
    expect(weight).toBeGreaterThanOrEqual(0)
    expect(Number.isFinite(weight)).toBe(true)
    total += weight
  }
  expect(total).toBeLessThanOrEqual(most + 1e-9)
  expect(Math.abs(total + cash - 1)).toBeLessThan(1e-9)
  for (const figure of Object.values(diagnostics)) expect(Number.isFinite(figure)).toBe(true)
}

/** What every allocator keeps, whatever the sleeves did. */
export function allocatorContract(method: AllocationMethod, allocator: Allocator): void {
  const runs = propertyRuns(60)
  const invests = !allocator.keepsSize

  describe(method, () => {
    it('stands in the table under its own name', () => {
      expect(allocator.name).toBe(method)
    })

    it('gives finite weights that are whole with cash for still, late, gappy, single and too many sleeves', () => {
      fc.assert(
        fc.property(anyMarket, (market) => {
          const allocation = allocate(method, inputOf(market))
          expectWhole(allocation, market.sleeves)
          if (invests) expect(allocation.cash).toBeLessThan(1e-9)
        }),
        runs,
      )
    })

    it('gives the same bits for the same input, and leaves the input as it was', () => {
      fc.assert(
        fc.property(anyMarket, (market) => {
          const input = inputOf(market)
          const before = JSON.stringify([[...input.covariance.values], [...input.returns.values], input.means])
          expect(allocate(method, input)).toEqual(allocate(method, input))
          expect(JSON.stringify([[...input.covariance.values], [...input.returns.values], input.means])).toBe(before)
        }),
        runs,
      )
    })

    it('keeps bounds; what is invested fills them, what keeps its size is never lifted above its own', () => {
      fc.assert(
        fc.property(anyMarket, fc.double({ min: 0, max: 0.9, noNaN: true }), (market, share) => {
          const count = market.sleeves
          const lower = share / count
          const upper = Math.min(1, 1.5 / count)
          const bounds = uniformBounds(count, lower, upper)
          const allocation = allocate(method, inputOf(market, { bounds }))
          expectWhole(allocation, count)
          if (invests) {
            expect(keepsBounds(allocation.weights, bounds)).toBe(true)
            // a sleeve that a score leaves out is not lifted: only such ones leave cash
            const least = [...allocation.weights].some((weight) => weight <= lower + 1e-9)
            if (!least) expect(allocation.cash).toBeLessThan(1e-9)
          } else {
            for (const weight of allocation.weights) expect(weight).toBeLessThanOrEqual(upper + 1e-9)
          }
        }),
        runs,
      )
    })

    it('keeps bounds of groups', () => {
      fc.assert(
        fc.property(anyMarket, (market) => {
          fc.pre(market.sleeves >= 4)
          const members = [0, 1]
          const bounds = {
            ...uniformBounds(market.sleeves, 0, 1),
            groups: [{ name: 'first', members, lower: 0, upper: 0.3 }],
          }
          const allocation = allocate(method, inputOf(market, { bounds }))
          expectWhole(allocation, market.sleeves)
          expect(allocation.weights[0]! + allocation.weights[1]!).toBeLessThanOrEqual(0.3 + 1e-9)
        }),
        runs,
      )
    })

    it('moves less under a turnover penalty, and not at all inside the buffer', () => {
      fc.assert(
        fc.property(anyMarket, (market) => {
          const free = allocate(method, inputOf(market))
          const previous = new Float64Array(market.sleeves).fill(1 / market.sleeves)
          const settings = { ...ALLOCATION_SETTINGS, turnoverPenalty: 0.05 }
          const slow = allocate(method, inputOf(market, { previous, settings }))
          expectWhole(slow, market.sleeves)
          const moved = (to: Float64Array): number =>
            to.reduce((total, weight, index) => total + Math.abs(weight - previous[index]!), 0)
          expect(moved(slow.weights)).toBeLessThanOrEqual(moved(free.weights) + 1e-9)
          const calm = { ...ALLOCATION_SETTINGS, buffer: 1e-6 }
          const nearby = free.weights.map((weight) => weight * (1 - 1e-8))
          expect(allocate(method, inputOf(market, { previous: nearby, settings: calm })).weights).toEqual(nearby)
        }),
        runs,
      )
    })

    it('copes with a covariance that is none, and with one that is zero', () => {
      const means = Float64Array.of(0.01, 0.02, 0.015)
      const given = { records: recordsOf(3) }
      const impossible = Float64Array.of(1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1)
      for (const values of [impossible, new Float64Array(9)]) {
        const input = inputOfMoments(namesOf(3), { rows: 3, columns: 3, values }, means, given)
        expectWhole(allocate(method, input), 3)
        expectWhole(allocate(method, inputOfMoments(namesOf(3), input.covariance, null, given)), 3)
      }
    })

    it('refuses bounds that no weights can keep', () => {
      const input = inputOf(
        { sleeves: 5, days: 30, seed: 1, still: 0, late: 0, gaps: false },
        { bounds: uniformBounds(5, 0.25, 0.3) },
      )
      expect(() => allocate(method, input)).toThrow('need at least 5 x 0.25 = 1.25, above 1')
    })
  })
}

/** Contributions of an allocation to its volatility, as fractions of it. */
export function contributionsOf(covariance: Float64Array, weights: Float64Array): Float64Array {
  const { deviation, component } = deviationParts(covariance, weights.length, weights)
  return component.map((value) => value / deviation)
}
