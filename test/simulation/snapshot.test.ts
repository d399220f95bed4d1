import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKernel, restoreKernel } from '../../src/engine/kernel.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { drawnMarket } from '../contracts/strategy-rig.ts'
import { propertyRuns } from '../profile.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { journalOf, textOf } from './journal.ts'
import { atThousandths, comparesAll, nothingAlive, restored } from './restarts.ts'
import { strategyInput } from './strategy-run.ts'

/** The market that shows structures and exits at the cuts below. */
const MARKET_SEED = 20_000_101

describe('a kernel restored from a snapshot', () => {
  it('invariant 11: goes on byte for byte like the one that was never stopped, wherever it was cut', () => {
    const alive = nothingAlive()
    fc.assert(
      fc.property(drawnPortfolio, fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }), (drawn, thousandths) => {
        comparesAll(runInputOf(drawn), atThousandths(thousandths), alive)
      }),
      propertyRuns(250, 5_000),
    )
    expect(alive.cuts).toBeGreaterThan(250)
    for (const kind of ['waiting', 'working', 'guards'] as const) expect([kind, alive[kind] > 20]).toEqual([kind, true])
  })

  it('invariant 11: goes on with rebalancings under way, sleeves being closed, dated flows and commands', () => {
    const alive = nothingAlive()
    let moved = 0
    fc.assert(
      fc.property(
        drawnPortfolio,
        drawnMoves,
        fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }),
        (drawn, moves, thousandths) => {
          const input = runInputOf(drawn)
          const whole = { ...input, config: withMoves(input.config, moves) }
          comparesAll(whole, atThousandths(thousandths), alive)
          moved += runBacktest(whole).capital?.records.length ?? 0
        },
      ),
      propertyRuns(120, 5_000),
    )
    expect(moved).toBeGreaterThan(500)
  })

  it('invariant 11: the built-in strategies go on with their indicators, memories and open structures', () => {
    const alive = nothingAlive()
    const market = drawnMarket(MARKET_SEED, 4, 260)
    comparesAll(strategyInput(STRATEGIES, market, []), atThousandths([40, 333, 520, 521, 640, 780, 900]), alive)
    for (const kind of ['guards', 'structures'] as const) expect([kind, alive[kind] > 0]).toEqual([kind, true])
  })

  it('is refused when another version wrote it', () => {
    const snapshot = createKernel({ strategies: new Map() }).snapshot()
    expect(() => restoreKernel({ ...snapshot, kernelVersion: 0 }, { strategies: new Map() })).toThrow('version 0')
  })

  it('equals itself when restored twice', () => {
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const input = runInputOf(drawn)
        const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
        const { events, bytes } = journalOf(input)
        const kernel = createKernel({ strategies })
        for (const event of events) kernel.apply(event)
        const once = restored(kernel, input.strategies)
        const twice = restored(once, input.strategies)
        expect(textOf(twice)).toBe(bytes)
        expect(JSON.stringify(twice.snapshot())).toBe(JSON.stringify(once.snapshot()))
      }),
      propertyRuns(60, 1_000),
    )
  })
})
