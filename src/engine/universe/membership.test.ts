import { describe, expect, it } from 'vitest'
import { type Act, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import { journalOf, textOf } from '../../../test/simulation/journal.ts'
import type { MarketData } from '../../domain/market.ts'
import type { FundamentalsRecord } from '../../domain/market-records.ts'
import { type Instant, instrumentId, type Price, quantity, type TradeDate } from '../../domain/units.ts'
import type { UniverseRules } from '../../domain/universe.ts'
import { defineStrategy } from '../../pipeline/strategies/define.ts'
import { marketByHand, portfolioByHand } from '../by-hand.ts'
import { createKernel, restoreKernel } from '../kernel.ts'
import { type RunInput, runBacktest } from '../run/run.ts'

const DATES = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09', '2024-01-10']
const NOTHING: UniverseRules = {
  volatilityMin: null,
  volatilityBars: 60,
  volumeMin: null,
  volumeBars: 2,
  notEvaluated: [],
}

/** Enters whatever is eligible and flat, on every bar; holds for ever. */
const eager = defineStrategy({
  name: 'eager',
  parameters: {},
  decide(view, out) {
    for (const column of view.universe) {
      if (Number.isNaN(view.slice.close[column]!) || view.projected(column) !== 0) continue
      if (view.eligible(column)) out.enter(column, 1, 'eligible')
    }
    return view.memory
  },
})
/** As eager, but never asks: the kernel must refuse by itself. */
const blind = defineStrategy({
  name: 'blind',
  parameters: {},
  decide(view, out) {
    for (const column of view.universe) if (view.projected(column) === 0) out.enter(column, 1, 'blind')
    return view.memory
  },
})

const rows = (prices: readonly number[], volume: (day: number) => number = () => 1_000) =>
  prices.map((price, day) => ({
    date: DATES[day]!,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: volume(day),
  }))

function inputOf(
  bars: Readonly<Record<string, ReturnType<typeof rows>>>,
  rules: Partial<UniverseRules>,
  records: readonly FundamentalsRecord[] = [],
  strategy = eager,
): RunInput {
  const market: MarketData = { ...marketByHand(bars), ...(records.length === 0 ? {} : { records }) }
  const sizing = { kind: 'notional', amount: 1_000 } as const
  const sleeve = { id: 's', strategy, weight: 1, universe: Object.keys(bars), sizing }
  const portfolio = portfolioByHand({ capital: 100_000, sleeves: [sleeve] })
  const sleeves = portfolio.config.sleeves.map((one) => ({ ...one, universeRules: { ...NOTHING, ...rules } }))
  return { ...portfolio, config: { ...portfolio.config, sleeves }, market, checks: true }
}

const changesOf = (input: RunInput): readonly string[] =>
  runBacktest(input).memberships.map(
    ({ instrument, tradeDate, isMember, reasons }) =>
      `${tradeDate % 100} ${instrument} ${isMember ? 'in' : 'out'}${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}`,
  )

const company = (symbol: string, day: string, marketCap: number | null, isListed = true): FundamentalsRecord => {
  const at = Date.parse(`${day}T12:00:00Z`) as Instant
  const head = { id: `${symbol} ${day}`, instrument: instrumentId(symbol), eventAt: at, publishedAt: at }
  const said = { isListed, marketCap, floatShares: null, sector: '', industry: '' }
  return { ...head, kind: 'fundamentals', origin: 'recorded', ...said }
}

const FLAT = [10, 10, 10, 10, 10, 10, 10]

describe('the universe of a run', () => {
  it('is judged at every close; each change is told once, with its day and its reasons', () => {
    const bars = { ACME: rows([10, 11, 12, 9, 9, 12, 12]), OTHER: rows(FLAT) }
    expect(changesOf(inputOf(bars, { price: { min: 10, max: 12 } }))).toEqual([
      '2 ACME in',
      '2 OTHER in',
      '5 ACME out: price 9 is not at least 10',
      '9 ACME in',
    ])
  })
  it('counts volume as it is traded, by the bars that are asked', () => {
    const bars = { ACME: rows(FLAT, (day) => (day < 4 ? 1_000 : 100)) }
    expect(changesOf(inputOf(bars, { volumeMin: 500 }))).toEqual([
      '2 ACME out: volume is missing',
      '3 ACME in',
      '9 ACME out: volume 100 is not above 500',
    ])
    expect(changesOf(inputOf(bars, { dollarVolumeMin: 5_600 }))).toEqual([
      '2 ACME out: dollar_volume is missing',
      '3 ACME in',
      '8 ACME out: dollar_volume 5500 is not above 5600',
    ])
  })
  it('counts the shares of today after a split, and money as it is', () => {
    // Ten for one on the fourth day: ten times as many shares at a tenth of the price.
    const bars = rows([100, 100, 100, 10, 10, 10, 10], (day) => (day < 3 ? 100 : 1_000)).map((bar, day) =>
      day === 3 ? { ...bar, split: 10 } : bar,
    )
    expect(changesOf(inputOf({ ACME: bars }, { volumeMin: 500 }))).toEqual([
      '2 ACME out: volume is missing',
      '5 ACME in',
    ])
    const money = changesOf(inputOf({ ACME: bars }, { dollarVolumeMin: 9_999 }))
    expect(money).toEqual(['2 ACME out: dollar_volume is missing', '3 ACME in'])
    expect(changesOf(inputOf({ ACME: bars }, { price: { min: 50, max: null } }))).toEqual([
      '2 ACME in',
      '5 ACME out: price 10 is not at least 50',
    ])
  })
  it('takes no entry of a name that is out, and leaves what is held alone', () => {
    const bars = { ACME: rows([10, 11, 12, 9, 9, 9, 9]), OTHER: rows([9, 9, 9, 9, 9, 9, 9]) }
    const result = runBacktest(inputOf(bars, { price: { min: 10, max: null } }, [], blind))
    expect(result.positions.map(({ instrument, quantity }) => [instrument, quantity])).toEqual([['ACME', 100]])
    expect(result.trades).toEqual([])
    const refused = result.refusals.filter(({ rule }) => rule === 'universe')
    expect(refused.map(({ instrument }) => instrument)).toEqual(DATES.map(() => 'OTHER'))
  })
  it('takes back an entry that still rests when its name leaves', () => {
    const act: Act = (_, out, bar) => {
      const terms = { type: 'limit', force: 'gtc', limit: 90 as Price } as const
      if (bar === 3) out.change(0, quantity(10 * SHARE), 'in', { terms })
    }
    const prices = { A: Array.from({ length: 10 }, (_, bar) => ({ open: bar === 8 ? 89 : 100 })) }
    const run = (volumeMin: number) => {
      const input = handRun({ prices, sleeves: { one: { capital: 100_000, act } } })
      for (const { volume } of input.market.blocks) volume.fill(10, 5)
      const sleeves = input.config.sleeves.map((sleeve) => ({
        ...sleeve,
        universeRules: { ...NOTHING, volumeMin },
      }))
      return runBacktest({ ...input, config: { ...input.config, sleeves } })
    }
    const [left, stayed] = [run(500), run(5)]
    expect(left.orders.map(({ state, filled }) => [state, filled])).toEqual([['cancelled', 0]])
    expect(left.positions).toEqual([])
    expect(left.invariants.violated).toEqual([])
    expect(stayed.orders.map(({ state, filled }) => [state, filled])).toEqual([['filled', 10]])
  })
  it('asks snapshots from their day on, not before, and one by one', () => {
    const bars = { ACME: rows(FLAT), OTHER: rows(FLAT) }
    const records = [
      company('ACME', '2024-01-04', 50),
      company('OTHER', '2024-01-04', 5),
      company('ACME', '2024-01-09', null, false),
      company('OTHER', '2024-01-09', 20),
    ]
    expect(changesOf(inputOf(bars, { marketCap: { min: 10, max: null } }, records))).toEqual([
      '2 ACME in',
      '2 OTHER in',
      '4 OTHER out: market_cap 5 is not at least 10',
      '9 ACME out: not in the snapshot of 2024-01-09',
      '9 OTHER in',
    ])
    expect(runBacktest(inputOf(bars, { marketCap: { min: 10, max: null } }, records)).firstSnapshot).toBe(20_240_104)
  })
  it('knows what was published before the first bar', () => {
    const bars = { ACME: rows(FLAT) }
    const old = [company('ACME', '2023-06-01', 5)]
    expect(changesOf(inputOf(bars, { marketCap: { min: 10, max: null } }, old))).toEqual([
      '2 ACME out: market_cap 5 is not at least 10',
    ])
  })
  it('keeps a name without a bar as it was, and lets one go that is no longer traded', () => {
    const bars = { ACME: rows(FLAT).filter((_, day) => day !== 2), OTHER: rows(FLAT).slice(0, 4) }
    expect(changesOf(inputOf(bars, { price: { min: 1, max: null } }))).toEqual([
      '2 ACME in',
      '2 OTHER in',
      '8 OTHER out: no longer traded',
    ])
  })
  it('follows a history day by day', () => {
    const row = (tradeDate: number, isMember: boolean, reasons: readonly string[] = []) => ({
      tradeDate: tradeDate as TradeDate,
      instrument: instrumentId('ACME'),
      isMember,
      reasons,
    })
    const history = [row(20_240_104, true), row(20_240_109, false, ['too dear'])]
    const input = inputOf({ ACME: rows(FLAT) }, { history })
    expect(changesOf(input)).toEqual([
      '2 ACME out: the history names it from 2024-01-04 on',
      '4 ACME in',
      '9 ACME out: too dear',
    ])
    expect(runBacktest(input).orders.map(({ tradeDate }) => tradeDate % 100)).toEqual([5])
  })
  it('goes on from any bar at which it was saved: same members, same bytes', () => {
    const bars = { ACME: rows([10, 11, 9, 9, 12, 12, 9]), OTHER: rows([9, 9, 12, 12, 9, 12, 9]) }
    const records = [company('ACME', '2024-01-03', 50), company('OTHER', '2024-01-09', 5)]
    const input = inputOf(bars, { price: { min: 10, max: null }, marketCap: { min: 10, max: null } }, records)
    const { events, bytes } = journalOf(input)
    const strategies = new Map(input.strategies.map((one) => [one.name, one]))
    const told: string[] = []
    const tell = (from: string) => ({
      observer: {
        posting: () => {},
        executed: () => {},
        reduced: () => {},
        ordered: () => {},
        orderFilled: () => {},
        orderEnded: () => {},
        refused: () => {},
        structureOpened: () => {},
        structureClosed: () => {},
        day: () => {},
        allocated: () => {},
        membership: (one: { readonly instrument: number; readonly tradeDate: number; readonly isMember: boolean }) =>
          told.push(`${from} ${one.tradeDate} ${one.instrument} ${one.isMember}`),
      },
      strategies,
    })
    for (let cut = 1; cut < events.length; cut += 1) {
      told.length = 0
      const before = createKernel(tell(''))
      for (const event of events.slice(0, cut)) before.apply(event)
      const snapshot = JSON.parse(JSON.stringify(before.snapshot())) as ReturnType<typeof before.snapshot>
      const after = restoreKernel(snapshot, tell(''))
      for (const event of events.slice(cut)) after.apply(event)
      expect(textOf(after)).toBe(bytes)
      expect(told).toHaveLength(runBacktest(input).memberships.length)
    }
  })
})
