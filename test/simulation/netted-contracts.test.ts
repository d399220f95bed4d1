import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OptionLeg, Strategy } from '../../src/domain/strategy.ts'
import type { Memory, TradeDate } from '../../src/domain/units.ts'
import { runAudited, runBacktest } from '../../src/engine/run/run.ts'
import { drawnMarket } from '../contracts/strategy-rig.ts'
import { propertyRuns } from '../profile.ts'
import { bookkeeper } from './bookkeeper.ts'
import { strategyInput } from './strategy-run.ts'

/* Sleeves that hold the two sides of one contract: the broker holds less of it than each of them, or nothing. */

const WARM_UP = 25
type Out = Parameters<Strategy['decide']>[1]
type Seen = Parameters<Strategy['decide']>[0]

/** Buys or sells a spread of puts whose strikes begin so many steps below the spot, once. */
function spread(name: string, side: 1 | -1, first: number, quantity = 2): Strategy {
  return {
    name,
    parameters: {},
    indicators: () => ({}),
    lookback: () => 0,
    start: () => ({ bar: 0, strikes: [] as number[] }),
    decide(view: Seen, out: Out): Memory {
      const { bar } = view.memory as { bar: number }
      if (bar === WARM_UP) {
        const chain = view.chain(0)!
        const expiry = chain.expiries().find((date) => date > chain.tradeDate + 7)!
        const strikes = chain.strikes(expiry, 'put').filter((strike) => strike > chain.spot)
        const put = (place: number, ratio: number): OptionLeg => ({
          right: 'put',
          strike: strikes[place]!,
          expiry: expiry as TradeDate,
          ratio,
        })
        const legs = [put(first + 1, -side), put(first, side)]
        const credit = legs.reduce((sum, { strike, ratio }) => sum - ratio * chain.quote(expiry, 'put', strike)!.mid, 0)
        out.openStructure(0, { legs, credit, maximumLoss: 2_500, reason: 'open', quantity })
      }
      return { bar: bar + 1 }
    },
  } as unknown as Strategy
}

function play(strategies: readonly Strategy[], bars = 20, seed = 7) {
  const drawn = strategyInput(strategies, drawnMarket(seed, 3, WARM_UP + bars), [])
  const sleeves = drawn.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: { kind: 'maximumLoss', budget: 10_000, contractsMax: 9 } as const,
    limits: { ...sleeve.limits, positionWeightMax: null },
  }))
  const input = { ...drawn, config: { ...drawn.config, sleeves } }
  const books = bookkeeper()
  const run = runAudited(input, books, books.observer)
  expect(books.problems).toEqual([])
  const result = runBacktest(input)
  expect(result.invariants.violated).toEqual([])
  return { result, runtime: run.kernel.runtime }
}

describe('two sides of one contract in two sleeves', () => {
  it.each([
    ['the whole structure', 0],
    ['one leg', 1],
  ])('end with it where the broker holds nothing of %s', (_, shift) => {
    const { runtime } = play([spread('seller', 1, 0), spread('buyer', shift === 0 ? -1 : 1, shift)])
    const { books, instruments } = runtime.state
    const left = instruments.filter(
      ({ option, index }) =>
        option !== null && [0, 1].some((sleeve) => books.quantity[sleeve * books.width + index] !== 0),
    )
    expect(instruments.some(({ option }) => option !== null)).toBe(true)
    expect(left.map(({ id }) => id)).toEqual([])
    expect(runtime.state.structures).toEqual([])
  })
  it('leave nothing behind in any book, whatever is sold and bought', () => {
    const sides = fc.tuple(fc.constantFrom<1 | -1>(1, -1), fc.nat(2), fc.integer({ min: 1, max: 3 }))
    let crossed = 0
    fc.assert(
      fc.property(fc.array(sides, { minLength: 2, maxLength: 4 }), fc.integer({ min: 1, max: 999 }), (drawn, seed) => {
        const sleeves = drawn.map(([side, first, count], place) => spread(`sleeve-${place}`, side, first, count))
        const { runtime } = play(sleeves, 20, seed)
        const { books, instruments, structures, leftovers } = runtime.state
        for (const { index, option } of instruments) {
          if (option === null) continue
          crossed += 1
          for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1)
            expect(books.quantity[sleeve * books.width + index]).toBe(0)
        }
        expect(structures).toEqual([])
        expect(leftovers.filter(({ instrument }) => instruments[instrument]!.option !== null)).toEqual([])
      }),
      propertyRuns(25, 500),
    )
    expect(crossed).toBeGreaterThan(20)
  })
  it('are assigned to the sleeves that are short, as far as the account is: who is not keeps its structure', () => {
    const sleeves = [spread('first', 1, 1, 1), spread('second', 1, 1, 1), spread('long', -1, 1, 1)]
    const { result, runtime } = play(sleeves, 4)
    const ends = result.trades.filter(({ exitReason }) => exitReason === 'assignment')
    expect([...new Set(ends.map(({ sleeve }) => sleeve))]).toEqual(['first'])
    expect(runtime.state.structures.map(({ sleeve }) => sleeve)).toEqual([1, 2])
  })
})
