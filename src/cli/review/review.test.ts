import { describe, expect, it } from 'vitest'
import type { PortfolioConfig } from '../../domain/config.ts'
import { type DayBar, marketByHand, portfolioByHand } from '../../engine/by-hand.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { SCHEDULES } from '../../exchange/schedules.ts'
import { smaCrossover } from '../../pipeline/strategies/sma-crossover/sma-crossover.ts'
import { reviewOf } from './review.ts'
import { reviewText } from './text.ts'

const CLOSES = [12, 12, 11, 9, 9.6, 10.4, 10.3, 10.8, 11.6, 11.1, 10.6, 10.9, 11.8, 12.4]

const bars = CLOSES.map((close, day): DayBar => {
  const open = day === 0 ? close : CLOSES[day - 1]!
  const date = `2024-01-${String(day + 2).padStart(2, '0')}`
  return { date, open, high: Math.max(open, close), low: Math.min(open, close), close }
})

/** The same portfolio where each order costs so many hundredths of a percent, over the first days. */
function run(bps: number, days = CLOSES.length): RunResult {
  const sleeve = { strategy: smaCrossover, universe: ['AAA'], sizing: { kind: 'notional', amount: 5_000 } } as const
  const { config, strategies } = portfolioByHand({
    name: 'two speeds',
    capital: 20_000,
    sleeves: [
      { ...sleeve, id: 'quick', weight: 0.5, parameters: { fast: 1, slow: 2 } },
      { ...sleeve, id: 'slow', weight: 0.5, parameters: { fast: 2, slow: 4 } },
    ],
    costs: {
      equity: {
        commission: { ...SCHEDULES.none, name: 'some', bps },
        slippage: { kind: 'none' },
        participationMax: null,
      },
    },
  })
  const expecting: PortfolioConfig = {
    ...config,
    sleeves: config.sleeves.map((one) =>
      one.id === 'quick' ? { ...one, expected: { sharpe: [1, 3], winRate: [0, 1], tradesPerMonth: null } } : one,
    ),
  }
  const market = marketByHand({ AAA: bars.slice(0, days) })
  return runBacktest({ config: expecting, market, strategies, checks: true })
}

describe('the review of a period', () => {
  it('finds no difference where there is none', () => {
    const { total, sleeves, isSameBooks, isLongEnough } = reviewOf(run(10), run(10), [])
    expect([total.difference, total.trackingError, isSameBooks, isLongEnough]).toEqual([0, 0, true, true])
    for (const sleeve of sleeves) expect([sleeve.difference, sleeve.trackingError]).toEqual([0, 0])
    for (const { trades, tradesBacktested } of sleeves) expect(trades).toBe(tradesBacktested)
  })

  it('finds what dearer orders cost each sleeve', () => {
    const { total, sleeves, isSameBooks } = reviewOf(run(50), run(10), [])
    expect(isSameBooks).toBe(false)
    expect(total.fees).toBeCloseTo(5 * total.feesBacktested, 1)
    expect(total.difference!).toBeCloseTo((total.feesBacktested - total.fees) / 20_000, 5)
    for (const { difference, trackingError } of sleeves) {
      expect(difference!).toBeLessThan(0)
      expect(trackingError!).toBeGreaterThan(0)
    }
  })

  it('says when it is too short to judge', () => {
    const short = reviewOf(run(10, 9), run(10, 9), [])
    expect(short.isLongEnough).toBe(false)
    expect(reviewText(short)).toContain('9 days; 10 are needed to judge')
  })

  it('reads sleeve by sleeve', () => {
    expect(reviewText(reviewOf(run(50), run(10), ['one event came from an operator']))).toMatchInlineSnapshot(`
      "two speeds on paper: 2 Jan 2024 to 15 Jan 2024, 14 days

      Against a backtest of the same recorded bars
      Sleeve     On paper  Backtest  Difference  Tracking error     Fees  Backtest  Trades  Backtest  Violations
      quick       +10.9 %   +11.7 %     −0.82 %          1.40 %  $102.31    $20.46       2         2           0
      slow        +3.49 %   +3.89 %     −0.41 %          1.14 %   $50.67    $10.13       1         1           0
      Portfolio   +7.18 %   +7.79 %     −0.61 %          0.76 %  $152.98    $30.59
      The books differ: see the differences above.

      Against what is expected
      Sleeve  Figure    Expected             Found
      quick   Sharpe    1.00 to 3.00          6.54  outside
      quick   Win rate  0.00 % to 100.0 %  100.0 %  as expected

      note: one event came from an operator"
    `)
  })
})
