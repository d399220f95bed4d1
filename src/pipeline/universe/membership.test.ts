import { describe, expect, it } from 'vitest'
import type { FundamentalsRecord } from '../../domain/market-records.ts'
import { type Instant, instrumentId, type TradeDate } from '../../domain/units.ts'
import type { UniverseRules } from '../../domain/universe.ts'
import { type Day, membershipOf, notEvaluated, snapshotCriteria } from './membership.ts'

const NOTHING: UniverseRules = {
  volatilityMin: null,
  volatilityBars: 60,
  volumeMin: null,
  volumeBars: 20,
  notEvaluated: [],
}
const DAY = 20_230_815 as TradeDate
const BARS = { price: 10, volatility: 0.5, volume: 1_000, dollarVolume: 10_000 }
const COMPANY: FundamentalsRecord = {
  kind: 'fundamentals',
  id: 'a',
  instrument: instrumentId('AAA'),
  eventAt: Date.UTC(2023, 7, 15, 12) as Instant,
  publishedAt: Date.UTC(2023, 7, 15, 12) as Instant,
  origin: 'recorded',
  isListed: true,
  marketCap: 100,
  floatShares: 20,
  sector: 'Consumer Cyclical',
  industry: 'Auto  Manufacturers',
}

function reasons(rules: Partial<UniverseRules>, day: Partial<Day> = {}): readonly string[] {
  const membership = membershipOf({ ...NOTHING, ...rules })!
  const whole = { tradeDate: DAY, bars: BARS, fundamentals: COMPANY, ...day }
  const found = membership.reasons('AAA', whole)
  expect(membership.isMember('AAA', whole)).toBe(found.length === 0)
  return found
}

describe('membershipOf', () => {
  it('asks nothing of anybody where no rule does', () => {
    expect(membershipOf(NOTHING)).toBeNull()
    expect(membershipOf({ ...NOTHING, notEvaluated: ['analysts'] })).toBeNull()
  })
  it.each([
    [{ volatilityMin: 0.4 }, []],
    [{ volatilityMin: 0.5 }, ['volatility 0.5 is not above 0.5']],
    [{ volatilityMax: 0.5 }, ['volatility 0.5 is not below 0.5']],
    [{ volumeMin: 999 }, []],
    [{ volumeMin: 1_000 }, ['volume 1000 is not above 1000']],
    [{ dollarVolumeMin: 10_000 }, ['dollar_volume 10000 is not above 10000']],
    [{ price: { min: 10, max: 10 } }, []],
    [{ price: { min: 11, max: null } }, ['price 10 is not at least 11']],
    [{ price: { min: null, max: 9.99 } }, ['price 10 is not at most 9.99']],
    [{ marketCap: { min: 100, max: 100 } }, []],
    [{ marketCap: { min: 101, max: null } }, ['market_cap 100 is not at least 101']],
    [{ marketCap: { min: null, max: 99 } }, ['market_cap 100 is not at most 99']],
    [{ floatShares: { min: null, max: 20 } }, ['float_shares 20 is not below 20']],
    [{ floatShares: { min: 20, max: null } }, ['float_shares 20 is not above 20']],
    [{ sectors: [{ name: 'EV', members: ['Auto Manufacturers'] }] }, []],
    [{ sectors: [{ name: 'consumer cyclical', members: ['consumer cyclical'] }] }, []],
    [
      { sectors: [{ name: 'Energy', members: ['Energy'] }] },
      ['Consumer Cyclical / Auto Manufacturers is outside Energy'],
    ],
  ] as const)('%o gives %o', (rules, expected) => {
    expect(reasons(rules as Partial<UniverseRules>)).toEqual(expected)
  })
  it('names every reason at once, and a missing figure is one', () => {
    const rules = { volatilityMin: 0.3, volumeMin: 5, marketCap: { min: 1, max: null }, price: { min: 1, max: null } }
    const bars = { price: 0.5, volatility: Number.NaN, volume: Number.NaN, dollarVolume: Number.NaN }
    expect(reasons(rules, { bars, fundamentals: { ...COMPANY, marketCap: null } })).toEqual([
      'price 0.5 is not at least 1',
      'volatility is missing',
      'volume is missing',
      'market_cap is missing',
    ])
  })
  it('does not judge by snapshots before there is one, and keeps out whom one does not list', () => {
    const rules = { marketCap: { min: 1_000, max: null } }
    expect(reasons(rules, { fundamentals: null })).toEqual([])
    expect(reasons(rules, { fundamentals: { ...COMPANY, isListed: false } })).toEqual([
      'not in the snapshot of 2023-08-15',
    ])
  })
  it('follows a history: nothing before its first row, then what the latest row says', () => {
    const row = (tradeDate: number, isMember: boolean, why: readonly string[] = []) => ({
      tradeDate: tradeDate as TradeDate,
      instrument: instrumentId('AAA'),
      isMember,
      reasons: why,
    })
    const history = [row(20_230_101, true), row(20_230_601, false, ['too large']), row(20_230_901, true)]
    const on = (day: number, own = history) => reasons({ history: own }, { tradeDate: day as TradeDate })
    expect(on(20_221_231)).toEqual(['the history names it from 2023-01-01 on'])
    expect(on(20_230_101)).toEqual([])
    expect(on(20_230_531)).toEqual([])
    expect(on(20_230_601)).toEqual(['too large'])
    expect(on(20_230_901)).toEqual([])
    expect(on(20_230_901, [])).toEqual(['the history does not name it'])
    expect(on(20_230_901, [row(20_230_101, false)])).toEqual(['out by the history'])
  })
})

describe('notEvaluated', () => {
  const rules: UniverseRules = {
    ...NOTHING,
    volumeMin: 1,
    marketCap: { min: 50, max: 300 },
    floatShares: { min: null, max: 20 },
    sectors: [{ name: 'EV', members: ['Auto Manufacturers'] }],
    notEvaluated: ['analysts'],
  }
  it('lists what only snapshots answer', () => {
    expect(snapshotCriteria(rules)).toEqual(['market_cap from 50 to 300', 'float_shares to 20', 'sectors EV'])
    expect(notEvaluated(rules, null, DAY)).toEqual(['analysts', ...snapshotCriteria(rules)])
  })
  it('lists it up to the first snapshot, and not at all where that is there from the start', () => {
    expect(notEvaluated(rules, DAY, 20_200_101 as TradeDate)).toEqual([
      'analysts',
      'market_cap from 50 to 300 before 2023-08-15',
      'float_shares to 20 before 2023-08-15',
      'sectors EV before 2023-08-15',
    ])
    expect(notEvaluated(rules, DAY, DAY)).toEqual(['analysts'])
  })
})
