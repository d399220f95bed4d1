import { describe, expect, it } from 'vitest'
import { drawnMarket, type RigMarket, type SeenWish, strategyRig } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { crossSectionalMomentum } from './cross-sectional-momentum.ts'

const strategy = crossSectionalMomentum as unknown as Strategy
const defaults = defaultsOf(crossSectionalMomentum.parameters as never) as Readonly<Record<string, unknown>>
const CAPITAL = 100_000
const UNITS = 1_000_000

/** A market in which each column's close on each bar is given; a volume of 0 is a bar that the universe refuses. */
function marketOfCloses(
  columns: readonly (readonly number[])[],
  volume: (column: number, bar: number) => number = () => 1_000_000,
): RigMarket {
  const bars = columns[0]!.length
  const field = (value: (column: number, bar: number) => number): Float64Array =>
    Float64Array.from({ length: bars * columns.length }, (_, at) =>
      value(at % columns.length, Math.floor(at / columns.length)),
    )
  const close = field((column, bar) => columns[column]![bar]!)
  return {
    columns: columns.length,
    bars,
    dates: drawnMarket(1, 1, bars).dates,
    open: close,
    high: close,
    low: close,
    close,
    volume: field(volume),
    factor: new Float64Array(bars * columns.length).fill(1),
  }
}

function wishesOf(market: RigMarket, own: Readonly<Record<string, unknown>>): readonly (readonly SeenWish[])[] {
  const parameters = { ...defaults, ...own } as never
  expect(strategy.check!(parameters)).toBeNull()
  const rig = strategyRig(strategy, parameters, market)
  return Array.from({ length: market.bars }, (_, bar) => rig.step(bar).map((wish) => ({ ...wish })))
}

const short = { lookback: 4, skip: 1, top: 2, rebalanceBars: 3, volatilityBars: 5, invested: 1, band: 0 }
const said = (wishes: readonly SeenWish[]): readonly unknown[] =>
  wishes.map(({ kind, column, value, reason }) => [kind, column, value / UNITS, reason])

describe('crossSectionalMomentum', () => {
  it('holds the best two by their gain without the last bar, in equal parts and whole shares', () => {
    // Gains from bar 0 to bar 3, when bar 4 is decided: 0.1, 0.3, 0.2. What bar 4 itself did is left out.
    const wishes = wishesOf(
      marketOfCloses([
        [100, 100, 100, 110, 900],
        [100, 100, 100, 130, 30],
        [100, 100, 100, 120, 70],
      ]),
      short,
    )
    expect(wishes.slice(0, 4)).toEqual([[], [], [], []])
    expect(said(wishes[4]!)).toEqual([
      ['target', 1, Math.floor(CAPITAL / 2 / 30), 'rank'],
      ['target', 2, Math.floor(CAPITAL / 2 / 70), 'rank'],
    ])
  })
  it('gives equal gains to the name declared first', () => {
    const path = [100, 101, 102, 103, 104]
    const wishes = wishesOf(marketOfCloses([path, path, path, path]), short)
    expect(wishes[4]!.map(({ column }) => column)).toEqual([0, 1])
  })
  it('ranks again after so many bars, and not in between', () => {
    const rising = (from: number, by: number): readonly number[] =>
      Array.from({ length: 12 }, (_, bar) => from + by * bar)
    const turn = [100, 100, 100, 100, 100, 130, 140, 150, 160, 170, 180, 190]
    const wishes = wishesOf(marketOfCloses([rising(100, 2), rising(100, 1), turn]), { ...short, top: 1 })
    const busy = wishes.flatMap((own, bar) => (own.length > 0 ? [[bar, ...said(own)]] : []))
    expect(busy[0]).toEqual([4, ['target', 0, Math.floor(CAPITAL / 108), 'rank']])
    // Three bars on, column 2 gained 40 % from bar 3 to bar 6, column 0 12 / 106.
    expect(busy[1]).toEqual([7, ['exit', 0, 0, 'rank'], ['target', 2, Math.floor(CAPITAL / 150), 'rank']])
    expect(busy.slice(1).every(([bar]) => (Number(bar) - 4) % 3 === 0)).toBe(true)
  })
  it('is short as many of the worst on request, and none where too few are left', () => {
    const market = marketOfCloses([
      [100, 100, 100, 140, 100],
      [100, 100, 100, 130, 100],
      [100, 100, 100, 120, 100],
      [100, 100, 100, 110, 100],
    ])
    const wishes = wishesOf(market, { ...short, shortBottom: true })
    expect(said(wishes[4]!)).toEqual([
      ['target', 0, 500, 'rank'],
      ['target', 1, 500, 'rank'],
      ['target', 3, -500, 'rank'],
      ['target', 2, -500, 'rank'],
    ])
    const few = wishesOf(market, { ...short, top: 3, shortBottom: true })
    expect(few[4]!.map(({ value }) => Math.sign(value))).toEqual([1, 1, 1])
  })
  it('takes a fraction of those that can be ranked, one at the least', () => {
    const paths = [1, 2, 3, 4, 5].map((by) => [100, 100, 100, 100 + by, 100])
    expect(wishesOf(marketOfCloses(paths), { ...short, fraction: 0.5 })[4]!.map(({ column }) => column)).toEqual([4, 3])
    expect(wishesOf(marketOfCloses(paths), { ...short, fraction: 0.01 })[4]!.map(({ column }) => column)).toEqual([4])
  })
  it('gives the calmer name more by inverse volatility', () => {
    const calm = [100, 104, 101, 106, 102, 105, 106]
    const wild = [100, 120, 95, 130, 100, 140, 106]
    const own = { ...short, sizes: 'inverse_volatility' }
    const [first] = wishesOf(marketOfCloses([calm, wild]), { ...own, lookback: 6 }).filter((row) => row.length > 0)
    const values = first!.map(({ column, value }) => [column, value / UNITS] as const)
    const parts = new Map(values)
    const deviation = (path: readonly number[]): number => {
      const returns = path.slice(-6).flatMap((value, at, all) => (at === 0 ? [] : [value / all[at - 1]! - 1]))
      const mean = returns.reduce((sum, one) => sum + one, 0) / returns.length
      return Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / (returns.length - 1))
    }
    const [own0, own1] = [1 / deviation(calm), 1 / deviation(wild)]
    expect(parts.get(0)).toBe(Math.floor((CAPITAL * own0) / (own0 + own1) / 106))
    expect(parts.get(1)).toBe(Math.floor((CAPITAL * own1) / (own0 + own1) / 106))
    expect(parts.get(1)).toBeGreaterThan(50)
  })
  it('ranks members only; what has left the universe is sold when it ranks next', () => {
    const paths = [
      Array.from({ length: 9 }, (_, bar) => 100 + 3 * bar),
      Array.from({ length: 9 }, (_, bar) => 100 + 2 * bar),
      Array.from({ length: 9 }, (_, bar) => 100 + bar),
    ]
    const leaves = marketOfCloses(paths, (column, bar) => (column === 0 && bar >= 5 ? 0 : 1_000_000))
    const wishes = wishesOf(leaves, { ...short, top: 1, band: 1 })
    expect(said(wishes[4]!)).toEqual([['target', 0, Math.floor(CAPITAL / 112), 'rank']])
    expect(wishes.slice(5, 7)).toEqual([[], []])
    expect(said(wishes[7]!)).toEqual([
      ['exit', 0, 0, 'rank'],
      ['target', 1, Math.floor(CAPITAL / 114), 'rank'],
    ])
  })
  it('leaves a position alone within the band', () => {
    const path = Array.from({ length: 9 }, (_, bar) => 100 + bar)
    expect(wishesOf(marketOfCloses([path]), { ...short, top: 1, band: 0.1 }).flat()).toHaveLength(1)
    expect(wishesOf(marketOfCloses([path]), { ...short, top: 1, band: 0 }).flat()).toHaveLength(2)
  })
  it('refuses to leave out more bars than it looks back', () => {
    expect(strategy.check!({ ...defaults, lookback: 21, skip: 21 } as never)).toContain('must be longer')
  })
})
