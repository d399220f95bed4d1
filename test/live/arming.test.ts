import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { continuousSessions } from '../../src/adapters/calendars/continuous.ts'
import { nyseSessions } from '../../src/adapters/calendars/nyse.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import type { Instant } from '../../src/domain/units.ts'
import { type Arming, type ArmingInput, armedUntil, DISARMED, DOUBTS, stepArming } from '../../src/live/gates/arming.ts'
import { killLatch } from '../../src/live/gates/kill.ts'
import type { Moment } from '../../src/live/gates/moment.ts'
import { propertyRuns } from '../profile.ts'

const at = (text: string): Instant => Date.parse(text) as Instant
const START = at('2026-03-02T15:00:00Z')
const HOUR = 3_600_000

function moment(wallMs: number, monotonicMs: number = wallMs): Moment {
  return { wall: (START + wallMs) as Instant, monotonic: 5_000 + monotonicMs }
}

function armed(): Arming {
  return stepArming(DISARMED, { kind: 'arm', until: (START + HOUR) as Instant }, moment(0)).arming
}

describe('leave to send orders', () => {
  it('is never there at a start, whatever was before', () => {
    for (const before of [DISARMED, armed()]) {
      const { arming, changes } = stepArming(before, { kind: 'doubt', doubt: 'started' }, moment(1))
      expect(arming.until).toBeNull()
      expect(changes).toMatchObject([{ gate: 'armed', isOpen: false, reason: DOUBTS.started }])
    }
  })

  it('ends at its moment, and only once', () => {
    const before = stepArming(armed(), { kind: 'time' }, moment(HOUR - 1))
    expect(before.changes).toEqual([])
    const end = stepArming(before.arming, { kind: 'time' }, moment(HOUR))
    expect(end.changes).toMatchObject([{ gate: 'armed', isOpen: false }])
    expect(stepArming(end.arming, { kind: 'time' }, moment(HOUR + 1)).changes).toEqual([])
  })

  it('is not made longer by a clock that is set back, nor by a machine that sleeps', () => {
    expect(stepArming(armed(), { kind: 'time' }, moment(-HOUR, HOUR)).arming).toEqual(DISARMED)
    expect(stepArming(armed(), { kind: 'time' }, moment(2 * HOUR, 10)).arming).toEqual(DISARMED)
  })

  it.each(Object.keys(DOUBTS) as (keyof typeof DOUBTS)[])('is taken away by the doubt "%s"', (doubt) => {
    const { arming, changes } = stepArming(armed(), { kind: 'doubt', doubt }, moment(1))
    expect(arming).toEqual(DISARMED)
    expect(changes).toMatchObject([{ gate: 'armed', isOpen: false, instrument: null, reason: DOUBTS[doubt] }])
  })

  it('is not given for a moment that is over', () => {
    const { arming, changes } = stepArming(DISARMED, { kind: 'arm', until: START }, moment(0))
    expect([arming, changes]).toEqual([DISARMED, []])
  })

  it('is there exactly while the last word was to arm and neither clock has passed its end', () => {
    const input = fc.oneof(
      fc.record({ kind: fc.constant('arm' as const), for: fc.integer({ min: -5, max: 50 }) }),
      fc.record({ kind: fc.constant('disarm' as const) }),
      fc.record({ kind: fc.constant('doubt' as const), doubt: fc.constantFrom(...(Object.keys(DOUBTS) as 'clock'[])) }),
      fc.record({ kind: fc.constant('time' as const) }),
    )
    const story = fc.array(fc.tuple(input, fc.integer({ min: -30, max: 30 }), fc.integer({ min: 0, max: 30 })))
    fc.assert(
      fc.property(story, (steps) => {
        let arming: Arming = DISARMED
        let isOpen = false
        let [wall, monotonic] = [0, 0]
        let leave: { readonly wall: number; readonly monotonic: number } | null = null
        for (const [step, moved, passed] of steps) {
          wall += moved
          monotonic += passed
          const now = moment(wall, monotonic)
          const given: ArmingInput =
            step.kind === 'arm'
              ? { kind: 'arm', until: (now.wall + step.for) as Instant }
              : step.kind === 'disarm'
                ? { kind: 'disarm', reason: 'by hand' }
                : step
          const next = stepArming(arming, given, now)
          arming = next.arming
          for (const change of next.changes) isOpen = change.isOpen
          if (step.kind === 'arm')
            leave = step.for > 0 ? { wall: wall + step.for, monotonic: monotonic + step.for } : null
          else if (step.kind !== 'time') leave = null
          else if (leave !== null && (wall >= leave.wall || monotonic >= leave.monotonic)) leave = null
          expect(isOpen).toBe(leave !== null)
          expect(arming.until !== null).toBe(leave !== null)
        }
      }),
      propertyRuns(300),
    )
  })
})

describe('the end of leave that is asked for', () => {
  const nyse = nyseSessions()
  it.each([
    ['in a session', '2026-03-06T15:00:00Z', '2026-03-06T21:00:00Z'],
    ['over the weekend on which New York goes to summer time', '2026-03-07T15:00:00Z', '2026-03-09T20:00:00Z'],
    ['over the weekend on which it goes back', '2026-10-31T15:00:00Z', '2026-11-02T21:00:00Z'],
    ['on a half day', '2026-11-27T15:00:00Z', '2026-11-27T18:00:00Z'],
    ['at a close', '2026-03-06T21:00:00Z', '2026-03-09T20:00:00Z'],
    ['on a holiday', '2026-07-03T12:00:00Z', '2026-07-06T20:00:00Z'],
  ])('is the end of the session %s', (_, now, end) => {
    expect(armedUntil(null, nyse, at(now))).toBe(at(end))
  })

  it('is midnight UTC where nothing ever closes', () => {
    const days = continuousSessions(tradeDate(20260101), tradeDate(20261231))
    expect(armedUntil(null, days, at('2026-11-01T05:30:00Z'))).toBe(at('2026-11-02T00:00:00Z'))
  })

  it('is refused where it is over, a week away, or beyond the calendar', () => {
    const now = at('2026-03-06T15:00:00Z')
    expect(armedUntil(at('2026-03-06T15:00:00Z'), nyse, now)).toBeNull()
    expect(armedUntil(at('2026-03-13T15:00:01Z'), nyse, now)).toBeNull()
    expect(armedUntil(at('2026-03-13T15:00:00Z'), nyse, now)).toBe(at('2026-03-13T15:00:00Z'))
    expect(armedUntil(null, nyse, at('2031-01-02T15:00:00Z'))).toBeNull()
  })
})

describe('the kill switch', () => {
  it('stays tripped by the first reason, until it is released', () => {
    const latch = killLatch()
    expect(latch.reason).toBe('')
    expect(latch.ask(() => '')).toBe(false)
    expect(latch.trip('I stop')).toBe(true)
    expect(latch.trip('again')).toBe(false)
    expect(latch.ask(() => '')).toBe(false)
    expect(latch.reason).toBe('I stop')
    latch.release()
    expect(latch.reason).toBe('')
  })

  it('counts as used where it cannot be asked', async () => {
    const thrown = killLatch()
    expect(
      thrown.ask(() => {
        throw new Error('no such table')
      }),
    ).toBe(true)
    expect(thrown.reason).toContain('no such table')
    const refused = killLatch()
    expect(await refused.askLater(() => Promise.reject(new Error('the store is away')))).toBe(true)
    expect(refused.reason).toContain('the store is away')
    const asked = killLatch()
    expect(await asked.askLater(() => Promise.resolve('by hand'))).toBe(true)
    expect(asked.reason).toBe('by hand')
  })

  it('is tripped without a reason too', () => {
    const latch = killLatch()
    latch.trip('')
    expect(latch.reason).not.toBe('')
  })
})
