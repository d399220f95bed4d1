import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buysOnce, playWatched, steps, story, type WatchedRun } from '../../test/fixtures/watched-run.ts'
import { loadPortfolio } from './config/load.ts'
import { packageRoot } from './package-root.ts'

const preset = await loadPortfolio(join(packageRoot(), 'presets', 'momentum-reversion-trend.yaml'))
const { limits, violations, sleeves } = preset.config
const own = sleeves[0]!.limits
const portfolio = { ...limits, positionWeightMax: null }
const { concentration: _, ...loose } = portfolio

/** What was broken first, by the preset's own limits, when the prices had moved. */
function broken(run: Pick<WatchedRun, 'closes' | 'sleeves' | 'limits'>): string {
  return story(playWatched({ limits: loose, ...run, violations: violations! }).violations)[0]!.replace(/,.*/, '')
}

const falls = (to: number): WatchedRun['closes'] => ({ A: steps(6, 100, { 3: to }), B: steps(6, 100) })
const whole = (shares: number): WatchedRun['sleeves'] => [{ id: 'one', weight: 1, act: buysOnce({ 0: shares }) }]
const half = (shares: number, limit: Partial<typeof own>): WatchedRun['sleeves'] => [
  { id: 'one', weight: 0.5, act: buysOnce({ 0: shares }), limits: limit },
  { id: 'two', weight: 0.5, act: buysOnce({ 1: 1 }) },
]

/* Each level of limits with the numbers of the preset: the whole, a strategy, a position. */
describe('the preset of momentum, reversion and trend', () => {
  it('has the limits of three levels', () => {
    expect([limits.leverageMax, limits.drawdown!.halt, limits.volatility!.limit]).toEqual([2, 0.15, 0.2])
    expect([own.leverageMax, own.drawdown!.halt, own.position!.weightMax]).toEqual([1.5, 0.1, 0.05])
    expect([limits.positionWeightMax, limits.concentration!.weightMax]).toEqual([0.1, 0.4])
  })

  it('is broken at each of them', () => {
    // 190 shares on 10,000: 1.9 times equity, and 2.02 after a fall of 6 %
    const { drawdown: _drawdown, ...levered } = loose
    expect(broken({ closes: falls(94), sleeves: whole(190), limits: { ...levered, drawdown: null } })).toBe(
      'portfolio_leverage of portfolio at 3: reduce_positions',
    )
    expect(broken({ closes: falls(84), sleeves: whole(100) })).toBe(
      'portfolio_drawdown of portfolio at 3: halt_entries',
    )
    const waves = { A: Array.from({ length: 64 }, (_day, bar) => (bar % 2 === 0 ? 100 : 102)) }
    expect(broken({ closes: waves, sleeves: whole(100) })).toBe(
      'portfolio_volatility of portfolio at 59: reduce_positions',
    )
    const { drawdown, leverageMax, position } = own
    const sleeve = { leverageMax: leverageMax!, drawdown: drawdown!, position: position! }
    expect(broken({ closes: falls(85), sleeves: half(70, { leverageMax: sleeve.leverageMax }) })).toBe(
      'strategy_leverage of one at 3: pause_strategy',
    )
    expect(broken({ closes: falls(88), sleeves: half(50, { drawdown: sleeve.drawdown }) })).toBe(
      'strategy_drawdown of one at 3: pause_strategy',
    )
    expect(broken({ closes: falls(130), sleeves: half(2, { position: sleeve.position }) })).toBe(
      'position_size of one/A at 3: alert_only',
    )
    const five = Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((name) => [name, steps(6, 100, { 3: 130 })]))
    const each = { 0: 7, 1: 7, 2: 7, 3: 7, 4: 7 }
    expect(broken({ closes: five, sleeves: [{ id: 'one', weight: 1, act: buysOnce(each) }], limits: portfolio })).toBe(
      'concentration of portfolio at 3: reduce_positions',
    )
    expect(broken({ closes: falls(120), sleeves: whole(9), limits })).toBe('ticker_weight of A at 3: alert_only')
  })
})
