import { describe, expect, it } from 'vitest'
import { breakevens, highestPayoff, lowestPayoff, type PayoffLeg, payoffAt } from './payoff.ts'

const condor: readonly PayoffLeg[] = [
  { right: 'put', strike: 90, ratio: 1 },
  { right: 'put', strike: 95, ratio: -1 },
  { right: 'call', strike: 105, ratio: -1 },
  { right: 'call', strike: 112, ratio: 1 },
]

describe('the payoff of a structure', () => {
  it('of an iron condor loses the wider side and breaks even on both', () => {
    expect([80, 92, 95, 100, 105, 108, 120].map((spot) => payoffAt(condor, spot))).toEqual([-5, -3, 0, 0, 0, -3, -7])
    expect([lowestPayoff(condor), highestPayoff(condor)]).toEqual([-7, 0])
    expect(breakevens(condor, 2)).toEqual([93, 107])
  })
  it('is unbounded where calls are sold or bought alone', () => {
    expect(lowestPayoff([{ right: 'call', strike: 100, ratio: -1 }])).toBe(Number.NEGATIVE_INFINITY)
    expect(highestPayoff([{ right: 'call', strike: 100, ratio: 1 }])).toBe(Number.POSITIVE_INFINITY)
    expect(breakevens([{ right: 'call', strike: 100, ratio: 1 }], -3)).toEqual([103])
    expect(lowestPayoff([{ right: 'put', strike: 100, ratio: -1 }])).toBe(-100)
  })
  it('breaks even at a corner once', () => {
    expect(breakevens([{ right: 'put', strike: 100, ratio: -1 }], 0)).toEqual([100])
  })
})
