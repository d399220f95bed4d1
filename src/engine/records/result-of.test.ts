import { describe, expect, it } from 'vitest'
import { type Act, dayOf, type HandRun, handRun, openOf, SHARE } from '../../../test/simulation/hand-run.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { instrumentId, type Price, quantity } from '../../domain/units.ts'
import { SCHEDULES } from '../../exchange/schedules.ts'
import { type RunInput, runBacktest } from '../run/run.ts'
import type { RunResult } from './result.ts'

const shares = (count: number) => quantity(count * SHARE)

function runWith(hand: HandRun, change: Partial<PortfolioConfig> = {}): RunResult {
  const input: RunInput = handRun(hand)
  return runBacktest({ ...input, config: { ...input.config, ...change } })
}

/** In on the first bar, out on another; both fill at the next open. */
const inAndOut =
  (count: number, out: number): Act =>
  (_, wishes, bar) => {
    if (bar === 0) wishes.change(0, shares(count), 'in')
    if (bar === out) wishes.exit(0, 'out')
  }

const WAVE = [
  { open: 100 },
  { open: 100, high: 104, low: 97, close: 103 },
  { open: 103, high: 112, low: 90, close: 95 },
  { open: 95, high: 140, low: 60, close: 70 },
]

describe('excursions of a closed trade', () => {
  it('count the bars at whose close it was open, and its exit price', () => {
    const [trade] = runWith({ prices: { A: WAVE }, sleeves: { one: { capital: 50_000, act: inAndOut(10, 2) } } }).trades
    expect(trade).toMatchObject({ entryPrice: 100, exitPrice: 95 })
    // the last bar's range came after the exit at its open
    expect(trade!.maximumAdverse).toBeCloseTo(-0.1, 12)
    expect(trade!.maximumFavourable).toBeCloseTo(0.12, 12)
  })
  it('change sides for a short', () => {
    const [trade] = runWith({
      prices: { A: WAVE },
      sleeves: { one: { capital: 50_000, act: inAndOut(-10, 2) } },
    }).trades
    expect(trade!.side).toBe('short')
    expect(trade!.maximumAdverse).toBeCloseTo(-0.12, 12)
    expect(trade!.maximumFavourable).toBeCloseTo(0.1, 12)
  })
  it('take of the bar in which a stop closed it nothing but the exit price', () => {
    const act: Act = (_, wishes, bar) => {
      if (bar === 0) wishes.change(0, shares(10), 'in', { protection: { stop: 0.08 } })
    }
    const [trade] = runWith({ prices: { A: WAVE }, sleeves: { one: { capital: 50_000, act } } }).trades
    expect(trade).toMatchObject({ entryPrice: 100, exitPrice: 92 })
    expect(trade!.maximumAdverse).toBeCloseTo(-0.08, 12)
    expect(trade!.maximumFavourable).toBeCloseTo(0.04, 12)
  })
  it('bring prices from before a split to the shares that were sold', () => {
    const split = {
      kind: 'split',
      instrument: instrumentId('A'),
      numerator: 2,
      denominator: 1,
      priceAfter: null,
    } as const
    const prices = [
      { open: 100 },
      { open: 100, high: 110, low: 95, close: 100 },
      { open: 50, high: 52, low: 49, close: 51, factor: 2 },
      { open: 51, factor: 2 },
    ]
    const [trade] = runWith({
      prices: { A: prices },
      actions: [{ at: openOf(2), tradeDate: dayOf(2), action: split }],
      sleeves: { one: { capital: 50_000, act: inAndOut(10, 2) } },
    }).trades
    expect(trade).toMatchObject({ quantity: 20, entryPrice: 50, exitPrice: 51 })
    expect(trade!.maximumAdverse).toBeCloseTo(47.5 / 50 - 1, 12)
    expect(trade!.maximumFavourable).toBeCloseTo(55 / 50 - 1, 12)
  })
  it('are nothing for a trade that never moved', () => {
    const still = [100, 100, 100, 100].map((open) => ({ open }))
    const [trade] = runWith({
      prices: { A: still },
      sleeves: { one: { capital: 50_000, act: inAndOut(10, 1) } },
    }).trades
    expect(trade).toMatchObject({ maximumAdverse: 0, maximumFavourable: 0 })
  })
})

const COSTS = {
  equity: {
    commission: { ...SCHEDULES.none, perShare: 0.01 },
    slippage: { kind: 'bps', bps: 20 },
    participationMax: null,
  },
} as const satisfies PortfolioConfig['costs']

describe('what trading cost a sleeve', () => {
  const prices = { A: [100, 100, 100, 100, 100].map((open) => ({ open })) }
  it('is the distance of its fills to the price before slippage', () => {
    const { sleeves } = runWith(
      { prices, sleeves: { one: { capital: 50_000, act: inAndOut(10, 2) } } },
      { costs: COSTS },
    )
    // 10 shares in and out at 100, 20 basis points each way
    expect(sleeves[0]).toMatchObject({ slippage: expect.closeTo(4, 6), crossingGain: 0 })
    expect(sleeves[0]!.fees).toBeCloseTo(0.2, 9)
    expect(sleeves[0]!.realised).toBeCloseTo(-4, 6)
  })
  it('is spared by crossing: the fees and the slippage of what was not sent', () => {
    const { sleeves, orders } = runWith(
      {
        prices,
        sleeves: {
          one: { capital: 50_000, act: inAndOut(10, 2) },
          two: { capital: 50_000, act: inAndOut(-6, 2) },
        },
      },
      { costs: COSTS },
    )
    expect(orders.map(({ net, crossed }) => [net, crossed])).toEqual([
      [4, 6],
      [-4, 6],
    ])
    // each way 6 shares cross: 0.06 of fees and 6 x 100 x 20 basis points on either side
    expect(sleeves[0]).toMatchObject({ slippage: expect.closeTo(1.6, 6), crossingGain: expect.closeTo(2.52, 6) })
    expect(sleeves[1]).toMatchObject({ slippage: 0, crossingGain: expect.closeTo(2.52, 6), fees: 0 })
  })
  it('is nothing for a limit, which fills at its price or better', () => {
    const act: Act = (_, wishes, bar) => {
      if (bar === 0) wishes.change(0, shares(10), 'in', { terms: { type: 'limit', force: 'gtc', limit: 101 as Price } })
    }
    const { sleeves } = runWith({ prices, sleeves: { one: { capital: 50_000, act } } }, { costs: COSTS })
    expect(sleeves[0]!.slippage).toBe(0)
  })
})

describe('benchmarks of a run', () => {
  const prices = {
    A: [100, 100, 100, 100].map((open) => ({ open })),
    B: [{ open: 50 }, { open: 55 }, { open: 27.5, factor: 2 }, { open: 33, factor: 2 }],
  }
  const dividend = { kind: 'dividend', instrument: instrumentId('B'), amount: 1.1 } as const
  it('return splits and dividends too, and nothing before a first price', () => {
    const { benchmarks } = runWith(
      {
        prices,
        actions: [{ at: openOf(3), tradeDate: dayOf(3), action: dividend }],
        sleeves: { one: { capital: 1_000, act: null } },
      },
      { benchmark: instrumentId('B') },
    )
    expect(benchmarks.map(({ instrument }) => instrument)).toEqual(['B'])
    const [first, ...rest] = benchmarks[0]!.returns
    expect(first).toBeNaN()
    expect(rest.map((value) => Number(value.toFixed(12)))).toEqual([0.1, 0, 0.24])
  })
  it('are those of the policy as well, each once', () => {
    const policy = [
      { weight: 0.5, benchmark: instrumentId('B') },
      { weight: 0.5, benchmark: null },
    ]
    const hand = { prices, sleeves: { one: { capital: 500, act: null }, two: { capital: 500, act: null } } }
    expect(runWith(hand, { policy, benchmark: instrumentId('B') }).benchmarks).toHaveLength(1)
    expect(runWith(hand).benchmarks).toEqual([])
  })
})
