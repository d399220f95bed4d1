import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder } from '../../../test/outside-data.ts'
import {
  addDays,
  formatInstant,
  isSession,
  parseDate,
  sessionAtIndex,
  sessionOf,
  tradeDate,
  weekday,
} from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { NYSE_FIRST, NYSE_LAST, nyseSessions } from './nyse.ts'

const sessions = nyseSessions()

/** Rows of `year: mm-dd mm-dd ...`. */
function datesOf(text: string): TradeDate[] {
  return text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [year, days] = line.trim().split(':')
      return days!
        .trim()
        .split(/\s+/)
        .map((day) => parseDate(`${year}-${day}`)!)
    })
}

/** The weekdays of the years `from` to `to` on which the exchange is closed. */
function closures(from: number, to: number): TradeDate[] {
  const found: TradeDate[] = []
  for (let date = tradeDate(from * 10_000 + 101); date <= to * 10_000 + 1231; date = addDays(date, 1)) {
    if (weekday(date) >= 1 && weekday(date) <= 5 && !isSession(sessions, date)) found.push(date)
  }
  return found
}

const HOURS_FULL = 6.5
const hoursOf = (index: number): number => (sessions.closes[index]! - sessions.opens[index]!) / 3_600_000

/** The sessions of the years `from` to `to` that are not six and a half hours long. */
function shortDays(from: number, to: number): TradeDate[] {
  return [...sessions.dates].filter(
    (date, index) => date >= from * 10_000 && date < (to + 1) * 10_000 && hoursOf(index) !== HOURS_FULL,
  ) as TradeDate[]
}

function hours(date: number): string {
  const { open, close } = sessionAtIndex(sessions, sessionOf(sessions, tradeDate(date)))
  return `${formatInstant(open).slice(11, 16)} ${formatInstant(close).slice(11, 16)}`
}

const data = dataFolder()
describe.skipIf(data === null)('NYSE sessions against real prices (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  it('are the dates on which SPY traded, 2000 to 2024', () => {
    const lines = readFileSync(join(data!, 'etf_index_daily/SPY.csv'), 'utf8').trim().split('\n').slice(1)
    const traded = lines.map((line) => Number(parseDate(line.slice(0, 10)))).filter((date) => date >= 20000101)
    expect(traded.length).toBe(6289)
    expect([...sessions.dates].filter((date) => date <= 20241231)).toEqual(traded)
  })
})

describe('NYSE sessions', () => {
  it('span 2000 to 2030', () => {
    expect([NYSE_FIRST, NYSE_LAST]).toEqual([20000101, 20301231])
    expect([sessions.dates[0], sessions.dates.at(-1)]).toEqual([20000103, 20301231])
  })

  // QuantConnect Lean's market-hours database; 2025 to 2027 as announced by NYSE Group on 8 November 2024.
  it('close on the published holidays of 2020 to 2027', () => {
    expect(closures(2020, 2027)).toEqual(
      datesOf(`
        2020: 01-01 01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25
        2021: 01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24
        2022: 01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26
        2023: 01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25
        2024: 01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25
        2025: 01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25
        2026: 01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25
        2027: 01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24`),
    )
  })

  it('close at 13:00 on the published half days of 2020 to 2027, and on no others', () => {
    const half = datesOf(`
      2020: 11-27 12-24
      2021: 11-26
      2022: 11-25
      2023: 07-03 11-24
      2024: 07-03 11-29 12-24
      2025: 07-03 11-28 12-24
      2026: 11-27 12-24
      2027: 11-26`)
    expect(shortDays(2020, 2027)).toEqual(half)
    for (const date of half) {
      expect(hoursOf(sessionOf(sessions, date))).toBe(3.5)
      expect(hours(date)).toBe(date % 10_000 === 703 ? '13:30 17:00' : '14:30 18:00')
    }
  })

  it('follow the rules in 2028 to 2030', () => {
    expect(closures(2028, 2030)).toEqual(
      datesOf(`
        2028: 01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25
        2029: 01-01 01-15 02-19 03-30 05-28 06-19 07-04 09-03 11-22 12-25
        2030: 01-01 01-21 02-18 04-19 05-27 06-19 07-04 09-02 11-28 12-25`),
    )
    expect(shortDays(2028, 2030)).toEqual(
      datesOf(`
        2028: 07-03 11-24
        2029: 07-03 11-23 12-24
        2030: 07-03 11-29 12-24`),
    )
  })

  it('keep the closures that no rule foresees', () => {
    for (const date of [
      20010911, 20010912, 20010913, 20010914, 20040611, 20070102, 20121029, 20121030, 20181205, 20250109,
    ])
      expect(isSession(sessions, tradeDate(date))).toBe(false)
  })

  it('trade on the Friday before a New Year that falls on Saturday', () => {
    for (const date of [20041231, 20101231, 20211231, 20271231]) expect(isSession(sessions, tradeDate(date))).toBe(true)
  })

  it('keep the half days of earlier years', () => {
    expect(shortDays(2000, 2003)).toEqual(
      datesOf(`
        2000: 07-03 11-24
        2001: 07-03 11-23 12-24
        2002: 07-05 09-11 11-29 12-24
        2003: 07-03 11-28 12-24 12-26`),
    )
    expect(shortDays(2012, 2014)).toEqual(
      datesOf(`
        2012: 07-03 11-23 12-24
        2013: 07-03 11-29 12-24
        2014: 07-03 11-28 12-24`),
    )
    expect(hours(20020911)).toBe('16:00 20:00')
  })

  it('move by an hour in UTC when New York changes its clocks', () => {
    const winter = '14:30 21:00'
    const summer = '13:30 20:00'
    // up to 2006: first Sunday of April, last Sunday of October
    expect([20060331, 20060403, 20061027, 20061030].map(hours)).toEqual([winter, summer, summer, winter])
    // since 2007: second Sunday of March, first Sunday of November
    expect([20070309, 20070312, 20071102, 20071105].map(hours)).toEqual([winter, summer, summer, winter])
    expect([20300308, 20300311, 20301101, 20301104].map(hours)).toEqual([winter, summer, summer, winter])
  })

  it('open and close at the wall-clock time that the time-zone database gives', () => {
    const newYork = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'short',
    })
    const seen = new Map<string, number>()
    sessions.dates.forEach((date, index) => {
      const open = newYork.format(sessions.opens[index]!)
      const close = newYork.format(sessions.closes[index]!)
      expect(parseDate(open.slice(0, 10))).toBe(date)
      expect(parseDate(close.slice(0, 10))).toBe(date)
      const key = `${open.slice(11)} ${close.slice(11)}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
    })
    expect([...seen.keys()].sort()).toEqual(['09:30 13:00', '09:30 16:00', '12:00 16:00'])
    expect(seen.get('12:00 16:00')).toBe(1)
  })
})
