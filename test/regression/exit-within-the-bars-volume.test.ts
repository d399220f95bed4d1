import { describe, expect, it } from 'vitest'
import { type DayBar, marketByHand, portfolioByHand } from '../../src/engine/by-hand.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { SCHEDULES } from '../../src/exchange/schedules.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'

/** Buys 1,000 shares on the first bar, with a target 5 % above. */
const holder = defineStrategy({
  name: 'holder',
  parameters: {},
  indicators: () => ({}),
  lookback: () => 0,
  start: (): { done: boolean } => ({ done: false }),
  decide(view, out) {
    if (!view.memory.done) out.enter(view.universe[0]!, 1, 'entry', { protection: { target: 0.05 } })
    return { done: true }
  },
})

const bar = (date: string, price: number, high: number, volume: number): DayBar => ({
  date,
  open: price,
  high,
  low: price,
  close: price,
  volume,
})

describe('a target that the volume of the bar can only fill in part', () => {
  it('takes its part of each bar once, and the rest waits for the next one', () => {
    const market = marketByHand({
      THIN: [
        bar('2024-01-02', 100, 100, 1_000_000),
        bar('2024-01-03', 100, 100, 1_000_000),
        bar('2024-01-04', 100, 106, 4_000),
        bar('2024-01-05', 100, 106, 4_000),
        bar('2024-01-08', 100, 106, 4_000),
      ],
    })
    const { config, strategies } = portfolioByHand({
      capital: 200_000,
      sleeves: [
        { id: 'thin', strategy: holder, weight: 1, universe: ['THIN'], sizing: { kind: 'quantity', quantity: 1_000 } },
      ],
      costs: { equity: { commission: SCHEDULES.none, slippage: { kind: 'none' }, participationMax: 0.1 } },
    })
    const result = runBacktest({ config, market, strategies, checks: true })
    const sold = result.attribution.filter(({ quantity }) => quantity < 0)
    expect(sold.map(({ tradeDate, quantity, price }) => [tradeDate, quantity, price])).toEqual([
      [20240104, -400, 105],
      [20240105, -400, 105],
      [20240108, -200, 105],
    ])
    expect(result.invariants.violated).toEqual([])
  })
})
