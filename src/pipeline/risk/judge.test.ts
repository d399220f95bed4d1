import { describe, expect, it } from 'vitest'
import type { PortfolioLimits, SleeveLimits } from '../../domain/limits.ts'
import type { Change, RiskView, RuleName } from '../../domain/risk.ts'
import { judge, rulesFor, type Verdict } from './judge.ts'

const NO_SLEEVE_LIMITS: SleeveLimits = { positionsMax: null, positionWeightMax: null, weekend: null }
const NO_LIMITS: PortfolioLimits = {
  positionsMax: null,
  assetClassWeightMax: null,
  positionWeightMax: null,
  leverageMax: Number.POSITIVE_INFINITY,
  drawdown: null,
}
/** Books of 10,000 in which one unit is worth 10. */
const BOOKS: RiskView = {
  equity: 10_000,
  halted: false,
  buyingPower: Number.POSITIVE_INFINITY,
  positions: 0,
  grossExposure: 0,
  sleeveEquity: () => 4_000,
  sleeveAvailable: () => Number.POSITIVE_INFINITY,
  sleevePositions: () => 0,
  opens: () => true,
  sleeveExposure: () => 0,
  exposure: () => 0,
  classExposure: () => 0,
}

interface Case {
  readonly sleeve?: Partial<SleeveLimits>
  readonly portfolio?: Partial<PortfolioLimits>
  readonly books?: Partial<RiskView>
  readonly cashOnly?: boolean
}

function verdictOf(quantity: number, { sleeve, portfolio, books, cashOnly = false }: Case, reducing = false): Verdict {
  const change: Change = {
    sleeve: 0,
    instrument: 0,
    quantity,
    reducing,
    unitExposure: 10,
    step: 1,
    structure: false,
  }
  const verdict: Verdict = { quantity: 0, rule: null, limit: 0 }
  const rules = rulesFor(
    { ...NO_SLEEVE_LIMITS, ...sleeve },
    { ...NO_LIMITS, ...portfolio },
    cashOnly ? 'cash' : 'margin',
  )
  judge(change, { ...BOOKS, ...books }, rules, verdict)
  return verdict
}

/** Rules of money: what fits to the unit, and the case that leaves room for exactly that. */
const MONEY: readonly (readonly [RuleName, number, Case])[] = [
  ['sleevePositionWeight', 80, { sleeve: { positionWeightMax: 0.2 } }],
  ['sleevePositionWeight', 50, { sleeve: { positionWeightMax: 0.2 }, books: { sleeveExposure: () => 300 } }],
  ['positionWeight', 100, { portfolio: { positionWeightMax: 0.1 } }],
  ['positionWeight', 25, { portfolio: { positionWeightMax: 0.1 }, books: { exposure: () => 750 } }],
  ['assetClassWeight', 500, { portfolio: { assetClassWeightMax: 0.5 } }],
  ['leverage', 1_000, { portfolio: { leverageMax: 1 } }],
  ['leverage', 1, { portfolio: { leverageMax: 1.5 }, books: { grossExposure: 14_990 } }],
  ['sleeveCash', 123, { cashOnly: true, books: { sleeveAvailable: () => 1_230 } }],
  ['buyingPower', 77, { books: { buyingPower: 770 } }],
]

describe('rules of money', () => {
  it.each(MONEY)('%s lets %d units pass, and trims one more to that by its name', (rule, fitting, books) => {
    for (const side of [1, -1]) {
      expect(verdictOf(fitting * side, books)).toMatchObject({ quantity: fitting * side, rule: null })
      expect(verdictOf((fitting + 1) * side, books)).toMatchObject({ quantity: fitting * side, rule })
    }
  })

  it.each(MONEY)('%s refuses where nothing fits', (rule, _, books) => {
    const full: Case = {
      ...books,
      books: {
        ...books.books,
        sleeveExposure: () => 10_000,
        exposure: () => 10_000,
        classExposure: () => 10_000,
        grossExposure: 20_000,
        sleeveAvailable: () => -5,
        buyingPower: 0,
      },
    }
    const found = verdictOf(1, full)
    expect(found.quantity).toBe(0)
    expect(MONEY.map(([name]) => name)).toContain(found.rule)
    if (rule !== 'buyingPower') expect(found.rule).toBe(rule)
  })
})

describe('rules of count', () => {
  it.each([
    ['sleevePositions', { sleeve: { positionsMax: 3 } }, (count: number) => ({ sleevePositions: () => count })],
    ['portfolioPositions', { portfolio: { positionsMax: 3 } }, (count: number) => ({ positions: count })],
  ] as const)(
    '%s lets the last place be taken and refuses the next one, but not more of what is open',
    (rule, limits, at) => {
      expect(verdictOf(5, { ...limits, books: at(2) })).toMatchObject({ quantity: 5, rule: null })
      expect(verdictOf(5, { ...limits, books: at(3) })).toMatchObject({ quantity: 0, rule, limit: 3 })
      expect(verdictOf(5, { ...limits, books: { ...at(3), opens: () => false } })).toMatchObject({
        quantity: 5,
        rule: null,
      })
    },
  )

  it('the drawdown breaker refuses every entry while it is tripped', () => {
    const limits = { portfolio: { drawdown: { halt: 0.1, resume: 0.05, resetPeakAfter: null } } }
    expect(verdictOf(5, { ...limits, books: { halted: true } })).toMatchObject({ quantity: 0, rule: 'drawdownBreaker' })
    expect(verdictOf(5, limits)).toMatchObject({ quantity: 5, rule: null })
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
      books: { halted: true, buyingPower: -1, sleeveAvailable: () => -1 },
      cashOnly: true,
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
    expect(rulesFor(NO_SLEEVE_LIMITS, NO_LIMITS, 'margin').map(({ rule }) => rule.name)).toEqual([
      'leverage',
      'buyingPower',
    ])
  })
})
