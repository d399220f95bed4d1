import { describe, expect, it } from 'vitest'
import type { PostingRow } from './projections.ts'
import type { RoundTripRow } from './round-trip-row.ts'
import { roundTrips, TRIPS_KEPT } from './round-trips.ts'

const SHARE = 1_000_000
const STOCK = { kind: 'equity', symbol: 'A', unitsPerWhole: SHARE }

/** A booking of one share more or less at 100, or of a fee alone. */
function booked(
  seq: number,
  order: number,
  shares: number,
  before: number,
  more: Partial<PostingRow> = {},
): PostingRow {
  return {
    seq,
    place: 1,
    at: seq * 1_000,
    tradeDate: 20_240_102,
    kind: 'fill',
    order,
    execution: seq,
    sleeve: 'one',
    instrument: 'A',
    currency: 'USD',
    quantity: shares * SHARE,
    price: 100,
    cash: 0,
    fee: 0,
    value: 0 - shares * 100,
    cost: 0,
    realised: 0,
    before: before * SHARE,
    stop: null,
    target: null,
    isFlow: false,
    reason: '',
    ...more,
  }
}

/** Bought and sold `count` times, by orders 1 and 2, 3 and 4, ..., and bought once more. */
function played(count: number): { readonly trips: ReturnType<typeof roundTrips>; readonly rows: RoundTripRow[] } {
  const trips = roundTrips()
  const rows: RoundTripRow[] = []
  for (let order = 1; order <= 2 * count + 1; order += 1)
    rows.push(...trips.posted(booked(order, order, order % 2 === 1 ? 1 : -1, order % 2 === 1 ? 0 : 1), STOCK))
  return { trips, rows }
}

const late = (order: number): PostingRow => booked(900, order, 0, 1, { kind: 'correction', cost: 3 })
const brief = ({ number, state, cost, profit }: RoundTripRow) => [number, state, cost, profit]

describe('a fee that is told later', () => {
  it('belongs to the round trip of its order, though that is over and another one is open', () => {
    const { trips } = played(3)
    expect(trips.posted(late(3), STOCK).map(brief)).toEqual([[2, 'closed', 3, -3]])
    expect(trips.posted(late(4), STOCK).map(brief)).toEqual([[2, 'closed', 6, -6]])
    expect(trips.posted(late(7), STOCK).map(brief)).toEqual([[4, 'open', 3, -3]])
    // Nobody knows an order of it.
    expect(trips.posted(late(99), STOCK).map(brief)).toEqual([[4, 'open', 6, -6]])
  })

  it('finds it after a restart as well, as far back as round trips are kept', () => {
    const { rows } = played(TRIPS_KEPT + 2)
    const last = [...new Map(rows.map((row) => [row.id, row])).values()].slice(-TRIPS_KEPT)
    const resumed = roundTrips()
    resumed.resume([...last].reverse())
    const { trips } = played(TRIPS_KEPT + 2)
    for (const order of [1, 4, 7, 8, 2 * TRIPS_KEPT + 5])
      expect(resumed.posted(late(order), STOCK)).toEqual(trips.posted(late(order), STOCK))
    expect(trips.posted(late(8), STOCK).map(brief)).toEqual([[4, 'closed', 9, -9]])
    expect(trips.posted(late(4), STOCK).map(brief)).toEqual([[TRIPS_KEPT + 3, 'open', 12, -12]])
  })
})
