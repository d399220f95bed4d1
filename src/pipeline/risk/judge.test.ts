import { describe, expect, it } from 'vitest'
import { changeOf, riskBooks } from '../../../test/fixtures/risk-books.ts'
import type { AccountRules } from '../../domain/config.ts'
import type { GroupLimits, PortfolioLimits, PositionLimits, SleeveLimits } from '../../domain/limits.ts'
import type { MeasuredRisk, RiskRule, RiskView, RuleName } from '../../domain/risk.ts'
import { type Claims, claim, judge, settleClaim, splitRules, type Verdict } from './judge.ts'
import { inOrder, portfolioRules, sleeveRules } from './rule-sets.ts'

const NO_SLEEVE_LIMITS: SleeveLimits = { positionsMax: null, positionWeightMax: null, weekend: null }
const NO_LIMITS: PortfolioLimits = {
  positionsMax: null,
  assetClassWeightMax: null,
  positionWeightMax: null,
  leverageMax: Number.POSITIVE_INFINITY,
  drawdown: null,
}
const NO_POSITION_LIMITS: PositionLimits = {
  weightMax: null,
  of: 'sleeve',
  notionalMax: null,
  sizeMin: null,
  stop: null,
  volume: null,
}
const MEASURED: MeasuredRisk = {
  volatility: Number.NaN,
  valueAtRisk: Number.NaN,
  diversification: Number.NaN,
  sleeveVolatility: Float64Array.of(Number.NaN),
  closeness: Float64Array.of(Number.NaN),
}

interface Case {
  readonly sleeve?: Partial<SleeveLimits>
  readonly position?: Partial<PositionLimits>
  readonly portfolio?: Partial<PortfolioLimits>
  readonly group?: Partial<GroupLimits>
  readonly books?: Partial<RiskView>
  readonly account?: AccountRules['kind']
}

function rulesOf({ sleeve, position, portfolio, group, account = 'margin' }: Case): readonly RiskRule[] {
  const limits = { ...NO_SLEEVE_LIMITS, ...sleeve }
  const positioned = position === undefined ? limits : { ...limits, position: { ...NO_POSITION_LIMITS, ...position } }
  const none = { weightMax: null, exposureMax: null, positionsMax: null }
  const groups = group === undefined ? [] : [{ sleeves: [], instruments: [], limits: { ...none, ...group } }]
  return inOrder(
    [...portfolioRules({ ...NO_LIMITS, ...portfolio }, account, groups), ...sleeveRules(positioned, account)],
    'strictest',
  )
}

const blank = (): Verdict => ({ quantity: 0, rule: null, value: 0, limit: 0 })

function verdictOf(quantity: number, own: Case, reducing = false): Verdict {
  const verdict = blank()
  judge(changeOf(quantity, { reducing }), riskBooks(own.books), rulesOf(own), verdict)
  return verdict
}

/** Rules of money: what fits to the unit, its case, and the limit as it is reported. */
const MONEY: readonly (readonly [RuleName, number, number, Case])[] = [
  ['sleevePositionWeight', 80, 0.2, { sleeve: { positionWeightMax: 0.2 } }],
  ['sleevePositionWeight', 50, 0.2, { sleeve: { positionWeightMax: 0.2 }, books: { sleeveExposure: () => 300 } }],
  ['sleevePositionWeight', 20, 0.05, { position: { weightMax: 0.05, of: 'sleeve' } }],
  ['sleevePositionWeight', 50, 0.05, { position: { weightMax: 0.05, of: 'portfolio' } }],
  ['positionNotional', 25, 250, { position: { notionalMax: 250 } }],
  [
    'volumeParticipation',
    30,
    0.1,
    { position: { volume: { fraction: 0.1, bars: 20 } }, books: { averageVolume: () => 300 } },
  ],
  ['orderCap', 440, 1.1, { sleeve: { orderCap: 1.1 } }],
  ['orderCap', 340, 1.1, { sleeve: { orderCap: 1.1 }, books: { sleeveExposure: () => 1_000 } }],
  ['sleeveLeverage', 600, 1.5, { sleeve: { leverageMax: 1.5 } }],
  ['sleeveLeverage', 100, 1.5, { sleeve: { leverageMax: 1.5 }, books: { sleeveGross: () => 5_000 } }],
  ['sleeveExposure', 300, 0.3, { sleeve: { exposureMax: 0.3 } }],
  ['positionWeight', 100, 0.1, { portfolio: { positionWeightMax: 0.1 } }],
  ['positionWeight', 25, 0.1, { portfolio: { positionWeightMax: 0.1 }, books: { exposure: () => 750 } }],
  // Against a peer's short of 300 a purchase takes that first.
  [
    'positionWeight',
    130,
    0.1,
    { portfolio: { positionWeightMax: 0.1 }, books: { exposure: () => 300, beside: () => 600 } },
  ],
  ['sectorWeight', 150, 0.15, { portfolio: { sectorWeightMax: 0.15 } }],
  ['currencyWeight', 200, 0.2, { portfolio: { currencyWeightMax: 0.2 } }],
  ['assetClassWeight', 500, 0.5, { portfolio: { assetClassWeightMax: 0.5 } }],
  ['assetClassWeight', 10, 0.5, { portfolio: { assetClassWeightMax: 0.5 }, books: { bucketExposure: () => 4_900 } }],
  ['groupExposure', 250, 0.25, { group: { exposureMax: 0.25 } }],
  [
    'concentration',
    100,
    0.4,
    {
      portfolio: { concentration: { positions: 5, weightMax: 0.4 } },
      books: { largest: () => ({ others: 3_000, smallest: 500 }) },
    },
  ],
  // Four are at the limit: a fifth may still become as large as the next one is.
  [
    'concentration',
    50,
    0.4,
    {
      portfolio: { concentration: { positions: 5, weightMax: 0.4 } },
      books: { largest: () => ({ others: 4_000, smallest: 500 }) },
    },
  ],
  ['exposure', 500, 0.5, { portfolio: { exposureMax: 0.5 } }],
  ['cashReserve', 700, 0.3, { portfolio: { cashMin: 0.3 } }],
  ['leverage', 1_000, 1, { portfolio: { leverageMax: 1 } }],
  ['leverage', 1, 1.5, { portfolio: { leverageMax: 1.5 }, books: { grossExposure: 14_990 } }],
  ['netLeverage', 600, 0.6, { portfolio: { leverageNetMax: 0.6 } }],
  ['netLeverage', 800, 0.6, { portfolio: { leverageNetMax: 0.6 }, books: { netExposure: () => -2_000 } }],
  ['sleeveCash', 123, 1_230, { account: 'cash', books: { sleeveAvailable: () => 1_230 } }],
  ['buyingPower', 77, 770, { books: { buyingPower: () => 770 } }],
]

/** Books in which every limit on money is used up. */
const FULL: Partial<RiskView> = {
  sleeveExposure: () => 10_000,
  sleeveGross: () => 10_000,
  exposure: () => 10_000,
  bucketExposure: () => 10_000,
  groupExposure: () => 10_000,
  netExposure: () => 10_000,
  largest: () => ({ others: 10_000, smallest: 10_000 }),
  grossExposure: 20_000,
  averageVolume: () => 1,
  sleeveAvailable: () => -5,
}

describe('rules of money', () => {
  it.each(MONEY)('%s lets %d units pass, and trims one more to that by its name', (rule, fitting, limit, own) => {
    for (const side of [1, -1]) {
      expect(verdictOf(fitting * side, own)).toMatchObject({ quantity: fitting * side, rule: null })
      const found = verdictOf((fitting + 1) * side, own)
      expect(found).toMatchObject({ quantity: fitting * side, rule })
      expect(found.limit).toBeCloseTo(limit, 12)
      expect(rule === 'cashReserve' ? found.value < limit : found.value > limit).toBe(true)
    }
  })

  it.each(MONEY)('%s refuses where nothing fits', (rule, _, __, own) => {
    const books = rule === 'buyingPower' ? { ...FULL, buyingPower: () => 0 } : FULL
    expect(verdictOf(1, { ...own, books })).toMatchObject({ quantity: 0, rule })
  })

  it('report what would have been held, in the unit of the limit', () => {
    expect(verdictOf(120, { portfolio: { positionWeightMax: 0.1 } })).toMatchObject({ value: 0.12, limit: 0.1 })
    expect(verdictOf(900, { portfolio: { cashMin: 0.3 } }).value).toBeCloseTo(0.1, 12)
    expect(verdictOf(90, { books: { buyingPower: () => 770 } })).toMatchObject({ value: 900, limit: 770 })
  })

  it('let a book beyond a limit net against what it holds the other way, and no more', () => {
    const short: Case = {
      portfolio: { positionWeightMax: 0.1 },
      books: { exposure: () => 2_000, beside: () => 4_000 },
    }
    expect(verdictOf(400, short)).toMatchObject({ quantity: 400, rule: null })
    expect(verdictOf(401, short)).toMatchObject({ quantity: 400, rule: 'positionWeight' })
  })

  it('know nothing of volume where there is none: nothing is entered, but structures are', () => {
    const limited: Case = { position: { volume: { fraction: 0.1, bars: 20 } } }
    expect(verdictOf(1, limited)).toMatchObject({ quantity: 0, rule: 'volumeParticipation' })
    const verdict = blank()
    judge(changeOf(1, { structure: true }), riskBooks(), rulesOf(limited), verdict)
    expect(verdict).toMatchObject({ quantity: 1, rule: null })
  })
})

describe('the smallest size', () => {
  const limited: Case = { position: { sizeMin: 100 } }
  it('takes what reaches it and refuses what is smaller', () => {
    expect(verdictOf(10, limited)).toMatchObject({ quantity: 10, rule: null })
    expect(verdictOf(9, limited)).toMatchObject({ quantity: 0, rule: 'minimumSize', value: 90, limit: 100 })
  })
  it('refuses what another rule left too small, by the name of that rule', () => {
    const both: Case = { ...limited, portfolio: { positionWeightMax: 0.009 } }
    expect(verdictOf(50, both)).toMatchObject({ quantity: 0, rule: 'positionWeight' })
  })
})

describe('rules of count', () => {
  it.each([
    ['sleevePositions', { sleeve: { positionsMax: 3 } }, (count: number) => ({ sleevePositions: () => count })],
    ['portfolioPositions', { portfolio: { positionsMax: 3 } }, (count: number) => ({ positions: count })],
    ['groupPositions', { group: { positionsMax: 3 } }, (count: number) => ({ groupPositions: () => count })],
  ] as const)(
    '%s lets the last place be taken and refuses the next one, but not more of what is open',
    (rule, limits, at) => {
      expect(verdictOf(5, { ...limits, books: at(2) })).toMatchObject({ quantity: 5, rule: null })
      expect(verdictOf(5, { ...limits, books: at(3) })).toMatchObject({ quantity: 0, rule, value: 4, limit: 3 })
      expect(verdictOf(5, { ...limits, books: { ...at(3), opens: () => false } })).toMatchObject({
        quantity: 5,
        rule: null,
      })
    },
  )

  it('orderRate counts orders of the day and of the minute', () => {
    const sent = (day: number, minute: number): Partial<RiskView> => ({
      orders: (_, per) => (per === 'day' ? day : minute),
    })
    const limits = { sleeve: { orders: { perDay: 10, perMinute: 2 } } }
    expect(verdictOf(5, { ...limits, books: sent(9, 1) }).rule).toBeNull()
    expect(verdictOf(5, { ...limits, books: sent(10, 1) })).toMatchObject({ rule: 'orderRate', value: 11, limit: 10 })
    expect(verdictOf(5, { ...limits, books: sent(9, 2) })).toMatchObject({ rule: 'orderRate', value: 3, limit: 2 })
  })
})

/** Gates: what is still open, and what shuts them. */
const GATES: readonly (readonly [RuleName, Case, Partial<RiskView>, Partial<RiskView>])[] = [
  [
    'drawdownBreaker',
    { portfolio: { drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null } } },
    { drawdown: 0.2, halted: false },
    { drawdown: 0.12, halted: true },
  ],
  [
    'sleeveDrawdown',
    { sleeve: { drawdown: { halt: 0.1, resume: 0.05, resetPeakAfter: null } } },
    { sleeveHalted: () => false },
    { sleeveHalted: () => true },
  ],
  ['dailyLoss', { portfolio: { dailyLossMax: 0.02 } }, { dayProfit: -200 }, { dayProfit: -200.01 }],
  [
    'sleeveDailyLoss',
    { sleeve: { dailyLossMax: 0.02 } },
    { sleeveDayProfit: () => -80 },
    { sleeveDayProfit: () => -80.01 },
  ],
  [
    'valueAtRisk',
    { portfolio: { valueAtRisk: { limit: 0.03, window: 60, confidence: 0.95 } } },
    { measured: { ...MEASURED, valueAtRisk: 0.03 } },
    { measured: { ...MEASURED, valueAtRisk: 0.0301 } },
  ],
  [
    'volatility',
    { portfolio: { volatility: { limit: 0.2, window: 60 } } },
    { measured: { ...MEASURED, volatility: 0.2 } },
    { measured: { ...MEASURED, volatility: 0.2001 } },
  ],
  [
    'sleeveVolatility',
    { sleeve: { volatility: { limit: 0.24, window: 60 } } },
    { measured: { ...MEASURED, sleeveVolatility: Float64Array.of(0.24) } },
    { measured: { ...MEASURED, sleeveVolatility: Float64Array.of(0.2401) } },
  ],
  [
    'diversification',
    { portfolio: { diversification: { limit: 1.2, window: 60 } } },
    { measured: { ...MEASURED, diversification: 1.2 } },
    { measured: { ...MEASURED, diversification: 1.19 } },
  ],
  [
    'strategyCorrelation',
    { portfolio: { correlation: { limit: 0.8, window: 60 } } },
    { measured: { ...MEASURED, closeness: Float64Array.of(0.8) } },
    { measured: { ...MEASURED, closeness: Float64Array.of(0.81) } },
  ],
  ['groupWeight', { group: { weightMax: 0.4 } }, { groupEquity: () => 4_000 }, { groupEquity: () => 4_001 }],
]

describe('gates', () => {
  it.each(GATES)('%s takes what reaches the limit exactly, and no entry beyond it', (rule, own, open, shut) => {
    expect(verdictOf(5, { ...own, books: open })).toMatchObject({ quantity: 5, rule: null })
    expect(verdictOf(5, { ...own, books: shut })).toMatchObject({ quantity: 0, rule })
    expect(verdictOf(-5, { ...own, books: shut }, true)).toMatchObject({ quantity: -5, rule: null })
  })
  it('stay open while nothing is measured yet', () => {
    for (const [, own] of GATES) expect(verdictOf(5, own).rule).toBeNull()
    for (const [, own] of GATES) expect(verdictOf(5, { ...own, books: { measured: MEASURED } }).rule).toBeNull()
  })
  it('of a group speak of its own members only', () => {
    const outside = { inGroup: () => false, groupExposure: () => 9_999, groupEquity: () => 9_999 }
    const group = { weightMax: 0.1, exposureMax: 0.1, positionsMax: 1 }
    expect(verdictOf(500, { group, books: { ...outside, groupPositions: () => 9 } }).rule).toBeNull()
  })
})

describe('judge', () => {
  it('never holds back a reducing change, whatever the books and limits say', () => {
    const zero: Case = {
      sleeve: { positionsMax: 0, positionWeightMax: 0 },
      portfolio: {
        positionsMax: 0,
        positionWeightMax: 0,
        assetClassWeightMax: 0,
        leverageMax: 0,
        drawdown: { halt: 0, resume: 0, resetPeakAfter: null },
      },
      books: { halted: true, buyingPower: () => -1, sleeveAvailable: () => -1 },
      account: 'cash',
    }
    expect(verdictOf(-500, zero, true)).toMatchObject({ quantity: -500, rule: null })
    expect(verdictOf(500, zero)).toMatchObject({ quantity: 0, rule: 'drawdownBreaker' })
  })

  it('names the rule that binds tightest where several trim, the first where it refuses', () => {
    const both: Case = { sleeve: { positionWeightMax: 0.2 }, portfolio: { positionWeightMax: 0.05 } }
    expect(verdictOf(200, both)).toMatchObject({ quantity: 50, rule: 'positionWeight' })
    expect(verdictOf(200, { ...both, sleeve: { positionsMax: 0, positionWeightMax: 0.2 } })).toMatchObject({
      quantity: 0,
      rule: 'sleevePositions',
    })
  })

  it('consults no rule that is not configured', () => {
    expect(rulesOf({}).map(({ name }) => name)).toEqual(['leverage', 'buyingPower'])
    expect(rulesOf({ account: 'given' })).toEqual([])
  })
})

describe('a room that is shared', () => {
  /** What two entries get of a room of 1,000 that is theirs together, one after the other. */
  function dealt(wanted: readonly number[], own: Case, held = 0): readonly number[] {
    const rules = rulesOf({ portfolio: { positionWeightMax: 0.1 }, ...own })
    let exposure = held
    const books = riskBooks({ exposure: () => exposure, ...own.books })
    const split = splitRules(rules)
    const claims: Claims = { left: new Map(), own: 0 }
    const claimed = wanted.map((quantity) => claim(changeOf(quantity), books, split, blank(), claims))
    return wanted.map((quantity, at) => {
      const verdict = blank()
      claims.own = claimed[at]!
      judge(changeOf(quantity), books, rules, verdict, claims)
      settleClaim(changeOf(quantity), books, split.shared, claims)
      exposure += Math.abs(verdict.quantity) * 10
      return verdict.quantity
    })
  }
  it('is dealt in proportion to what each asks for', () => {
    expect(dealt([120, 80], {})).toEqual([60, 40])
    expect(dealt([80, 60, 60], {})).toEqual([40, 30, 30])
    expect(dealt([120, 80], {}, 500)).toEqual([30, 20])
  })
  it('is not dealt where there is enough for all', () => expect(dealt([60, 40], {})).toEqual([60, 40]))
  it('counts what an entry could use, not what it asks for', () =>
    expect(dealt([400, 80], { sleeve: { positionWeightMax: 0.15 } })).toEqual([50, 50]))
  it('gives what whole steps leave over to those that come later', () => {
    expect(dealt([100, 100, 100], {})).toEqual([33, 33, 34])
  })
  it('holds for each of two sides of an instrument by itself', () => {
    expect(dealt([100, -100], {}, 0)[0]).toBe(100)
  })
})
