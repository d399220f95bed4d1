import { describe, expect, it } from 'vitest'
import { sessionsFrom } from '../../domain/sessions.ts'
import { calendarId, clockId, type Instant, instrumentId, type TradeDate } from '../../domain/units.ts'
import { alignStreams, returnIndex, ruinousRow, streamSessions } from './streams.ts'

const DATES = [20_240_102, 20_240_103, 20_240_104, 20_240_105] as TradeDate[]
const NAN = Number.NaN
const calendar = calendarId('returns:some.csv')
const levelsOf = (...returns: number[]): Float64Array => returnIndex(Float64Array.from(returns))

describe('returnIndex', () => {
  it('begins at 100 before the first return and holds over rows without one', () => {
    expect([...levelsOf(0.1, NAN, -0.5)]).toEqual([100, 110.00000000000001, 110.00000000000001, 55.00000000000001])
  })
  it('is not there before a stream begins nor after it ends', () => {
    expect([...levelsOf(NAN, 0.1, NAN)]).toEqual([NAN, 100, 110.00000000000001, NAN])
    expect([...levelsOf(NAN, NAN)]).toEqual([NAN, NAN, NAN])
  })
  it('cannot go on from nothing: the first row that loses everything is named', () => {
    expect(ruinousRow(Float64Array.of(-0.999, -1, -2))).toBe(1)
    expect(ruinousRow(Float64Array.of(-0.999, NAN))).toBe(-1)
  })
})

describe('streamSessions', () => {
  it("keep the hours of the portfolio's day where it has one, and hours of their own elsewhere", () => {
    const midnight = Date.UTC(2024, 0, 3)
    const day = sessionsFrom(calendarId('nyse'), [
      { date: DATES[1]!, open: (midnight + 50) as Instant, close: (midnight + 90) as Instant },
    ])
    const { opens, closes, dates } = streamSessions(calendar, DATES.slice(0, 2), day)
    expect([...dates]).toEqual(DATES.slice(0, 2))
    expect([...opens]).toEqual([Date.UTC(2024, 0, 2, 14, 30), midnight + 50])
    expect([...closes]).toEqual([Date.UTC(2024, 0, 2, 21), midnight + 90])
  })
})

describe('alignStreams', () => {
  const sessions = streamSessions(calendar, DATES, null)
  const members = [
    { instrument: instrumentId('a'), levels: levelsOf(0.1, 0.2, -0.5, 1) },
    { instrument: instrumentId('b'), levels: levelsOf(NAN, 0.5, 0.5, NAN) },
  ]
  const aligned = (from: number, to: number) =>
    alignStreams({ clock: clockId('c'), sessions, members, from: from as TradeDate, to: to as TradeDate })

  it('begins with the level before the first return, at the opening of its day', () => {
    const { block, actions } = aligned(20_240_101, 20_240_131)
    expect([...block.tradeDates]).toEqual([DATES[0], ...DATES])
    expect(block.closes[0]).toBe(sessions.opens[0])
    expect([...block.closes.subarray(1)]).toEqual([...sessions.closes])
    expect([...block.close]).toEqual([100, NAN, 110.00000000000001, 100, 132, 150, 66, 225, 132, NAN])
    expect([...block.open].slice(4, 6)).toEqual([110.00000000000001, 100])
    expect(actions).toMatchObject([
      { at: sessions.closes[2], tradeDate: DATES[2], action: { kind: 'ended', instrument: 'b', price: 225 } },
    ])
  })
  it('keeps the level of a stream that a later run joins', () => {
    const { block, actions } = aligned(20_240_103, 20_240_104)
    expect([...block.tradeDates]).toEqual([DATES[1], DATES[1], DATES[2]])
    expect([...block.close]).toEqual([110.00000000000001, 100, 132, 150, 66, 225])
    expect(actions).toEqual([])
  })
  it('is empty where no date is within reach', () => {
    expect(aligned(20_250_101, 20_250_131).block.tradeDates.length).toBe(0)
  })
})
