import { describe, expect, it } from 'vitest'
import { makeRoom, plainWishes } from './plain-columns.ts'

describe('the columns of plain wishes', () => {
  it('keep what stands in them when they grow', () => {
    const plain = plainWishes(2)
    plain.count = 2
    for (const row of [0, 1]) {
      plain.intent[row] = 10 + row
      plain.sleeve[row] = row
      plain.instrument[row] = 5 + row
      plain.quantity[row] = -7 * row
      plain.reducing[row] = row
    }
    makeRoom(plain, 6)
    for (const column of [plain.intent, plain.sleeve, plain.instrument, plain.quantity, plain.reducing])
      expect(column.length).toBeGreaterThanOrEqual(8)
    expect([...plain.intent.subarray(0, 3)]).toEqual([10, 11, 0])
    expect([...plain.quantity.subarray(0, 3)].map((value) => value + 0)).toEqual([0, -7, 0])
    expect([plain.sleeve[1], plain.instrument[1], plain.reducing[1]]).toEqual([1, 6, 1])
  })
})
