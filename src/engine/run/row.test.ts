import { describe, expect, it } from 'vitest'
import type { ClockBlock } from '../../domain/market.ts'
import { RowOfBlock } from './row.ts'

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const

/** Every number tells its field, its row and its column. */
function blockOf(rows: number, width: number, factors?: Float64Array): ClockBlock {
  const columns = FIELDS.map((field, place) => [
    field,
    Float64Array.from({ length: rows * width }, (_, at) => place * 10_000 + at),
  ])
  return {
    clock: 'daily',
    tradeDates: Int32Array.of(20240102, 20240103, 20240104),
    ...Object.fromEntries(columns),
    ...(factors && { factor: factors }),
  }
}

describe.each([1, 3, 40])('a row of %i columns', (width) => {
  const block = blockOf(3, width)
  const row = new RowOfBlock(
    block,
    Int32Array.from({ length: width }, (_, column) => column),
  )
  const ofBlock = (field: (typeof FIELDS)[number], at: number) => [
    ...block[field].subarray(at * width, (at + 1) * width),
  ]

  it.each(FIELDS)('shows %s of the row that it was aimed at last, whichever was asked for before', (field) => {
    row.aim(0)
    expect([...row[field]]).toEqual(ofBlock(field, 0))
    row.aim(1)
    row.aim(2)
    expect([...row[field]]).toEqual(ofBlock(field, 2))
    expect([...row[field]]).toEqual(ofBlock(field, 2))
    row.aim(1)
    for (const other of FIELDS) expect([...row[other]]).toEqual(ofBlock(other, 1))
    expect(row.tradeDate).toBe(20240103)
  })
})

describe.each([3, 40])('factors over %i columns', (width) => {
  const rowOver = (factor: Float64Array) =>
    new RowOfBlock(
      blockOf(3, width, factor),
      Int32Array.from({ length: width }, (_, column) => column),
    )

  it('are one column where nothing was ever split', () => {
    const row = rowOver(new Float64Array(3 * width).fill(1))
    row.aim(0)
    const first = row.factor
    row.aim(2)
    expect(row.factor).toBe(first)
    expect([...first]).toEqual(Array(width).fill(1))
  })

  it("are each row's own where anything was, even in the last row alone", () => {
    const factor = new Float64Array(3 * width).fill(1)
    factor[3 * width - 1] = 2
    const row = rowOver(factor)
    row.aim(0)
    expect(row.factor[width - 1]).toBe(1)
    row.aim(2)
    expect(row.factor[width - 1]).toBe(2)
  })
})
