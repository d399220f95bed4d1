import { describe, expect, it } from 'vitest'
import type { BrokerEvent } from '../domain/broker.ts'
import type { TradeDate } from '../domain/units.ts'
import type { Runtime } from '../engine/runtime.ts'
import { accountBodies } from './account-events.ts'

const at = { tradeDate: 20_000 as TradeDate, isElsewhere: true }
const spread = { contracts: [3, 4], legs: [{}, {}] }
const put = { contracts: [5], legs: [{}] }

function runtimeWith(told: readonly string[] = []): Runtime {
  const byId = new Map([
    ['SHORT', 3],
    ['LONG', 4],
    ['PUT', 5],
  ])
  return { byId, state: { structures: [spread, put], told } } as unknown as Runtime
}

const assigned = (instrument: string): BrokerEvent =>
  ({ kind: 'action', id: 'a1', at: 0, action: { kind: 'assignment', instrument, underlyingPrice: 90 } }) as never

const kinds = (events: readonly BrokerEvent[], runtime = runtimeWith(), where = at): readonly string[] =>
  accountBodies(events, runtime, where).map(({ kind }) => kind)

describe('what a broker tells that the market tells as well', () => {
  const split = { kind: 'split', instrument: 'PUT', numerator: 2, denominator: 1, priceAfter: null }
  const event = { kind: 'action', id: 's1', at: 0, action: split } as never

  it('is booked from the market alone, where the venue is elsewhere', () => {
    expect(kinds([event])).toEqual([])
    expect(kinds([event], runtimeWith(), { ...at, isElsewhere: false })).toEqual(['corporateAction'])
  })
})

describe('an assignment that a broker tells', () => {
  it('of one leg of a structure makes the account only reduce until somebody has looked', () => {
    expect(kinds([assigned('SHORT')])).toEqual(['corporateAction', 'mode'])
    expect(accountBodies([assigned('SHORT')], runtimeWith(), at)[1]).toMatchObject({
      mode: 'reducing',
      reason: 'one leg of a structure was assigned: SHORT',
    })
  })

  it('of a contract that stands alone is everyday, and so is one that was told before', () => {
    expect(kinds([assigned('PUT')])).toEqual(['corporateAction'])
    expect(kinds([assigned('SHORT')], runtimeWith(['a1']))).toEqual(['corporateAction'])
  })

  it('in a market of this process is what the market does', () => {
    expect(kinds([assigned('SHORT')], runtimeWith(), { ...at, isElsewhere: false })).toEqual(['corporateAction'])
  })
})
