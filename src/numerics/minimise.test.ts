import { describe, expect, it } from 'vitest'
import { minimise } from './minimise.ts'

const tight = { point: 1e-10, value: 1e-14, stepsMax: 2_000 }

describe('minimise', () => {
  it('finds the bottom of a bent valley', () => {
    const valley = ([x, y]: readonly number[]) => (1 - x!) * (1 - x!) + 100 * (y! - x! * x!) * (y! - x! * x!)
    const found = minimise(valley, [-1.2, 1], tight)
    expect(found.converged).toBe(true)
    expect(found.at.map((value) => Math.abs(value - 1) < 1e-6)).toEqual([true, true])
  })
  it('keeps out of where the target is infinite', () => {
    const walled = ([x]: readonly number[]) => (x! < 2 ? Number.POSITIVE_INFINITY : x!)
    expect(minimise(walled, [5], tight).at[0]).toBeCloseTo(2, 8)
  })
  it('says when the steps ran out', () => {
    expect(minimise(([x]) => x! * x!, [5], { ...tight, stepsMax: 3 }).converged).toBe(false)
  })
})
