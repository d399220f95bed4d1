import { describe, expect, it } from 'vitest'
import { leafOrder, singleLinkage } from './linkage.ts'

/** Points on a line and their distances. */
function distancesOf(points: readonly number[]): Float64Array {
  return Float64Array.from(points.flatMap((left) => points.map((right) => Math.abs(left - right))))
}

describe('single linkage', () => {
  it('joins the nearest members first and orders neighbours beside each other', () => {
    const joinings = singleLinkage(distancesOf([0, 10, 1, 13, 2.5]), 5)
    expect(joinings).toEqual([
      { left: 0, right: 2, distance: 1 },
      { left: 4, right: 5, distance: 1.5 },
      { left: 1, right: 3, distance: 3 },
      { left: 6, right: 7, distance: 7.5 },
    ])
    expect(leafOrder(joinings, 5)).toEqual([4, 0, 2, 1, 3])
  })
  it('takes the smallest numbers among equal distances, and one item as it is', () => {
    expect(singleLinkage(distancesOf([0, 1, 2]), 3).map(({ left, right }) => [left, right])).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(singleLinkage(Float64Array.of(0), 1)).toEqual([])
    expect(leafOrder([], 1)).toEqual([0])
  })
})
