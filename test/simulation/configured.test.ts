import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PortfolioConfig } from '../../src/domain/config.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import { withExternal } from '../../src/domain/external.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import { sleeveId } from '../../src/domain/units.ts'
import { createAuditor } from '../../src/engine/invariants.ts'
import { decodeEvent, encodeEvent } from '../../src/engine/journal/codec.ts'
import { configInForce } from '../../src/engine/reconfigure/in-force.ts'
import { refusals } from '../../src/engine/reconfigure/refusals.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { resultOf } from '../../src/engine/records/result-of.ts'
import { give, type Run } from '../../src/engine/run/drive.ts'
import { takeInstant } from '../../src/engine/run/instant.ts'
import { openBooks, type RunInput, startRun } from '../../src/engine/run/run.ts'
import type { KernelState } from '../../src/engine/state.ts'
import { propertyRuns } from '../profile.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { textOf } from './journal.ts'
import { comparesJournal, nothingAlive } from './restarts.ts'

type Change = (before: PortfolioConfig) => PortfolioConfig

interface Played {
  readonly result: RunResult
  readonly events: readonly EngineEvent[]
  readonly bytes: string
  /** Of the kernel just before and just after its configuration was changed. */
  readonly around: readonly KernelState[]
}

/** Plays the portfolio, and changes its configuration after so many instants. */
function played(input: RunInput, instants: number, change: Change | null, then: (run: Run) => void = () => {}): Played {
  const events: EngineEvent[] = []
  const recorder = createRecorder()
  const auditor = createAuditor()
  const observer = {
    ...recorder,
    transferred: (before: number, after: number) => auditor.transferred(before, after),
    reduced: (asked: number, moved: number) => auditor.reducingJudged(asked, moved),
  }
  const listed: Instrument[] = []
  const journal = (event: EngineEvent): void => {
    if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
    events.push(decodeEvent(encodeEvent(event), (index) => listed[index]!.id))
  }
  const run = startRun({ ...input, checks: true, journal }, observer, auditor)
  recorder.attach(run.kernel.runtime)
  openBooks(run, input)
  const around: KernelState[] = []
  const { state } = run.kernel.runtime
  for (let instant = 0; ; instant += 1) {
    if (change !== null && instant === instants) {
      run.kernel.canonical()
      around.push(structuredClone(state))
      const config = configInForce(state.config!, change(state.config!))
      give(run, { kind: 'configured', config, codes: {} })
      around.push(structuredClone(state))
      then(run)
    }
    if (!takeInstant(run)) break
  }
  return { result: resultOf(run, recorder), events, bytes: textOf(run.kernel), around }
}

const NEWCOMER = sleeveId('newcomer')

/** Another title: nothing that anybody decides by. */
const retitled: Change = (config) => ({
  ...config,
  sleeves: config.sleeves.map((sleeve) => ({ ...sleeve, title: `${sleeve.title}, renamed` })),
})

/** Looser limits, other weights, one more sleeve that trades as the first one does. */
const changed: Change = (config) => {
  const [first] = config.sleeves
  const own = config.sleeves.filter(({ id }) => id !== 'external')
  const { drawdown } = config.limits
  return {
    ...config,
    limits: {
      ...config.limits,
      leverageMax: config.limits.leverageMax * 1.5,
      positionsMax: null,
      drawdown: drawdown === null ? null : { ...drawdown, halt: drawdown.halt * 4 },
    },
    sleeves: [
      ...own.map((sleeve) => ({ ...sleeve, limits: { ...sleeve.limits, positionsMax: 3 }, weight: sleeve.weight / 2 })),
      { ...first!, id: NEWCOMER, title: 'Newcomer', weight: 0.2 },
    ],
    ...(config.capitalPlan === undefined ? {} : { capitalPlan: withPlace(config.capitalPlan) }),
  }
}

function withPlace(plan: NonNullable<PortfolioConfig['capitalPlan']>): NonNullable<PortfolioConfig['capitalPlan']> {
  const { allocation } = plan
  const { bounds, records } = allocation
  return {
    ...plan,
    allocation: {
      ...allocation,
      records: [...records, { ...records[0]!, weight: 0.2 }],
      bounds: {
        ...bounds,
        lower: Float64Array.from([...bounds.lower, 0]),
        upper: Float64Array.from([...bounds.upper, 1]),
      },
    },
  }
}

/** The newcomer is dealt its weight. */
function welcome(run: Run): void {
  const command = { kind: 'add', sleeve: NEWCOMER } as const
  give(run, { kind: 'operator', id: 'join', actor: 'test', seen: run.seq, command })
}

/** Sums over all sleeves, each with its sign: quantities by instrument, then money by currency. */
function sums({ books }: KernelState): readonly number[] {
  const added = (values: Float64Array, width: number): number[] =>
    Array.from({ length: width }, (_, column) => {
      let sum = 0
      for (let at = column; at < values.length; at += width) sum += values[at]!
      return sum
    })
  return [
    ...added(books.quantity, books.width),
    ...added(books.cash, books.currencies),
    ...books.accountQuantity,
    ...books.accountCash,
  ]
}

describe('a configuration that changes while a portfolio runs', () => {
  it('changes no book, order or fill where it changes nothing that anybody decides by', () => {
    let orders = 0
    fc.assert(
      fc.property(drawnPortfolio, drawnMoves, fc.nat(40), fc.boolean(), (drawn, moves, at, isSame) => {
        const input = runInputOf(drawn)
        const whole = { ...input, config: withExternal(withMoves(input.config, moves)) }
        const plain = played(whole, at, null)
        const other = played(whole, at, isSame ? (config) => config : retitled)
        expect(Buffer.compare(other.result.canonical, plain.result.canonical)).toBe(0)
        expect(other.result.orders).toEqual(plain.result.orders)
        expect(other.result.capital).toEqual(plain.result.capital)
        expect(other.result.violations).toEqual(plain.result.violations)
        orders += plain.result.orders.length
      }),
      propertyRuns(12, 3_000),
    )
    expect(orders).toBeGreaterThan(20)
  })

  it('keeps every sum, peak and open violation, and every invariant holds before and after', () => {
    const seen = { held: 0, joined: 0, moved: 0 }
    fc.assert(
      fc.property(drawnPortfolio, drawnMoves, fc.integer({ min: 1, max: 30 }), (drawn, moves, at) => {
        // Tight limits and prices that break them.
        const input = runInputOf({ ...drawn, tight: true, wild: true })
        const whole = { ...input, config: withExternal(withMoves(input.config, moves)) }
        const { result, around } = played(whole, at, changed, welcome)
        expect(result.invariants.violated).toEqual([])
        const [before, after] = around
        if (before === undefined || after === undefined) return
        expect(sums(after)).toEqual(sums(before))
        expect(after.violations).toEqual(before.violations)
        expect(after.breaker).toEqual(before.breaker)
        expect(after.watch?.open).toEqual(before.watch?.open)
        expect(after.watch?.peak).toBe(before.watch?.peak)
        expect(after.waiting).toEqual(before.waiting)
        expect(after.working).toEqual(before.working)
        expect(after.guards).toEqual(before.guards)
        expect(after.sleeves.slice(0, -1).map(({ memory }) => memory)).toEqual(
          before.sleeves.map(({ memory }) => memory),
        )
        expect(after.books.quantity.slice(0, before.books.quantity.length)).toEqual(before.books.quantity)
        seen.held += before.books.accountQuantity.some((quantity) => quantity !== 0) ? 1 : 0
        const newcomer = result.sleeves.find(({ id }) => id === NEWCOMER)!
        seen.joined += newcomer.equity.at(-1)! > 0 ? 1 : 0
        seen.moved += result.attribution.some(({ sleeve, kind }) => sleeve === NEWCOMER && kind === 'fill') ? 1 : 0
      }),
      propertyRuns(40, 5_000),
    )
    for (const [what, count] of Object.entries(seen)) expect([what, count > 0]).toEqual([what, true])
  })

  it('goes on byte for byte from a snapshot before it and from one after it', () => {
    const alive = nothingAlive()
    fc.assert(
      fc.property(drawnPortfolio, drawnMoves, fc.integer({ min: 1, max: 20 }), (drawn, moves, at) => {
        const input = runInputOf(drawn)
        const whole = { ...input, config: withExternal(withMoves(input.config, moves)) }
        const { events, bytes } = played(whole, at, changed, welcome)
        const place = events.findIndex(({ kind }, index) => index > 0 && kind === 'configured')
        comparesJournal({ events, bytes }, input.strategies, (_, cut) => cut === place || cut === place + 1, alive)
      }),
      propertyRuns(10, 2_000),
    )
    expect(alive.cuts).toBeGreaterThan(8)
  })

  it('is the same configuration when the same file is read again', () => {
    fc.assert(
      fc.property(drawnPortfolio, drawnMoves, (drawn, moves) => {
        const first = withExternal(withMoves(runInputOf(drawn).config, moves))
        expect(configInForce(first, first)).toBe(first)
        const file = changed(first)
        const once = configInForce(first, file)
        expect(once.sleeves.at(-1)!.id).toBe(NEWCOMER)
        expect(configInForce(once, file)).toBe(once)
        // Taken out again, it keeps its place.
        const without = configInForce(once, first)
        expect(without.sleeves.map(({ id }) => id)).toEqual(once.sleeves.map(({ id }) => id))
        expect(without.sleeves.at(-1)!.removed).toBe(true)
        expect(configInForce(without, first)).toBe(without)
        expect(refusals(once, first)).toEqual([])
        expect(refusals(without, file).map(({ path }) => path)).toEqual(['sleeves.newcomer'])
      }),
      propertyRuns(10, 1_000),
    )
  })
})
