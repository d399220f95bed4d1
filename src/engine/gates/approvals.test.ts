import { describe, expect, it } from 'vitest'
import { type GatedRun, gatedRun, wait } from '../../../test/fixtures/gated-run.ts'
import { type Act, type HandBar, type HandRun, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import { textOf } from '../../../test/simulation/journal.ts'
import { restored } from '../../../test/simulation/restarts.ts'
import type { ApprovalDecision, ApprovalRules } from '../../domain/approvals.ts'
import type { Command } from '../../domain/events.ts'
import { type Instant, type IntentId, type Price, type Quantity, quantity, sleeveId } from '../../domain/units.ts'
import { runBacktest } from '../run/run.ts'

const shares = (count: number): Quantity => quantity(count * SHARE)
const flat = (bars: number, price = 100): HandBar[] => Array.from({ length: bars }, () => ({ open: price }))

/** Wants so many shares of the first instrument on some bars. */
const holds =
  (wanted: Readonly<Record<number, number>>): Act =>
  (_, out, bar) => {
    const count = wanted[bar]
    if (count !== undefined) out.target(0, shares(count), 'own')
  }

const ALL: ApprovalRules = { all: true, above: null, stages: [], sleeves: [], expiresAfter: { bars: 3 } }
const NONE: ApprovalRules = { ...ALL, all: false }

function inputOf(rules: ApprovalRules, sleeves: Readonly<Record<string, Act>>, given: Partial<HandRun> = {}) {
  const input = handRun({
    prices: { A: flat(40), B: flat(40) },
    sleeves: Object.fromEntries(Object.entries(sleeves).map(([id, act]) => [id, { capital: 100_000, act }])),
    ...given,
  })
  return { ...input, config: { ...input.config, approvals: rules } }
}

const runOf = (rules: ApprovalRules, sleeves: Readonly<Record<string, Act>>, given: Partial<HandRun> = {}): GatedRun =>
  gatedRun(inputOf(rules, sleeves, given))

const days = (gated: GatedRun, count: number): void => gated.take(2 * count)
const ends = (gated: GatedRun): unknown[] =>
  gated.refused().map(({ sleeve, end, rule, wanted, allowed }) => [sleeve, end, rule, wanted, allowed])
const told = (gated: GatedRun): unknown[] =>
  gated
    .approvals()
    .map(({ sleeve, state, quantity: asked, allowed }) => [sleeve, state, asked / SHARE, allowed / SHARE])

function answer(gated: GatedRun, id: number, decision: ApprovalDecision, count?: number): readonly Command[] {
  const size = count === undefined ? {} : { quantity: quantity(count * SHARE) }
  return gated.order({ kind: 'approve', id: id as IntentId, decision, ...size })
}

describe('an entry that needs an approval', () => {
  it('waits with its units reserved until it is approved, and then acts at the next auction', () => {
    const gated = runOf(ALL, { one: holds({ 0: 10, 1: 10 }) })
    days(gated, 2)
    const asked = gated.approvals()
    expect(asked).toEqual([
      {
        id: 1,
        sleeve: 'one',
        instrument: 'A',
        label: 'A',
        quantity: 10 * SHARE,
        value: asked[0]!.value,
        reason: 'own',
        askedAt: asked[0]!.askedAt,
        expires: null,
        bars: 3,
        state: 'asked',
        allowed: 0,
        changedAt: asked[0]!.askedAt,
      },
    ])
    expect(asked[0]!.value).toBeCloseTo(1_000, 9)
    // Asked again for the same target, the strategy does not double.
    expect([gated.sent(), gated.reserved(0, 0), gated.held(0, 0)]).toEqual([[], [10, 0], 0])
    const commands = answer(gated, 1, 'approve')
    expect(commands.map(({ kind }) => kind)).toEqual(['approval'])
    gated.next()
    expect([gated.held(0, 0), gated.reserved(0, 0), told(gated)]).toEqual([10, [0, 0], [['one', 'approved', 10, 10]]])
    expect(gated.run.kernel.runtime.state.approvals).toBeUndefined()
    expect(gated.problems()).toEqual([])
  })

  it('is asked about from the stated moment on; what was entered before is history that nobody can answer about', () => {
    const wishes = { one: holds({ 0: 10, 3: 20 }) }
    const plain = runOf(NONE, wishes)
    days(plain, 4)
    const gated = runOf({ ...ALL, from: plain.run.kernel.runtime.state.at as Instant }, wishes)
    days(gated, 4)
    expect([gated.held(0, 0), told(gated)]).toEqual([10, [['one', 'asked', 10, 0]]])
    expect(gated.problems()).toEqual([])
  })

  it('may be reduced, which ends the rest by name and frees it', () => {
    const gated = runOf(ALL, { one: holds({ 0: -10 }) })
    days(gated, 1)
    gated.approvals()
    for (const count of [0, 10, 11, 2.5, undefined])
      expect(answer(gated, 1, 'reduce', count)).toEqual([
        {
          kind: 'declined',
          command: {
            kind: 'approve',
            id: 1,
            decision: 'reduce',
            ...(count === undefined ? {} : { quantity: count * SHARE }),
          },
          reason: `entry 1 asks for 10000000 units: name a smaller quantity in whole steps of 1000000, was "${count === undefined ? count : count * SHARE}"`,
        },
      ])
    answer(gated, 1, 'reduce', 4)
    expect([gated.reserved(0, 0), ends(gated), told(gated)]).toEqual([
      [0, 4],
      [['one', 'trimmed', 'approval', -10, -4]],
      [['one', 'reduced', -10, -4]],
    ])
    gated.next()
    expect(gated.held(0, 0)).toBe(-4)
    expect(gated.problems()).toEqual([])
  })

  it('ends by name when it is rejected, and a second word is declined', () => {
    const gated = runOf(ALL, { one: holds({ 0: 10 }) })
    days(gated, 1)
    answer(gated, 1, 'reject')
    expect([ends(gated), told(gated).at(-1), gated.reserved(0, 0)]).toEqual([
      [['one', 'refused', 'approval', 10, 0]],
      ['one', 'rejected', 10, 0],
      [0, 0],
    ])
    expect(answer(gated, 1, 'approve')).toMatchObject([
      { kind: 'declined', reason: 'no entry 1 waits for an approval' },
    ])
    days(gated, 2)
    expect(gated.held(0, 0)).toBe(0)
    expect(gated.problems()).toEqual([])
  })

  it('is rejected by silence: after bars of the sleeve’s clock, before it decides anew', () => {
    const gated = runOf(ALL, { one: holds({ 0: 10, 3: 8 }) })
    days(gated, 3)
    expect(told(gated)).toEqual([['one', 'asked', 10, 0]])
    days(gated, 1)
    expect([ends(gated), told(gated)]).toEqual([
      [['one', 'refused', 'approval', 10, 0]],
      [
        ['one', 'expired', 10, 0],
        ['one', 'asked', 8, 0],
      ],
    ])
    expect(gated.reserved(0, 0)).toEqual([8, 0])
    expect(gated.problems()).toEqual([])
  })

  it('is rejected by silence: after minutes, and an answer that comes later is too late', () => {
    const gated = runOf({ ...ALL, expiresAfter: { minutes: 30 } }, { one: holds({ 0: 10 }) })
    days(gated, 1)
    expect(gated.approvals()).toMatchObject([{ bars: null, expires: gated.run.at + 30 * 60_000 }])
    wait(gated, 29)
    gated.gate('fresh', true)
    expect(gated.reserved(0, 0)).toEqual([10, 0])
    wait(gated, 1)
    expect(answer(gated, 1, 'approve').map(({ kind }) => kind)).toEqual(['approval', 'declined'])
    expect([told(gated), gated.reserved(0, 0)]).toEqual([[['one', 'expired', 10, 0]], [0, 0]])
  })

  it('is taken back where the strategy leaves, a fault or the operator pauses the sleeve, or the account is killed', () => {
    const withdrawn = (act: Act, then: (gated: GatedRun) => void): void => {
      const gated = runOf(ALL, { one: act })
      days(gated, 1)
      gated.approvals()
      then(gated)
      expect([told(gated), gated.reserved(0, 0)]).toEqual([[['one', 'withdrawn', 10, 0]], [0, 0]])
      expect(gated.run.kernel.runtime.state.approvals).toBeUndefined()
      expect(gated.problems()).toEqual([])
    }
    withdrawn(holds({ 0: 10, 1: 0 }), (gated) => days(gated, 1))
    withdrawn(
      (_, out, bar) => {
        if (bar === 1) throw new Error('bad day')
        out.target(0, shares(10), 'own')
      },
      (gated) => days(gated, 1),
    )
    withdrawn(holds({ 0: 10 }), (gated) => gated.order({ kind: 'pause', sleeve: sleeveId('one') }))
    withdrawn(holds({ 0: 10 }), (gated) => gated.order({ kind: 'kill', reason: 'x' }))
    withdrawn(holds({ 0: 10 }), (gated) => gated.say({ kind: 'mode', mode: 'reducing', reason: 'x' }))
    withdrawn(holds({ 0: 10 }), (gated) => gated.order({ kind: 'flatten', sleeve: sleeveId('one'), reason: 'x' }))
  })

  it('takes room from the entries that come after it', () => {
    const gated = runOf(ALL, { one: holds({ 0: 600 }), two: holds({ 1: 600 }) }, { limits: { positionWeightMax: 0.5 } })
    days(gated, 2)
    expect(told(gated)).toEqual([
      ['one', 'asked', 600, 0],
      ['two', 'asked', 400, 0],
    ])
  })

  it('is asked about by worth, by sleeve, and never where it only shrinks a position', () => {
    const acts = { one: holds({ 0: 10, 2: 4, 4: -3 }), two: holds({ 0: 20 }) }
    const byWorth = runOf({ ...NONE, above: 1_000 }, acts)
    days(byWorth, 4)
    expect(told(byWorth)).toEqual([
      ['two', 'asked', 20, 0],
      ['two', 'expired', 20, 0],
    ])
    expect(byWorth.held(0, 0)).toBe(4)
    const bySleeve = runOf({ ...NONE, sleeves: [sleeveId('one')] }, acts)
    days(bySleeve, 1)
    answer(bySleeve, 1, 'approve')
    days(bySleeve, 5)
    expect(told(bySleeve)).toEqual([
      ['one', 'asked', 10, 0],
      ['one', 'approved', 10, 10],
      // What turns around closes at once; the new side is asked about.
      ['one', 'asked', -3, 0],
    ])
    expect([bySleeve.held(0, 0), bySleeve.held(1, 0)]).toEqual([0, 20])
    expect(bySleeve.problems()).toEqual([])
  })

  it('keeps its terms, follows a split and is in every snapshot', () => {
    const limit = { type: 'limit', force: 'gtc', limit: 90 as Price } as const
    const acts: Record<string, Act> = {
      one: (_, out, bar) => void (bar === 0 && out.target(0, shares(10), 'own', { terms: limit })),
    }
    const gated = runOf(ALL, acts)
    days(gated, 1)
    const input = inputOf(ALL, acts)
    const twin = restored(gated.run.kernel, input.strategies)
    answer(gated, 1, 'approve')
    expect(gated.sent()).toEqual([])
    twin.apply({
      seq: gated.run.seq - 1,
      at: gated.run.at,
      kind: 'operator',
      id: 'x',
      actor: 'ann',
      seen: 0,
      command: { kind: 'approve', id: 1 as IntentId, decision: 'approve' },
    })
    expect(textOf(twin)).toBe(textOf(gated.run.kernel))
    gated.next()
    expect(gated.sent()).toMatchObject([{ quantity: 10, type: 'limit' }])
  })
})

describe('a backtest', () => {
  it('asks nobody, lets entries pass and says so', () => {
    const plain = inputOf(ALL, { one: holds({ 0: 10 }) })
    const { approvals: _, ...config } = plain.config
    const [asked, unasked] = [runBacktest(plain), runBacktest({ ...plain, config })]
    expect(asked.notes.filter((note) => !unasked.notes.includes(note))).toEqual([
      'approvals are not asked for in a backtest: every entry that the limits allow passes',
    ])
    expect(asked.orders.length).toBe(1)
    expect([asked.orders, asked.attribution, asked.refusals]).toEqual([
      unasked.orders,
      unasked.attribution,
      unasked.refusals,
    ])
  })
})
