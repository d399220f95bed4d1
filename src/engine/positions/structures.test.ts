import { describe, expect, it } from 'vitest'
import type { OptionLeg } from '../../domain/strategy.ts'
import type { TradeDate } from '../../domain/units.ts'
import { structureLabel, worstLoss } from './structures.ts'

const leg = (right: 'call' | 'put', strike: number, ratio: number): OptionLeg => ({
  right,
  strike,
  ratio,
  expiry: 20_240_119 as TradeDate,
})

describe('worstLoss', () => {
  it('of a credit spread is its width less the credit', () => {
    expect(worstLoss([leg('put', 470, -1), leg('put', 455, 1)], 3, 100)).toBe(1_200)
    expect(worstLoss([leg('call', 480, -1), leg('call', 490, 1)], 2.5, 100)).toBe(750)
  })
  it('of an iron condor is that of its wider side alone', () => {
    const condor = [leg('put', 470, -1), leg('put', 455, 1), leg('call', 500, -1), leg('call', 510, 1)]
    expect(worstLoss(condor, 4, 100)).toBe(1_100)
  })
  it('of bought options is what they cost', () => {
    expect(worstLoss([leg('call', 500, 1)], -7, 100)).toBe(700)
    expect(worstLoss([leg('put', 500, 1), leg('call', 500, 1)], -15, 100)).toBe(1_500)
  })
  it('of a short put is the strike less the credit, and of a short call without end', () => {
    expect(worstLoss([leg('put', 100, -1)], 2, 100)).toBe(9_800)
    expect(worstLoss([leg('call', 100, -1)], 2, 100)).toBe(Number.POSITIVE_INFINITY)
    expect(worstLoss([leg('call', 100, 1), leg('call', 110, -2)], 1, 100)).toBe(Number.POSITIVE_INFINITY)
  })
  it('is nothing where the credit covers the width', () => {
    expect(worstLoss([leg('put', 470, -1), leg('put', 469, 1)], 1.2, 100)).toBe(0)
  })
  it('of a butterfly lies at its wings', () => {
    expect(worstLoss([leg('call', 95, 1), leg('call', 100, -2), leg('call', 105, 1)], -1.5, 100)).toBe(150)
  })
})

describe('structureLabel', () => {
  it('names expiry, side, size, strike and right of each leg', () => {
    expect(structureLabel('SPY', [leg('put', 470, -1), leg('call', 455, 2)])).toBe('SPY 2024-01-19 -470P +2x455C')
  })
})
