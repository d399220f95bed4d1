import { describe, expect, it } from 'vitest'
import { flat, ramp } from '../fixtures/exits/bars.ts'
import { instruments, play } from '../fixtures/exits/scenario.ts'

/** Spreads on a calm index beside shares that fall to a quarter: after that the spreads have too much of the capital. */
const portfolio = `name: Scaled
capital: 200000
rebalancing: {method: periodic, every: 12, by: scaling}
sleeves:
  - id: spreads
    weight: 0.5
    strategy: theta-decay
    universe: [INDEX]
    parameters: {exit_days: 0, profit_target: 1, stop_multiple: 2}
    sizing: {kind: maximum_loss, budget: 30000, contracts_max: 12}
  - {id: shares, weight: 0.5, strategy: buy-and-hold, universe: [FALLS], sizing: {kind: percent, fraction: 0.9}}
options:
  underlyings:
    INDEX: {expiries: weekly, volatility: {from: index, file: IV.csv}}
${instruments(['INDEX', 'FALLS'], ', kind: etf')}`

describe('a sleeve with spreads that is scaled down', () => {
  it('closes whole spreads in proportion, each part a trade of its own, and the rest goes on', async () => {
    const bars = {
      INDEX: flat(400, 30),
      IV: flat(30, 30),
      FALLS: [...flat(100, 3), ...ramp(100, 25, 6), ...flat(25, 21)],
    }
    const { result, trades } = await play({
      name: 'scaled',
      calendar: 'nyse',
      first: '2022-01-03',
      bars,
      portfolio,
    })
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
