import { describe, expect, it } from 'vitest'
import type { Series } from '../../domain/series.ts'
import { sessionsFrom, startOfDay, tradeDate } from '../../domain/sessions.ts'
import { calendarId, type Instant } from '../../domain/units.ts'
import { aggregateBars, barLengthOf, barText } from './aggregate.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [FIRST, SECOND] = [tradeDate(20240102), tradeDate(20240103)]

/** Bars that begin at the given hours of a day; the price of a bar is its place, its range two around it. */
function barsAt(starts: readonly (readonly [number, number])[], more: Partial<Series> = {}): Series {
  const column = (value: (place: number) => number): Float64Array =>
    Float64Array.from(starts, (_, place) => value(place))
  return {
    source: 'x.csv',
    layout: 'ohlcv',
    resolution: 'intraday',
    dates: Int32Array.from(starts, ([date]) => date),
    times: Float64Array.from(starts, ([date, hour]) => startOfDay(tradeDate(date)) + hour * HOUR),
    open: column((place) => 10 + place),
    high: column((place) => 12 + place),
    low: column((place) => 8 + place),
    close: column((place) => 10.5 + place),
    volume: column((place) => 100 + place),
    adjustedClose: null,
    dividend: null,
    split: null,
    lines: Int32Array.from(starts, (_, place) => place + 2),
    findings: [],
    ...more,
  }
}

const session = (date: typeof FIRST, from: number, to: number) => ({
  date,
  open: (startOfDay(date) + from * HOUR) as Instant,
  close: (startOfDay(date) + to * HOUR) as Instant,
})
const continuous = sessionsFrom(calendarId('continuous'), [session(FIRST, 0, 24), session(SECOND, 0, 24)])
const exchange = sessionsFrom(calendarId('exchange'), [session(FIRST, 14.5, 21), session(SECOND, 14.5, 21)])

function settled(result: ReturnType<typeof aggregateBars>): Series {
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}
const refusal = (result: ReturnType<typeof aggregateBars>): unknown => (result.ok ? null : result.error)

describe('bars put together', () => {
  it('open with the first, close with the last, reach as far as any and add up their volume', () => {
    const hours = barsAt([...Array(8).keys()].map((hour) => [FIRST, hour] as const))
    const bars = settled(aggregateBars(hours, continuous, 4 * HOUR))
    expect([...bars.times].map((time) => (time - startOfDay(FIRST)) / HOUR)).toEqual([0, 4])
    expect([...bars.open]).toEqual([10, 14])
    expect([...bars.high]).toEqual([15, 19])
    expect([...bars.low]).toEqual([8, 12])
    expect([...bars.close]).toEqual([13.5, 17.5])
    expect([...bars.volume]).toEqual([406, 422])
    expect(bars.findings).toEqual([])
  })

  it('are days of the calendar, of those bars that there are, and say how many are incomplete', () => {
    const hours = [...Array(24).keys()].map((hour) => [FIRST, hour] as const)
    const bars = settled(aggregateBars(barsAt([...hours, [SECOND, 0], [SECOND, 5]]), continuous, null))
    expect([...bars.dates]).toEqual([FIRST, SECOND])
    expect([bars.resolution, bars.open[1], bars.close[1]]).toEqual(['day', 34, 35.5])
    expect(bars.findings).toEqual([
      {
        kind: 'note',
        code: 'incomplete-bars',
        text: 'bars of a day of which bars of an hour are missing: made of those that there are',
        line: 26,
        count: 1,
      },
    ])
  })

  it('begin at the open of the session; the last one may be cut short', () => {
    const halves = barsAt([...Array(13).keys()].map((half) => [FIRST, 14.5 + half / 2] as const))
    const bars = settled(aggregateBars(halves, exchange, HOUR))
    expect(bars.times).toHaveLength(7)
    expect((bars.times[6]! - startOfDay(FIRST)) / HOUR).toBe(20.5)
    expect(bars.findings).toEqual([])
  })

  it('leave out what lies outside of the sessions, and say so', () => {
    const bars = settled(
      aggregateBars(
        barsAt([
          [FIRST, 13.5],
          [FIRST, 14.5],
          [FIRST, 15.5],
        ]),
        exchange,
        HOUR,
      ),
    )
    expect([...bars.open]).toEqual([11, 12])
    expect(bars.findings.map(({ code, line, count }) => [code, line, count])).toEqual([['outside-sessions', 2, 1]])
  })

  it('multiply splits and add dividends of the bars that they are made of', () => {
    const two = [
      [FIRST, 0],
      [FIRST, 1],
    ] as const
    const given = barsAt(two, { split: Float64Array.of(2, 1), dividend: Float64Array.of(0.5, 0.25) })
    const bars = settled(aggregateBars(given, continuous, null))
    expect([bars.split![0], bars.dividend![0]]).toEqual([2, 0.75])
  })
})

describe('bars that cannot be put together', () => {
  it('are longer than those asked for: refused with the line', () => {
    const hours = barsAt([
      [FIRST, 0],
      [FIRST, 1],
    ])
    expect(refusal(aggregateBars(hours, continuous, 15 * MINUTE))).toMatchObject({
      code: 'DATA_REFUSED',
      values: {
        file: 'x.csv',
        line: 2,
        reason: expect.stringContaining('bars of an hour cannot be cut into bars of 15 minutes'),
      },
    })
  })

  it('lie across the border of two bars of the clock: what closes later would be known too early', () => {
    const late = barsAt([
      [FIRST, 14.5],
      [FIRST, 15.25],
    ])
    expect(refusal(aggregateBars(late, exchange, HOUR))).toMatchObject({ values: { line: 3 } })
  })
})

describe('the length of bars', () => {
  it('is the smallest distance of two; holes only make others larger', () => {
    expect(
      barLengthOf(
        barsAt([
          [FIRST, 0],
          [FIRST, 3],
          [FIRST, 4],
        ]),
      ),
    ).toBe(HOUR)
    expect(barLengthOf(barsAt([[FIRST, 0]]))).toBeNull()
  })
  it('is said in words', () => {
    expect([MINUTE, 15 * MINUTE, HOUR, 4 * HOUR].map(barText)).toEqual(['a minute', '15 minutes', 'an hour', '4 hours'])
  })
})
