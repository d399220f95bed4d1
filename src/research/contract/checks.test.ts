import { describe, expect, it } from 'vitest'
import type { IntentSink, Strategy, View } from '../../domain/strategy.ts'
import type { Memory } from '../../domain/units.ts'
import { createRandom } from '../../numerics/random.ts'
import { defineStrategy } from '../../pipeline/strategies/define.ts'
import { STRATEGY_CONTRACT } from './checks.ts'

/** What the check whose name begins so says of a strategy. */
function said(check: string, strategy: Strategy): string | null {
  const found = STRATEGY_CONTRACT.filter(({ name }) => name.startsWith(check))
  expect(found).toHaveLength(1)
  return found[0]!.problem(strategy)
}

type Decide = (view: View, out: IntentSink) => Memory

const trading = (decide: Decide): Strategy =>
  defineStrategy({ name: 'planted', parameters: {}, start: () => ({ bar: 0 }), decide: decide as never }) as Strategy

const barOf = (view: View): number => Number(view.memory['bar']) + 1

/** Enters the first instrument now and then, and lets go of it. */
const sound: Decide = (view, out) => {
  const bar = barOf(view)
  const column = view.universe.find((candidate) => !Number.isNaN(view.slice.close[candidate]!))
  if (column !== undefined && bar % 5 === 0) out.enter(column, 1, 'fifth')
  return { bar }
}

/** Sound, and on some bars something more. */
const also = (more: (view: View, out: IntentSink, column: number) => Memory | undefined): Strategy =>
  trading((view, out) => {
    const memory = sound(view, out)
    const column = view.universe.find((candidate) => !Number.isNaN(view.slice.close[candidate]!))
    return (column === undefined || barOf(view) % 5 !== 1 ? undefined : more(view, out, column)) ?? memory
  })

describe('the contract of strategies', () => {
  it('is kept by a sound one', () => {
    expect(STRATEGY_CONTRACT.map(({ name, problem }) => [name, problem(trading(sound))])).toEqual(
      STRATEGY_CONTRACT.map(({ name }) => [name, null]),
    )
  })
  let calls = 0
  const chance = createRandom(7)
  it.each<readonly [string, string, Strategy, RegExp]>([
    [
      'a search range beyond its bounds',
      'has defaults',
      { ...trading(sound), parameters: { p: { kind: 'real', default: 1, min: 0, max: 2, search: [1, 3] } } } as never,
      /^the search range of "p" must lie between 0 and 2, was "3"$/,
    ],
    ['silence', 'wishes something', trading(() => ({})), /^it wished nothing in \d+ bars/],
    [
      'chance',
      'decides the same twice',
      also((_, out, column) => {
        if (chance.uniform() < 0.5) out.exit(column, 'chance')
        return undefined
      }),
      /^bar \d+ decides /,
    ],
    [
      'state outside its memory',
      'keeps nothing outside',
      also((_, out, column) => {
        calls += 1
        if ((calls * 2654435761) % 4294967296 < 1e9) out.exit(column, 'state')
        return undefined
      }),
      /^bar \d+ decides /,
    ],
    [
      'a date to remember',
      'keeps its memory',
      also((view) => ({ bar: barOf(view), at: new Date(0) }) as never),
      /^after bar \d+: memory\.at is a Date/,
    ],
    [
      'too much to remember',
      'keeps its memory',
      also((view) => ({ bar: barOf(view), all: 'x'.repeat(70_000) })),
      /bytes, more than 65536$/,
    ],
    [
      'what a restart forgets',
      'goes on the same after a restart',
      (() => {
        const kept = new WeakSet<object>()
        return also((view, out, column) => {
          if (kept.has(view)) out.exit(column, 'known')
          kept.add(view)
          return undefined
        })
      })(),
      /^bar \d+ decides /,
    ],
    [
      'two wishes for one instrument',
      'wishes once',
      also((_, out, column) => {
        out.exit(column, 'one')
        out.exit(column, 'two')
        return undefined
      }),
      /wishes twice for the instrument in column \d+$/,
    ],
    [
      'half a number',
      'wishes once',
      also((_, out, column) => {
        out.target(column, Number.NaN as never, 'NaN')
        return undefined
      }),
      /wishes for "NaN"/,
    ],
    [
      'no reason',
      'wishes once',
      also((_, out, column) => {
        out.exit(column, '')
        return undefined
      }),
      /wishes without a reason/,
    ],
    [
      'a wish where no bar is',
      'reads nothing',
      trading((view, out) => {
        out.exit(view.universe[0]!, 'blind')
        return {}
      }),
      /^bar 0 wishes for an instrument that has no bar there$/,
    ],
  ])('catches %s', (_, check, strategy, problem) => {
    expect(said(check, strategy)).toMatch(problem)
  })
})
