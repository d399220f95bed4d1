import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DatedAction } from '../../src/domain/market.ts'
import type { RoutingTable } from '../../src/domain/routing.ts'
import { instrumentId, type Price, type Quantity, quantity, type TradeDate } from '../../src/domain/units.ts'
import { type RunInput, runAudited, runBacktest } from '../../src/engine/run/run.ts'
import { createRandom } from '../../src/numerics/random.ts'
import { propertyRuns } from '../profile.ts'
import { bookkeeper } from './bookkeeper.ts'
import { type Act, dayOf, type HandBar, handRun, openOf } from './hand-run.ts'
import { atThousandths, comparesAll, nothingAlive } from './restarts.ts'

/*
 * Sleeves that wish anything of a chain of futures over two rolls, in every size, with stops and thin volume; audited
 * after every event by books of their own.
 */

const BARS = 14
/** Bars at whose open the chain passes to the second and to the third contract; the first ends two bars after it is left. */
const ROLLS = [4, 9] as const

const wish = fc.record({
  sleeve: fc.nat(3),
  bar: fc.nat(BARS - 2),
  want: fc.constantFrom('enter', 'exit', 'target', 'change'),
  side: fc.constantFrom<1 | -1>(1, -1),
  size: fc.integer({ min: 1, max: 40 }),
  stop: fc.constantFrom(0, 0.01, 0.03),
  type: fc.constantFrom('market', 'limit', 'close'),
})

const drawn = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  sleeves: fc.integer({ min: 1, max: 4 }),
  thin: fc.boolean(),
  again: fc.boolean(),
  wishes: fc.array(wish, { minLength: 1, maxLength: 24 }),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never

const NAMES = ['ESH', 'ESM', 'ESU'] as const
const future = { kind: 'future', unitsPerWhole: 1, unit: 1, step: 1 as Quantity, roundLot: 1 as Quantity } as const

/** Three contracts at steady premiums; the chain is the one of the day, at the factor that joins them. */
function marketOf(seed: number) {
  const random = createRandom(seed)
  const walk: number[] = [100]
  while (walk.length <= BARS) walk.push(Math.round(walk.at(-1)! * (1 + 0.04 * (random.uniform() - 0.5)) * 100) / 100)
  const priceOf = (place: number, at: number): number => Math.round(walk[at]! * (1 + 0.01 * place) * 100) / 100
  const barOf = (place: number, bar: number, factor: number): HandBar => ({
    open: priceOf(place, bar),
    close: priceOf(place, bar + 1),
    factor,
  })
  const factors = [1]
  for (const [place, roll] of ROLLS.entries())
    factors.push((factors[place]! * priceOf(place, roll)) / priceOf(place + 1, roll))
  const frontOn = (bar: number): number => ROLLS.filter((roll) => bar >= roll).length
  const bars = (of: (bar: number) => HandBar): HandBar[] => Array.from({ length: BARS }, (_, bar) => of(bar))
  const contracts = NAMES.map((name, place) => [name, bars((bar) => barOf(place, bar, factors[place]!))] as const)
  const chain = bars((bar) => barOf(frontOn(bar), bar, factors[frontOn(bar)]!))
  return { ES: chain, ...Object.fromEntries(contracts) }
}

function actionsOf({ seed, again }: Drawn): DatedAction[] {
  const roll = (bar: number, from: string | null, to: string): DatedAction => ({
    at: openOf(bar),
    tradeDate: dayOf(bar),
    action: {
      kind: 'roll',
      instrument: instrumentId('ES'),
      from: from === null ? null : instrumentId(from),
      to: instrumentId(to),
    },
  })
  const prices = marketOf(seed) as Record<string, HandBar[]>
  const ended = (bar: number, name: string): DatedAction => ({
    at: openOf(bar),
    tradeDate: dayOf(bar),
    action: {
      kind: 'ended',
      instrument: instrumentId(name),
      price: prices[name]![bar - 1]!.close as Price,
      cause: 'expiry',
    },
  })
  return [
    roll(0, null, 'ESH'),
    roll(ROLLS[0], 'ESH', 'ESM'),
    ...(again ? [roll(ROLLS[0] + 1, 'ESH', 'ESM')] : []),
    ended(ROLLS[0] + 2, 'ESH'),
    roll(ROLLS[1], 'ESM', 'ESU'),
    ended(ROLLS[1] + 2, 'ESM'),
  ]
}

function inputOf(one: Drawn) {
  const actOf =
    (sleeve: number): Act =>
    (view, out, bar) => {
      const seen = new Set<string>()
      for (const { want, side, size, stop, type, ...own } of one.wishes) {
        if (own.sleeve % one.sleeves !== sleeve || own.bar !== bar || seen.has(want)) continue
        seen.add(want)
        const column = view.universe[0]!
        const limit = (view.slice.close[column]! * (1 - 0.01 * side)) as Price
        const terms =
          type === 'limit'
            ? { terms: { type, force: 'gtc', limit } as const }
            : type === 'close'
              ? { terms: { type, force: 'day' } as const }
              : {}
        const options = { ...terms, ...(stop === 0 ? {} : { protection: { stop } }) }
        if (want === 'enter') out.enter(column, side, 'in', options)
        else if (want === 'exit') out.exit(column, 'out')
        else if (want === 'target') out.target(column, quantity(side * size), 'to', options)
        else out.change(column, quantity(side * size), 'by', options)
      }
    }
  const terms = { ...future, multiplier: 10 }
  const contract = { ...terms, future: { root: instrumentId('ES'), expiry: 20_250_101 as TradeDate } }
  return handRun({
    prices: marketOf(one.seed),
    instruments: { ES: terms, ESH: contract, ESM: contract, ESU: contract },
    actions: actionsOf(one),
    sleeves: Object.fromEntries(
      Array.from({ length: one.sleeves }, (_, sleeve) => [`s${sleeve}`, { capital: 30_000, act: actOf(sleeve) }]),
    ),
    ...(one.thin ? { volume: 7, participationMax: 1 } : {}),
  })
}

/** Futures need the capital of the first day: a loss of a hundredth closes them to the account, once nothing is open. */
function withRouting(one: Drawn): RunInput {
  const input = inputOf(one)
  const brokers = { small: [], large: [] }
  const capital = 30_000 * one.sleeves
  const routing: RoutingTable = {
    brokers,
    upgradeAt: capital,
    downgradeBelow: capital * 0.99,
    lower: { equity: ['small'] },
    upper: { equity: ['small'], future: ['large'] },
  }
  return { ...input, config: { ...input.config, routing } }
}

describe('drawn wishes over rolls', () => {
  it('go on byte for byte wherever the kernel was restored, positions between two contracts and tiers included', () => {
    const alive = nothingAlive()
    let tooSmall = 0
    fc.assert(
      fc.property(drawn, fc.array(fc.nat(999), { minLength: 1, maxLength: 5 }), (one, thousandths) => {
        const input = withRouting(one)
        comparesAll(input, atThousandths(thousandths), alive)
        tooSmall += runBacktest(input).refusals.filter(({ rule }) => rule === 'accountSize').length
      }),
      propertyRuns(70, 3_000),
    )
    for (const kind of ['waiting', 'guards'] as const) expect([kind, alive[kind] > 10]).toEqual([kind, true])
    expect(tooSmall).toBeGreaterThan(5)
  })
  it('keep every book, end every intent, and hold no contract beyond its end nor the chain itself', () => {
    const seen = new Map<string, number>()
    const count = (what: string, times = 1): void => {
      seen.set(what, (seen.get(what) ?? 0) + times)
    }
    fc.assert(
      fc.property(drawn, (one) => {
        const books = bookkeeper()
        runAudited(inputOf(one), books, books.observer)
        expect(books.problems).toEqual([])
        for (const [what, times] of books.seen) count(what, times)
        const result = runBacktest(inputOf(one))
        expect(result.invariants.violated).toEqual([])
        const ends = { ESH: dayOf(ROLLS[0] + 2), ESM: dayOf(ROLLS[1] + 2) } as Record<string, number>
        for (const { instrument, tradeDate, shares } of result.orders) {
          expect(instrument).not.toBe('ES')
          expect(tradeDate).toBeLessThan(ends[instrument] ?? Number.POSITIVE_INFINITY)
          if (shares.some(({ reason }) => reason === 'roll')) count('roll')
        }
        for (const { instrument } of result.positions) expect(instrument).toBe('ESU')
        // What each sleeve's equity gained is what its trades and its open position say.
        for (const sleeve of result.sleeves) {
          const parts = sleeve.realised + sleeve.unrealised + sleeve.financing - sleeve.fees
          expect(sleeve.equity.at(-1)! - 30_000).toBeCloseTo(parts, 4)
        }
      }),
      propertyRuns(150, 5_000),
    )
    for (const what of ['roll', 'fill', 'cross', 'ended', 'flip', 'short', 'ended partial'])
      expect([what, (seen.get(what) ?? 0) > 5]).toEqual([what, true])
  })
})
