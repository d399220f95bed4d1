import { describe, expect, it } from 'vitest'
import { nextPlace } from '../charts/places.ts'
import { spread } from '../charts/spread.ts'
import { type Column, sorted } from './DataTable.tsx'
import { type FreshnessInput, freshnessOf } from './freshness.ts'
import { keepOrder } from './frozen-order.ts'

const READ: FreshnessInput = {
  asOfMs: 100_000,
  every: 5000,
  lateNames: 0,
  nowMs: 102_000,
  heardAtMs: 101_000,
  isLost: false,
}

describe('figures', () => {
  it.each([
    [{}, 'fresh'],
    [{ nowMs: 111_000, heardAtMs: 110_000 }, 'late'],
    [{ nowMs: 126_000, heardAtMs: 125_000 }, 'stale'],
    [{ lateNames: 2 }, 'late'],
    [{ nowMs: 113_000 }, 'stale'],
    [{ every: null, nowMs: 900_000, heardAtMs: 899_000 }, 'closed'],
    [{ isLost: true }, 'lost'],
    [{ asOfMs: null }, 'unknown'],
  ] as const)('with %j are %s', (change, state) => expect(freshnessOf({ ...READ, ...change }).state).toBe(state))
  it('keep ageing while the connection is lost', () => {
    expect(freshnessOf({ ...READ, isLost: true, nowMs: 160_000 }).ageMs).toBe(60_000)
  })
})

interface Row {
  readonly name: string
  readonly value: number | null
}
const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', title: 'Name', cell: ({ name }) => name, sortBy: ({ name }) => name },
  { key: 'value', title: 'Value', cell: ({ value }) => value, sortBy: ({ value }) => value },
]
const ROWS: readonly Row[] = [
  { name: 'b', value: 2 },
  { name: 'a', value: null },
  { name: 'd', value: -3 },
  { name: 'c', value: 2 },
]
const names = (rows: readonly Row[]): string => rows.map(({ name }) => name).join('')

describe('a table', () => {
  it.each([
    ['value', 'bcda'],
    ['-value', 'dbca'],
    ['-name', 'abcd'],
    ['', 'badc'],
    ['nothing', 'badc'],
  ])('sorted by "%s" puts undefined figures last, and equal rows stay as they came', (sort, order) =>
    expect(names(sorted(ROWS, COLUMNS, sort))).toBe(order),
  )
  it('keeps its order while it is in use, with what came behind and without what left', () => {
    expect(keepOrder(['b', 'x', 'a'], ['a', 'b', 'c'], (row) => row)).toEqual(['b', 'a', 'c'])
  })
})

describe('labels', () => {
  it('are pushed apart, and stay inside', () => {
    expect(spread([10, 12], 18, 0, 100)).toEqual([10, 28])
    expect(spread([95, 90, 99], 18, 0, 100)).toEqual([82, 64, 100])
    expect(spread([], 18, 0, 100)).toEqual([])
  })
})

describe('the cursor of a chart', () => {
  it.each([
    ['ArrowRight', false, 4, 5],
    ['ArrowRight', true, 4, 9],
    ['ArrowLeft', false, -1, 9],
    ['ArrowLeft', true, 4, 0],
    ['Home', false, 4, 0],
    ['End', false, 4, 9],
    ['t', false, 4, null],
  ] as const)('%s (far: %s) leads from %d to %s of ten points', (key, isFar, place, next) =>
    expect(nextPlace(key, isFar, place, 10)).toBe(next),
  )
})
