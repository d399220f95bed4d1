import { describe, expect, it } from 'vitest'
import { type GatedRun, gatedRun } from '../../../test/fixtures/gated-run.ts'
import { type Act, type HandBar, type HandRun, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import { textOf } from '../../../test/simulation/journal.ts'
import { GATES, type MeasuredGate } from '../../domain/gates.ts'
import { type OrderId, type Price, quantity } from '../../domain/units.ts'
import { shutGates } from './gates.ts'
import { stopOf } from './leaving.ts'

const MEASURED = GATES.filter((gate): gate is MeasuredGate => gate !== 'alive' && gate !== 'unknown')
const shares = (count: number) => quantity(count * SHARE)
const flat = (bars: number, price = 100): HandBar[] => Array.from({ length: bars }, () => ({ open: price }))
const nothing: Act = () => {}

/** Wants so many shares of the first instrument from the bar on. */
const holds =
  (wanted: Readonly<Record<number, number>>, column = 0): Act =>
  (_, out, bar) => {
    const count = wanted[bar]
    if (count !== undefined) out.target(column, shares(count), 'own')
  }

function runOf(sleeves: Readonly<Record<string, Act>>, given: Partial<HandRun> = {}): GatedRun {
  return gatedRun(
    handRun({
      prices: { A: flat(40), B: flat(40) },
      sleeves: Object.fromEntries(Object.entries(sleeves).map(([id, act]) => [id, { capital: 100_000, act }])),
      ...given,
    }),
  )
}

/** Takes the open and the close of so many days. */
const days = (gated: GatedRun, count: number): void => gated.take(2 * count)

describe('a shut gate', () => {
  it.each(MEASURED)('%s lets every wish wait until it is open, then sends it', (gate) => {
    const gated = runOf({ one: holds({ 0: 10 }) })
    gated.gate(gate, false)
    days(gated, 3)
    expect(gated.sent()).toEqual([])
    expect(gated.reserved(0, 0)).toEqual([10, 0])
    gated.gate(gate, true)
    gated.next()
    expect(gated.sent().map((one) => one.quantity)).toEqual([10])
    expect(gated.held(0, 0)).toBe(10)
    expect(gated.problems()).toEqual([])
  })

  it('for a stale price lets what shrinks a position leave where that is wanted, and nothing else', () => {
    const input = handRun({
      prices: { A: flat(40), B: flat(40) },
      sleeves: { one: { capital: 100_000, act: holds({ 0: 10, 2: 0, 5: 20, 8: 0 }) } },
    })
    const gated = gatedRun({ ...input, config: { ...input.config, staleExit: 'market' } })
    days(gated, 2)
    gated.gate('fresh', false, 'A')
    days(gated, 3)
    expect(gated.held(0, 0)).toBe(0)
    // An entry waits all the same, and so does an exit for another gate.
    days(gated, 2)
    expect([gated.held(0, 0), gated.reserved(0, 0)]).toEqual([0, [20, 0]])
    gated.gate('fresh', true, 'A')
    gated.next()
    expect(gated.held(0, 0)).toBe(20)
    gated.gate('fresh', false, 'A')
    gated.gate('connected', false)
    days(gated, 4)
    expect(gated.held(0, 0)).toBe(20)
    gated.gate('connected', true)
    gated.take(2)
    expect(gated.held(0, 0)).toBe(0)
    expect(gated.problems()).toEqual([])
  })

  it('stops exits as well, and crosses between sleeves', () => {
    const gated = runOf({ one: holds({ 0: 10, 1: 0 }), two: holds({ 1: 10 }) })
    days(gated, 2)
    expect(gated.held(0, 0)).toBe(10)
    gated.gate('connected', false)
    days(gated, 2)
    expect([gated.held(0, 0), gated.held(1, 0)]).toEqual([10, 0])
    gated.gate('connected', true)
    gated.sent()
    gated.next()
    expect([gated.held(0, 0), gated.held(1, 0)]).toEqual([0, 10])
    expect(gated.sent()).toEqual([])
    expect(gated.problems()).toEqual([])
  })

  it('of one instrument leaves the others alone', () => {
    const gated = runOf({
      one: (_, out, bar) => {
        if (bar === 0) for (const column of [0, 1]) out.target(column, shares(10), 'own')
      },
    })
    gated.gate('frozen', false, 'A')
    days(gated, 2)
    expect([gated.held(0, 0), gated.held(0, 1)]).toEqual([0, 10])
    gated.gate('frozen', true, 'A')
    gated.next()
    expect(gated.held(0, 0)).toBe(10)
  })

  it('lets a wish for a close lapse by its name at that close, and one for any auction after ten days', () => {
    const gated = runOf({
      one: (_, out, bar) => {
        if (bar !== 0) return
        out.target(0, shares(10), 'own', { terms: { type: 'close', force: 'day' } })
        out.target(1, shares(10), 'own')
      },
    })
    gated.gate('armed', false)
    gated.take(2)
    expect(gated.refused().map(({ instrument, end, rule }) => [instrument, end, rule])).toEqual([
      ['A', 'lapsed', 'gateArmed'],
    ])
    days(gated, 9)
    expect(gated.refused()).toEqual([])
    days(gated, 1)
    expect(gated.refused().map(({ instrument, end, rule }) => [instrument, end, rule])).toEqual([
      ['B', 'lapsed', 'gateArmed'],
    ])
    expect([gated.reserved(0, 0), gated.reserved(0, 1)]).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(gated.problems()).toEqual([])
  })

  it('holds a stop back, which stays and fires at the next look once the gate is open', () => {
    const fallen = [{ open: 100 }, { open: 100 }, ...flat(10, 80)]
    const gated = runOf(
      {
        one: (_, out, bar) => {
          if (bar === 0) out.target(0, shares(10), 'own', { protection: { stop: 0.1 } })
        },
      },
      { prices: { A: fallen } },
    )
    days(gated, 2)
    expect(gated.held(0, 0)).toBe(10)
    gated.gate('fresh', false, 'A')
    days(gated, 2)
    expect(gated.run.kernel.runtime.state.guards.length).toBe(1)
    expect([gated.held(0, 0), gated.reserved(0, 0)]).toEqual([10, [0, 0]])
    gated.gate('fresh', true, 'A')
    gated.next()
    expect(gated.held(0, 0)).toBe(0)
    expect(gated.problems()).toEqual([])
  })

  it('holds time limits, trails and stops within the bar back in the same way', () => {
    const falling: HandBar[] = [{ open: 100 }, { open: 100 }, { open: 100, low: 85, close: 95 }, ...flat(6, 95)]
    const protections = [{ stop: 0.1 }, { trail: { fraction: 0.04, intrabar: false } }, { bars: 2 }]
    for (const protection of protections) {
      const gated = runOf(
        { one: (_, out, bar) => void (bar === 0 && out.target(0, shares(10), 'own', { protection })) },
        { prices: { A: falling } },
      )
      days(gated, 2)
      gated.gate('clock', false)
      days(gated, 2)
      expect([protection, gated.held(0, 0), gated.sent().length]).toEqual([protection, 10, 1])
      gated.gate('clock', true)
      const isPassing = protection.stop !== undefined
      days(gated, 2)
      // The price has come back above the stop: what was true before a shut gate is no reason any more.
      expect([protection, gated.held(0, 0)]).toEqual([protection, isPassing ? 10 : 0])
      expect(gated.problems()).toEqual([])
    }
  })

  it('leaves nothing behind in the state once all are open', () => {
    const plain = runOf({ one: holds({ 0: 10 }) })
    const gated = runOf({ one: holds({ 0: 10 }) })
    gated.gate('armed', false)
    gated.gate('frozen', false, 'B')
    gated.gate('frozen', true, 'B')
    gated.gate('armed', true)
    for (let event = 0; event < 4; event += 1) plain.say({ kind: 'rates', tradeDate: plain.run.tradeDate, rates: [] })
    days(plain, 4)
    days(gated, 4)
    expect(textOf(gated.run.kernel)).toBe(textOf(plain.run.kernel))
  })

  it('is listed with the moment since which it is shut, whatever is said of it again', () => {
    const gated = runOf({ one: nothing })
    days(gated, 1)
    gated.gate('frozen', false, 'B')
    gated.gate('armed', false)
    const since = gated.run.at
    days(gated, 1)
    gated.gate('armed', false)
    expect(shutGates(gated.run.kernel.runtime)).toEqual([
      { gate: 'armed', instrument: null, reason: 'test', since },
      { gate: 'frozen', instrument: 'B', reason: 'test', since },
    ])
  })

  it('of an instrument that nobody listed is refused loudly', () => {
    const gated = runOf({ one: nothing })
    expect(() => gated.gate('frozen', false, 'X')).toThrow('a gate names "X", which is not listed')
  })

  it.each(['alive', 'unknown'] as const)('%s is opened by no event: an operator or an order shut it', (gate) => {
    const gated = runOf({ one: nothing })
    gated.order({ kind: 'kill', reason: 'x' })
    expect(() => gated.gate(gate as never, true)).toThrow(`"${gate}" is no gate that an event may open`)
    expect(shutGates(gated.run.kernel.runtime)).toHaveLength(1)
  })
})

/** Rests a bid below the market, and buys the other instrument a day later. */
const rests: Act = (_, out, bar) => {
  const limit = { type: 'limit', force: 'gtc', limit: 90 as Price } as const
  if (bar === 0) out.target(0, shares(10), 'own', { terms: limit })
  if (bar === 1) out.target(1, shares(5), 'own')
}

function resting(given: Partial<HandRun> = {}): { readonly gated: GatedRun; readonly order: OrderId } {
  const gated = runOf({ one: rests, two: holds({ 1: 7, 4: 0 }) }, given)
  gated.take(3)
  const [bid] = gated.sent()
  return { gated, order: bid!.order }
}

describe('an order whose outcome is unknown', () => {
  it('freezes its instrument and keeps what is reserved, until a state of it is known', () => {
    const { gated, order } = resting()
    gated.say({ kind: 'order', order, state: 'unknown', evidence: 'timed out' })
    const { runtime } = gated.run.kernel
    expect(shutGates(runtime)).toMatchObject([{ gate: 'unknown', instrument: 'A', reason: 'timed out' }])
    days(gated, 2)
    expect([gated.held(0, 1), gated.held(1, 0), gated.reserved(0, 0), gated.reserved(1, 0)]).toEqual([
      5,
      0,
      [10, 0],
      [7, 0],
    ])
    gated.say({ kind: 'order', order, state: 'working', evidence: '' })
    expect(runtime.state.gates).toBeUndefined()
    gated.take(2)
    expect([gated.held(1, 0), gated.reserved(0, 0)]).toEqual([7, [10, 0]])
    expect(gated.problems()).toEqual([])
  })

  it('may end in any state, which frees what was reserved', () => {
    for (const state of ['cancelled', 'rejected', 'expired'] as const) {
      const { gated, order } = resting()
      gated.say({ kind: 'order', order, state: 'unknown', evidence: 'timed out' })
      gated.say({ kind: 'order', order, state, evidence: 'told' })
      expect([gated.run.kernel.runtime.state.gates, gated.reserved(0, 0)]).toEqual([undefined, [0, 0]])
    }
  })

  it('is known by the fills that complete it, and not by a part of them', () => {
    const { gated, order } = resting()
    gated.say({ kind: 'order', order, state: 'unknown', evidence: 'timed out' })
    const { runtime } = gated.run.kernel
    gated.fill(order, 4, 90)
    expect(shutGates(runtime).length).toBe(1)
    expect(gated.reserved(0, 0)).toEqual([6, 0])
    gated.fill(order, 6, 90)
    expect(runtime.state.gates).toBeUndefined()
    expect(gated.held(0, 0)).toBe(10)
  })

  it('stays frozen while another order of the instrument is unknown', () => {
    const gated = runOf({
      one: (_, out, bar) => {
        if (bar !== 0) return
        for (const limit of [90, 80])
          out.change(0, shares(10), 'own', { terms: { type: 'limit', force: 'gtc', limit: limit as Price } })
      },
    })
    gated.take(3)
    const orders = gated.sent().map((one) => one.order)
    expect(orders.length).toBe(2)
    for (const order of orders) gated.say({ kind: 'order', order, state: 'unknown', evidence: '' })
    gated.say({ kind: 'order', order: orders[0]!, state: 'cancelled', evidence: '' })
    expect(shutGates(gated.run.kernel.runtime).length).toBe(1)
    gated.say({ kind: 'order', order: orders[1]!, state: 'cancelled', evidence: '' })
    expect(shutGates(gated.run.kernel.runtime)).toEqual([])
  })

  it('may leave again under its own number, and no other order of the instrument', () => {
    const { gated, order } = resting()
    const { runtime } = gated.run.kernel
    expect(stopOf(runtime, order)).toBeNull()
    gated.say({ kind: 'order', order, state: 'unknown', evidence: '' })
    expect(stopOf(runtime, order)).toBeNull()
    gated.gate('armed', false)
    expect(stopOf(runtime, order)).toBe('armed')
    gated.gate('armed', true)
    gated.say({ kind: 'order', order, state: 'cancelled', evidence: '' })
    expect(stopOf(runtime, order)).toBe('ended')
  })
})

describe('the last look before an order leaves', () => {
  it('names the gate that was shut after the order was made', () => {
    const gated = runOf({ one: rests })
    gated.take(3)
    const { order } = gated.sent()[0]!
    const { runtime } = gated.run.kernel
    gated.gate('fresh', false, 'B')
    expect(stopOf(runtime, order)).toBeNull()
    gated.gate('fresh', false, 'A')
    expect(stopOf(runtime, order)).toBe('fresh')
    expect(stopOf(runtime, 12_345)).toBe('ended')
  })
})
