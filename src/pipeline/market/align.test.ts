import { describe, expect, it } from 'vitest'
import type { Series } from '../../domain/series.ts'
import { sessionsFrom, startOfDay, tradeDate } from '../../domain/sessions.ts'
import { calendarId, clockId, type Instant, instrumentId, type TradeDate } from '../../domain/units.ts'
import { type AlignRequest, alignClock, type ClockMember } from './align.ts'

const HOUR = 3_600_000

/** A series of `date close` rows. */
function member(name: string, rows: readonly (readonly [number, number])[], factors?: readonly number[]): ClockMember {
  const dates = Int32Array.from(rows, ([date]) => date)
  const close = Float64Array.from(rows, ([, price]) => price)
  const series: Series = {
    source: `${name}.csv`,
    layout: 'ohlcv',
    resolution: 'day',
    dates,
    times: Float64Array.from(dates, (date) => startOfDay(date as TradeDate)),
    open: close,
    high: close,
    low: close,
    close,
    volume: close,
    adjustedClose: null,
    dividend: null,
    split: null,
    lines: Int32Array.from(rows, (_, row) => row + 2),
    findings: [],
  }
  return { instrument: instrumentId(name), series, factors: Float64Array.from(factors ?? rows.map(() => 1)) }
}

const week = sessionsFrom(
  calendarId('week'),
  [20200102, 20200103, 20200106, 20200107, 20200108].map((date) => {
    const open = (startOfDay(date as TradeDate) + 14 * HOUR) as Instant
    return { date: date as TradeDate, open, close: (open + 6 * HOUR) as Instant }
  }),
)

function aligned(members: readonly ClockMember[], more: Partial<AlignRequest> = {}) {
  return alignClock({
    clock: clockId('day'),
    sessions: week,
    members,
    from: tradeDate(20200101),
    to: tradeDate(20200131),
    barMs: null,
    dataEnd: null,
    ...more,
  })
}

describe('alignClock', () => {
  const full = member('FULL', [
    [20200102, 1],
    [20200103, 2],
    [20200106, 3],
    [20200107, 4],
    [20200108, 5],
  ])

  it('gives a row per session and a column per instrument, and fills nothing in', () => {
    const holes = member('HOLES', [
      [20200102, 10],
      [20200107, 40],
      [20200108, 50],
    ])
    const { block, notes, actions } = aligned([full, holes])
    expect([...block.tradeDates]).toEqual([...week.dates])
    expect([...block.close]).toEqual([1, 10, 2, Number.NaN, 3, Number.NaN, 4, 40, 5, 50])
    expect([...block.opens]).toEqual([...week.opens])
    expect(actions).toEqual([])
    expect(notes.map(({ code, count, instrument }) => `${instrument} ${code} ${count}`)).toEqual([
      'HOLES missing-bars 2',
    ])
  })

  it('notes who lists later and ends who ends earlier, at the last close', () => {
    const late = member('LATE', [
      [20200107, 40],
      [20200108, 50],
    ])
    const gone = member('GONE', [
      [20200102, 7],
      [20200103, 8],
    ])
    const { notes, actions } = aligned([full, late, gone])
    expect(notes.map(({ text }) => text)).toEqual([
      'not yet listed until 2020-01-07',
      'ends on 2020-01-03: positions close at the last close',
    ])
    expect(actions).toEqual([
      {
        at: week.closes[1],
        tradeDate: 20200103,
        action: {
          kind: 'ended',
          instrument: 'GONE',
          price: 8,
          cause: 'no data after 2020-01-03: delisted, or the file ends',
        },
      },
    ])
  })

  it('cuts the rows behind all data, unless the run has data elsewhere', () => {
    const gone = member('GONE', [[20200102, 7]])
    expect(aligned([gone]).block.tradeDates).toHaveLength(1)
    expect(aligned([gone]).actions).toEqual([])
    const whole = aligned([gone], { dataEnd: tradeDate(20200108) })
    expect(whole.block.tradeDates).toHaveLength(5)
    expect(whole.actions).toHaveLength(1)
  })

  it('leaves rows on closed days out and says so', () => {
    const odd = member('ODD', [
      [20200103, 1],
      [20200104, 2],
      [20200106, 3],
    ])
    const { block, notes } = aligned([odd])
    expect([...block.close]).toEqual([Number.NaN, 1, 3])
    expect(notes.map(({ code, line, count }) => `${code} ${line} ${count}`)).toEqual([
      'outside-calendar 3 1',
      'listed-later 2 1',
    ])
  })

  it('carries a factor over days without a bar and takes it along from before the run', () => {
    const split = member(
      'SPLIT',
      [
        [20200102, 100],
        [20200103, 50],
        [20200107, 25],
      ],
      [1, 2, 4],
    )
    const { block } = aligned([split, full], { from: tradeDate(20200106) })
    expect([...block.factor]).toEqual([2, 1, 4, 1, 4, 1])
  })

  it('has a row for every bar of every session, also where nobody has it, and drops what lies outside', () => {
    const hours = (name: string, at: readonly number[]): ClockMember => {
      const base = member(
        name,
        at.map((hour) => [20200102, hour] as const),
      )
      const times = Float64Array.from(at, (hour) => startOfDay(tradeDate(20200102)) + hour * HOUR)
      return { ...base, series: { ...base.series, resolution: 'intraday', times } }
    }
    const { block, notes } = aligned([hours('A', [13, 14, 15]), hours('B', [15, 16])], { barMs: HOUR })
    const none = Number.NaN
    expect([...block.close]).toEqual([14, none, 15, 15, none, 16, none, none, none, none, none, none])
    expect(block.closes[0]! - block.opens[0]!).toBe(HOUR)
    expect([...block.tradeDates]).toEqual(Array.from({ length: 6 }, () => 20200102))
    expect(notes.filter(({ code }) => code === 'outside-calendar')).toHaveLength(1)
  })
})
