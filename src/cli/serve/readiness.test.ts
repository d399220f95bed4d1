import { describe, expect, it } from 'vitest'
import type { Heartbeat } from '../../domain/control.ts'
import type { ShutGate } from '../../domain/gates.ts'
import type { Instant } from '../../domain/units.ts'
import { readinessOf } from './readiness.ts'

const NOW = Date.UTC(2026, 2, 6, 15) as Instant

function beat(given: Partial<Heartbeat>): Heartbeat {
  return {
    portfolio: 'One',
    owner: 'here 1',
    role: 'paper',
    startedAt: NOW,
    at: NOW,
    epoch: 1,
    seq: 5,
    marketAt: NOW,
    lastCycleAt: null,
    nextCycleAt: null,
    dataAge: null,
    mode: 'active',
    gates: [],
    armedUntil: null,
    liveFraction: null,
    unknownOrders: 0,
    openOrders: 0,
    waitingWishes: 0,
    loopLag: 0,
    equity: null,
    currency: 'USD',
    approvals: [],
    accountSuffix: '',
    failure: '',
    ended: '',
    ...given,
  }
}
const shut = (gate: ShutGate['gate'], instrument: string | null): ShutGate =>
  ({ gate, instrument, reason: 'lunch', since: NOW }) as ShutGate

describe('an engine is ready', () => {
  it('that runs and whose account may send orders', () => {
    expect(readinessOf([beat({})], ['One'], NOW)).toEqual({
      ready: true,
      engines: [{ portfolio: 'One', running: true, expected: true, ready: true, reasons: [] }],
    })
    expect(readinessOf([beat({ gates: [shut('fresh', 'SPY')] })], ['One'], NOW).ready).toBe(true)
  })

  it('and is not where a gate of the account is shut: the report says which, and why', () => {
    const found = readinessOf([beat({ gates: [shut('fresh', 'SPY'), shut('armed', null)] })], [], NOW)
    expect(found.ready).toBe(false)
    expect(found.engines[0]).toMatchObject({ running: true, reasons: ['the gate armed is shut: lunch'] })
  })

  it('and is not when it is silent, has ended, or was never heard', () => {
    const silent = readinessOf([beat({ at: (NOW - 60_000) as Instant })], [], NOW)
    expect(silent.engines[0]).toMatchObject({ running: false, ready: false })
    expect(silent.engines[0]!.reasons[0]).toContain('here 1 was last heard at 2026-03-06T14:59:00.000Z')
    const ended = readinessOf([beat({ ended: 'the bars end here' })], [], NOW)
    expect(ended.engines[0]!.reasons[0]).toContain('the bars end here')
    expect(readinessOf([beat({ ended: 'the bars end here' })], ['One'], NOW).ready).toBe(false)
    const failed = readinessOf([beat({ ended: 'the disk is full', failure: 'the disk is full' })], [], NOW)
    expect(failed.ready).toBe(false)
    const unheard = readinessOf([beat({})], ['One', 'Two'], NOW)
    expect(unheard.ready).toBe(false)
    expect(unheard.engines[1]).toEqual({
      portfolio: 'Two',
      running: false,
      expected: true,
      ready: false,
      reasons: ['its engine has not spoken yet'],
    })
  })

  it('beside portfolios of the store that were put away in order: those are not waited for', () => {
    const old = beat({ portfolio: 'Old', at: (NOW - 86_400_000) as Instant, ended: 'stopped as asked' })
    const found = readinessOf([beat({}), old], ['One'], NOW)
    expect([found.ready, found.engines[1]!.ready, found.engines[1]!.expected]).toEqual([true, false, false])
  })
})
