import { describe, expect, it } from 'vitest'
import { type Act, buysOnce, playWatched, shares, story, type WatchedRun } from '../../../test/fixtures/watched-run.ts'
import { quantile, sampleDeviation } from '../../numerics/statistics.ts'

/** Closes from returns that repeat. */
function wave(bars: number, returns: readonly number[], calm: { readonly from: number } | null = null): number[] {
  let price = 100
  return Array.from({ length: bars }, (_, bar) => {
    const moves = bar > 0 && (calm === null || bar < calm.from)
    price *= moves && returns.length > 0 ? 1 + returns[(bar - 1) % returns.length]! : 1
    return Math.floor(price * 1e6) / 1e6
  })
}

const UP_DOWN = [0.02, -0.02]

const sold = (result: ReturnType<typeof playWatched>) =>
  result.orders.filter(({ net }) => net < 0).map(({ instrument, net }) => [instrument, net])

describe('what a window of days measures', () => {
  const given: WatchedRun = {
    closes: { A: wave(16, UP_DOWN, { from: 9 }), B: wave(16, []) },
    sleeves: [{ id: 'one', weight: 1, act: buysOnce({ 0: 100 }) }],
  }
  const returnsOf = (result: ReturnType<typeof playWatched>, from: number, to: number): Float64Array =>
    Float64Array.from(
      { length: to - from },
      (_, index) => result.equity[from + index]! / result.equity[from + index - 1]! - 1,
    )

  it('volatility is answered once, in proportion, and ends as the window moves on', () => {
    const result = playWatched({ ...given, limits: { volatility: { limit: 0.2, window: 5 } } })
    // Five returns lie behind the fifth day, of which the first is 0.
    const value = sampleDeviation(returnsOf(result, 1, 5)) * Math.sqrt(252)
    expect(story(result.violations)).toEqual(['portfolio_volatility of portfolio at 4: reduce_positions, recovered 10'])
    expect(result.violations[0]!.value).toBeGreaterThan(0.2)
    expect(value).toBeGreaterThan(0.2)
    expect(sold(result)).toEqual([['A', -Math.ceil(100 * (1 - 0.2 / result.violations[0]!.value))]])
  })

  it('value at risk is the quantile of its window', () => {
    const result = playWatched({ ...given, limits: { valueAtRisk: { limit: 0.015, window: 5, confidence: 0.95 } } })
    expect(story(result.violations)).toEqual(['value_at_risk of portfolio at 4: reduce_positions, recovered 11'])
    const returns = Float64Array.of(0, ...returnsOf(result, 1, 5))
    expect(result.violations[0]!.value).toBeCloseTo(-quantile(returns, 0.05), 12)
  })

  it('volatility of one sleeve pauses that sleeve', () => {
    const result = playWatched({
      ...given,
      sleeves: [
        { id: 'one', weight: 0.5, act: buysOnce({ 0: 50 }), limits: { volatility: { limit: 0.2, window: 5 } } },
        { id: 'two', weight: 0.5, act: buysOnce({ 0: 50 }) },
      ],
    })
    expect(story(result.violations)).toEqual(['strategy_volatility of one at 4: pause_strategy, recovered 12'])
  })

  it('diversification has a least value', () => {
    const enters: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(50), 'in')
      if (bar === 8) out.enter(1, 1, 'more')
    }
    const result = playWatched({
      ...given,
      closes: { A: wave(12, UP_DOWN), B: wave(12, []) },
      sleeves: [
        { id: 'one', weight: 0.5, act: enters },
        { id: 'two', weight: 0.5, act: buysOnce({ 0: 50 }) },
      ],
      limits: { diversification: { limit: 1.2, window: 5 } },
    })
    // Both hold the same: one volatility, nothing diversified.
    expect(story(result.violations)).toEqual(['diversification of portfolio at 4: halt_entries, open'])
    expect(result.violations[0]!.value).toBeCloseTo(1, 12)
    expect(result.refusals).toHaveLength(1)
  })

  it('keeps nothing out where it is only worth an alert', () => {
    const enters: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(50), 'in')
      if (bar === 8) out.enter(1, 1, 'more')
    }
    const result = playWatched({
      ...given,
      closes: { A: wave(12, UP_DOWN), B: wave(12, []) },
      sleeves: [
        { id: 'one', weight: 0.5, act: enters },
        { id: 'two', weight: 0.5, act: buysOnce({ 0: 50 }) },
      ],
      limits: { diversification: { limit: 1.2, window: 5 } },
      violations: { rules: { diversification: { action: 'alert_only' } } },
    })
    expect(story(result.violations)).toEqual(['diversification of portfolio at 4: alert_only, open'])
    expect(result.refusals).toEqual([])
  })
})

describe('correlations of two sleeves', () => {
  const together: WatchedRun = {
    closes: { A: wave(24, UP_DOWN), B: [...wave(12, UP_DOWN), ...wave(12, [-0.02, -0.02, 0.02, 0.02])] },
    sleeves: [
      { id: 'one', weight: 0.5, act: buysOnce({ 0: 50 }) },
      { id: 'two', weight: 0.5, act: buysOnce({ 1: 50 }) },
    ],
    limits: { correlation: { limit: 0.8, window: 5 } },
  }

  it('alert once per crossing, and above the limit the later of two equal sleeves is paused until they part', () => {
    const { violations, refusals } = playWatched({
      ...together,
      sleeves: together.sleeves.map((sleeve) => ({
        ...sleeve,
        act: (view, out, bar) => {
          sleeve.act(view, out, bar)
          if (bar === 8) out.target(0, shares(51), 'more')
        },
      })),
    })
    const told = story(violations)
    expect(told.filter((line) => line.startsWith('correlation_alert'))).toEqual([
      'correlation_alert of one/two at 4: alert_only, recovered 13',
    ])
    expect(told.filter((line) => line.startsWith('strategy_correlation'))).toEqual([
      'strategy_correlation of two at 4: pause_strategy, recovered 13',
    ])
    expect(refusals.map(({ sleeve, rule }) => [sleeve, rule])).toEqual([['two', 'paused']])
  })

  it('alert when the relation shifts, and not again while it goes on shifting', () => {
    const closes = { A: wave(24, UP_DOWN), B: [...wave(12, UP_DOWN), ...wave(12, [-0.02, 0.02])] }
    const told = story(playWatched({ ...together, closes }).violations)
    const shifts = told.filter((line) => line.startsWith('correlation_regime'))
    expect(shifts).toHaveLength(1)
    expect(shifts[0]).toMatch(/^correlation_regime of one\/two at 13: alert_only, recovered 20$/)
  })
})
