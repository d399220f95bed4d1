import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApprovalRules } from '../../src/domain/approvals.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import { GATES, type MeasuredGate } from '../../src/domain/gates.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { OrderId, Quantity } from '../../src/domain/units.ts'
import { shutGates } from '../../src/engine/gates/gates.ts'
import { decodeEvent, encodeEvent } from '../../src/engine/journal/codec.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { type GatedRun, gatedRun } from '../fixtures/gated-run.ts'
import { propertyRuns } from '../profile.ts'
import { type DrawnPortfolio, type DrawnWish, drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { textOf } from './journal.ts'
import { atThousandths, comparesJournal, nothingAlive } from './restarts.ts'

/*
 * Drawn portfolios on the simulated exchange, into which gates, an operator and doubtful orders speak at drawn moments.
 * What was sent is compared with gates kept by the test itself.
 */

const MEASURED = GATES.filter((gate): gate is MeasuredGate => gate !== 'alive' && gate !== 'unknown')

type Word =
  | { readonly kind: 'gate'; readonly gate: MeasuredGate; readonly isOpen: boolean; readonly place: number | null }
  | { readonly kind: 'kill' | 'revive' | 'reducing' | 'active' }
  | { readonly kind: 'flatten' | 'resume'; readonly place: number | null }
  /** Of the orders that work, or of those that are unknown. */
  | { readonly kind: 'unknown' | 'known'; readonly place: number }
  | { readonly kind: 'approve' | 'reduce' | 'reject'; readonly place: number }

const place = fc.nat(7)
const anyPlace = fc.option(place, { freq: 2 })
const word: fc.Arbitrary<Word> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('gate' as const),
      gate: fc.constantFrom(...MEASURED),
      isOpen: fc.boolean(),
      place: anyPlace,
    }),
  },
  fc.record({ kind: fc.constantFrom('kill' as const, 'revive', 'revive', 'reducing', 'active', 'active') }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('flatten' as const, 'flatten', 'resume'), place: anyPlace }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('unknown' as const, 'unknown', 'known'), place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('approve' as const, 'reduce', 'reject'), place }) },
)

interface Said {
  /** Thousandths of the run's opens and closes. */
  readonly at: number
  readonly word: Word
}

const NOBODY: ApprovalRules = { all: false, above: null, stages: [], sleeves: [], expiresAfter: { bars: 2 } }

interface Drawn {
  readonly portfolio: DrawnPortfolio
  readonly said: readonly Said[]
  readonly approvals: ApprovalRules
}

/** Bids below and offers above the market, which rest for long enough to be doubted. */
const restingWish: fc.Arbitrary<DrawnWish> = fc
  .record({ sleeve: place, bar: fc.nat(7), column: fc.nat(3), size: fc.constantFrom(1, 2, 5) })
  .map((one) => ({
    ...one,
    want: 'change',
    side: 1,
    type: 'limit',
    force: 'gtc',
    offset: -60,
    protection: null,
    mirror: null,
  }))

const portfolio = fc
  .tuple(drawnPortfolio, fc.array(restingWish, { minLength: 1, maxLength: 6 }))
  .map(([one, resting]): DrawnPortfolio => ({ ...one, wishes: [...one.wishes, ...resting] }))

const drawn: fc.Arbitrary<Drawn> = fc.record({
  portfolio,
  said: fc.array(fc.record({ at: fc.nat(999), word }), { minLength: 1, maxLength: 24 }),
  approvals: fc.constantFrom<ApprovalRules>(
    NOBODY,
    { ...NOBODY, all: true },
    { ...NOBODY, all: true, expiresAfter: { minutes: 600 } },
    { ...NOBODY, above: 500 },
  ),
})

function inputOf({ portfolio, approvals }: Drawn): RunInput {
  const input = runInputOf(portfolio)
  return { ...input, config: { ...input.config, approvals } }
}

/** Gates as the words say that they stand, kept apart from the kernel. */
interface Model {
  readonly shut: Set<string>
  isKilled: boolean
}

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)]

/** Numbers of the orders that are at the broker. */
function live({ run }: GatedRun): readonly number[] {
  const { state, batch, rowEnded } = run.kernel.runtime
  const fresh = Array.from({ length: batch.count }, (_, row) => (rowEnded[row] === 0 ? batch.id[row]! : 0))
  return [...state.working.map(({ id }) => id), ...fresh.filter((id) => id > 0)]
}

function speak(gated: GatedRun, model: Model, said: Word): void {
  const { state, sleeves } = gated.run.kernel.runtime
  switch (said.kind) {
    case 'gate': {
      const instrument = said.place === null ? null : at(state.instruments, said.place)!.id
      const name = `${said.gate} ${instrument ?? ''}`
      if (said.isOpen) model.shut.delete(name)
      else model.shut.add(name)
      gated.gate(said.gate, said.isOpen, instrument ?? undefined)
      return
    }
    case 'kill':
      model.isKilled = true
      gated.order({ kind: 'kill', reason: 'drawn' })
      return
    case 'revive':
      model.isKilled = false
      gated.order({ kind: 'revive' })
      return
    case 'reducing':
    case 'active':
      gated.say({ kind: 'mode', mode: said.kind, reason: 'drawn' })
      return
    case 'flatten':
      gated.order({
        kind: 'flatten',
        sleeve: said.place === null ? null : at(sleeves, said.place)!.config.id,
        reason: 'drawn',
      })
      return
    case 'resume':
      for (const { config, ordinal } of sleeves)
        if (said.place === null || said.place % sleeves.length === ordinal)
          gated.order({ kind: 'resume', sleeve: config.id })
      return
    case 'unknown': {
      const order = at(live(gated), said.place)
      if (order !== undefined)
        gated.say({ kind: 'order', order: order as OrderId, state: 'unknown', evidence: 'drawn' })
      return
    }
    case 'known': {
      const order = at(state.gates?.unknown ?? [], said.place)
      if (order !== undefined)
        gated.say({ kind: 'order', order: order.order as OrderId, state: 'working', evidence: '' })
      return
    }
    default: {
      const asked = at(state.approvals ?? [], said.place)
      if (asked === undefined) return
      const half = Math.floor(Math.abs(asked.quantity) / 2) as Quantity
      gated.order({
        kind: 'approve',
        id: asked.intent as never,
        decision: said.kind,
        ...(said.kind === 'reduce' ? { quantity: half } : {}),
      })
    }
  }
}

/** Orders that left in the last instant though the model's gates, or an order still unknown, forbid it. */
function strays(gated: GatedRun, model: Model, flattening: boolean): string[] {
  const unknown = gated.run.kernel.runtime.state.gates?.unknown ?? []
  const { instruments } = gated.run.kernel.runtime.state
  return gated.sent().flatMap(({ order, instrument }) => {
    const index = instruments.find(({ id }) => id === instrument)!.index
    const wrong = [...model.shut].filter(
      (name) => (name.endsWith(' ') || name.endsWith(` ${instrument}`)) && !(flattening && name.startsWith('armed ')),
    )
    if (model.isKilled && !flattening) wrong.push('alive')
    if (unknown.some((one) => one.order !== order && one.instruments.includes(index))) wrong.push('unknown')
    return wrong.map((name) => `order ${order} of ${instrument} left while ${name} was shut`)
  })
}

interface Seen {
  held: number
  sent: number
  unknown: number
  flattened: number
  readonly approvals: Map<string, number>
}

const nothingSeen = (): Seen => ({ held: 0, sent: 0, unknown: 0, flattened: 0, approvals: new Map() })

/** Plays a drawn run with what is said in it; in its last third everything is open again. */
function play(one: Drawn, seen: Seen) {
  const events: EngineEvent[] = []
  const listed: Instrument[] = []
  const input = inputOf(one)
  const gated = gatedRun({
    ...input,
    journal: (event) => {
      if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
      events.push(decodeEvent(encodeEvent(event), (index) => listed[index]!.id))
    },
  })
  const { runtime } = gated.run.kernel
  const model: Model = { shut: new Set(), isKilled: false }
  const instants = new Set(input.market.blocks.flatMap(({ opens, closes }) => [...opens, ...closes])).size
  const last = Math.floor((instants * 2) / 3)
  const problems: string[] = []
  for (let instant = 0; instant === 0 || gated.next(); instant += 1) {
    const flattening = runtime.state.flattening !== undefined
    problems.push(...strays(gated, model, flattening))
    if (runtime.state.gates !== undefined && runtime.state.waiting.length > 0) seen.held += 1
    for (const { at: part, word: said } of one.said)
      if (Math.floor((part * last) / 1_000) === instant) speak(gated, model, said)
    if (instant === last) openAll(gated, model)
    seen.sent += runtime.batch.count
    seen.unknown += runtime.state.gates?.unknown.length ?? 0
    seen.flattened += runtime.state.flattening?.length ?? 0
    for (const { state } of gated.approvals()) seen.approvals.set(state, (seen.approvals.get(state) ?? 0) + 1)
  }
  return { gated, problems, events, input }
}

function openAll(gated: GatedRun, model: Model): void {
  for (const name of model.shut) {
    const [gate, instrument] = name.split(' ')
    speak(gated, model, {
      kind: 'gate',
      gate: gate as MeasuredGate,
      isOpen: true,
      place:
        instrument === '' ? null : gated.run.kernel.runtime.state.instruments.findIndex(({ id }) => id === instrument),
    })
  }
  while ((gated.run.kernel.runtime.state.gates?.unknown.length ?? 0) > 0)
    speak(gated, model, { kind: 'known', place: 0 })
  for (const kind of ['revive', 'active'] as const) speak(gated, model, { kind })
  speak(gated, model, { kind: 'resume', place: null })
}

describe('gates that open and shut at drawn moments', () => {
  it('invariants 8 and 10: nothing is sent or crossed while a gate is shut, no intent twice; books balance, intents end', () => {
    const seen = nothingSeen()
    const counts = { 8: 0, 10: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const { gated, problems } = play(one, seen)
        expect([...problems, ...gated.problems()]).toEqual([])
        expect(shutGates(gated.run.kernel.runtime)).toEqual([])
        expect(gated.run.kernel.runtime.state.gates).toBeUndefined()
        counts[8] += gated.counts['8']
        counts[10] += gated.counts['10']
      }),
      propertyRuns(150, 10_000),
    )
    expect(counts[8]).toBeGreaterThan(10_000)
    expect(counts[10]).toBe(counts[8])
    for (const kind of ['held', 'sent', 'unknown', 'flattened'] as const)
      expect([kind, seen[kind] > 15]).toEqual([kind, true])
    for (const state of ['asked', 'approved', 'reduced', 'rejected', 'expired', 'withdrawn'])
      expect([state, (seen.approvals.get(state) ?? 0) > 5]).toEqual([state, true])
  })

  it('invariant 11: a kernel restored in between goes on byte for byte', () => {
    const alive = nothingAlive()
    fc.assert(
      fc.property(drawn, fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }), (one, thousandths) => {
        const { gated, events, input } = play(one, nothingSeen())
        const journal = { events, bytes: textOf(gated.run.kernel) }
        comparesJournal(journal, input.strategies, atThousandths(thousandths), alive)
      }),
      propertyRuns(60, 5_000),
    )
    expect([alive.cuts > 120, alive.waiting > 50]).toEqual([true, true])
  })
})
