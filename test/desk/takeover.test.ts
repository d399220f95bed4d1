import { describe, expect, it } from 'vitest'
import { DESK_POLICY } from '../../src/live/desk/policy.ts'
import { ENFORCED, last, legs, now, QQQ, send } from './one-order.ts'
import { Rig } from './rig.ts'

const WAIT = DESK_POLICY.takeoverWait
const POLICY = { takeoverWait: WAIT }

/** A process that died right after it had sent an order whose request is still on its way. */
function died(policy: typeof POLICY): Rig {
  const rig = new Rig(ENFORCED, undefined, policy)
  rig.crashAt = 'afterSend'
  send(rig, 10, 'late')
  return rig
}

describe('a process that takes over', () => {
  it('sends nothing new while requests of the one before may arrive', () => {
    const rig = died(POLICY)
    rig.intend([{ legs: legs(QQQ), quantity: 5 }])
    const order = last(rig)
    rig.wait(WAIT - 1)
    expect([now(rig, order).state, now(rig, order).sends]).toEqual(['intended', 0])
    rig.wait(1)
    expect([now(rig, order).state, now(rig, order).sends]).toEqual(['acked', 1])
  })

  it('has booked what they filled before it sends', () => {
    const rig = died(POLICY)
    const first = last(rig)
    rig.intend([{ legs: legs(QQQ), quantity: 5 }])
    const order = last(rig)
    // Everything was asked for once; then the request arrives, is filled, and no event tells of it.
    rig.wait(WAIT - 100)
    expect(rig.venue.orders).toHaveLength(1)
    rig.venue.fill(rig.venue.orders[0]!, 10, rig.now)
    rig.venue.heard.length = 0
    expect(now(rig, first).filled).toBe(0)
    const atSend: number[] = []
    const { submit } = rig.venue
    rig.venue.submit = (...given) => {
      atSend.push(now(rig, first).filled)
      return submit.apply(rig.venue, given)
    }
    rig.wait(100)
    expect(now(rig, order).state).toBe('acked')
    expect(atSend).toEqual([10])
  })

  it('cancels and asks without waiting', () => {
    const rig = new Rig(ENFORCED, undefined, POLICY)
    const order = send(rig, 10)
    rig.restart()
    rig.askCancel(order.order)
    rig.deliver('once')
    expect(now(rig, order).state).toBe('cancelled')
  })

  it('waits for nobody where nobody was there before', () => {
    const rig = new Rig(ENFORCED, undefined, POLICY)
    expect(send(rig, 10).state).toBe('acked')
  })

  it('is found out by whoever sends late: an order that was written long ago is written anew before it leaves', () => {
    const rig = new Rig(ENFORCED, undefined, POLICY)
    const ages: number[] = []
    const { submit } = rig.venue
    rig.venue.submit = (...given) => {
      ages.push(rig.now - [...rig.records.values()].at(-1)!.changedAt)
      return submit.apply(rig.venue, given)
    }
    const order = send(rig, 10, 'requestLost')
    rig.wait(DESK_POLICY.grace + 10_000)
    expect(now(rig, order)).toMatchObject({ state: 'acked', sends: 2 })
    expect(ages).toEqual([0, 0])
  })
})
