import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TradeDate } from '../domain/units.ts'
import { runBacktest } from '../engine/run/run.ts'
import { loadPortfolio } from './config/load.ts'
import { packageRoot } from './package-root.ts'
import { simulatedMarketData } from './run.ts'

const REACH = { from: 20_220_101 as TradeDate, to: 20_220_630 as TradeDate }

describe('a liquidation of the channels preset', () => {
  it('closes spreads as a unit, and everything else, each time its drawdown asks for it', async () => {
    const channels = await loadPortfolio(join(packageRoot(), 'presets', 'channels.yaml'))
    const { config } = channels
    const result = runBacktest({
      config: {
        ...config,
        limits: { ...config.limits, drawdown: { halt: 0.004, resume: 0.001, resetPeakAfter: 3 } },
        violations: {
          actions: { critical: 'liquidate_all' },
          rules: {},
          reentry: null,
          correlation: { level: 0.7, move: 0.3, days: 30 },
        },
      },
      market: simulatedMarketData(channels, 7, REACH),
      strategies: [...channels.strategies.values()],
      checks: true,
    })
    expect(result.invariants.violated).toEqual([])
    const sold = result.trades.filter(({ exitReason }) => exitReason === 'violation: portfolio_drawdown')
    const spreads = sold.filter(({ kind }) => kind === 'structure')
    expect(spreads.length).toBeGreaterThan(10)
    expect(new Set(sold.map(({ sleeve }) => String(sleeve))).size).toBeGreaterThanOrEqual(3)
    // Both legs of every spread left together: nothing of an option stands alone at the end of a liquidation.
    for (const { sleeve, exitOrder } of spreads) {
      const legs = result.attribution.filter((part) => part.order === exitOrder && part.sleeve === sleeve)
      expect(legs.map(({ kind }) => kind)).toEqual(['fill', 'fill'])
      expect(legs[0]!.quantity).toBe(0 - legs[1]!.quantity)
    }
    expect(result.violations.length).toBeGreaterThan(3)
    for (const { rule, resolution, review } of result.violations) {
      expect([rule, resolution?.how]).toEqual(['portfolio_drawdown', 'reset'])
      expect(review!.sleeves).toHaveLength(config.sleeves.length)
    }
  })
})
