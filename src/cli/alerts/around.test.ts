import { describe, expect, it } from 'vitest'
import type { Heartbeat } from '../../domain/control.ts'
import type { Instant } from '../../domain/units.ts'
import { aroundOf, endAlert, failureAlert, type Surrounded } from './around.ts'
import { minuteOf } from './follow.ts'

const NOW = Date.UTC(2026, 2, 6, 12) as Instant
const BEAT: Pick<Heartbeat, 'at' | 'ended' | 'failure' | 'approvals'> = {
  at: NOW,
  ended: '',
  failure: '',
  approvals: [],
}

function around(changes: Partial<Omit<Surrounded, 'beat'>> & { readonly beat?: Partial<Heartbeat> | null } = {}) {
  const { beat = {}, ...rest } = changes
  const found = aroundOf({
    portfolio: 'demo',
    beat: beat === null ? null : ({ ...BEAT, ...beat } as Heartbeat),
    since: NOW - 3_600_000,
    backup: null,
    now: NOW,
    ...rest,
  })
  return found.map(({ rule, severity, id }) => `${severity} ${rule}: ${id}`)
}

describe('around an engine', () => {
  it('nothing is wrong while it speaks', () => {
    expect(around()).toEqual([])
    expect(around({ beat: { at: (NOW - 59_000) as Instant } })).toEqual([])
  })
  it('silence is told under one name for as long as it lasts', () => {
    const at = (NOW - 61_000) as Instant
    const name = `critical engine_silent: demo engine_silent since ${at}`
    expect(around({ beat: { at } })).toEqual([name])
    expect(around({ beat: { at }, now: (NOW + 9_000) as Instant })).toEqual([name])
  })
  it('an engine that has just been started is given time', () => {
    const beat = { at: (NOW - 86_400_000) as Instant }
    expect(around({ beat, since: NOW - 30_000 })).toEqual([])
    expect(around({ beat: null, since: NOW - 30_000 })).toEqual([])
    expect(around({ beat: null, since: NOW - 61_000 })).toHaveLength(1)
  })
  it('one that ended in order is not silent', () => {
    expect(around({ beat: { at: (NOW - 86_400_000) as Instant, ended: 'told to stop' } })).toEqual([])
  })
  it('cycles that fail, wishes that wait and copies that are overdue are told', () => {
    const approvals = [
      { id: '17', sleeve: 'trend', instrument: 'AAA', quantity: 5, value: 500, reason: 'breakout', until: NOW },
    ]
    expect(around({ beat: { failure: 'the feed is away', approvals } })).toEqual([
      'high cycle_failed: demo cycle_failed cycle',
      'medium approval_waiting: demo approval_waiting 17',
    ])
    const backup = { at: NOW as number, age: 27 * 3_600_000, isOverdue: true }
    expect(around({ backup: backup as never })).toEqual(['high backup_overdue: demo backup_overdue backup'])
  })
  it('its failure is said by the supervisor, each time anew', () => {
    const alert = failureAlert('demo', { code: null, signal: 'SIGKILL' }, NOW)
    expect(alert).toMatchObject({ state: 'said', severity: 'critical', text: 'the engine was ended by SIGKILL' })
    expect(failureAlert('demo', { code: 1, signal: null }, (NOW + 1) as Instant).id).not.toBe(alert.id)
  })
})

describe('an engine that nobody starts again', () => {
  it('is said, with the reason', () => {
    expect(endAlert('demo', 'givenUp', NOW)).toMatchObject({
      rule: 'engine_given_up',
      severity: 'critical',
      state: 'said',
      text: 'the engine is not started any more: it failed again and again; its log says what',
    })
    expect(endAlert('demo', 'refused', NOW).text).toContain('what it was given is wrong')
  })
})

describe('minutes of a day', () => {
  it.each([
    [Date.UTC(2026, 0, 15, 23, 5), 'Europe/Berlin', 5],
    [Date.UTC(2026, 6, 15, 22, 5), 'Europe/Berlin', 5],
    [Date.UTC(2026, 6, 15, 22, 5), 'UTC', 22 * 60 + 5],
    [Date.UTC(2026, 6, 15, 0, 0), 'Asia/Kolkata', 330],
    [Date.UTC(2026, 6, 15, 1, 0), 'Nowhere/At-All', 60],
  ])('%d in %s: %d', (at, zone, minute) => {
    expect(minuteOf(at as Instant, zone)).toBe(minute)
  })
})
