import { describe, expect, it } from 'vitest'
import type { BorrowRecord, FundingRecord } from '../../domain/market-records.ts'
import { sessionsFrom, startOfDay } from '../../domain/sessions.ts'
import { calendarId, type Instant, instrumentId, type TradeDate } from '../../domain/units.ts'
import { borrowActions, fundingActions } from './financing.ts'

const A = instrumentId('A')
const HOUR = 3_600_000
const at = (date: number, hour: number): Instant => (startOfDay(date as TradeDate) + hour * HOUR) as Instant
/** Thursday, Friday, Monday, Tuesday. */
const DATES = [20_240_104, 20_240_105, 20_240_108, 20_240_109]
const sessions = sessionsFrom(
  calendarId('days'),
  DATES.map((date) => ({ date: date as TradeDate, open: at(date, 14), close: at(date, 21) })),
)
const head = (eventAt: Instant) => ({
  id: String(eventAt),
  instrument: A,
  eventAt,
  publishedAt: eventAt,
  origin: 'recorded' as const,
})
const reach = { from: DATES[0] as TradeDate, to: DATES[3] as TradeDate }

describe('borrowActions', () => {
  it('charges the nights since the last session, a weekend three of them', () => {
    const found = borrowActions(A, { rate: 0.05, records: [] }, sessions, reach)
    expect(found.map(({ at: when, action }) => [when, action])).toEqual(
      [
        [DATES[1]!, 1],
        [DATES[2]!, 3],
        [DATES[3]!, 1],
      ].map(([date, days]) => [
        at(date!, 14),
        { kind: 'borrow', instrument: A, rate: 0.05, days, isAvailable: true, price: null },
      ]),
    )
  })
  it('takes the terms in force at the open, whatever order the records stand in', () => {
    const records: BorrowRecord[] = [
      { ...head(at(DATES[2]!, 15)), kind: 'borrow', rate: 0, available: true },
      { ...head(at(DATES[1]!, 14)), kind: 'borrow', rate: 0.3, available: false },
    ]
    const found = borrowActions(A, { rate: 0, records }, sessions, reach)
    // The last one only says that it can be borrowed again.
    expect(found.map(({ tradeDate, action }) => [tradeDate, action])).toMatchObject([
      [DATES[1], { rate: 0.3, isAvailable: false }],
      [DATES[2], { rate: 0.3, isAvailable: false }],
      [DATES[3], { rate: 0, isAvailable: true }],
    ])
  })
  it('is nothing where borrowing is free', () => {
    expect(borrowActions(A, { rate: 0, records: [] }, sessions, reach)).toEqual([])
  })
})

describe('fundingActions', () => {
  it('stand at their instants, on the trade date whose session ends next; what comes after the calendar is left out', () => {
    const record = (eventAt: Instant, rate: number): FundingRecord => ({ ...head(eventAt), kind: 'funding', rate })
    const late = record(at(DATES[3]!, 22), 0.3)
    const found = fundingActions([late, record(at(DATES[1]!, 22), -0.2), record(at(DATES[1]!, 8), 0.1)], sessions)
    expect(found).toEqual([
      {
        at: at(DATES[1]!, 8),
        tradeDate: DATES[1],
        action: { kind: 'funding', instrument: A, rate: 0.1, price: null },
      },
      {
        at: at(DATES[1]!, 22),
        tradeDate: DATES[2],
        action: { kind: 'funding', instrument: A, rate: -0.2, price: null },
      },
    ])
  })
})
