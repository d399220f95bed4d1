import { describe, expect, it } from 'vitest'
import type { Series } from '../../domain/series.ts'
import { sessionsFrom, startOfDay } from '../../domain/sessions.ts'
import { calendarId, type Instant, instrumentId, type TradeDate } from '../../domain/units.ts'
import { type ChainContract, continuousChain, rollActions } from './futures-chain.ts'

/** Days 1 to 9 of a month; a row is the day, its close and its volume. */
const dateOf = (day: number): TradeDate => (20_240_100 + day) as TradeDate

function contract(id: string, expiry: number, rows: readonly (readonly [number, number, number])[]): ChainContract {
  const column = (place: number): Float64Array => Float64Array.from(rows, (row) => row[place]!)
  const close = column(1)
  const series: Series = {
    source: `${id}.csv`,
    layout: '',
    resolution: 'day',
    dates: Int32Array.from(rows, ([day]) => dateOf(day)),
    times: Float64Array.from(rows, ([day]) => startOfDay(dateOf(day))),
    open: close.map((price) => price - 1),
    high: close.map((price) => price + 1),
    low: close.map((price) => price - 2),
    close,
    volume: column(2),
    adjustedClose: null,
    dividend: null,
    split: null,
    lines: Int32Array.from(rows, (_, row) => row + 2),
    findings: [],
  }
  return { instrument: instrumentId(id), expiry: dateOf(expiry), series }
}

const days = (from: number, to: number, close: number, volume: (day: number) => number) =>
  Array.from({ length: to - from + 1 }, (_, place): [number, number, number] => [
    from + place,
    close + place,
    volume(from + place),
  ])
const A = contract(
  'A',
  6,
  days(1, 6, 100, (day) => 100 - 15 * day),
)
const B = contract(
  'B',
  9,
  days(2, 9, 220, (day) => 10 * day),
)

describe('continuousChain', () => {
  it('rolls so many trading days before the last, at a factor that joins the closes before', () => {
    const chain = continuousChain('AB', [A, B], { by: 'days', days: 2 })
    expect(chain.rolls).toEqual([
      { date: dateOf(1), from: null, to: 0 },
      { date: dateOf(4), from: 0, to: 1 },
    ])
    // On the third day A closed at 102 and B at 221.
    expect(chain.contractFactors).toEqual([1, 102 / 221])
    expect(Array.from(chain.series.dates)).toEqual(Array.from({ length: 9 }, (_, day) => dateOf(day + 1)))
    expect(Array.from(chain.series.close)).toEqual([100, 101, 102, 222, 223, 224, 225, 226, 227])
    expect(Array.from(chain.factors)).toEqual([1, 1, 1, ...Array.from({ length: 6 }, () => 102 / 221)])
  })
  it('rolls on the day after the next contract traded more', () => {
    // A trades 85, 70, 55, 40, 25 on its days; B 20, 30, 40, 50: more on day 5, so day 6 it is, the last.
    const byVolume = continuousChain('AB', [A, B], { by: 'volume' })
    expect(byVolume.rolls.at(-1)).toEqual({ date: dateOf(5), from: 0, to: 1 })
    const eager = contract(
      'B',
      9,
      days(2, 9, 220, () => 60),
    )
    expect(continuousChain('AB', [A, eager], { by: 'volume' }).rolls.at(-1)!.date).toBe(dateOf(4))
  })
  it('takes the next day on which both have prices, and begins anew where there is none', () => {
    const late = contract(
      'B',
      9,
      days(5, 9, 220, () => 1),
    )
    expect(continuousChain('AB', [A, late], { by: 'days', days: 3 }).rolls.at(-1)!.date).toBe(dateOf(6))
    const gap = continuousChain(
      'AB',
      [
        A,
        contract(
          'B',
          9,
          days(8, 9, 220, () => 1),
        ),
      ],
      { by: 'days', days: 3 },
    )
    expect(gap.rolls.at(-1)).toEqual({ date: dateOf(8), from: 0, to: 1 })
    expect(gap.contractFactors).toEqual([1, 1])
  })
})

describe('rollActions', () => {
  const sessions = sessionsFrom(
    calendarId('days'),
    Array.from({ length: 9 }, (_, place) => {
      const open = (startOfDay(dateOf(place + 1)) + 50_000_000) as Instant
      return { date: dateOf(place + 1), open, close: (open + 20_000_000) as Instant }
    }),
  )
  const { rolls } = continuousChain('AB', [A, B], { by: 'days', days: 2 })
  const told = (from: number, to: number) =>
    rollActions(instrumentId('AB'), [A, B], rolls, sessions, { from: dateOf(from), to: dateOf(to) }).map(
      ({ tradeDate, action }) => [tradeDate % 100, action.kind === 'roll' ? `${action.from} ${action.to}` : ''],
    )
  it('begin with the contract of the first day, and are said again while the old one trades', () => {
    expect(told(1, 9)).toEqual([
      [1, 'null A'],
      [4, 'A B'],
      [5, 'A B'],
      [6, 'A B'],
    ])
    expect(told(2, 4)).toEqual([
      [2, 'null A'],
      [4, 'A B'],
    ])
    expect(told(5, 9)).toEqual([[5, 'null B']])
  })
})
