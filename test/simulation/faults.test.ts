import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IntentSink, View } from '../../src/domain/strategy.ts'
import type { Memory, Price } from '../../src/domain/units.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { resultOf } from '../../src/engine/records/result-of.ts'
import { takeInstant } from '../../src/engine/run/instant.ts'
import { openBooks, type RunInput, runBacktest, startRun } from '../../src/engine/run/run.ts'
import type { Runtime } from '../../src/engine/runtime.ts'
import { withdrawEntries } from '../../src/engine/watch/reduce.ts'
import { sleeveSubject } from '../../src/engine/watch/subjects.ts'
import { propertyRuns } from '../profile.ts'
import { type DrawnPortfolio, drawnPortfolio, runInputOf, scriptOf } from './drawn-portfolio.ts'

/** Every way in which a strategy goes wrong; what it returns goes to the kernel as its answer. */
const FAULTS: Readonly<Record<string, (view: View, out: IntentSink) => unknown>> = {
  'throws an error': () => {
    throw new Error('broken')
  },
  'throws what is no error': () => {
    // oxlint-disable-next-line typescript/only-throw-error -- what a careless strategy may do
    throw 'broken'
  },
  'returns a promise': async () => ({ bar: 1 }),
  'returns nothing': () => undefined,
  'returns text': () => 'done',
  'returns a list': () => [1],
  'remembers more than it may': () => ({ all: 'x'.repeat(70_000) }),
  'remembers what is no data': () => ({ at: new Date(0) }),
  'remembers what is no number': () => ({ price: Number.NaN }),
  'wishes and then throws': (view, out) => {
    out.enter(view.universe[0]!, 1, 'wish')
    out.exit(view.universe[0]!, 'wish')
    throw new Error('broken')
  },
  'asks for NaN units': (view, out) => asks(() => out.target(view.universe[0]!, Number.NaN as never, 'NaN')),
  'asks for half a unit': (view, out) => asks(() => out.change(view.universe[0]!, 0.5 as never, 'half')),
  'asks for more than can be counted': (view, out) =>
    asks(() => out.change(view.universe[0]!, 1e300 as never, 'too many')),
  'asks for no side': (view, out) => asks(() => out.enter(view.universe[0]!, 0 as never, 'no side')),
  'asks for infinite strength': (view, out) =>
    asks(() => out.enter(view.universe[0]!, 1, 'strong', { strength: Number.POSITIVE_INFINITY })),
  'asks for a column that is not there': (_, out) => asks(() => out.exit(999, 'no column')),
  'asks for two targets at once': (view, out) =>
    asks(() => {
      out.target(view.universe[0]!, 0 as never, 'one')
      out.target(view.universe[0]!, 1_000_000 as never, 'other')
    }),
  'names a limit of NaN': (view, out) =>
    asks(() =>
      out.enter(view.universe[0]!, 1, 'limit', {
        terms: { type: 'limit', force: 'day', limit: Number.NaN as Price },
      }),
    ),
  'names an order type that does not exist': (view, out) =>
    asks(() => out.enter(view.universe[0]!, 1, 'type', { terms: { type: 'iceberg' as never, force: 'day' } })),
  'protects by NaN': (view, out) =>
    asks(() => out.enter(view.universe[0]!, 1, 'stop', { protection: { stop: Number.NaN } })),
  'wishes a structure without legs': (view, out) =>
    asks(() => out.openStructure(view.universe[0]!, { legs: [], credit: 1, maximumLoss: 1, reason: 'none' })),
  'wishes a structure of NaN': (view, out) =>
    asks(() =>
      out.openStructure(view.universe[0]!, {
        legs: [{ right: 'put', strike: Number.NaN, expiry: 20_240_119 as never, ratio: -1 }],
        credit: 1,
        maximumLoss: 1,
        reason: 'none',
      }),
    ),
}

function asks(wish: () => void): Memory {
  wish()
  return { bar: 0 }
}

interface Case {
  readonly drawn: DrawnPortfolio
  readonly sleeve: number
  readonly bar: number
  readonly fault: string
}

const faulty: fc.Arbitrary<Case> = fc.record({
  drawn: drawnPortfolio.filter(({ sleeves }) => sleeves > 1),
  sleeve: fc.nat(7),
  bar: fc.nat(5),
  fault: fc.constantFrom(...Object.keys(FAULTS)),
})

function inputWith(
  { drawn, sleeve, bar }: Case,
  deviation: (view: View, out: IntentSink) => unknown,
): { readonly input: RunInput; readonly ordinal: number } {
  const base = runInputOf(drawn)
  const ordinal = sleeve % drawn.sleeves
  const config = {
    ...base.config,
    sleeves: base.config.sleeves.map((one) => ({ ...one, onFault: 'hold' as const })),
  }
  const strategies = base.strategies.map((strategy, at) =>
    at === ordinal
      ? scriptOf(drawn, ordinal, (now, view, out) => (now < bar ? null : { answer: deviation(view, out) }))
      : strategy,
  )
  return { input: { ...base, config, strategies }, ordinal }
}

/** The same portfolio with a sleeve that, on the bar of the fault, takes its entries back and wishes nothing from then on. */
function withoutWishes(one: Case): RunResult {
  let runtime: Runtime | null = null
  const { input, ordinal } = inputWith(one, (view) => {
    const { bar } = view.memory as { readonly bar: number }
    if (bar === one.bar) withdrawEntries(runtime!, sleeveSubject(ordinal), { rule: 'paused', rolls: 'stay' })
    return { bar: bar + 1 }
  })
  const recorder = createRecorder()
  const run = startRun(input, recorder, null)
  runtime = run.kernel.runtime
  recorder.attach(runtime)
  openBooks(run, input)
  while (takeInstant(run)) {}
  return resultOf(run, recorder)
}

/** All that the other sleeves decided, were filled, and own. */
function others(result: RunResult, ordinal: number): unknown {
  const own = result.config.sleeves[ordinal]!.id
  return {
    attribution: result.attribution.filter(({ sleeve }) => sleeve !== own),
    refusals: result.refusals.filter(({ sleeve }) => sleeve !== own),
    trades: result.trades.filter(({ sleeve }) => sleeve !== own),
    positions: result.positions.filter(({ sleeve }) => sleeve !== own),
    sleeves: result.sleeves.filter(({ id }) => id !== own),
    orders: result.orders,
  }
}

describe('a faulty sleeve', () => {
  it('invariant 12: it is paused, and the others decide, fill and own what they would without its wishes', () => {
    const met = new Set<string>()
    fc.assert(
      fc.property(faulty, (one) => {
        const { input, ordinal } = inputWith(one, FAULTS[one.fault]!)
        const broken = runBacktest(input)
        const reference = withoutWishes(one)
        expect(others(broken, ordinal)).toEqual(others(reference, ordinal))
        expect(broken.invariants.violated).toEqual([])
        const bars = reference.sleeves[ordinal]!.equity.length
        const { paused } = broken.sleeves[ordinal]!
        if (paused !== null) met.add(one.fault)
        else expect(bars).toBeLessThanOrEqual(one.bar)
      }),
      propertyRuns(300, 5_000),
    )
    expect([...met].sort()).toEqual(Object.keys(FAULTS).sort())
  })

  it('takes no new position afterwards, and what it holds stays under its protections', () => {
    fc.assert(
      fc.property(faulty, (one) => {
        const { input, ordinal } = inputWith(one, FAULTS['throws an error']!)
        const result = runBacktest(input)
        const { paused } = result.sleeves[ordinal]!
        if (paused === null) return
        const own = result.config.sleeves[ordinal]!.id
        const sizes = new Map<string, number>()
        for (const { sleeve, instrument, kind, quantity, at } of result.attribution) {
          if (sleeve !== own || (kind !== 'fill' && kind !== 'cross')) continue
          const before = sizes.get(instrument) ?? 0
          sizes.set(instrument, before + quantity)
          const waitedSince = result.orders.find((order) => order.at === at)?.at ?? at
          const days = (waitedSince - paused.at) / 86_400_000
          // What rests for several sleeves may still fill; ten days later nothing of it is left.
          if (days > 11) expect(Math.abs(before + quantity)).toBeLessThanOrEqual(Math.abs(before))
        }
      }),
      propertyRuns(100, 1_000),
    )
  })

  it('with `on_fault: flatten` ends flat where its markets trade', () => {
    fc.assert(
      fc.property(faulty, (one) => {
        const { input, ordinal } = inputWith(one, FAULTS['throws an error']!)
        const config = {
          ...input.config,
          sleeves: input.config.sleeves.map((sleeve) => ({ ...sleeve, onFault: 'flatten' as const })),
          costs: { equity: { ...input.config.costs.equity!, participationMax: null } },
        }
        const result = runBacktest({ ...input, config })
        const { paused } = result.sleeves[ordinal]!
        const bars = result.days.length
        const faultDay = paused === null ? -1 : result.days.indexOf(paused.tradeDate)
        if (paused === null || faultDay < 0 || faultDay + 2 >= bars) return
        const open = result.positions.filter(({ sleeve }) => sleeve === config.sleeves[ordinal]!.id)
        const tradable = open.filter(({ instrument }) => instrument.startsWith('fraction'))
        expect(tradable.map(({ instrument }) => instrument)).toEqual([])
      }),
      propertyRuns(150, 1_000),
    )
  })
})
