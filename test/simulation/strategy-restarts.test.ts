import { describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { decisionsOf } from '../contracts/strategy.ts'
import { drawnMarket, type RigMarket, withPair } from '../contracts/strategy-rig.ts'
import { recordedMarket } from '../fixtures/strategies/recorded-market.ts'
import { dataFolder } from '../outside-data.ts'
import { isNightly } from '../profile.ts'
import { finer } from './finer.ts'
import { type Alive, comparesAll, nothingAlive } from './restarts.ts'
import { type DecisionLog, strategyInput } from './strategy-run.ts'

const YEAR = 252
/** What the slowest strategy looks back on, before the year begins. */
const BEFORE = 270
/** Days that are cut into three bars each, and restarted at every one. */
const WITHIN = 84

/** Contracts are listed as they are first traded: those that trade them go each alone, so that few are in a snapshot. */
const isOfContracts = (strategy: Strategy): boolean =>
  decisionsOf(() => strategy, drawnMarket(7, 1, 60)).some((wishes) =>
    wishes.some(({ kind }) => kind === 'openStructure'),
  )
const CONTRACTS = STRATEGIES.filter(isOfContracts)
const SHARES = STRATEGIES.filter((strategy) => !CONTRACTS.includes(strategy))

/** Before every close from a bar on: the kernel that decides is always one that was just read from text. */
function everyCloseFrom(market: RigMarket, bar: number): (event: EngineEvent) => boolean {
  const first = market.dates[bar]!
  return (event) => event.kind === 'slices' && event.slices[0]!.tradeDate >= first
}

/** What was alive at the cuts of the market's last year, and how many wishes were made in it. */
function restartedEveryBar(strategies: readonly Strategy[], market: RigMarket): { alive: Alive; wishes: number } {
  const alive = nothingAlive()
  const log: DecisionLog = []
  const bar = market.bars - YEAR
  comparesAll(strategyInput(strategies, market, log), everyCloseFrom(market, bar), alive)
  expect(alive.cuts).toBe(YEAR)
  return { alive, wishes: log.filter(({ tradeDate: day }) => day >= market.dates[bar]!).length }
}

function sharesGoOnTheSame(market: RigMarket): void {
  const { alive, wishes } = restartedEveryBar(SHARES, market)
  expect(alive.guards).toBeGreaterThan(0)
  expect(wishes).toBeGreaterThan(YEAR)
}

function contractsGoOnTheSame(strategy: Strategy, market: RigMarket): void {
  const { alive, wishes } = restartedEveryBar([strategy], market)
  expect(alive.structures).toBeGreaterThan(0)
  expect(wishes).toBeGreaterThan(10)
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

const named = (strategies: readonly Strategy[]) => strategies.map((strategy) => [strategy.name, strategy] as const)

describe('strategies in an account, restarted at every bar of a year', () => {
  it('are all here', () => {
    expect(CONTRACTS.map(({ name }) => name)).toContain('theta-decay')
    expect(SHARES.length + CONTRACTS.length).toBe(STRATEGIES.length)
  })
  it('of shares: decide, order and book the same on drawn bars', () => {
    sharesGoOnTheSame(withPair(drawnMarket(20_000_101, 4, BEFORE + YEAR), 5))
  })
  it.each(named(CONTRACTS))('%s: decides, orders and books the same on drawn bars', (_, strategy) => {
    contractsGoOnTheSame(strategy, drawnMarket(20_000_101, 2, YEAR))
  })
  it('of shares: decide, order and book the same where every second sleeve decides within the day', () => {
    const market = withPair(drawnMarket(20_000_101, 4, BEFORE + WITHIN), 5)
    const alive = nothingAlive()
    const log: DecisionLog = []
    comparesAll(finer(strategyInput(SHARES, market, log), 7), everyCloseFrom(market, BEFORE), alive)
    expect(alive.cuts).toBe(3 * WITHIN)
    expect(log.filter(({ tradeDate: day }) => day >= market.dates[BEFORE]!).length).toBeGreaterThan(WITHIN)
  })
  it('catch a strategy that remembers outside its memory', () => {
    const market = drawnMarket(7, 2, YEAR + 10)
    const input = strategyInput([forgetful()], market, [])
    comparesAll(input, () => false, nothingAlive())
    expect(() => comparesAll(input, everyCloseFrom(market, 10), nothingAlive())).toThrow()
  })

  // Drawn bars show every day what recorded ones show by night.
  const folder = dataFolder()
  const isDeep = folder !== null && isNightly
  const FROM = tradeDate(20_190_102)
  const files = ['TSLA', 'AMD', 'XOM', 'CVX'].map((symbol) => `stocks_daily/${symbol}.csv`)
  it.skipIf(!isDeep)('of shares: the same on recorded bars (needs market data and the nightly profile)', async () => {
    sharesGoOnTheSame(await recordedMarket(folder!, files, FROM, BEFORE + YEAR))
  })
  it.skipIf(!isDeep).each(named(CONTRACTS))(
    '%s: the same on recorded bars (needs market data and the nightly profile)',
    async (_, strategy) => {
      contractsGoOnTheSame(strategy, await recordedMarket(folder!, files.slice(0, 2), FROM, YEAR))
    },
  )
})
