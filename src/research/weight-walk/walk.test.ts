import { describe, expect, it } from 'vitest'
import type { AllocationRule } from '../../domain/capital.ts'
import { uniformBounds } from '../../pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, NO_RECORD } from '../../pipeline/allocation/input.ts'
import { walkWeights } from './walk.ts'
import type { WalkInput, WalkPlan } from './walk-input.ts'

const NAN = Number.NaN
/** Weekdays of January 2024. */
const DATES = [2, 3, 4, 5, 8, 9, 10, 11, 12, 15].map((day) => 20_240_100 + day)

const ALLOCATION: AllocationRule = {
  method: 'inverse_volatility',
  window: 3,
  observationsMin: 3,
  recompute: { kind: 'never' },
  investable: 1,
  covariance: 'sample',
  bounds: uniformBounds(2, 0, 1),
  budget: null,
  records: [NO_RECORD, NO_RECORD],
  settings: ALLOCATION_SETTINGS,
}

const PLAN: WalkPlan = {
  allocation: ALLOCATION,
  rebalance: { kind: 'days', every: 1 },
  bench: null,
  reduction: null,
  ladder: null,
  drawdown: null,
  cost: 0,
  periods: 252,
  firstWeights: Float64Array.of(0.5, 0.5),
}

function walked(rows: readonly (readonly number[])[], plan: Partial<WalkPlan> = {}, start = 0) {
  const input: WalkInput = {
    names: ['a', 'b'],
    dates: DATES.slice(0, rows.length),
    returns: { rows: rows.length, columns: 2, values: Float64Array.from(rows.flat()) },
    start,
    capital: 100,
    plan: { ...PLAN, ...plan },
  }
  return walkWeights(input)
}

describe('walkWeights', () => {
  it('earns on what was held before, then goes back to its weights', () => {
    const { equity, turnover, held, drawdown } = walked([
      [0.1, 0],
      [0, -0.2],
    ])
    expect([...equity]).toEqual([expect.closeTo(105, 12), expect.closeTo(94.5, 12)])
    expect(turnover[0]).toBeCloseTo(2 * (0.55 / 1.05 - 0.5), 14)
    expect([...held]).toEqual([0.5, 0.5, 0.5, 0.5])
    expect(drawdown[1]).toBeCloseTo(0.1, 14)
  })
  it('pays for what it moves, after the close', () => {
    const { equity, cost, returns } = walked([[0.1, 0]], { cost: 0.01 })
    expect(cost[0]).toBeCloseTo(0.01 * 105 * 2 * (0.55 / 1.05 - 0.5), 12)
    expect(equity[0]).toBeCloseTo(105 - cost[0]!, 12)
    expect(returns[0]).toBeCloseTo(equity[0]! / 100 - 1, 14)
  })
  it('lets holdings drift where nothing is due', () => {
    const { held, turnover, equity } = walked(
      [
        [0.1, 0],
        [0.1, 0],
      ],
      { rebalance: { kind: 'never' } },
    )
    expect(held[2]).toBeCloseTo(0.605 / 1.105, 14)
    expect([...turnover]).toEqual([0, 0])
    expect(equity[1]).toBeCloseTo(110.5, 12)
  })
  it('holds a stream that has no return on a day', () => {
    expect([...walked([[NAN, 0.1]]).equity]).toEqual([expect.closeTo(105, 12)])
  })
  it('shrinks and does not grow while entries halt, and says when', () => {
    const drawdown = { halt: 0.15, resume: 0.1, resetPeakAfter: null }
    const { held, events } = walked(
      [
        [-0.4, 0],
        [0, 0],
        [0.2, 0.2],
        [0, 0],
      ],
      { drawdown },
    )
    // After the first day a has drifted to 0.3 / 0.8 and may not be bought back; b is cut to its weight.
    expect([...held.subarray(0, 4)].map((weight) => weight.toFixed(12))).toEqual(
      [0.375, 0.5, 0.375, 0.5].map((weight) => weight.toFixed(12)),
    )
    expect([...held.subarray(4)]).toEqual([0.5, 0.5, 0.5, 0.5])
    expect(events.map(({ kind, row }) => [kind, row])).toEqual([
      ['halt', 0],
      ['resume', 2],
    ])
  })
  it('ends with nothing when everything is lost', () => {
    const { equity, returns } = walked([
      [-1, -1],
      [0.5, 0.5],
    ])
    expect([...equity]).toEqual([0, 0])
    expect([...returns]).toEqual([-1, 0])
  })
  it('computes its first weights from the rows before its start, and nothing later changes them', () => {
    const history = [
      [0.01, 0.03],
      [-0.01, -0.03],
      [0.01, 0.03],
    ]
    const { weights, equity, start } = walked([...history, [0.1, 0]], { firstWeights: null }, 3)
    expect([...weights]).toEqual([expect.closeTo(0.75, 12), expect.closeTo(0.25, 12)])
    expect(equity.length).toBe(1)
    expect(start).toBe(3)
    expect([...walked([...history, [-0.5, 9]], { firstWeights: null }, 3).weights]).toEqual([...weights])
  })
  it('keeps its first weights until enough days are known, then computes them when due', () => {
    const recompute = { kind: 'days', every: 2 } as const
    const rows = Array.from({ length: 6 }, (_, row) => (row % 2 === 0 ? [0.01, 0.03] : [-0.01, -0.03]))
    const { weights, events } = walked(rows, { allocation: { ...ALLOCATION, recompute } })
    expect([0, 1, 2, 3, 4, 5].map((day) => weights[day * 2]!.toFixed(3))).toEqual(
      [0.5, 0.5, 0.5, 0.75, 0.75, 0.75].map((weight) => weight.toFixed(3)),
    )
    expect(events.map(({ row }) => row)).toEqual([1, 3, 5])
  })
  it('takes a benched stream out before weights are computed: the other one has all of it', () => {
    const bench = { threshold: 0.7, days: 2, window: 3 }
    const recompute = { kind: 'days', every: 5 } as const
    const rows = Array.from({ length: 6 }, (_, row) => (row % 2 === 0 ? [0.01, 0.03] : [-0.01, -0.02]))
    const { events, weights } = walked(rows, { bench, allocation: { ...ALLOCATION, recompute } })
    const found = events.find(({ kind }) => kind === 'bench')
    expect(found).toMatchObject({ row: 3, sleeve: 0, pair: [0, 1] })
    expect([...weights.subarray(6, 8)]).toEqual([0.5, 0.5])
    expect([...weights.subarray(8, 10)]).toEqual([0, 1])
  })
  it('shrinks both of two streams that move together, and leaves the rest in cash', () => {
    const rows = Array.from({ length: 4 }, (_, row) => (row % 2 === 0 ? [0.01, 0.01] : [-0.01, -0.01]))
    const { held } = walked(rows, { reduction: { threshold: 0.7, window: 3 } })
    expect([...held.subarray(2, 6)].map((weight) => weight.toFixed(9))).toEqual(
      [0.5, 0.5, 0.35, 0.35].map((weight) => weight.toFixed(9)),
    )
  })
  it('takes a stream to half, then to nothing, by its month to date', () => {
    const ladder = { halfAt: 0.15, zeroAt: 0.25, sharpeRelease: 0.5, window: 90 }
    const { ladder: factors, events } = walked(
      [
        [-0.16, 0],
        [-0.12, 0],
        [0.5, 0],
      ],
      { ladder },
    )
    expect([...factors]).toEqual([0.5, 1, 0, 1, 0, 1])
    expect(events.map(({ kind, row }) => [kind, row])).toEqual([
      ['ladder', 0],
      ['ladder', 1],
    ])
  })
})
