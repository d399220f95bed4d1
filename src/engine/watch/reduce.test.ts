import { describe, expect, it } from 'vitest'
import { shares, steps, watchedRun } from '../../../test/fixtures/watched-run.ts'
import { journalOf } from '../../../test/simulation/journal.ts'
import type { TradeDate } from '../../domain/units.ts'
import { createKernel } from '../kernel.ts'
import type { Runtime } from '../runtime.ts'
import { exposureValue } from './exposure.ts'
import { shrink, trim } from './reduce.ts'
import type { OpenViolation } from './state.ts'
import { PORTFOLIO, positionSubject, sleeveSubject } from './subjects.ts'

/** Two sleeves that hold nothing but structures on A, each of 500 at most, oldest first. */
function withStructures(owners: readonly number[]): Runtime {
  const input = watchedRun({
    closes: { A: steps(3, 100), B: steps(3, 50) },
    sleeves: ['one', 'two'].map((id) => ({ id, weight: 0.5, act: () => undefined })),
  })
  const kernel = createKernel({ strategies: new Map(input.strategies.map((strategy) => [strategy.name, strategy])) })
  for (const event of journalOf(input).events.slice(0, 5)) kernel.apply(event)
  const { runtime } = kernel
  owners.forEach((sleeve, index) => {
    runtime.state.structures.push({
      id: index + 1,
      sleeve,
      underlying: 0,
      legs: [],
      contracts: [],
      quantity: 1,
      credit: 1,
      maximumLoss: 500,
      openedAt: 0,
      openedBar: 0,
      pending: false,
    })
  })
  return runtime
}

const open = (
  subject: OpenViolation['subject'],
  kind: OpenViolation['kind'] = 'portfolio_leverage',
): OpenViolation => ({
  id: 1,
  kind,
  subject,
  beyond: true,
  liquidating: false,
})

const closing = ({ state }: Runtime): readonly number[] => state.waitingStructures.map(({ structure }) => structure)

describe('a reduction of structures', () => {
  it('closes whole ones, the oldest first, until what is left is within', () => {
    const runtime = withStructures([0, 1, 0, 1])
    shrink(runtime, open(PORTFOLIO), 0.6)
    expect(closing(runtime)).toEqual([1, 2])
    expect(runtime.state.waitingStructures.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 2 }, () => 'violation: portfolio_leverage'),
    )
  })

  it('counts those on their way, and closes none outside its subject', () => {
    const runtime = withStructures([0, 1, 0, 1])
    shrink(runtime, open(sleeveSubject(1)), 0.5)
    expect(closing(runtime)).toEqual([2])
    shrink(runtime, open(sleeveSubject(1)), 1)
    expect(closing(runtime)).toEqual([2])
    shrink(runtime, open(positionSubject(0, 1)), 0)
    expect(closing(runtime)).toEqual([2])
    shrink(runtime, open(positionSubject(0, 0)), 0)
    expect(closing(runtime)).toEqual([2, 1, 3])
  })

  it('trims the largest exposure first', () => {
    const runtime = withStructures([0])
    const at = runtime.state.books.width + 1
    runtime.state.books.quantity[at] = shares(6)
    trim(runtime, open(PORTFOLIO), 0.5)
    // 500 of structures on A and 300 of B: 400 must go, and a structure goes whole.
    expect(closing(runtime)).toEqual([1])
    expect(runtime.state.waiting).toEqual([])
  })
})

/** Structures on A at 100, one sold put each, of so many contracts at these deltas. */
function leaning(structures: readonly (readonly [sleeve: number, quantity: number, delta: number])[]): Runtime {
  const runtime = withStructures(structures.map(([sleeve]) => sleeve))
  const leg = { right: 'put', strike: 90, ratio: -1, expiry: 20_240_315 as TradeDate } as const
  const { state } = runtime
  structures.forEach(([, quantity, delta], at) => {
    state.structures[at] = { ...state.structures[at]!, legs: [leg], contracts: [99], quantity, deltas: [delta] }
  })
  return runtime
}

const closed = ({ state }: Runtime): readonly (readonly number[])[] =>
  state.waitingStructures.map(({ structure, quantity }) => [structure, quantity])

describe('a limit on exposure', () => {
  it('counts what structures stand for by their deltas, netted with shares of their underlying', () => {
    // Two of 30 shares and one that stands for 20 shares sold: 40 shares of 100 in a portfolio of 10,000.
    const runtime = leaning([
      [0, 2, -0.3],
      [1, 1, 0.2],
    ])
    expect(exposureValue(runtime, 'portfolio_exposure', PORTFOLIO, 'held')).toBeCloseTo(0.4, 12)
    expect(exposureValue(runtime, 'portfolio_net_leverage', PORTFOLIO, 'held')).toBeCloseTo(0.4, 12)
    expect(exposureValue(runtime, 'strategy_exposure', sleeveSubject(0), 'held')).toBeCloseTo(0.1, 12)
    runtime.state.books.quantity[runtime.state.books.width] = shares(-90)
    runtime.state.books.accountQuantity[0] = shares(-90)
    expect(exposureValue(runtime, 'portfolio_exposure', PORTFOLIO, 'held')).toBeCloseTo(0.5, 12)
  })

  it('takes intrinsic value for a delta that was never quoted', () => {
    const runtime = leaning([[0, 1, Number.NaN]])
    expect(exposureValue(runtime, 'portfolio_exposure', PORTFOLIO, 'held')).toBe(0)
    runtime.state.mark[0] = 89
    expect(exposureValue(runtime, 'portfolio_exposure', PORTFOLIO, 'held')).toBeCloseTo(1, 12)
  })

  it('closes as many as it takes, the oldest first, and none that leans the other way', () => {
    const runtime = leaning([
      [0, 1, 0.2],
      [0, 4, -0.3],
      [1, 3, -0.1],
    ])
    shrink(runtime, open(PORTFOLIO, 'asset_class_weight'), 0.5)
    // 150 shares lean up: 75 must go, 30 at a time.
    expect(closed(runtime)).toEqual([[2, 3]])
    const all = leaning([[0, 1, 0.2]])
    shrink(all, open(PORTFOLIO, 'asset_class_weight'), 0)
    expect(closed(all)).toEqual([[1, 1]])
  })

  it('trims by deltas, too', () => {
    const runtime = leaning([[0, 4, -0.3]])
    trim(runtime, open(PORTFOLIO, 'portfolio_exposure'), 0.6)
    expect(closed(runtime)).toEqual([[1, 2]])
  })
})
