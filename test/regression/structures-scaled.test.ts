import { describe, expect, it } from 'vitest'
import { play } from '../fixtures/exits/scenario.ts'
import { SCALED_SPREADS } from '../fixtures/scaled-spreads.ts'

describe('a sleeve with spreads that is scaled down', () => {
  it('closes whole spreads in proportion, each part a trade of its own, and the rest goes on', async () => {
    const { result, trades } = await play(SCALED_SPREADS)
    expect(result.invariants.violated).toEqual([])
    const spreads = trades.filter(({ kind }) => kind === 'structure')
    const [scaled, rest] = spreads
    expect(scaled).toMatchObject({ exitReason: 'rebalance', entryReason: 'bull put spread' })
    expect(scaled!.quantity).toBeGreaterThan(0)
    expect(rest!.entryDate).toBe(scaled!.entryDate)
    expect(scaled!.quantity + rest!.quantity).toBe(12)
    // Premium and fees of the opening are shared by count.
    expect(scaled!.entryPrice).toBe(rest!.entryPrice)
    const total = spreads.reduce((sum, { pnl }) => sum + pnl, 0)
    expect(total).toBeCloseTo(
      result.sleeves[0]!.equity.at(-1)! - 100_000 - result.sleeves[0]!.flows.reduce((a, b) => a + b, 0),
      2,
    )
  })
})
