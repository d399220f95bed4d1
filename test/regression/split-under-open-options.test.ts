import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { simulatedMarketData } from '../../src/cli/run.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import { runBacktest } from '../../src/engine/run/run.ts'

/** A seed whose simulated AAPL splits 5:1 and 3:1 while spreads on it are open. */
const SEED = 7

describe('a split of the underlying while option structures are open', async () => {
  const loaded = await loadPortfolio(join(import.meta.dirname, '../../presets/channels.yaml'))
  const reach = { from: 20_200_101 as TradeDate, to: 20_221_231 as TradeDate }
  const market = simulatedMarketData(loaded, SEED, reach)
  const strategies = [...loaded.strategies.values()]
  const result = runBacktest({ config: loaded.config, market, strategies, checks: true })
  const adjusted = result.attribution.filter(({ reason }) => reason === 'adjustment')

  it('turns every contract into others of the same value, in the sleeve and at the broker', () => {
    expect(adjusted.length).toBeGreaterThan(0)
    const byDate = new Map<number, number>()
    for (const { tradeDate, quantity, price } of adjusted) {
      byDate.set(tradeDate, (byDate.get(tradeDate) ?? 0) + quantity * price)
    }
    for (const difference of byDate.values()) expect(difference).toBeCloseTo(0, 9)
    expect(adjusted.every(({ cash, realised }) => cash === 0 && realised === 0)).toBe(true)
    expect(result.invariants.violated).toEqual([])
  })

  it('assigns nobody on the ex-date', () => {
    const dates = new Set(adjusted.map(({ tradeDate }) => tradeDate))
    const assigned = result.attribution.filter(({ kind, tradeDate }) => kind === 'assignment' && dates.has(tradeDate))
    expect(assigned).toEqual([])
  })
})
