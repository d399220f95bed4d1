import { describe, expect, it } from 'vitest'
import { defaultsOf, type Parameter, type Parameters, parameterProblem } from '../../src/domain/parameters.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import { alteredAfter, cutAfter, drawnMarket, type RigMarket, type SeenWish, strategyRig } from './strategy-rig.ts'

/** Makes the strategy for a market. An honest one takes no notice of it: only a cheat can use what is handed over here. */
export type StrategyFactory = (market: RigMarket) => Strategy

const SEED = 20_260_101
const MEMORY_BYTES_MAX = 65_536

function defaults(strategy: Strategy): Parameters {
  return defaultsOf(strategy.parameters as Readonly<Record<string, Parameter>>) as Parameters
}

/** Every wish of a run, bar by bar. */
export function decisionsOf(make: StrategyFactory, market: RigMarket): (readonly SeenWish[])[] {
  const strategy = make(market)
  const rig = strategyRig(strategy, defaults(strategy), market)
  return Array.from({ length: market.bars }, (_, bar) => rig.step(bar))
}

/**
 * Looks for a decision at bar t that changes when bars after t are altered or removed: the proof of a look into the
 * future. Cuts are taken right behind bars with wishes, where a peeping strategy gives itself away, and at even steps.
 *
 * @returns what differs and where; null for an honest strategy
 */
export function lookAheadOf(make: StrategyFactory, market: RigMarket, cutsMax = 12): string | null {
  const whole = decisionsOf(make, market)
  const busy = whole.flatMap((wishes, bar) => (wishes.length > 0 && bar < market.bars - 1 ? [bar] : []))
  const even = Array.from({ length: 4 }, (_, place) => Math.floor(((place + 1) * market.bars) / 5))
  const stride = Math.max(1, Math.floor(busy.length / cutsMax))
  const cuts = [...busy.filter((_, place) => place % stride === 0).slice(0, cutsMax), ...even]
  for (const cut of cuts) {
    const others = { altered: alteredAfter(market, cut, SEED + cut), removed: cutAfter(market, cut) }
    for (const [what, other] of Object.entries(others)) {
      const seen = decisionsOf(make, other)
      for (let bar = 0; bar <= cut; bar += 1) {
        const [before, after] = [JSON.stringify(whole[bar]), JSON.stringify(seen[bar])]
        if (before !== after) return `bar ${bar} decides ${before}, but ${after} when bars after ${cut} are ${what}`
      }
    }
  }
  return null
}

/** What every strategy must keep, whoever wrote it. */
export function strategyContract(strategy: Strategy): void {
  const make: StrategyFactory = () => strategy
  const market = drawnMarket(SEED, 4, 600)
  const parameters = defaults(strategy)

  describe(`strategy "${strategy.name}"`, () => {
    it('has defaults within bounds, search ranges within bounds, and parameters that go together', () => {
      for (const [name, parameter] of Object.entries<Parameter>(strategy.parameters)) {
        expect([name, parameterProblem(parameter, parameter.default)]).toEqual([name, null])
        if (!('search' in parameter) || parameter.search === undefined) continue
        const [low, high] = parameter.search
        expect(low).toBeLessThan(high)
        for (const edge of [low, high]) expect([name, parameterProblem(parameter, edge)]).toEqual([name, null])
      }
      expect(strategy.check?.(parameters) ?? null).toBeNull()
    })
    it('wishes something in the drawn market, or the rest would prove nothing', () => {
      const wishes = decisionsOf(make, market).flat()
      expect(wishes.filter(({ kind }) => kind !== 'refuse').length).toBeGreaterThan(0)
    })
    it('does not look ahead: decisions stay when later bars are altered or removed', () => {
      expect(lookAheadOf(make, market)).toBeNull()
    })
    it('decides the same twice', () => {
      expect(decisionsOf(make, market)).toEqual(decisionsOf(make, market))
    })
    it('keeps its memory as plain data of at most 64 KB', () => {
      const rig = strategyRig(strategy, parameters, market)
      for (let bar = 0; bar < market.bars; bar += 1) {
        rig.step(bar)
        if (bar % 97 !== 0) continue
        const text = JSON.stringify(rig.memory())
        expect(JSON.parse(text)).toEqual(rig.memory())
        expect(text.length).toBeLessThanOrEqual(MEMORY_BYTES_MAX)
      }
    })
    it('goes on the same after a restart in the middle', () => {
      const whole = decisionsOf(make, market)
      for (const middle of [10, 201, 417]) {
        const first = strategyRig(strategy, parameters, market)
        for (let bar = 0; bar <= middle; bar += 1) first.step(bar)
        const second = strategyRig(strategy, parameters, market)
        second.restore(first.snapshot())
        const rest = Array.from({ length: market.bars - middle - 1 }, (_, place) => second.step(middle + 1 + place))
        expect(rest).toEqual(whole.slice(middle + 1))
      }
    })
    it('wishes once per instrument and bar, with finite sizes and protections, and a reason', () => {
      for (const wishes of decisionsOf(make, market)) {
        const columns = wishes.filter(({ kind }) => kind !== 'closeStructure').map(({ column }) => column)
        expect(new Set(columns).size).toBe(columns.length)
        for (const wish of wishes) {
          expect(wish.reason).not.toBe('')
          for (const value of numbersIn(wish)) expect(Number.isFinite(value)).toBe(true)
        }
      }
    })
    it('reads nothing from bars that are not there', () => {
      const empty: RigMarket = { ...market, close: new Float64Array(market.close.length).fill(Number.NaN) }
      expect(decisionsOf(make, empty).flat()).toEqual([])
    })
  })
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(numbersIn)
}
