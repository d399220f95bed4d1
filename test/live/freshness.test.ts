import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { continuousSessions } from '../../src/adapters/calendars/continuous.ts'
import { nyseSessions } from '../../src/adapters/calendars/nyse.ts'
import { type Session, type Sessions, sessionAtIndex, sessionsBetween, tradeDate } from '../../src/domain/sessions.ts'
import type { Instant, InstrumentId } from '../../src/domain/units.ts'
import { calendarDisagreements, disagreementText } from '../../src/live/gates/calendars.ts'
import {
  type BarClock,
  barsBetween,
  freshnessChanges,
  lastBarClose,
  oldestAge,
  type Seen,
  sawBar,
  staleness,
  tradingTime,
  UNSEEN,
} from '../../src/live/gates/freshness.ts'
import { propertyRuns } from '../profile.ts'

const at = (text: string): Instant => Date.parse(`${text}Z`) as Instant
const nyse = nyseSessions()
const MINUTE = 60_000
const minutes: BarClock = { sessions: nyse, barMs: MINUTE }
const hours: BarClock = { sessions: nyse, barMs: 60 * MINUTE }
const days: BarClock = { sessions: nyse, barMs: null }
const coins: BarClock = { sessions: continuousSessions(tradeDate(20260101), tradeDate(20261231)), barMs: 60 * MINUTE }
const rules = { graceMs: 30_000, barsMissed: 2 }
const seenAt = (text: string, quiet = 0): Seen => ({ closedAt: at(text), quiet })

/** Every close of a clock, one by one: what the functions must agree with. */
function closesOf({ sessions, barMs }: BarClock): readonly number[] {
  const closes: number[] = []
  for (let index = 0; index < sessions.dates.length; index += 1) {
    const { open, close } = sessionAtIndex(sessions, index)
    if (barMs !== null) for (let bar = open + barMs; bar < close; bar += barMs) closes.push(bar)
    closes.push(close)
  }
  return closes
}

describe('bars that should be there', () => {
  const march = sessionsBetween(nyse, tradeDate(20260303), tradeDate(20260313))
  const november = sessionsBetween(nyse, tradeDate(20261027), tradeDate(20261130))
  const clocks = [march, november].flatMap((sessions) =>
    [MINUTE, 15 * MINUTE, 60 * MINUTE, 240 * MINUTE, null].map((barMs): BarClock => ({ sessions, barMs })),
  )
  const drawn = fc.constantFrom(...clocks).chain((clock) => {
    const first = clock.sessions.opens[0]! - 86_400_000
    const last = clock.sessions.closes.at(-1)! + 86_400_000
    const instants = fc.oneof(fc.integer({ min: first, max: last }), fc.constantFrom(...closesOf(clock)))
    return fc.tuple(fc.constant(clock), instants, instants)
  })

  it('are those of the calendar, over clock changes, half days, holidays and weekends', () => {
    fc.assert(
      fc.property(drawn, ([clock, one, other]) => {
        const [after, until] = one < other ? [one, other] : [other, one]
        const closes = closesOf(clock)
        expect(lastBarClose(clock, until as Instant)).toBe(closes.findLast((close) => close <= until) ?? null)
        const between = closes.filter((close) => close > after && close <= until).length
        expect(barsBetween(clock, after as Instant, until as Instant)).toBe(between)
      }),
      propertyRuns(400),
    )
  })

  it('are counted in trading time alone', () => {
    expect(tradingTime(nyse, at('2026-03-06T20:50'), at('2026-03-09T13:40'))).toBe(20 * MINUTE)
    expect(tradingTime(nyse, at('2026-10-30T19:50'), at('2026-11-02T14:40'))).toBe(20 * MINUTE)
    expect(tradingTime(nyse, at('2026-11-27T17:50'), at('2026-11-28T12:00'))).toBe(10 * MINUTE)
    expect(tradingTime(coins.sessions, at('2026-03-07T12:00'), at('2026-03-09T12:00'))).toBe(48 * 60 * MINUTE)
  })
})

describe('a price', () => {
  it.each<[string, Seen, BarClock, string, boolean]>([
    ['has its next minute late', seenAt('2026-03-06T15:00'), minutes, '2026-03-06T15:02:29', false],
    ['has two minutes late', seenAt('2026-03-06T15:00'), minutes, '2026-03-06T15:02:30', true],
    ['waits for a bar of an hour that has not closed', seenAt('2026-03-06T15:30'), hours, '2026-03-06T16:29', false],
    ['is of the last close before the weekend', seenAt('2026-03-06T21:00'), minutes, '2026-03-08T23:59', false],
    ['is so on summer time, an hour earlier by UTC', seenAt('2026-03-06T21:00'), minutes, '2026-03-09T13:31:40', false],
    ['and stale when the second minute is not there', seenAt('2026-03-06T21:00'), minutes, '2026-03-09T13:32:30', true],
    [
      'is of the last close before the clocks go back',
      seenAt('2026-10-30T20:00'),
      minutes,
      '2026-11-02T14:31:40',
      false,
    ],
    ['is then not due an hour too early', seenAt('2026-10-30T20:00'), minutes, '2026-11-02T13:45', false],
    ['and stale in winter time', seenAt('2026-10-30T20:00'), minutes, '2026-11-02T14:32:30', true],
    ['ends with a half day', seenAt('2026-11-27T18:00'), minutes, '2026-11-27T20:59', false],
    ['is of a day, on the evening after it', seenAt('2026-03-05T21:00'), days, '2026-03-06T20:59', false],
    ['is of a day, one close missed', seenAt('2026-03-05T21:00'), days, '2026-03-09T19:59', false],
    ['is of a day, two closes missed', seenAt('2026-03-05T21:00'), days, '2026-03-09T20:00:30', true],
    ['is a coin on the day of 23 hours in New York', seenAt('2026-03-08T08:00'), coins, '2026-03-08T09:59', false],
    ['is a coin that stands still then', seenAt('2026-03-08T06:00'), coins, '2026-03-08T08:00:30', true],
    ['is a coin on the day of 25 hours', seenAt('2026-11-01T05:00'), coins, '2026-11-01T06:59', false],
    ['was never there', UNSEEN, minutes, '2026-03-06T15:00', true],
    [
      'is of a later moment than now: the clock was set back',
      seenAt('2026-03-06T15:00'),
      minutes,
      '2026-03-06T14:00',
      false,
    ],
  ])('%s', (_, seen, clock, now, isStale) => {
    expect(staleness(seen, clock, rules, at(now)) !== '').toBe(isStale)
  })

  it('of an instrument that trades seldom is stale only when it is quiet for longer than it ever was', () => {
    let seen = UNSEEN
    for (const time of ['14:31', '14:35', '14:36', '14:46']) seen = sawBar(seen, minutes, at(`2026-03-06T${time}`))
    expect(seen.quiet).toBe(9)
    expect(staleness(seen, minutes, rules, at('2026-03-06T15:05:59'))).toBe('')
    expect(staleness(seen, minutes, rules, at('2026-03-06T15:06:30'))).toContain('its last 20 bars')
    expect(sawBar(seen, minutes, at('2026-03-06T14:40'))).toBe(seen)
  })

  it('is never quiet for longer than a session', () => {
    const seen = sawBar(seenAt('2026-03-02T15:00'), minutes, at('2026-03-06T21:00'))
    expect(seen.quiet).toBe(390)
  })

  it('that is stale once is said once, and once when it goes on', () => {
    const [one, other] = ['ONE', 'OTHER'] as unknown as [InstrumentId, InstrumentId]
    const stale = new Set<InstrumentId>()
    const of = (text: string) => [
      { instrument: one, seen: seenAt(text), clock: minutes },
      { instrument: other, seen: seenAt('2026-03-06T15:00'), clock: minutes },
    ]
    const look = (seen: string, now: string) => freshnessChanges(of(seen), stale, rules, at(now))
    expect(look('2026-03-06T15:00', '2026-03-06T15:01')).toEqual([])
    expect(look('2026-03-06T15:02', '2026-03-06T15:03')).toMatchObject([{ instrument: other, isOpen: false }])
    expect(look('2026-03-06T15:03', '2026-03-06T15:04')).toEqual([])
    expect(look('2026-03-06T15:03', '2026-03-06T15:10')).toMatchObject([{ instrument: one, isOpen: false }])
    expect(look('2026-03-06T15:10', '2026-03-06T15:11')).toMatchObject([
      { instrument: one, isOpen: true, gate: 'fresh' },
    ])
    expect(oldestAge(of('2026-03-06T15:10'), at('2026-03-06T15:11'))).toBe(11 * MINUTE)
  })

  it('is stale after a machine slept through the session, and not after it slept through the night', () => {
    const seen = seenAt('2026-03-05T21:00')
    expect(staleness(seen, minutes, rules, at('2026-03-06T14:30'))).toBe('')
    expect(staleness(seen, minutes, rules, at('2026-03-06T20:00'))).not.toBe('')
  })
})

describe('the calendar of a broker', () => {
  const week = sessionsBetween(nyse, tradeDate(20261123), tradeDate(20261127))
  const theirs = (sessions: Sessions): readonly Session[] =>
    Array.from(sessions.dates, (_, index) => sessionAtIndex(sessions, index))
  const [from, to] = [tradeDate(20261123), tradeDate(20261127)]

  it('agrees with the table', () => {
    expect(calendarDisagreements(nyse, theirs(week), from, to)).toEqual([])
    expect(disagreementText([])).toBe('')
  })

  it('is told from it by day: closed, open, or at other hours', () => {
    const rows = theirs(week)
    const closed = calendarDisagreements(nyse, rows.slice(1), from, to)
    expect(disagreementText(closed)).toBe('2026-11-23: our table trades, the broker does not')
    const thanks = { ...rows[0]!, date: tradeDate(20261126) }
    const opened = calendarDisagreements(nyse, [...rows, thanks], from, to)
    expect(disagreementText(opened)).toBe('2026-11-26: the broker trades, our table does not')
    const whole = rows.map((row) => (row.date === to ? { ...row, close: at('2026-11-27T21:00') } : row))
    expect(disagreementText(calendarDisagreements(nyse, whole, from, to))).toBe(
      '2026-11-27: the broker trades 14:30 to 21:00 UTC, our table says 14:30 to 18:00',
    )
    expect(disagreementText(calendarDisagreements(nyse, [thanks], from, to))).toContain('and 4 more')
  })
})
