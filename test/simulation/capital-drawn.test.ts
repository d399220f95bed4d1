import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALLOCATION_METHODS, COVARIANCE_ESTIMATORS, LIFECYCLE_STAGES } from '../../src/domain/allocation.ts'
import type { Overlays, RebalancingRule } from '../../src/domain/capital.ts'
import { createKernel, restoreKernel } from '../../src/engine/kernel.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { uniformBounds } from '../../src/pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS } from '../../src/pipeline/allocation/input.ts'
import { STAGE_RULE } from '../../src/pipeline/allocation/stage-changes.ts'
import { capitalInput, holder, noise, swinger } from '../fixtures/capital-run.ts'
import { propertyRuns } from '../profile.ts'
import { journalOf, textOf } from './journal.ts'

/*
 * Any plan over any market: every method, every overlay, short windows, sleeves that stand still, crash, copy each other or
 * begin with nothing. Weights stay weights, the checker finds nothing, and a kernel that was restored goes on alike.
 */

const DAYS = 45
const KINDS = ['noise', 'still', 'crash', 'copy', 'calm'] as const
const TRIGGERS = [[], ['every_bar'], ['periodic'], ['threshold'], ['periodic', 'threshold']] as const

const chance = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)
const window = fc.integer({ min: 2, max: 15 })
const maybe = <T>(overlay: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(overlay, { nil: null })

const drawnPlan = fc.record({
  sleeves: fc.array(
    fc.record({ kind: fc.constantFrom(...KINDS), swings: fc.boolean(), stage: fc.constantFrom(...LIFECYCLE_STAGES) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  seed: fc.nat(10_000),
  method: fc.constantFrom(...ALLOCATION_METHODS),
  covariance: fc.constantFrom(...COVARIANCE_ESTIMATORS),
  window,
  observationsMin: window,
  every: fc.integer({ min: 1, max: 12 }),
  lower: fc.integer({ min: 0, max: 24 }).map((percent) => percent / 100),
  upper: fc.integer({ min: 25, max: 100 }).map((percent) => percent / 100),
  turnoverPenalty: chance.map((value) => value / 10),
  buffer: chance.map((value) => value / 10),
  bench: maybe(fc.record({ threshold: chance, days: fc.integer({ min: 1, max: 5 }), window })),
  reduction: maybe(fc.record({ threshold: chance.map((value) => 0.05 + 0.9 * value), window })),
  ladder: maybe(fc.record({ halfAt: fc.constant(0.02), zeroAt: fc.constant(0.04), sharpeRelease: chance, window })),
  volatilityTarget: maybe(
    fc.record({ target: chance.map((value) => 0.01 + value / 5), window, band: chance, scaleMax: fc.constant(1) }),
  ),
  spike: maybe(fc.record({ halt: fc.constant(0.4), resume: fc.constant(0.2), window })),
  staged: fc.boolean(),
  applied: fc.boolean(),
  shadows: fc.boolean(),
  triggers: fc.constantFrom(...TRIGGERS),
})
type DrawnPlan = typeof drawnPlan extends fc.Arbitrary<infer Plan> ? Plan : never

function returnsOf(kind: (typeof KINDS)[number], seed: number, place: number): number[] {
  const own = noise(DAYS, kind === 'calm' ? 0.0005 : 0.02, seed + place, 0.001)
  if (kind === 'still') return own.map(() => 0)
  if (kind === 'copy') return noise(DAYS, 0.02, seed)
  return own.map((value, at) => (kind === 'crash' && at % 17 === 5 ? -0.3 : value))
}

function inputOf(drawn: DrawnPlan): RunInput {
  const { sleeves, seed, every, lower, upper, triggers, staged, applied, shadows, ...plan } = drawn
  const names = sleeves.map((_, place) => `s${place}`)
  const entries = <T>(of: (place: number) => T): Record<string, T> =>
    Object.fromEntries(names.map((name, place) => [name, of(place)]))
  const { bench, reduction, ladder, volatilityTarget, spike } = plan
  const overlays: Overlays = {
    bench,
    reduction,
    ladder,
    volatilityTarget,
    spike,
    lifecycle: staged
      ? {
          stages: sleeves.map(({ stage }) => stage),
          validatedDrawdown: sleeves.map((_, place) => (place % 2 === 0 ? 0.02 : null)),
          stageBase: { MATURE: 0.5, VALIDATION: 0.3, DISCOVERY: 0.1, DECAY: 0.1, PAPER: 0 },
          stageMax: { MATURE: 0.6 },
          rule: {
            ...STAGE_RULE,
            validation: { trades: 3, probability: 0.5 },
            decay: { days: 5, sharpe: 0, drawdownMultiple: 1 },
          },
          changes: applied ? 'applied' : 'proposed',
        }
      : null,
  }
  const rebalancing: RebalancingRule = { triggers, schedule: { kind: 'days', every }, threshold: 0.03, by: 'transfer' }
  return capitalInput({
    returns: entries((place) => returnsOf(sleeves[place]!.kind, seed, place)),
    strategies: entries((place) => (sleeves[place]!.swings ? swinger : holder)),
    bounds: uniformBounds(names.length, lower, upper),
    allocation: {
      method: plan.method,
      covariance: plan.covariance,
      window: Math.max(plan.window, plan.observationsMin),
      observationsMin: plan.observationsMin,
      recompute: { kind: 'days', every },
      settings: { ...ALLOCATION_SETTINGS, turnoverPenalty: plan.turnoverPenalty, buffer: plan.buffer },
    },
    overlays,
    rebalancing,
    shadows,
    capital: 1_000_000,
  })
}

describe('any capital plan over any market', () => {
  it('keeps weights that are weights, books that add up, and goes on alike from a snapshot', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(drawnPlan, fc.nat(999), (drawn, part) => {
        const input = inputOf(drawn)
        const { capital, invariants } = runBacktest(input)
        expect(invariants.violated).toEqual([])
        for (const { cause } of capital!.records) seen.add(cause)
        for (const { weights, factors } of capital!.days)
          for (const value of [...weights, ...factors]) expect(value >= 0 && value <= 1 + 1e-9).toBe(true)
        const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
        const { events, bytes } = journalOf(input)
        const cut = 1 + Math.floor((part * (events.length - 1)) / 1_000)
        let kernel = createKernel({ strategies })
        for (const [at, event] of events.entries()) {
          if (at === cut)
            kernel = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, { strategies })
          kernel.apply(event)
        }
        expect(textOf(kernel)).toBe(bytes)
      }),
      propertyRuns(30, 1_000),
    )
    for (const cause of ['weights', 'lifecycle', 'bench', 'return', 'reduction', 'ladder', 'volatilityTarget', 'spike'])
      expect([cause, seen.has(cause)]).toEqual([cause, true])
  })
})
