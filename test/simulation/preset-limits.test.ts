import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { packageRoot } from '../../src/cli/package-root.ts'
import type { PortfolioLimits, SleeveLimits } from '../../src/domain/limits.ts'
import { quantity } from '../../src/domain/units.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { type Act, type HandBar, type HandRun, handRun, SHARE } from './hand-run.ts'

/* The limits of one preset, portfolio, strategy and position: each is broken by itself, at the number that stands there. */

const { config } = await loadPortfolio(join(packageRoot(), 'presets', 'momentum-reversion-trend.yaml'))
const { limits } = config
const own = config.sleeves[0]!.limits

const flat = (price: number): HandBar[] => Array.from({ length: 5 }, () => ({ open: price }))
const fallTo = (close: number): HandBar[] =>
  [100, 100, close, close, close].map((price) => ({ open: price, close: price }))

/** A sleeve of 50,000 beside an idle one; each bar's targets in shares of A to F at 100. */
function run(
  plan: Readonly<Record<number, readonly number[]>>,
  under: { readonly limits?: Partial<PortfolioLimits>; readonly sleeve?: Partial<SleeveLimits> },
  prices: HandRun['prices'] = {},
): RunResult {
  const act: Act = (_, out, bar) => {
    for (const [column, count] of (plan[bar] ?? []).entries()) out.target(column, quantity(count * SHARE), 'wanted')
  }
  return runBacktest(
    handRun({
      prices: { ...Object.fromEntries(['A', 'B', 'C', 'D', 'E', 'F'].map((name) => [name, flat(100)])), ...prices },
      sleeves: {
        one: { capital: 50_000, act, limits: under.sleeve ?? {} },
        two: { capital: 50_000, act: () => undefined },
      },
      limits: under.limits ?? {},
      violations: {
        actions: { medium: 'halt_entries', high: 'halt_entries' },
        rules: {},
        reentry: null,
        correlation: { level: 0.7, move: 0.3, days: 30 },
      },
    }),
  )
}

const cut = ({ refusals }: RunResult) => refusals.map(({ rule, allowed, limit }) => [rule, allowed, limit])

describe('the limits of the preset', () => {
  it('are leverage 2.0, drawdown 15 %, volatility 20 %, 10 % a ticker and 40 % in five', () => {
    const { leverageMax, drawdown, volatility, positionWeightMax, concentration } = limits
    expect(cut(run({ 0: [2_001] }, { limits: { leverageMax } }))).toEqual([['leverage', 2_000, 2]])
    expect(cut(run({ 0: [101] }, { limits: { positionWeightMax } }))).toEqual([['positionWeight', 100, 0.1]])
    const top = { concentration: concentration! }
    expect(cut(run({ 0: [80, 80, 80, 80, 80], 1: [81] }, { limits: top }))).toEqual([['concentration', 0, 0.4]])
    expect(cut(run({ 0: [80, 80, 80, 80, 80, 80] }, { limits: top }))).toEqual([])
    const falls = (close: number) => cut(run({ 0: [500], 2: [500, 1] }, { limits: { drawdown } }, { A: fallTo(close) }))
    expect(falls(70)).toEqual([])
    expect(falls(69)).toEqual([['drawdownBreaker', 0, 0.15]])
    expect(volatility).toEqual({ limit: 0.2, window: 60 })
    const swings = (size: number) =>
      cut(
        run(
          { 0: [500], 4: [500, 1] },
          { limits: { volatility: { ...volatility!, window: 2 } } },
          { A: [100, 100, 100 + size, 100, 100 + size].map((close) => ({ open: close, close })) },
        ),
      )
    expect(swings(1)).toEqual([])
    expect(swings(5)).toEqual([['volatility', 0, 0.2]])
  })

  it('are leverage 1.5 and drawdown 10 % of a strategy, and 5 % of its capital in one position', () => {
    const { leverageMax, drawdown, position } = own
    expect(cut(run({ 0: [751] }, { sleeve: { leverageMax: leverageMax! } }))).toEqual([['sleeveLeverage', 750, 1.5]])
    expect(position).toMatchObject({ weightMax: 0.05, of: 'sleeve' })
    expect(cut(run({ 0: [26] }, { sleeve: { position: position! } }))).toEqual([['sleevePositionWeight', 25, 0.05]])
    const falls = (close: number) =>
      cut(run({ 0: [250], 2: [250, 1] }, { sleeve: { drawdown: drawdown! } }, { A: fallTo(close) }))
    expect(falls(80)).toEqual([])
    expect(falls(79)).toEqual([['sleeveDrawdown', 0, 0.1]])
  })
})
