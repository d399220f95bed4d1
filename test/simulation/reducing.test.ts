import { describe, expect, it } from 'vitest'
import { quantity } from '../../src/domain/units.ts'
import { createKernel, restoreKernel } from '../../src/engine/kernel.ts'
import { runAudited, runBacktest } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { bookkeeper } from './bookkeeper.ts'
import { type Act, handRun, SHARE } from './hand-run.ts'
import { journalOf } from './journal.ts'

const shares = (count: number) => quantity(count * SHARE)
const flat = (price: number, bars: number) => Array.from({ length: bars }, () => ({ open: price }))

describe('invariant 6: limits never stop a reducing change', () => {
  it('lets exits, reductions and the closing half of a flip through a halted breaker, and no entry', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) for (const column of [0, 1, 2]) out.target(column, shares(100), 'in')
      if (bar !== 3) return
      out.exit(0, 'out')
      out.change(1, shares(-40), 'less')
      out.target(2, shares(-100), 'turn around')
      out.enter(3, 1, 'more')
    }
    const falls = [...flat(100, 2), ...flat(80, 5)]
    const result = runBacktest(
      handRun({
        prices: { A: falls, B: falls, C: falls, D: flat(10, 7) },
        sleeves: { one: { capital: 40_000, act } },
        limits: { drawdown: { halt: 0.05, resume: 0.01, resetPeakAfter: null } },
      }),
    )
    expect(result.violations.map(({ rule }) => rule)).toEqual(['portfolio_drawdown'])
    expect(result.positions.map(({ instrument, quantity: held }) => [instrument, held])).toEqual([['B', 60]])
    expect(result.refusals.map(({ instrument, rule, wanted }) => [instrument, rule, wanted])).toEqual([
      ['C', 'drawdownBreaker', -100],
      ['D', 'drawdownBreaker', 100],
    ])
  })

  it('lets exits through when every limit has become zero', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) for (const column of [0, 1]) out.target(column, shares(column === 0 ? 100 : -100), 'in')
      if (bar !== 2) return
      for (const column of [0, 1]) out.exit(column, 'out')
    }
    const greedy: Act = (view, out, bar) => {
      act(view, out, bar)
      if (bar === 2) out.enter(2, 1, 'more')
    }
    const prices = { A: flat(100, 5), B: flat(50, 5), C: flat(20, 5) }
    const input = handRun({ prices, sleeves: { one: { capital: 40_000, act } } })
    const wishes = handRun({ prices, sleeves: { one: { capital: 40_000, act: greedy } } }).strategies
    const { events } = journalOf(input)
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
    const second = events.findIndex((event, at) => event.kind === 'slices' && at > 6)
    const kernel = createKernel({ strategies })
    for (const event of events.slice(0, second + 1)) kernel.apply(event)
    const snapshot = JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot & {
      state: { config: { limits: Record<string, unknown>; sleeves: { limits: Record<string, unknown> }[] } }
    }
    snapshot.state.config.limits = {
      positionsMax: 0,
      assetClassWeightMax: 0,
      positionWeightMax: 0,
      leverageMax: 0,
      drawdown: null,
    }
    snapshot.state.config.sleeves[0]!.limits = { positionsMax: 0, positionWeightMax: 0, weekend: null }
    const after = restoreKernel(snapshot, { strategies: new Map(wishes.map((strategy) => [strategy.name, strategy])) })
    expect(after.runtime.state.books.accountQuantity.slice(0, 3)).toEqual(Float64Array.of(shares(100), shares(-100), 0))
    for (const event of events.slice(second + 1)) after.apply(event)
    expect(after.runtime.state.books.accountQuantity.slice(0, 3)).toEqual(Float64Array.of(0, 0, 0))
    expect(after.runtime.state.ended.refused).toBe(1)
  })

  it('keeps protections working in a halted book', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(100), 'in', { protection: { stop: 0.3 } })
    }
    const result = runBacktest(
      handRun({
        prices: { A: [...flat(100, 2), { open: 80 }, { open: 80, low: 60, close: 65 }, { open: 65 }] },
        sleeves: { one: { capital: 20_000, act } },
        limits: { drawdown: { halt: 0.05, resume: 0.01, resetPeakAfter: null } },
      }),
    )
    expect(result.positions).toEqual([])
    expect(result.trades.map(({ exitReason, exitPrice }) => [exitReason, exitPrice])).toEqual([['stop', 70]])
  })
})

describe('invariant 5: transfers create and lose nothing', () => {
  it('lends a sleeve below its maintenance requirement what it lacks, out of the reserve, count for count', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(-190), 'in')
    }
    const books = bookkeeper()
    const input = handRun({
      prices: { A: [...flat(100, 3), ...flat(160, 3)] },
      sleeves: { one: { capital: 20_000, act }, cash: { capital: 30_000, act: null } },
    })
    const run = runAudited(input, books, books.observer)
    expect(books.problems).toEqual([])
    expect(books.seen.get('loan')).toBe(1)
    // 39,000 of cash less 190 shares at 160 is 8,600; 30 % of 30,400 is 9,120: 520 are missing.
    const { cash } = run.kernel.runtime.state.books
    expect(Array.from(cash)).toEqual([39_520_000_000, 29_480_000_000])
  })

  it('is no return of either sleeve', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.target(0, shares(-190), 'in')
    }
    const input = handRun({
      prices: { A: [...flat(100, 3), ...flat(160, 3)] },
      sleeves: { one: { capital: 20_000, act }, cash: { capital: 30_000, act: null } },
    })
    const { sleeves } = runBacktest(input)
    // Booked after the close of day three, so a flow of day four; the day's own returns are those of the price alone.
    expect(Array.from(sleeves[0]!.flows)).toEqual([0, 0, 0, 0, 520, 0])
    expect(Array.from(sleeves[1]!.flows)).toEqual([0, 0, 0, 0, -520, 0])
    expect(Array.from(sleeves[1]!.equity)).toEqual([30_000, 30_000, 30_000, 30_000, 29_480, 29_480])
  })
})
