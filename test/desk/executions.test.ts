import { describe, expect, it } from 'vitest'
import type { OrderRecord } from '../../src/domain/order-records.ts'
import { DESK_POLICY } from '../../src/live/desk/policy.ts'
import { DAY, ENFORCED, last, now, QQQ, rules, SPY, send } from './one-order.ts'
import { Rig } from './rig.ts'

/** A structure of one share bought and two of another sold. */
const BOTH = [
  { instrument: SPY, ratio: 1 },
  { instrument: QQQ, ratio: -2 },
]

describe('an execution', () => {
  const filled = (): { rig: Rig; order: OrderRecord } => {
    const rig = new Rig(ENFORCED)
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
    rig.intend([{ legs: BOTH, quantity: 3 }])
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

  it('of one leg of a structure that its broker changes touches the order, and somebody is told', () => {
    const rig = new Rig(ENFORCED)
    rig.intend([{ legs: BOTH, quantity: 3 }])
    rig.venue.fill(rig.venue.orders[0]!, 3, rig.now)
    rig.deliver('once')
    const { changedAt } = last(rig)
    rig.wait(1_000)
    rig.venue.amend(rig.venue.executions[1]!, -4, rig.now)
    rig.deliver('once')
    rig.wait(1_000)
    expect(last(rig)).toMatchObject({
      state: 'filled',
      filled: 3,
      evidence: 'execution "X3" changed its leg QQQ by 2 units',
    })
    expect(last(rig).changedAt).toBeGreaterThan(changedAt)
    expect(rig.books.orders[last(rig).order]!.filled).toEqual({ SPY: 3, QQQ: -4 })
    expect(rules(rig)).toEqual(['misfit'])
  })

  it('of a structure that is over without the others is lost by no restart, and is external in the end', () => {
    const rig = new Rig(ENFORCED)
    rig.intend([{ legs: BOTH, quantity: 3 }])
    const [order] = rig.venue.orders
    rig.venue.fill(order!, 3, rig.now)
    rig.venue.heard.splice(1)
    rig.venue.executions.splice(1)
    order!.filled = 0
    rig.venue.end(order!, 'cancelled')
    rig.deliver('once')
    expect(last(rig)).toMatchObject({ state: 'cancelled', filled: 0 })
    expect(rig.books.foreign).toBe(0)
    rig.wait(30_000)
    rig.restart()
    rig.wait(200_000)
    expect([rig.books.foreign, [...rig.executions.keys()]]).toEqual([3, ['X1']])
    expect(rules(rig)).toContain('misfit')
  })

  it('of a part of a structure ends with it: nothing is waited for that is there', () => {
    const rig = new Rig(ENFORCED)
    rig.intend([{ legs: BOTH, quantity: 3 }])
    const [order] = rig.venue.orders
    rig.venue.fill(order!, 1, rig.now)
    rig.venue.end(order!, 'cancelled')
    rig.deliver('once')
    expect(last(rig)).toMatchObject({ state: 'cancelled', filled: 0 })
    rig.wait(200_000)
    expect([rig.books.foreign, rig.executions.size]).toEqual([-1, 2])
  })
})
