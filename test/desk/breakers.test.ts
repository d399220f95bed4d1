import { describe, expect, it } from 'vitest'
import { DESK_POLICY, type DeskPolicy } from '../../src/live/desk/policy.ts'
import { DAY, ENFORCED, legs, rules } from './one-order.ts'
import { Rig } from './rig.ts'

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
    expect(rules(rig)).toEqual(['orderRate'])
    const kept = [...rig.records.values()].slice(5)
    expect(kept.map(({ state }) => state)).toEqual(['unsent', 'unsent', 'unsent'])
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
