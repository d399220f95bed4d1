import { describe, expect, it } from 'vitest'
import { type GatedRun, gatedRun } from '../../../test/fixtures/gated-run.ts'
import { type Act, type HandBar, type HandRun, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import { type Price, quantity, sleeveId } from '../../domain/units.ts'
import { shutGates } from './gates.ts'
import { stopOf } from './leaving.ts'

const shares = (count: number) => quantity(count * SHARE)
const flat = (bars: number, price = 100): HandBar[] => Array.from({ length: bars }, () => ({ open: price }))

/** Wants so many shares of the first instrument on some bars. */
const holds =
  (wanted: Readonly<Record<number, number>>): Act =>
  (_, out, bar) => {
    const count = wanted[bar]
    if (count !== undefined) out.target(0, shares(count), 'own')
  }

const GTC_LOW = { type: 'limit', force: 'gtc', limit: 90 as Price } as const
const GTC_HIGH = { type: 'limit', force: 'gtc', limit: 150 as Price } as const

function runOf(sleeves: Readonly<Record<string, Act>>, given: Partial<HandRun> = {}): GatedRun {
  return gatedRun(
    handRun({
      prices: { A: flat(40), B: flat(40) },
      sleeves: Object.fromEntries(Object.entries(sleeves).map(([id, act]) => [id, { capital: 100_000, act }])),
      ...given,
    }),
  )
}

const days = (gated: GatedRun, count: number): void => gated.take(2 * count)
const ends = (gated: GatedRun): unknown[] =>
  gated.refused().map(({ sleeve, instrument, end, rule }) => [sleeve, instrument, end, rule])

describe('kill', () => {
  /** Holds A and offers it high, bids for B low, and wants more of A at the next auction. */
  const busy: Act = (_, out, bar) => {
    if (bar === 0) out.target(0, shares(10), 'own')
    if (bar === 1) {
      out.change(0, shares(-4), 'high', { terms: GTC_HIGH })
      out.change(1, shares(5), 'low', { terms: GTC_LOW })
    }
    if (bar === 2) out.change(0, shares(3), 'more')
    if (bar >= 3 && bar < 6) out.target(0, shares(20), 'again')
  }

  it('asks every working order back, exits too, withdraws entries that wait and refuses new ones until it is revived', () => {
    const gated = runOf({ one: busy })
    days(gated, 3)
    const resting = gated.sent().filter((one) => one.type === 'limit')
    expect(resting.length).toBe(2)
    gated.order({ kind: 'kill', reason: 'fat finger' })
    expect([...gated.cancelled()].sort((one, other) => one - other)).toEqual(resting.map((one) => one.order))
    expect(ends(gated)).toEqual([
      ['one', 'A', 'cancelled', 'killed'],
      ['one', 'B', 'cancelled', 'cancelled on request'],
      ['one', 'A', 'cancelled', 'cancelled on request'],
    ])
    expect(shutGates(gated.run.kernel.runtime)).toMatchObject([
      { gate: 'alive', instrument: null, reason: 'fat finger' },
    ])
    days(gated, 2)
    expect([gated.sent(), ends(gated)]).toEqual([
      [],
      [
        ['one', 'A', 'refused', 'killed'],
        ['one', 'A', 'refused', 'killed'],
      ],
    ])
    gated.order({ kind: 'revive' })
    days(gated, 2)
    expect([gated.held(0, 0), gated.held(0, 1)]).toEqual([20, 0])
    expect(gated.problems()).toEqual([])
  })

  it('is latched: no gate event and no restart of its reason opens it, and reviving twice is declined', () => {
    const gated = runOf({ one: busy })
    days(gated, 1)
    gated.order({ kind: 'kill', reason: 'first' })
    gated.order({ kind: 'kill', reason: 'second' })
    gated.gate('armed', true)
    expect(shutGates(gated.run.kernel.runtime)).toMatchObject([{ gate: 'alive', reason: 'second' }])
    expect(gated.order({ kind: 'revive' })).toEqual([])
    expect(gated.order({ kind: 'revive' })).toEqual([
      { kind: 'declined', command: { kind: 'revive' }, reason: 'the account is not killed' },
    ])
  })

  it('lets an exit that waits go on waiting', () => {
    const gated = runOf({ one: holds({ 0: 10, 1: 0 }) })
    days(gated, 2)
    gated.order({ kind: 'kill', reason: 'x' })
    days(gated, 2)
    expect([gated.held(0, 0), gated.reserved(0, 0)]).toEqual([10, [0, 10]])
    gated.order({ kind: 'revive' })
    gated.next()
    expect(gated.held(0, 0)).toBe(0)
  })
})

describe('an account that only reduces', () => {
  it('refuses entries by that name, takes back those that wait or rest, and lets exits pass', () => {
    const gated = runOf({
      one: (_, out, bar) => {
        if (bar === 0) out.target(0, shares(10), 'own')
        if (bar === 0) out.change(1, shares(5), 'low', { terms: GTC_LOW })
        if (bar === 1) out.target(1, shares(5), 'more')
        if (bar === 2) out.target(0, shares(4), 'less')
        if (bar === 3) out.target(0, shares(-4), 'turn')
        if (bar === 5) out.target(0, shares(9), 'again')
      },
    })
    days(gated, 2)
    gated.say({ kind: 'mode', mode: 'reducing', reason: 'broker: trading is restricted' })
    expect(ends(gated)).toEqual([['one', 'B', 'cancelled', 'cancelled on request']])
    expect(gated.run.kernel.runtime.state.gates).toMatchObject({ mode: 'reducing', modeSince: gated.run.at })
    days(gated, 3)
    expect([gated.held(0, 0), ends(gated)]).toEqual([0, [['one', 'A', 'refused', 'reducing']]])
    gated.say({ kind: 'mode', mode: 'active', reason: '' })
    expect(gated.run.kernel.runtime.state.gates).toBeUndefined()
    days(gated, 2)
    expect(gated.held(0, 0)).toBe(9)
    expect(gated.problems()).toEqual([])
  })
})

describe('flatten', () => {
  const flatten = (gated: GatedRun, sleeve: string | null): void => {
    gated.order({ kind: 'flatten', sleeve: sleeve === null ? null : sleeveId(sleeve), reason: 'leave' })
  }

  it('closes a sleeve at the next auction though the account is killed and not armed, and keeps it out until resumed', () => {
    const gated = runOf({ one: holds({ 0: 10, 4: 8, 5: 8, 9: 6 }), two: holds({ 0: 7 }) })
    days(gated, 2)
    gated.order({ kind: 'kill', reason: 'x' })
    gated.gate('armed', false)
    gated.sent()
    flatten(gated, 'one')
    gated.next()
    expect(gated.sent().map((one) => [one.quantity, one.type])).toEqual([[-10, 'market']])
    expect([gated.held(0, 0), gated.held(1, 0)]).toEqual([0, 7])
    gated.next()
    expect(gated.run.kernel.runtime.state.flattening).toBeUndefined()
    gated.order({ kind: 'revive' })
    gated.gate('armed', true)
    gated.refused()
    days(gated, 4)
    expect([gated.held(0, 0), ends(gated)]).toEqual([
      0,
      [
        ['one', 'A', 'refused', 'paused'],
        ['one', 'A', 'refused', 'paused'],
      ],
    ])
    gated.order({ kind: 'resume', sleeve: sleeveId('one') })
    days(gated, 4)
    expect(gated.held(0, 0)).toBe(6)
    expect(gated.problems()).toEqual([])
  })

  it('of all sleeves crosses what they hold against each other, and takes prices that rest out of the way', () => {
    const gated = runOf({
      one: (_, out, bar) => {
        if (bar === 0) out.target(0, shares(10), 'own')
        if (bar === 1) out.change(0, shares(-10), 'high', { terms: GTC_HIGH })
      },
      two: holds({ 0: -4 }),
    })
    days(gated, 2)
    gated.next()
    expect(gated.reserved(0, 0)).toEqual([0, 10])
    gated.gate('armed', false)
    gated.sent()
    flatten(gated, null)
    gated.take(2)
    expect(gated.sent().map((one) => [one.quantity, one.type])).toEqual([[-6, 'market']])
    expect([gated.held(0, 0), gated.held(1, 0)]).toEqual([0, 0])
    expect(gated.problems()).toEqual([])
  })

  it.each(['leased', 'reconciled', 'connected', 'clock', 'frozen', 'fresh'] as const)('waits before %s', (gate) => {
    const gated = runOf({ one: holds({ 0: 10 }) })
    days(gated, 2)
    gated.gate(gate, false, gate === 'frozen' ? 'A' : undefined)
    flatten(gated, null)
    days(gated, 2)
    expect(gated.held(0, 0)).toBe(10)
    gated.gate(gate, true, gate === 'frozen' ? 'A' : undefined)
    gated.next()
    expect(gated.held(0, 0)).toBe(0)
  })

  it('waits before an unknown order, and takes what that one still fills along', () => {
    const gated = runOf({
      one: (_, out, bar) => {
        if (bar === 0) out.target(0, shares(10), 'own')
        if (bar === 1) out.change(0, shares(5), 'low', { terms: GTC_LOW })
      },
    })
    days(gated, 2)
    gated.next()
    const order = gated.sent().at(-1)!.order
    gated.say({ kind: 'order', order, state: 'unknown', evidence: '' })
    // A broker that does not answer: it gives nothing back either.
    gated.deaf(() => flatten(gated, null))
    expect(gated.cancelled()).toEqual([order])
    gated.deaf(() => days(gated, 1))
    expect(gated.held(0, 0)).toBe(10)
    gated.say({ kind: 'order', order, state: 'working', evidence: '' })
    gated.next()
    gated.next()
    expect([gated.held(0, 0), gated.reserved(0, 0)]).toEqual([0, [0, 0]])
  })

  it('is known as such by the last look alone where all of an order is an exit of flattened sleeves', () => {
    const gated = runOf({ one: holds({ 0: 10 }), two: holds({ 0: 5, 2: 0 }) })
    days(gated, 3)
    flatten(gated, 'one')
    gated.deaf(() => gated.next())
    const both = gated.sent().at(-1)!
    const { runtime } = gated.run.kernel
    gated.gate('armed', false)
    expect([runtime.batch.count, stopOf(runtime, both.order)]).toEqual([1, 'armed'])
    gated.order({ kind: 'kill', reason: 'x' })
    gated.gate('armed', true)
    expect(runtime.batch.count).toBe(0)
    expect(stopOf(runtime, both.order)).toBe('alive')
    gated.order({ kind: 'flatten', sleeve: sleeveId('two'), reason: 'leave' })
    expect(stopOf(runtime, both.order)).toBeNull()
    gated.gate('leased', false)
    expect(stopOf(runtime, both.order)).toBe('leased')
  })

  it('of a sleeve that nobody knows is declined', () => {
    const gated = runOf({ one: holds({ 0: 10 }) })
    const command = { kind: 'flatten', sleeve: sleeveId('on'), reason: 'leave' } as const
    expect(gated.order(command)).toEqual([{ kind: 'declined', command, reason: 'no sleeve has the id "on"' }])
    expect(gated.run.kernel.runtime.state.flattening).toBeUndefined()
  })

  it('is taken back by resuming the sleeve', () => {
    const gated = runOf({ one: holds({ 0: 10 }) })
    days(gated, 2)
    gated.gate('connected', false)
    flatten(gated, 'one')
    expect(gated.run.kernel.runtime.state.flattening).toMatchObject([{ sleeve: 0, reason: 'leave' }])
    gated.order({ kind: 'resume', sleeve: sleeveId('one') })
    expect(gated.run.kernel.runtime.state.flattening).toBeUndefined()
  })
})

describe('a sleeve that a fault pauses', () => {
  it('takes its entries back that wait or rest, and leaves the others theirs', () => {
    const gated = runOf({
      one: (_, out, bar) => {
        if (bar === 0) out.change(0, shares(5), 'low', { terms: GTC_LOW })
        if (bar === 1) throw new Error('bad day')
      },
      two: (_, out, bar) => {
        if (bar === 0) out.change(1, shares(5), 'low', { terms: GTC_LOW })
      },
    })
    days(gated, 2)
    expect(ends(gated)).toEqual([['one', 'A', 'cancelled', 'cancelled on request']])
    expect([gated.reserved(0, 0), gated.reserved(1, 1)]).toEqual([
      [0, 0],
      [5, 0],
    ])
    expect(gated.problems()).toEqual([])
  })
})
