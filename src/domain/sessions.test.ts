import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../test/profile.ts'
import {
  addDays,
  civilDate,
  countBetween,
  daysBetween,
  daysInMonth,
  formatDate,
  formatInstant,
  fromDays,
  isSession,
  isTradeDate,
  lastClosed,
  lastWeekday,
  nextSession,
  nthWeekday,
  parseDate,
  previousSession,
  type Session,
  sessionAt,
  sessionAtIndex,
  sessionAtOrAfter,
  sessionOf,
  sessionOnOrAfter,
  sessionOnOrBefore,
  sessionsBetween,
  sessionsFrom,
  startOfDay,
  toDays,
  tradeDate,
  tradeDateOf,
  utcDate,
  WEEKDAY,
  weekday,
} from './sessions.ts'
import { type CalendarId, type Instant, instant, type TradeDate } from './units.ts'

const anyDays = fc.integer({ min: -719_162, max: 2_932_896 }) // 0001-01-01 .. 9999-12-31
const RUNS = propertyRuns(2_000)

describe('trade dates', () => {
  it('count days as the platform calendar does', () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const oracle = new Date(days * 86_400_000)
        const date = fromDays(days)
        expect(formatDate(date)).toBe(oracle.toISOString().slice(0, 10))
        expect(weekday(date)).toBe(oracle.getUTCDay())
        expect(toDays(date)).toBe(days)
        expect(parseDate(formatDate(date))).toBe(date)
      }),
      RUNS,
    )
  })

  it('format instants as ISO 8601 in UTC', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (ms) => {
        expect(formatInstant(instant(ms))).toBe(new Date(ms).toISOString())
        expect(utcDate(instant(ms))).toBe(parseDate(new Date(ms).toISOString().slice(0, 10)))
      }),
      RUNS,
    )
  })

  it('exist or do not', () => {
    for (const value of [20240229, 20000229, 20231231, 10101, 99991231]) expect(isTradeDate(value)).toBe(true)
    for (const value of [
      20230229,
      19000229,
      20230001,
      20231301,
      20230431,
      20230400,
      0,
      -20230101,
      20230101.5,
      Number.NaN,
    ])
      expect(isTradeDate(value)).toBe(false)
    expect(() => tradeDate(20230229)).toThrow('trade date must be an existing date written yyyymmdd, was "20230229"')
  })

  it('come apart and go together', () => {
    expect(civilDate(20240131)).toEqual({ year: 2024, month: 1, day: 31 })
    expect(tradeDateOf({ year: 2024, month: 1, day: 31 })).toBe(20240131)
    expect([1, 2, 4, 12].map((month) => daysInMonth(2023, month))).toEqual([31, 28, 30, 31])
    expect([1900, 2000, 2024].map((year) => daysInMonth(year, 2))).toEqual([28, 29, 29])
  })

  it('move across months, years and leap days', () => {
    expect(addDays(tradeDate(20240228), 1)).toBe(20240229)
    expect(addDays(tradeDate(20240301), -1)).toBe(20240229)
    expect(addDays(tradeDate(19991231), 1)).toBe(20000101)
    expect(daysBetween(tradeDate(20200101), tradeDate(20210101))).toBe(366)
    expect(daysBetween(tradeDate(20210101), tradeDate(20200101))).toBe(-366)
  })

  it('find the n-th and the last weekday of a month', () => {
    expect(nthWeekday({ year: 2024, month: 3, weekday: WEEKDAY.friday, nth: 3 })).toBe(20240315)
    expect(nthWeekday({ year: 2024, month: 11, weekday: WEEKDAY.thursday, nth: 4 })).toBe(20241128)
    expect(nthWeekday({ year: 2024, month: 9, weekday: WEEKDAY.sunday, nth: 1 })).toBe(20240901)
    expect(lastWeekday({ year: 2024, month: 5, weekday: WEEKDAY.monday })).toBe(20240527)
    expect(lastWeekday({ year: 2024, month: 3, weekday: WEEKDAY.sunday })).toBe(20240331)
    expect(() => nthWeekday({ year: 2024, month: 2, weekday: WEEKDAY.monday, nth: 5 })).toThrow('20240233')
  })

  it('are read from ISO and from plain digits, and from nothing else', () => {
    expect(parseDate('2024-02-29')).toBe(20240229)
    expect(parseDate('20240229')).toBe(20240229)
    for (const text of ['2024-2-29', '2023-02-29', '2024-0229', '29.02.2024', '', ' 2024-02-29', '2024-02-29T00:00'])
      expect(parseDate(text)).toBeNull()
  })
})

const calendar = 'test' as CalendarId
/** A session of eight hours from 08:00 UTC. */
function row(date: number): Session {
  const start = startOfDay(tradeDate(date))
  return { date: tradeDate(date), open: (start + 8 * 3_600_000) as Instant, close: (start + 16 * 3_600_000) as Instant }
}
const friday = tradeDate(20240105)
const monday = tradeDate(20240108)
const tuesday = tradeDate(20240109)
const weekend = tradeDate(20240106)
const table = sessionsFrom(calendar, [row(friday), row(monday), row(tuesday)])
const at = (date: TradeDate, hours: number): Instant => (startOfDay(date) + hours * 3_600_000) as Instant

describe('sessions', () => {
  it('are found by date', () => {
    expect([friday, monday, tuesday].map((date) => sessionOf(table, date))).toEqual([0, 1, 2])
    expect(sessionOf(table, weekend)).toBe(-1)
    expect(sessionOf(table, tradeDate(20240104))).toBe(-1)
    expect(sessionOf(table, tradeDate(20240110))).toBe(-1)
    expect([friday, weekend].map((date) => isSession(table, date))).toEqual([true, false])
    expect(sessionAtIndex(table, 1)).toEqual(row(monday))
    expect(() => sessionAtIndex(table, 3)).toThrow('session index "3" is outside "test"')
  })

  it('include their open and exclude their close', () => {
    expect([7.99, 8, 15.99, 16].map((hours) => sessionAt(table, at(monday, hours)))).toEqual([-1, 1, 1, -1])
    expect([7.99, 8, 15.99, 16].map((hours) => sessionAtOrAfter(table, at(monday, hours)))).toEqual([1, 1, 1, 2])
    expect([7.99, 8, 15.99, 16].map((hours) => lastClosed(table, at(monday, hours)))).toEqual([0, 0, 0, 1])
    expect(sessionAtOrAfter(table, at(tuesday, 16))).toBe(-1)
    expect(lastClosed(table, at(friday, 15))).toBe(-1)
    expect(sessionAt(table, at(friday, 0))).toBe(-1)
  })

  it('have neighbours, and none beyond the table', () => {
    expect([friday, weekend, monday, tuesday].map((date) => nextSession(table, date))).toEqual([
      monday,
      monday,
      tuesday,
      null,
    ])
    expect([friday, weekend, monday].map((date) => previousSession(table, date))).toEqual([null, friday, friday])
    expect([friday, weekend, tradeDate(20240110)].map((date) => sessionOnOrAfter(table, date))).toEqual([
      friday,
      monday,
      null,
    ])
    expect([tradeDate(20240104), friday, weekend].map((date) => sessionOnOrBefore(table, date))).toEqual([
      null,
      friday,
      friday,
    ])
  })

  it('are counted between dates, without the first and with the last', () => {
    expect(countBetween(table, friday, friday)).toBe(0)
    expect(countBetween(table, friday, weekend)).toBe(0)
    expect(countBetween(table, friday, monday)).toBe(1)
    expect(countBetween(table, weekend, tuesday)).toBe(2)
    expect(countBetween(table, tuesday, friday)).toBe(-2)
  })

  it('answer like a plain scan over any table', () => {
    const sorted = fc.uniqueArray(fc.integer({ min: 19_000, max: 19_060 }), { maxLength: 40 })
    fc.assert(
      fc.property(
        sorted,
        fc.integer({ min: 18_995, max: 19_065 }),
        fc.integer({ min: 0, max: 24 }),
        (days, day, hour) => {
          const rows = days.toSorted((a, b) => a - b).map((each) => row(fromDays(each)))
          const sessions = sessionsFrom(calendar, rows)
          const date = fromDays(day)
          const now = at(date, hour)
          expect(sessionOf(sessions, date)).toBe(rows.findIndex((each) => each.date === date))
          expect(sessionAt(sessions, now)).toBe(rows.findIndex((each) => each.open <= now && now < each.close))
          expect(sessionAtOrAfter(sessions, now)).toBe(rows.findIndex((each) => now < each.close))
          expect(lastClosed(sessions, now)).toBe(rows.findLastIndex((each) => each.close <= now))
          expect(nextSession(sessions, date)).toBe(rows.find((each) => each.date > date)?.date ?? null)
          expect(previousSession(sessions, date)).toBe(rows.findLast((each) => each.date < date)?.date ?? null)
        },
      ),
      RUNS,
    )
  })

  it('can be cut to a stretch of dates', () => {
    const dates = (from: TradeDate, to: TradeDate): number[] => [...sessionsBetween(table, from, to).dates]
    expect(dates(weekend, monday)).toEqual([monday])
    expect(dates(friday, tuesday)).toEqual([friday, monday, tuesday])
    expect(dates(tradeDate(20230101), weekend)).toEqual([friday])
    expect(dates(weekend, weekend)).toEqual([])
    expect(dates(tuesday, friday)).toEqual([])
    expect(sessionAtIndex(sessionsBetween(table, monday, monday), 0)).toEqual(row(monday))
  })

  it('must be in order, apart and not empty', () => {
    expect(() => sessionsFrom(calendar, [row(monday), row(friday)])).toThrow('must come after "20240108"')
    expect(() => sessionsFrom(calendar, [{ ...row(monday), close: row(monday).open }])).toThrow('must close after')
    expect(() => sessionsFrom(calendar, [row(monday), { ...row(tuesday), open: row(monday).open }])).toThrow('overlap')
    expect(sessionsFrom(calendar, []).dates.length).toBe(0)
  })
})
