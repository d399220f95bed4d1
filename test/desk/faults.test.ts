import { describe, expect, it } from 'vitest'
import type { ClientOrderId } from '../../src/domain/broker.ts'
import type { OrderRecord } from '../../src/domain/order-records.ts'
import type { Instant } from '../../src/domain/units.ts'
import { DESK_POLICY } from '../../src/live/desk/policy.ts'
import { DAY, ENFORCED, last, legs, now, QQQ, rules, SPY, send } from './one-order.ts'
import { Rig } from './rig.ts'
import type { SubmitFate, VenueRules } from './venue.ts'

const NONE: VenueRules = { clientIds: 'none', requestLife: 5_000, repeated: 'accepted' }
const kernel = (rig: Rig, { order }: OrderRecord): string => rig.books.orders[order]!.state
const inVenue = (rig: Rig, { clientId }: OrderRecord): number =>
  rig.venue.orders.filter(({ request }) => request.clientId === clientId).length

describe('an order that is sent', () => {
  it('is unknown where no answer came, and working once the venue shows it', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10, 'answerLost')
    expect([order.state, kernel(rig, order), rig.desk.unknowns]).toEqual(['unknown', 'unknown', 1])
    rig.wait(1_000)
    expect([now(rig, order).state, now(rig, order).brokerId, kernel(rig, order)]).toEqual(['acked', 'B1', 'working'])
    expect(inVenue(rig, order)).toBe(1)
  })

  it('counts as unknown when its answer takes too long, and the late answer is evidence', () => {
    const rig = new Rig(ENFORCED)
    rig.venue.isMute = true
    const order = send(rig, 10, 'silent')
    rig.wait(DESK_POLICY.answerWithin)
    expect(now(rig, order).state).toBe('unknown')
    rig.wait(5_000)
    expect(now(rig, order).state).toBe('acked')
  })

  it('is sent again under its own id only where ids are enforced, after the grace and not before', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10, 'requestLost')
    rig.wait(DESK_POLICY.grace - 1)
    expect([now(rig, order).state, now(rig, order).sends]).toEqual(['unknown', 1])
    rig.wait(10_000)
    expect([now(rig, order).state, now(rig, order).sends, inVenue(rig, order)]).toEqual(['acked', 2, 1])
  })

  it('is waited for where ids are not enforced: absence is proof once a request can no longer arrive', () => {
    const rig = new Rig(NONE)
    const order = send(rig, 10, 'requestLost')
    rig.wait(NONE.requestLife! + DESK_POLICY.grace - 1)
    expect(now(rig, order).state).toBe('unknown')
    rig.wait(60_000)
    expect([now(rig, order).state, now(rig, order).sends, kernel(rig, order)]).toEqual(['expired', 1, 'expired'])
  })

  it('stays unknown where a request may arrive at any time, until an operator decides', () => {
    const rig = new Rig({ ...NONE, requestLife: null })
    const order = send(rig, 10, 'requestLost')
    rig.wait(DESK_POLICY.unresolvedAfter)
    rig.leap(10 * DAY)
    expect([now(rig, order).state, kernel(rig, order)]).toEqual(['unknown', 'unknown'])
    expect(rules(rig)).toEqual(['unresolved'])
    for (const body of rig.desk.decide(order.clientId, 'absent', 'ann', rig.now as Instant)) rig.applyOne(body)
    rig.settle()
    expect([now(rig, order).state, now(rig, order).evidence]).toEqual(['expired', 'ann says that it is absent'])
    expect(kernel(rig, order)).toBe('expired')
  })

  it('does not take a question that failed, or an early no, for an absence', () => {
    const rig = new Rig(ENFORCED)
    rig.venue.isMute = true
    const order = send(rig, 10, 'answerLost')
    rig.wait(DESK_POLICY.intentLife + 60_000)
    expect(now(rig, order).state).toBe('unknown')
    rig.venue.isMute = false
    rig.wait(40_000)
    expect(now(rig, order).state).toBe('acked')
  })

  it('is not given up while the venue is slow to show it', () => {
    const rig = new Rig({ ...NONE, requestLife: 1_000 })
    rig.venue.lag = 8_000
    const order = send(rig, 10, 'answerLost')
    rig.wait(60_000)
    expect(now(rig, order).state).toBe('acked')
  })

  it('goes later under the same id where the venue took nothing, and not at all once it is too old', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10, 'deferred')
    expect([now(rig, order).state, inVenue(rig, order)]).toEqual(['intended', 0])
    rig.wait(700)
    expect([now(rig, order).state, now(rig, order).sends, inVenue(rig, order)]).toEqual(['acked', 2, 1])
    const busy = Array.from({ length: 200 }, (): SubmitFate => 'deferred')
    const other = send(rig, 10, ...busy)
    rig.wait(DESK_POLICY.intentLife + 1_000)
    expect([now(rig, other).state, kernel(rig, other), inVenue(rig, other)]).toEqual(['unsent', 'cancelled', 0])
  })

  it('is over where its first request is refused, and not where one that was made again is', () => {
    const rig = new Rig({ ...ENFORCED, repeated: 'rejected' })
    const first = send(rig, 10, 'rejected')
    expect([now(rig, first).state, kernel(rig, first)]).toEqual(['rejected', 'rejected'])
    const late = send(rig, 10, 'late', 'taken')
    rig.wait(60_000)
    expect([now(rig, late).state, inVenue(rig, late)]).toEqual(['acked', 1])
  })

  it('never leaves before its record is durable, nor through a gate that was shut since', () => {
    const rig = new Rig(ENFORCED)
    rig.crashAt = 'beforeCommit'
    rig.intend([{ legs: legs(), quantity: 10 }])
    expect([rig.records.size, rig.venue.orders.length]).toEqual([0, 0])
    rig.isGateShut = true
    const order = send(rig, 10)
    expect([now(rig, order).state, kernel(rig, order), rig.venue.orders.length]).toEqual(['unsent', 'cancelled', 0])
  })

  it('that was written down before a crash is asked for, and sent again only while it is meant', () => {
    for (const [pause, state] of [
      [0, 'acked'],
      [DESK_POLICY.intentLife, 'unsent'],
    ] as const) {
      const rig = new Rig(ENFORCED)
      rig.crashAt = 'beforeSend'
      rig.intend([{ legs: legs(), quantity: 10 }])
      rig.now += pause
      rig.wait(60_000)
      expect(last(rig).state).toBe(state)
      expect(inVenue(rig, last(rig))).toBe(state === 'acked' ? 1 : 0)
    }
  })

  it('that was sent before a crash is found and not sent again', () => {
    const rig = new Rig(ENFORCED)
    rig.crashAt = 'afterSend'
    const order = send(rig, 10)
    expect([now(rig, order).state, rig.venue.orders.length]).toEqual(['acked', 1])
  })

  it('is the broker’s that the table names, and never leaves where it names none', () => {
    const rig = new Rig(ENFORCED)
    rig.routed = { kind: 'broker', broker: 'alpaca' }
    const [buy, sell] = [send(rig, 10), send(rig, -10)]
    expect(now(rig, buy)).toMatchObject({ broker: 'alpaca', state: 'acked' })
    expect(now(rig, sell)).toMatchObject({ state: 'unsent', evidence: 'nobody sells short' })
    expect([kernel(rig, sell), rig.venue.orders.length]).toEqual(['cancelled', 1])
  })

  it('waits until the opposing one of its instrument is over; other instruments do not', () => {
    const rig = new Rig(ENFORCED)
    const buy = send(rig, 10)
    rig.cancelFates.push('stuck')
    rig.desk.askCancel(buy.order, rig.now as Instant)
    rig.intend([
      { legs: legs(), quantity: -10 },
      { legs: legs(QQQ), quantity: -10 },
    ])
    expect(rig.venue.orders.map(({ request }) => request.legs[0]!.instrument)).toEqual([SPY, QQQ])
    rig.venue.heal(rig.now)
    rig.deliver('once')
    expect(rig.venue.orders.map(({ request }) => request.quantity)).toEqual([10, -10, -10])
  })
})

describe('a cancel', () => {
  it.each(['once', 'reversed'] as const)('that races a fill ends the order with what was filled (%s)', (how) => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10)
    rig.deliver('once')
    rig.venue.fill(rig.venue.orders[0]!, 4, rig.now)
    rig.askCancel(order.order)
    expect(now(rig, order).isCancelling).toBe(true)
    rig.deliver(how)
    expect(now(rig, order)).toMatchObject({ state: 'cancelled', filled: 4, isCancelling: false })
    expect(rig.books.orders[order.order]).toMatchObject({ state: 'cancelled', filled: { SPY: 4 } })
  })

  it('that is refused because all was filled brings the fill', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10)
    rig.venue.fill(rig.venue.orders[0]!, 10, rig.now)
    rig.venue.heard.length = 0
    rig.askCancel(order.order)
    expect(now(rig, order)).toMatchObject({ state: 'filled', filled: 10 })
  })

  it('that hangs is asked for again, and somebody is told once', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10)
    rig.cancelFates.push(...Array.from({ length: 50 }, () => 'stuck' as const))
    rig.askCancel(order.order)
    rig.wait(5 * DESK_POLICY.stuckAfter)
    expect(rig.cancelFates.length).toBeLessThan(47)
    expect(rules(rig)).toEqual(['stuckCancel'])
    expect(now(rig, order)).toMatchObject({ isCancelling: true })
    expect(kernel(rig, order)).toBe('working')
  })

  it('of an order that has not left takes it back at once', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10, 'deferred')
    rig.askCancel(order.order)
    expect([now(rig, order).state, kernel(rig, order)]).toEqual(['unsent', 'cancelled'])
    rig.wait(10_000)
    expect(rig.venue.orders).toEqual([])
  })
})

describe('a gap', () => {
  it('holds new orders back until executions and orders were asked for', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10)
    rig.venue.fill(rig.venue.orders[0]!, 4, rig.now)
    rig.venue.heard.length = 0
    rig.venue.isMute = true
    rig.gap()
    rig.intend([{ legs: legs(QQQ), quantity: 5 }])
    rig.wait(5_000)
    expect([rig.books.connected, rig.venue.orders.length]).toEqual([false, 1])
    rig.venue.isMute = false
    rig.wait(40_000)
    expect([rig.books.connected, rig.venue.orders.length, now(rig, order).filled]).toEqual([true, 2, 4])
  })
})

describe('an order that was given up', () => {
  it('and arrives after all is taken back, and what it filled is booked', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10, 'veryLate')
    rig.askCancel(order.order)
    rig.wait(70_000)
    expect(now(rig, order).state).toBe('cancelled')
    rig.wait(20_000)
    rig.venue.fill(rig.venue.orders[0]!, 4, rig.now)
    rig.deliver('once')
    rig.wait(20_000)
    expect(rules(rig).filter((rule) => rule === 'orphan')).toEqual(['orphan'])
    expect(rig.venue.orders[0]!.state).toBe('cancelled')
    expect(now(rig, order).filled).toBe(4)
    expect(rig.books.orders[order.order]!.filled).toEqual({ SPY: 4 })
  })

  it('by the venue that had it is frozen, and an operator is asked', () => {
    const rig = new Rig(ENFORCED)
    const order = send(rig, 10)
    rig.venue.orders.length = 0
    rig.wait(10 * DESK_POLICY.queryAtMost)
    expect([now(rig, order).state, kernel(rig, order), rules(rig)[0]]).toEqual(['unknown', 'unknown', 'lostByVenue'])
  })
})

describe('memory', () => {
  it('holds no ended order for longer than it may still be filled without a word of the store', () => {
    const rig = new Rig(ENFORCED, undefined, { forgetAfter: DAY })
    const ids: ClientOrderId[] = []
    for (let day = 0; day < 20; day += 1) {
      ids.push(send(rig, 10).clientId)
      rig.venue.fill(rig.venue.orders.at(-1)!, 10, rig.now)
      rig.deliver('once')
      rig.wait(DAY / 2)
    }
    rig.wait(2 * DAY)
    expect(rig.desk.held).toEqual({ orders: 0, executions: 0 })
    expect(new Set(ids).size).toBe(20)
  })
})
