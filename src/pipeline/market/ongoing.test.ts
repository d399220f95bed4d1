import { describe, expect, it } from 'vitest'
import type { ClockBlock, DatedAction, MarketData } from '../../domain/market.ts'
import type { Instant } from '../../domain/units.ts'
import { knownMarket } from './ongoing.ts'

const GRACE = 30
const BAR = 100

/** Bars of 100 ms of two instruments, by their closes; NaN: it has none. */
function marketOf(rows: readonly (readonly [number, number])[], actions: readonly unknown[] = []): MarketData {
  const at = (row: number): number => 1_000 + row * BAR
  const prices = Float64Array.from(rows.flat())
  const block = {
    clock: 'continuous/1m',
    calendar: 'continuous',
    instruments: ['A', 'B'],
    tradeDates: Int32Array.from(rows, () => 20_240_102),
    opens: Float64Array.from(rows, (_, row) => at(row)),
    closes: Float64Array.from(rows, (_, row) => at(row + 1)),
    open: prices.slice(),
    high: prices.slice(),
    low: prices.slice(),
    close: prices.slice(),
    volume: prices.slice(),
    factor: prices.map(() => 1),
  } as unknown as ClockBlock
  const instruments = ['A', 'B'].map((id, index) => ({ id, index, kind: 'crypto', clocks: [block.clock] }))
  return { instruments, blocks: [block], actions, sessions: [], chains: null, notes: [] } as unknown as MarketData
}

const rowsAt = (market: MarketData, now: number, before: MarketData | null = null): number =>
  knownMarket(market, now as Instant, GRACE, before).market.blocks[0]!.closes.length

const ABSENT = Number.NaN

describe('what is known of a market whose files grow', () => {
  it('is no bar that still runs, whatever the file says of it', () => {
    const market = marketOf([
      [1, 1],
      [2, 2],
    ])
    expect([1_099, 1_100, 1_199, 1_200].map((now) => rowsAt(market, now))).toEqual([0, 1, 1, 2])
  })

  it('waits for an instrument that is late, and no longer than its grace', () => {
    const market = marketOf([
      [1, 1],
      [2, ABSENT],
    ])
    expect([1_200, 1_229, 1_230].map((now) => rowsAt(market, now))).toEqual([1, 1, 2])
  })

  it('waits for a bar that nobody has until somebody has a later one', () => {
    expect(
      rowsAt(
        marketOf([
          [1, 1],
          [ABSENT, ABSENT],
        ]),
        9_000,
      ),
    ).toBe(1)
    expect(
      rowsAt(
        marketOf([
          [1, 1],
          [ABSENT, ABSENT],
          [3, 3],
        ]),
        9_000,
      ),
    ).toBe(3)
  })

  it('stays as it was taken: what is amended is told and changes nothing', () => {
    const taken = knownMarket(
      marketOf([
        [1, 1],
        [2, ABSENT],
      ]),
      1_250 as Instant,
      GRACE,
    ).market
    const { market, amended } = knownMarket(
      marketOf([
        [1, 1],
        [2, 5],
        [3, 3],
      ]),
      1_300 as Instant,
      GRACE,
      taken,
    )
    expect(amended).toEqual([{ clock: 'continuous/1m', bars: 1 }])
    expect([...market.blocks[0]!.close]).toEqual([1, 1, 2, ABSENT, 3, 3])
  })

  it('ends no instrument whose file lags behind the others', () => {
    const ended = { at: 1_100, tradeDate: 20_240_102, action: { kind: 'ended', instrument: 'B', price: 1, cause: '' } }
    const split = {
      ...ended,
      action: { kind: 'split', instrument: 'B', numerator: 2, denominator: 1, priceAfter: null },
    }
    const { market } = knownMarket(
      marketOf(
        [
          [1, 1],
          [2, 2],
        ],
        [ended, split],
      ),
      1_200 as Instant,
      GRACE,
    )
    expect(market.actions).toEqual([split] as unknown as readonly DatedAction[])
    expect(market.isOngoing).toBe(true)
  })
})
