import { describe, expect, it } from 'vitest'
import { timeWeightedReturns } from './time-weighted.ts'

const wealth = (initial: number, equity: number[], flows: number[]) => ({
  initial,
  equity: Float64Array.from(equity),
  flows: Float64Array.from(flows),
})

describe('time-weighted returns', () => {
  it('count the first period from the starting capital', () => {
    expect([...timeWeightedReturns(wealth(100, [110, 99], [0, 0]))]).toEqual([110 / 100 - 1, 99 / 110 - 1])
  })

  it('take a deposit and a withdrawal for no gain', () => {
    const returns = timeWeightedReturns(wealth(100, [150, 120, 132], [50, -30, 0]))
    expect(returns[0]).toBe(0)
    expect(returns[1]).toBe(0)
    expect(returns[2]).toBeCloseTo(0.1, 12)
  })

  it('are missing while nothing is at work', () => {
    const returns = timeWeightedReturns(wealth(0, [0, 50, 55], [0, 50, 0]))
    expect([...returns].map(Number.isNaN)).toEqual([true, false, false])
    expect(returns[2]).toBeCloseTo(0.1, 12)
  })

  it('take what is below a count of money for nothing at work', () => {
    const returns = timeWeightedReturns({
      ...wealth(15.1178331969, [15.1178331969, 0, 0], [0, -15.117833, 0]),
      smallest: 1e-6,
    })
    expect([...returns]).toEqual([0, Number.NaN, Number.NaN])
  })

  it('take the noise of an emptied book for nothing at work', () => {
    // 0.1 + 0.2 was taken out of 0.3: what remains is 4e-17
    const returns = timeWeightedReturns(wealth(0.1 + 0.2, [0, 0, 10], [-0.3, 0, 10]))
    expect([...returns].map(Number.isNaN)).toEqual([true, true, false])
    expect(returns[2]).toBe(0)
  })
})
