import { describe, expect, it } from 'vitest'
import {
  type Act,
  buysOnce,
  playWatched,
  shares,
  steps,
  story,
  type WatchedRun,
  watchedRun,
} from '../../../test/fixtures/watched-run.ts'
import { journalOf } from '../../../test/simulation/journal.ts'
import { tradeDate } from '../../domain/sessions.ts'
import { money, sleeveId } from '../../domain/units.ts'
import { createKernel } from '../kernel.ts'
import { hasShortLane } from '../run/quiet.ts'
import { runBacktest } from '../run/run.ts'

/** Holds 100 shares from the second day on, and from a bar on wishes for 20 of B every day. */
const holdsAndEnters =
  (from: number): Act =>
  (view, out, bar) => {
    buysOnce({ 0: 100 })(view, out, bar)
    if (bar >= from) out.enter(1, 1, 'more')
  }

const bought = (result: ReturnType<typeof playWatched>, instrument: string): readonly number[] =>
  result.orders.filter((order) => order.instrument === instrument).map(({ net }) => net)

describe('a portfolio drawdown', () => {
  const fall: WatchedRun = {
    closes: { A: steps(40, 100, { 3: 82, 5: 78 }), B: steps(40, 10) },
    sleeves: [{ id: 'one', weight: 1, act: holdsAndEnters(4) }],
    limits: { drawdown: { halt: 0.15, resume: 0.1, liquidate: 0.2, resetPeakAfter: 3 } },
  }

  it('halts entries, liquidates at the deeper level, and recovers by itself, entries in steps', () => {
    const result = playWatched(fall)
    expect(story(result.violations)).toEqual([
      'portfolio_drawdown of portfolio at 3: halt_entries, reset 8',
      'portfolio_drawdown of portfolio at 5: liquidate_all, reset 8',
    ])
    expect(result.violations.map(({ limit }) => limit)).toEqual([0.15, 0.2])
    expect(bought(result, 'A')).toEqual([100, -100])
    expect(new Set(result.refusals.map(({ rule }) => rule))).toEqual(new Set(['drawdownBreaker']))
    // Flat on the sixth, seventh and eighth day; a quarter of 20 then, and another quarter every five sessions.
    const entries = result.orders.filter(({ instrument }) => instrument === 'B')
    expect(entries.map(({ tradeDate, net }) => [tradeDate, net])).toEqual([
      [20_240_111, 5],
      [20_240_116, 5],
      [20_240_121, 5],
      [20_240_126, 5],
    ])
  })

  it('liquidates at once where that is the action', () => {
    const result = playWatched({ ...fall, violations: { actions: { critical: 'liquidate_all' } } })
    expect(story(result.violations)[0]).toBe('portfolio_drawdown of portfolio at 3: liquidate_all, reset 6')
    expect(bought(result, 'A')).toEqual([100, -100])
    expect(result.trades[0]!.exitDate).toBe(20_240_106)
  })

  it('neither halts nor sells where it is an alert alone', () => {
    const rules = { portfolio_drawdown: { action: 'alert_only' } } as const
    const result = playWatched({ ...fall, violations: { rules } })
    expect(story(result.violations)).toEqual(['portfolio_drawdown of portfolio at 3: alert_only, open'])
    expect(bought(result, 'A')).toEqual([100])
    expect(bought(result, 'B')).toEqual([20])
  })

  it('recovers at its configured level', () => {
    const rules = { portfolio_drawdown: { recovery: 0.05 } }
    const closes = { A: steps(12, 100, { 3: 82, 6: 92, 8: 96 }), B: steps(12, 10) }
    const given = { ...fall, closes }
    expect(story(playWatched(given).violations)).toEqual([
      'portfolio_drawdown of portfolio at 3: halt_entries, recovered 6',
    ])
    expect(story(playWatched({ ...given, violations: { rules } }).violations)).toEqual([
      'portfolio_drawdown of portfolio at 3: halt_entries, recovered 8',
    ])
  })

  it('goes back to nothing at a breach on the way, and returns from the first step again', () => {
    const closes = { A: steps(30, 100, { 3: 84, 5: 95, 12: 80, 14: 95 }), B: steps(30, 10) }
    const { orders, violations } = playWatched({ ...fall, closes })
    expect(story(violations)).toEqual([
      'portfolio_drawdown of portfolio at 3: halt_entries, recovered 5',
      'portfolio_drawdown of portfolio at 12: halt_entries, recovered 14',
    ])
    const entries = orders.filter(({ instrument }) => instrument === 'B')
    // 5 after the first recovery, 10 five sessions later; after the second the 10 held are above the first step.
    expect(entries.map(({ tradeDate, net }) => [tradeDate, net])).toEqual([
      [20_240_108, 5],
      [20_240_113, 5],
      [20_240_127, 5],
    ])
  })

  it('lets stated targets and changes return in the same steps, and leaves what is held above them', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(100), 'in')
      if (bar >= 5) out.target(1, shares(-40), 'short')
      if (bar === 6) out.change(2, shares(10), 'once')
      if (bar === 6) out.target(0, shares(110), 'above')
    }
    const closes = { A: steps(18, 100, { 3: 84, 5: 95 }), B: steps(18, 10), C: steps(18, 10) }
    const result = playWatched({ ...fall, closes, sleeves: [{ id: 'one', weight: 1, act }] })
    expect(bought(result, 'B')).toEqual([-10, -10, -10])
    expect(bought(result, 'C')).toEqual([2])
    expect(bought(result, 'A')).toEqual([100])
  })

  it('gives entries their full size at once where nothing is said of a return', () => {
    const closes = { A: steps(12, 100, { 3: 84, 5: 95 }), B: steps(12, 10) }
    expect(bought(playWatched({ ...fall, closes, violations: { reentry: null } }), 'B')).toEqual([20])
    const rules = { portfolio_drawdown: { reentry: false } }
    expect(bought(playWatched({ ...fall, closes, violations: { rules } }), 'B')).toEqual([20])
  })

  it('leaves a review: who lost what since the peak, and what to do about it', () => {
    const { violations } = playWatched({
      closes: { A: steps(10, 100, { 2: 110, 3: 100, 6: 50 }), B: steps(10, 100, { 6: 90 }) },
      sleeves: [
        { id: 'one', weight: 0.5, act: buysOnce({ 0: 50 }) },
        {
          id: 'two',
          weight: 0.5,
          act: (_, out, bar) => {
            if (bar === 0) out.target(1, shares(50), 'in')
            if (bar === 2) out.target(1, shares(0), 'out')
            if (bar === 3) out.target(1, shares(40), 'in again')
          },
        },
      ],
      limits: { drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null } },
    })
    // The peak is 10,500 on the third day; then 60 a share on 50 shares, and 10 on 40.
    const { review, severity, subject } = violations[0]!
    expect([severity, subject]).toEqual(['critical', 'portfolio'])
    expect(review!.since).toBe(Date.UTC(2024, 0, 4, 21))
    expect(review!.drawdown).toBeCloseTo(3400 / 10_500, 12)
    expect(review!.sleeves).toEqual([
      {
        sleeve: 'one',
        profit: expect.closeTo(-3000, 9),
        share: expect.closeTo(3000 / 3400, 12),
        trades: 0,
        violations: 0,
      },
      {
        sleeve: 'two',
        profit: expect.closeTo(-400, 9),
        share: expect.closeTo(400 / 3400, 12),
        trades: 1,
        violations: 0,
      },
    ])
    expect(review!.proposal).toEqual({
      action: 'pause_strategy',
      subject: 'one',
      reason: '"one" made 88.2 % of the fall: pause it before entries return',
    })
    expect(violations[0]!.parameters!.before).toMatchObject({ limits: { drawdown: { halt: 0.15 } } })
  })
})

describe('a loss of the day', () => {
  const enters: Act = (view, out, bar) => holdsAndEnters(3)(view, out, bar)
  const given: WatchedRun = {
    closes: { A: steps(12, 100, { 3: 97 }), B: steps(12, 10) },
    sleeves: [{ id: 'one', weight: 1, act: enters }],
    limits: { dailyLossMax: 0.02 },
  }

  it('halts entries for that day, and lets them return in steps', () => {
    const result = playWatched({ ...given, violations: null })
    expect(story(result.violations)).toEqual(['daily_loss of portfolio at 3: halt_entries, recovered 4'])
    expect(result.violations[0]!.value).toBeCloseTo(0.03, 12)
    expect(bought(result, 'B')).toEqual([5, 5])
    expect(result.refusals).toHaveLength(1)
  })

  it('of one sleeve pauses that sleeve alone', () => {
    const sleeve = (id: string, limits: WatchedRun['sleeves'][number]['limits']) => ({
      id,
      weight: 0.5,
      limits: limits ?? {},
      act: ((_, out, bar) => {
        if (bar === 0) out.target(0, shares(50), 'in')
        if (bar === 3) out.enter(1, 1, 'more')
      }) as Act,
    })
    const { limits: _, ...rest } = given
    const result = playWatched({ ...rest, sleeves: [sleeve('one', { dailyLossMax: 0.02 }), sleeve('two', {})] })
    expect(story(result.violations)).toEqual(['strategy_daily_loss of one at 3: pause_strategy, recovered 4'])
    expect(result.refusals.map(({ sleeve: by, rule }) => [by, rule])).toEqual([['one', 'paused']])
    expect(bought(result, 'B')).toEqual([20])
  })
})

describe('a drawdown of one sleeve', () => {
  it('pauses it, and lets it return when it was flat for long enough, without anybody', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(50), 'in')
      if (bar === 4) out.exit(0, 'out')
      if (bar >= 5) out.enter(1, 1, 'more')
    }
    const drawdown = { halt: 0.1, resume: 0.05, resetPeakAfter: 3 }
    const result = playWatched({
      closes: { A: steps(16, 100, { 3: 85 }), B: steps(16, 10) },
      sleeves: [
        { id: 'one', weight: 0.5, act, limits: { drawdown } },
        { id: 'two', weight: 0.5, act: buysOnce({ 1: 10 }) },
      ],
    })
    expect(story(result.violations)).toEqual(['strategy_drawdown of one at 3: pause_strategy, reset 7'])
    expect(result.refusals.map(({ rule }) => rule)).toEqual(['paused', 'paused'])
    expect(bought(result, 'B')).toEqual([10, 5, 5])
  })

  it('closes the sleeve alone where it liquidates', () => {
    const drawdown = { halt: 0.1, resume: 0.05, liquidate: 0.2, resetPeakAfter: null }
    const result = playWatched({
      closes: { A: steps(10, 100, { 3: 75 }) },
      sleeves: [
        { id: 'one', weight: 0.5, act: buysOnce({ 0: 50 }), limits: { drawdown } },
        { id: 'two', weight: 0.5, act: buysOnce({ 0: 50 }) },
      ],
    })
    expect(story(result.violations)).toEqual([
      'strategy_drawdown of one at 3: pause_strategy, open',
      'strategy_drawdown of one at 3: liquidate_all, open',
    ])
    expect(result.positions.map(({ sleeve, quantity }) => [sleeve, quantity])).toEqual([['two', 50]])
  })
})

describe('money from and to outside', () => {
  const played = (given: WatchedRun, amount: number, to: string) => {
    const { config, ...input } = watchedRun(given)
    const flows = [{ date: tradeDate(20_240_107), amount: money(amount * 1e6), to: sleeveId(to) }]
    return runBacktest({ ...input, config: { ...config, flows } })
  }

  it('is no drawdown and no loss of the day when it leaves', () => {
    const result = played(
      {
        closes: { A: steps(12, 100, { 3: 90 }) },
        sleeves: [{ id: 'one', weight: 1, act: buysOnce({ 0: 50 }) }],
        limits: { dailyLossMax: 0.2, drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null } },
      },
      -4000,
      'one',
    )
    expect(result.equity.at(-1)).toBe(5500)
    expect(story(result.violations)).toEqual([])
  })

  it('does not make up for a fall when it comes', () => {
    const drawdown = { halt: 0.1, resume: 0.05, resetPeakAfter: null }
    const result = played(
      {
        closes: { A: steps(12, 100, { 3: 85 }) },
        sleeves: [{ id: 'one', weight: 1, act: buysOnce({ 0: 90 }), limits: { drawdown } }],
        limits: { drawdown },
      },
      10_000,
      'one',
    )
    expect(story(result.violations)).toEqual([
      'portfolio_drawdown of portfolio at 3: halt_entries, open',
      'strategy_drawdown of one at 3: pause_strategy, open',
    ])
  })
})

describe('the short lane', () => {
  const lane = (given: Pick<WatchedRun, 'limits' | 'violations'>): boolean => {
    const input = watchedRun({
      closes: { A: steps(4, 100) },
      sleeves: [{ id: 'one', weight: 1, act: () => undefined }],
      ...given,
    })
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, { ...strategy, idle: () => 0 }]))
    const kernel = createKernel({ strategies })
    for (const event of journalOf(input).events.slice(0, 3)) kernel.apply(event)
    return hasShortLane(kernel.runtime, input.market.blocks[0]!)
  }

  it('is closed where a limit is watched', () => {
    expect(lane({ violations: null })).toBe(true)
    expect(lane({})).toBe(false)
    expect(lane({ violations: null, limits: { dailyLossMax: 0.1 } })).toBe(false)
  })
})
