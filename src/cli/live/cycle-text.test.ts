import { describe, expect, it } from 'vitest'
import type { Instant } from '../../domain/units.ts'
import type { CycleBlock } from '../../live/cycle-log.ts'
import { cycleLine, cycleText, isRepeat } from './cycle-text.ts'

const cycle: CycleBlock = {
  at: Date.UTC(2026, 2, 6, 21) as Instant,
  currency: 'USD',
  sleeves: 3,
  skipped: [{ sleeve: 'crypto', reason: 'asked by an operator' }],
  signals: [
    {
      sleeve: 'large_cap',
      instrument: 'AAPL',
      side: 'BUY',
      confidence: 0.75,
      size: 5_000,
      part: 0.05,
      reason: 'below its band',
    },
  ],
  executions: [
    { side: 'BUY', instrument: 'AAPL', entry: 182.5, stop: 173.375, target: 200.75, size: 5_000 },
    { side: 'CLOSE', instrument: '2 x SPY put spread', entry: 1.25, stop: null, target: null, size: 250 },
  ],
  state: { totalValue: 101_000, activePositions: 4, exposure: 25_250, availableCapital: 75_750, dayProfit: 1_000 },
}

describe('what a cycle did', () => {
  it('is told as a block', () => {
    // A number and its sign stay on one line.
    expect(
      cycleText(cycle).replace(/[\u00a0\u202f]/g, ' '),
    ).toBe(`============================================================
Trading Cycle: 2026-03-06 21:00:00
============================================================

3 active sleeves
Skipped: crypto (asked by an operator)

Signal: AAPL - BUY (confidence: 0.75), large_cap
   Position size: $5,000.00 (5.0 % of capital)

Generated 1 signal

EXECUTING: BUY AAPL
   Entry: $182.50
   Stop Loss: $173.38
   Take Profit: $200.75
   Size: $5,000.00

EXECUTING: CLOSE 2 x SPY put spread
   Entry: $1.25
   Size: $250.00

Portfolio State:
   Total Value: $101,000
   Active Positions: 4
   Total Exposure: $25,250 (25.0 %)
   Available Capital: $75,750 (75.0 %)
   Daily P&L: +$1,000.00 (+1.00 %)

============================================================
`)
  })

  it('is told as a line, figures in full', () => {
    expect(cycleLine(cycle)).not.toContain('\n')
    const { at: _, state, ...rest } = cycle
    expect(JSON.parse(cycleLine(cycle))).toEqual({
      at: '2026-03-06T21:00:00.000Z',
      ...rest,
      state: { ...state, dayFraction: 0.01 },
    })
  })

  it('has no part of an empty portfolio, and no figure that is none', () => {
    const ruined = { ...cycle, signals: [], executions: [], state: { ...cycle.state, totalValue: 0, dayProfit: 0 } }
    expect(cycleText(ruined)).toContain('Generated 0 signals')
    expect(cycleText(ruined)).toContain('Total Exposure: $25,250 (n/a)')
    const line = cycleLine({ ...ruined, state: { ...ruined.state, exposure: Number.NaN } })
    expect(JSON.parse(line)).toMatchObject({ state: { exposure: null, dayFraction: null } })
  })

  it('is not told again where nothing happened and nothing moved', () => {
    const still = { ...cycle, signals: [], executions: [] }
    const later = { ...still, at: (cycle.at + 60_000) as Instant }
    expect(isRepeat(null, still)).toBe(false)
    expect(isRepeat(cycle, later)).toBe(true)
    expect(isRepeat(still, { ...cycle, at: later.at })).toBe(false)
    expect(isRepeat(still, { ...later, state: { ...later.state, totalValue: 101_000.01 } })).toBe(false)
    expect(isRepeat(still, { ...later, state: { ...later.state, totalValue: 101_000.001 } })).toBe(true)
    expect(isRepeat(still, { ...later, skipped: [] })).toBe(false)
  })
})
