import { describe, expect, it } from 'vitest'
import { createAuditor } from '../invariants.ts'

/** What the auditor says of executions that were told, in batches: their numbers, and how many the kernel booked. */
function told(...batches: readonly (readonly [numbers: readonly number[], booked: number])[]): readonly string[] {
  const auditor = createAuditor()
  for (const [numbers, booked] of batches) auditor.executed?.(numbers, numbers.length, booked)
  expect(auditor.counts['9']).toBe(batches.length)
  return auditor.violated.map((line) => line.replace(/^9 \(a fill is booked exactly once\) on the first day: /, ''))
}

describe('invariant 9: a fill is booked exactly once', () => {
  it('holds where every execution has a number of its own, and each was booked', () => {
    expect(told([[1, 2], 2], [[5], 1])).toEqual([])
  })

  it('is broken by an execution that comes again, in the same batch or later', () => {
    expect(told([[1, 1], 2])).toEqual(['execution 1 was told again'])
    expect(told([[1, 2], 2], [[2], 1])).toEqual(['execution 2 was told again'])
  })

  it('is broken by one that was left out, and by one that was booked twice', () => {
    expect(told([[1, 2], 1])).toEqual(['2 executions were told, 1 booked'])
    expect(told([[1], 2])).toEqual(['1 executions were told, 2 booked'])
  })
})
