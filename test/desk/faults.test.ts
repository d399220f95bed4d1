import { describe, expect, it } from 'vitest'
import type { ClientOrderId } from '../../src/domain/broker.ts'
import type { OrderRecord } from '../../src/domain/order-records.ts'
import type { NetOrder } from '../../src/domain/orders.ts'
import type { Instant } from '../../src/domain/units.ts'
import { DESK_POLICY, type DeskPolicy } from '../../src/live/desk/policy.ts'
import { INSTRUMENTS, Rig } from './rig.ts'
import type { SubmitFate, VenueRules } from './venue.ts'

const [SPY, QQQ] = INSTRUMENTS as [(typeof INSTRUMENTS)[0], (typeof INSTRUMENTS)[0]]
const ENFORCED: VenueRules = { clientIds: 'enforced', requestLife: null, repeated: 'accepted' }
const NONE: VenueRules = { clientIds: 'none', requestLife: 5_000, repeated: 'accepted' }
const DAY = 86_400_000
const legs = (instrument = SPY): NetOrder['legs'] => [{ instrument, ratio: 1 }]

function send(rig: Rig, quantity: number, ...fates: SubmitFate[]): OrderRecord {
  rig.fates.push(...fates)
  rig.intend([{ legs: legs(), quantity }])
  return last(rig)
}

const last = (rig: Rig): OrderRecord => [...rig.records.values()].at(-1)!
const now = (rig: Rig, { clientId }: OrderRecord): OrderRecord => rig.records.get(clientId)!
const kernel = (rig: Rig, { order }: OrderRecord): string => rig.books.orders[order]!.state
const rules = (rig: Rig): readonly string[] => rig.alerts.map(({ rule }) => rule)
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

describe('an execution', () => {
  const filled = (policy: Partial<DeskPolicy> = {}): { rig: Rig; order: OrderRecord } => {
    const rig = new Rig(ENFORCED, undefined, policy)
    return { rig, order: send(rig, 10) }
  }

  it('is booked once, however often it is told', () => {
    const { rig, order } = filled()
    rig.venue.fill(rig.venue.orders[0]!, 4, rig.now)
    rig.deliver('twice')
    rig.wait(70_000)
    rig.restart()
    rig.wait(70_000)
    expect(now(rig, order).filled).toBe(4)
    expect(rig.books.orders[order.order]!.filled).toEqual({ SPY: 4 })
  })

  it('that comes before the answer is evidence that the order is there', () => {
    const rig = new Rig(ENFORCED)
    rig.venue.isMute = true
    const order = send(rig, 10, 'answerLost')
    rig.venue.fill(rig.venue.orders[0]!, 4, rig.now)
    rig.deliver('reversed')
    expect(now(rig, order)).toMatchObject({ state: 'acked', filled: 4 })
  })

  it('that the stream lost is brought by a sweep within a minute, at once where the count says so', () => {
    const { rig, order } = filled()
    rig.venue.fill(rig.venue.orders[0]!, 4, rig.now)
    rig.venue.heard.splice(0, 2) // the state goes with its executions
    rig.wait(DESK_POLICY.sweepEvery)
    expect(now(rig, order).filled).toBe(4)
    rig.venue.fill(rig.venue.orders[0]!, 3, rig.now)
    rig.venue.heard.splice(-2, 1)
    rig.deliver('once')
    expect(now(rig, order).filled).toBe(7)
  })

  it('is never made up: an end waits for the fills that it names, and somebody is told', () => {
    const { rig, order } = filled()
    rig.venue.fill(rig.venue.orders[0]!, 10, rig.now)
    rig.venue.heard.splice(0)
    const [hidden] = rig.venue.executions.splice(0)
    rig.wait(60_000)
    expect(now(rig, order)).toMatchObject({ state: 'acked', filled: 0 })
    expect(rules(rig)).toContain('missingFills')
    rig.venue.executions.push(hidden!)
    rig.wait(60_000)
    expect(now(rig, order)).toMatchObject({ state: 'filled', filled: 10 })
  })

  it('does not go back with older news', () => {
    const { rig, order } = filled()
    const old = rig.venue.query(order.clientId, rig.now)
    rig.venue.fill(rig.venue.orders[0]!, 10, rig.now)
    rig.deliver('once')
    if (typeof old === 'object') rig.venue.heard.push({ kind: 'order', order: old })
    rig.deliver('once')
    rig.wait(60_000)
    expect(now(rig, order)).toMatchObject({ state: 'filled', filled: 10 })
    expect(rig.alerts).toEqual([])
  })

  it('is booked for an order that ended weeks ago, by the shares of the store', () => {
    const { rig, order } = filled()
    rig.venue.fill(rig.venue.orders[0]!, 3, rig.now)
    rig.deliver('once')
    rig.askCancel(order.order)
    rig.deliver('once')
    rig.leap(30 * DAY)
    expect(rig.desk.held.orders).toBe(0)
    const [venueOrder] = rig.venue.orders
    rig.venue.fill(venueOrder!, 2, rig.now)
    rig.deliver('once')
    expect(now(rig, order)).toMatchObject({ state: 'cancelled', filled: 5 })
    expect(rig.books.orders[order.order]!.filled).toEqual({ SPY: 5 })
    expect(rig.attached).toEqual([[{ sleeve: 'a', open: 7 }]])
  })

  it('of an order of nobody here is booked as foreign, as is one that cannot be of its order', () => {
    const { rig, order } = filled()
    rig.venue.trade(QQQ, 5, rig.now)
    rig.deliver('once')
    const [wrong] = rig.venue.executions.map((one) => ({ ...one, id: 'odd', clientId: order.clientId }))
    rig.venue.heard.push({ kind: 'execution', execution: wrong! })
    rig.deliver('once')
    expect(rig.books.foreign).toBe(10)
    expect(rules(rig)).toEqual(['misfit'])
    expect(now(rig, order).filled).toBe(0)
  })

  it('that cannot be read is not booked', () => {
    const { rig } = filled()
    rig.venue.trade(QQQ, 5, rig.now)
    const [one] = rig.venue.executions.splice(0)
    rig.venue.heard.length = 0
    rig.venue.heard.push({ kind: 'execution', execution: { ...one!, price: Number.NaN as never } })
    rig.deliver('once')
    expect([rig.executions.size, rules(rig)]).toEqual([0, ['misfit']])
  })

  it('that its broker takes back is reversed by its number and shares, also when the bust comes first', () => {
    const { rig, order } = filled()
    rig.venue.fill(rig.venue.orders[0]!, 6, rig.now)
    rig.venue.amend(rig.venue.executions[0]!, 0, rig.now)
    rig.deliver('reversed')
    rig.wait(60_000)
    expect(now(rig, order).filled).toBe(0)
    expect([...rig.executions.values()].map(({ id, number, corrects }) => [id, number, corrects])).toEqual([
      ['X1', 1, null],
      ['X2', 2, 'X1'],
    ])
  })

  it('of a structure waits for the others: all legs are booked together', () => {
    const rig = new Rig(ENFORCED)
    const both = [
      { instrument: SPY, ratio: 1 },
      { instrument: QQQ, ratio: -2 },
    ]
    rig.intend([{ legs: both, quantity: 3 }])
    rig.venue.fill(rig.venue.orders[0]!, 3, rig.now)
    const [first, ...rest] = rig.venue.heard.splice(0)
    rig.venue.heard.push(first!)
    rig.venue.executions.splice(1)
    rig.deliver('once')
    expect([last(rig).filled, rig.executions.size]).toEqual([0, 0])
    rig.venue.heard.push(...rest)
    rig.deliver('once')
    expect(last(rig)).toMatchObject({ state: 'filled', filled: 3 })
    expect(rig.books.orders[last(rig).order]!.filled).toEqual({ SPY: 3, QQQ: -6 })
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

describe('a breaker', () => {
  const loop = (limits: Partial<DeskPolicy['breakers']>, orders: number, reducing = false): Rig => {
    const breakers = { ...DESK_POLICY.breakers, ...limits }
    const rig = new Rig(ENFORCED, undefined, { breakers })
    for (let count = 0; count < orders; count += 1) {
      rig.fates.push('rejected')
      rig.intend([{ legs: legs(), quantity: 10, reducing }])
    }
    rig.settle()
    return rig
  }

  it.each([
    ['rejections of one instrument freeze it', { rejectsOfInstrument: 3 }, false, 'frozen SPY', 'rejectsOfInstrument'],
    ['rejections in all disarm the account', { rejects: 3 }, false, 'armed', 'rejects'],
    [
      'closing orders rejected one after the other freeze it',
      { rejectedCloses: 3 },
      true,
      'frozen SPY',
      'rejectedCloses',
    ],
  ] as const)('trips: %s', (_, limits, reducing, shut, rule) => {
    const quiet = { rejectsOfInstrument: 99, rejects: 99, rejectedCloses: 99, ...limits }
    expect(loop(quiet, 2, reducing).books.shut).toEqual([])
    const rig = loop(quiet, 3, reducing)
    expect(rig.books.shut).toEqual([shut])
    expect(rules(rig)).toEqual([rule])
  })

  it('counts within its window only, over a restart too', () => {
    const quiet = { rejectsOfInstrument: 3, rejects: 99, rejectedCloses: 99 }
    const rig = loop(quiet, 2)
    rig.restart()
    rig.fates.push('rejected')
    rig.intend([{ legs: legs(), quantity: 10 }])
    rig.settle()
    expect(rig.books.shut).toEqual(['frozen SPY'])
    const slow = loop(quiet, 2)
    slow.wait(3_600_000)
    slow.fates.push('rejected')
    slow.intend([{ legs: legs(), quantity: 10 }])
    expect(slow.books.shut).toEqual([])
  })

  it('lets a closing order that is taken end the count of those that were not', () => {
    const rig = loop({ rejectedCloses: 3, rejectsOfInstrument: 99 }, 2, true)
    rig.intend([{ legs: legs(), quantity: 10, reducing: true }])
    rig.fates.push('rejected')
    rig.intend([{ legs: legs(), quantity: 10, reducing: true }])
    expect(rig.books.shut).toEqual([])
  })

  it('stops a rate of orders that nobody meant', () => {
    const breakers = { ...DESK_POLICY.breakers, ordersPerMinute: 5 }
    const rig = new Rig(ENFORCED, undefined, { breakers })
    rig.intend(Array.from({ length: 8 }, () => ({ legs: legs(), quantity: 10 })))
    rig.settle()
    expect(rig.venue.orders.length).toBeLessThanOrEqual(5)
    expect(rig.books.shut).toEqual(['armed'])
    expect(rig.desk.open.length).toBe(rig.venue.orders.length)
  })

  it('lets only reductions leave once the day has traded its notional', () => {
    const breakers = { ...DESK_POLICY.breakers, notionalPerDay: 2_500 }
    const rig = new Rig(ENFORCED, undefined, { breakers })
    rig.intend([
      { legs: legs(), quantity: 10 },
      { legs: legs(), quantity: 10 },
      { legs: legs(), quantity: 10 },
      { legs: legs(), quantity: 10, reducing: true },
    ])
    rig.settle()
    expect(rig.venue.orders.length).toBe(3)
    expect([...rig.records.values()].map(({ state }) => state)).toEqual(['acked', 'acked', 'unsent', 'acked'])
    expect(rig.books.shut).toEqual(['reducing'])
    rig.leap(DAY)
    rig.intend([{ legs: legs(), quantity: 10 }])
    expect(rig.venue.orders.length).toBe(4)
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
