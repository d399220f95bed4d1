import { describe, expect, it } from 'vitest'
import type { ClockBlock } from '../../domain/market.ts'
import { RowOfBlock } from './row.ts'

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const

/** Every number tells its field, its row and its column. */
function blockOf(rows: number, width: number): ClockBlock {
  const columns = FIELDS.map((field, place) => [
    field,
    Float64Array.from({ length: rows * width }, (_, at) => place * 10_000 + at),
  ])
  return { clock: 'daily', tradeDates: Int32Array.of(20240102, 20240103, 20240104), ...Object.fromEntries(columns) }
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
