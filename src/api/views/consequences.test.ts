import { describe, expect, it } from 'vitest'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { ConfigurationChange } from '../contract/configuration.ts'
import type { CheckedDraft } from '../ports.ts'
import type { Basis } from './basis.ts'
import { withConsequences } from './consequences.ts'

const config = {
  currency: 'USD',
  sleeves: [
    { id: 'trend', strategy: 'sma-crossover', weight: 0.5, limits: { positionWeightMax: 0.5 } },
    { id: 'cash', strategy: null, weight: 0.5, limits: {} },
  ],
  limits: { positionsMax: 10, positionWeightMax: 0.3, leverageMax: 1, volatility: { limit: 0.2, window: 60 } },
} as unknown as PortfolioConfig

const held = (instrument: string, sleeve: string, value: number) => ({
  instrument,
  sleeve,
  quantity: 10,
  value,
  gross: Math.abs(value),
  assetClass: 'equity',
  sector: '',
  currency: 'USD',
})
const rows = [held('AAPL', 'trend', 25_000), held('MSFT', 'trend', -15_000), held('SPY', 'trend', 5_000)]
const equity = (value: number) => ({
  equity: value,
  gross: 45_000,
  net: 15_000,
  cash: 60_000,
  growth: 1,
  peak: 1,
  volatility: 0.12,
  positions: 3,
})
const basis = {
  config,
  beat: null,
  last: new Map([
    ['', equity(100_000)],
    ['trend', equity(50_000)],
  ]),
  days: new Map(),
  positions: { bySleeve: rows, netted: rows },
  report: null,
} as unknown as Basis

const change = (path: string, before: unknown, after: unknown): ConfigurationChange => ({
  path,
  before,
  after,
  consequence: '',
  isDangerous: false,
})

function consequence(
  made: ConfigurationChange,
  after: PortfolioConfig | null,
  reactions: CheckedDraft['reactions'] = {},
): string {
  const check = { valid: true, problems: [], warnings: [], changes: [made] }
  return withConsequences({ check, config: after, reactions }, basis).changes[0]!.consequence
}

const limited = (limits: Partial<PortfolioConfig['limits']>): PortfolioConfig => ({
  ...config,
  limits: { ...config.limits, ...limits },
})

describe('what follows from a draft', () => {
  it('counts the positions that would exceed a limit, and says what is done about them', () => {
    const tighter = change('limits.position_weight_max', 0.3, 0.1)
    const after = limited({ positionWeightMax: 0.1 })
    expect(consequence(tighter, after)).toBe('2 positions would exceed this limit. They are kept, no new ones.')
    expect(consequence(tighter, after, { ticker_weight: 'reduce_position' })).toBe(
      '2 positions would exceed this limit. They are trimmed to it.',
    )
    expect(consequence(tighter, limited({ positionWeightMax: 0.2 }))).toBe(
      '1 position would exceed this limit. It is kept, no new ones.',
    )
    expect(consequence(tighter, limited({ positionWeightMax: 0.25 }))).toBe('No position exceeds it now.')
  })

  it('holds what is measured now against the new limit', () => {
    const volatility = change('limits.volatility.limit', 0.2, 0.1)
    const after = limited({ volatility: { limit: 0.1, window: 60 } })
    expect(consequence(volatility, after)).toBe(
      'It stands at 12.0\u202f%, above this limit. What is held is kept, nothing new is opened.',
    )
    expect(consequence(volatility, after, { portfolio_volatility: 'alert_only' })).toContain('You are told')
    const looser = limited({ volatility: { limit: 0.15, window: 60 } })
    expect(consequence(volatility, looser)).toBe('It stands at 12.0\u202f%: nothing exceeds it now.')
    expect(consequence(change('limits.positions_max', 10, 2), limited({ positionsMax: 2 }))).toBe(
      'It stands at 3, above this limit. What is held is kept, nothing new is opened.',
    )
    const classes = change('limits.asset_class_weight_max', null, 0.4)
    expect(consequence(classes, limited({ assetClassWeightMax: 0.4 }))).toBe(
      'equity (45.0\u202f%) would exceed this limit. What is held is kept, nothing is added.',
    )
  })

  it('says what becomes of a sleeve that goes, comes, or decides by other numbers', () => {
    const gone = change('sleeves.trend', {}, null)
    const left = { ...config, sleeves: config.sleeves.slice(1) }
    expect(consequence(gone, left)).toBe(
      '3 positions, 45.0\u202f% of the portfolio, are closed, and its money goes to the reserve.',
    )
    expect(consequence(change('sleeves.cash', {}, null), config)).toContain('It holds nothing')
    expect(consequence(change('sleeves.trend', null, {}), config)).toContain('Its first weight is 50.0\u202f%')
    expect(consequence(change('sleeves.trend.parameters.fast', 10, 20), config)).toBe(
      'Its strategy begins anew, from recorded prices. 3 positions stay open.',
    )
    expect(consequence(change('sleeves.trend.weight', 0.5, 0.4), config)).toBe('Money moves when you rebalance.')
  })

  it('says nothing of a draft that is wrong', () => {
    expect(consequence(change('limits.position_weight_max', 0.3, -1), null)).toBe('')
  })
})
