import { describe, expect, it } from 'vitest'
import { marketByHand, portfolioByHand } from '../../src/engine/by-hand.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { vwapSession } from '../../src/indicators/vwap/vwap.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'

describe('an indicator that begins anew with every session', () => {
  it('is told the session by the kernel, and reads each day on its own', () => {
    const seen: number[] = []
    const watcher = defineStrategy({
      name: 'watcher',
      parameters: {},
      indicators: () => ({ vwap: vwapSession() }),
      lookback: () => 0,
      start: () => ({}),
      decide(view) {
        seen.push(view.indicator('vwap')[view.universe[0]!]!)
        return {}
      },
    })
    const day = (date: string, price: number) => ({
      date,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 100,
    })
    const market = marketByHand({ ACME: [day('2024-01-02', 10), day('2024-01-03', 20), day('2024-01-04', 40)] })
    const { config, strategies } = portfolioByHand({
      capital: 1_000,
      sleeves: [
        { id: 'watch', strategy: watcher, weight: 1, universe: ['ACME'], sizing: { kind: 'quantity', quantity: 1 } },
      ],
    })
    runBacktest({ config, market, strategies, checks: true })
    expect(seen).toEqual([10, 20, 40])
  })
})
