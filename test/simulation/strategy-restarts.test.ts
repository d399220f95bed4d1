import { describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { drawnMarket, type RigMarket, withPair } from '../contracts/strategy-rig.ts'
import { recordedMarket } from '../fixtures/strategies/recorded-market.ts'
import { dataFolder } from '../outside-data.ts'
import { comparesAll, nothingAlive } from './restarts.ts'
import { type DecisionLog, strategyInput } from './strategy-run.ts'

const YEAR = 252
/** What the slowest strategy looks back on, before the year begins. */
const BEFORE = 270

/** Before every close of the last year: the kernel that decides is always one that was just read from text. */
function closesOfLastYear(market: RigMarket): (event: EngineEvent) => boolean {
  const first = market.dates[market.bars - YEAR]!
  return (event) => event.kind === 'slices' && event.slices[0]!.tradeDate >= first
}

function restartsEveryBar(market: RigMarket): void {
  const alive = nothingAlive()
  const log: DecisionLog = []
  comparesAll(strategyInput(STRATEGIES, market, log), closesOfLastYear(market), alive)
  expect(alive.cuts).toBe(YEAR)
  const first = market.dates[market.bars - YEAR]!
  expect(log.filter((wish) => wish.tradeDate >= first).length).toBeGreaterThan(YEAR)
  for (const kind of ['guards', 'structures'] as const) expect([kind, alive[kind] > 0]).toEqual([kind, true])
}

/** Remembers beside its view what belongs into its memory: the view of a kernel that was read from text is another. */
function forgetful() {
  const counts = new WeakMap<object, number>()
  return defineStrategy({
    name: 'forgetful',
    parameters: {},
    decide(view, out) {
      const seen = (counts.get(view) ?? 0) + 1
      counts.set(view, seen)
      if (seen % 5 === 0) out.enter(view.universe[0]!, 1, 'fifth')
      else if (seen % 5 === 2) out.exit(view.universe[0]!, 'second')
      return view.memory
    },
  }) as unknown as Strategy
}

describe('every strategy, all in one account, restarted at every bar of a year', () => {
  it('decides, orders and books the same on drawn bars', () => {
    restartsEveryBar(withPair(drawnMarket(20_000_101, 4, BEFORE + YEAR), 5))
  })

  it('catches a strategy that remembers outside its memory', () => {
    const market = drawnMarket(7, 2, YEAR + 10)
    const input = strategyInput([forgetful()], market, [])
    comparesAll(input, () => false, nothingAlive())
    expect(() => comparesAll(input, closesOfLastYear(market), nothingAlive())).toThrow()
  })

  const folder = dataFolder()
  it.skipIf(folder === null)('decides, orders and books the same on recorded bars (needs market data)', async () => {
    const files = ['TSLA', 'AMD', 'XOM', 'CVX'].map((symbol) => `stocks_daily/${symbol}.csv`)
    restartsEveryBar(await recordedMarket(folder!, files, tradeDate(20_190_102), BEFORE + YEAR))
  })
})
