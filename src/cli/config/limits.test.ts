import { describe, expect, it } from 'vitest'
import { portfolioFile } from '../../../test/fixtures/portfolio-file.ts'

const { load, said } = portfolioFile('limits')

const portfolio = (limits: string, sleeve = ''): string => `name: Limited
capital: 100000
instruments:
  AAA: {file: a.csv, sector: Technology}
  BBB: {file: b.csv}
${limits}
sleeves:
  - id: one
    weight: 0.6
    strategy: mean-reversion
    universe: [AAA, BBB]
    sizing: {kind: notional, amount: 100}
${sleeve}
  - {id: rest, weight: 0.4}
`

describe('limits of a portfolio file', () => {
  it('come to the kernel with their bases and windows', async () => {
    const { limits } = await load(
      portfolio(`leverage: 2
limits:
  drawdown: {halt: 0.15, resume: 0.1, liquidate: 0.2}
  position_weight_max: 0.1
  leverage_net_max: 0.8
  exposure_max: 1.5
  sector_weight_max: 0.3
  currency_weight_max: 0.9
  concentration: {weight_max: 0.4}
  cash_min: 0.05
  daily_loss_max: 0.02
  volatility: {limit: 0.2}
  value_at_risk: {limit: 0.03, confidence: 0.99, window: 250}
  diversification: {limit: 1.2}
  correlation: {limit: 0.8, window: 90}`),
    )
    expect(limits).toEqual({
      positionsMax: null,
      assetClassWeightMax: null,
      positionWeightMax: 0.1,
      leverageMax: 2,
      drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null, liquidate: 0.2 },
      leverageNetMax: 0.8,
      exposureMax: 1.5,
      sectorWeightMax: 0.3,
      currencyWeightMax: 0.9,
      concentration: { positions: 5, weightMax: 0.4 },
      cashMin: 0.05,
      dailyLossMax: 0.02,
      volatility: { limit: 0.2, window: 60 },
      valueAtRisk: { limit: 0.03, confidence: 0.99, window: 250 },
      diversification: { limit: 1.2, window: 60 },
      correlation: { limit: 0.8, window: 90 },
    })
  })

  it('of a sleeve and its positions do too', async () => {
    const { sleeves } = await load(
      portfolio(
        '',
        `    limits:
      leverage_max: 1.5
      exposure_max: 0.5
      drawdown: {halt: 0.1, resume: 0.05}
      daily_loss_max: 0.03
      volatility: {limit: 0.24}
      orders: {per_day: 20, per_minute: 2}
      order_cap: 1.1
      position:
        weight_max: 0.05
        of: portfolio
        notional_max: 4000
        size_min: 100
        stop: {required: true, default: 0.05, max: 0.1}
        volume: {fraction: 0.01}`,
      ),
    )
    expect(sleeves[0]!.limits).toEqual({
      positionsMax: null,
      positionWeightMax: null,
      weekend: null,
      leverageMax: 1.5,
      exposureMax: 0.5,
      drawdown: { halt: 0.1, resume: 0.05, resetPeakAfter: null },
      dailyLossMax: 0.03,
      volatility: { limit: 0.24, window: 60 },
      orders: { perDay: 20, perMinute: 2 },
      orderCap: 1.1,
      position: {
        weightMax: 0.05,
        of: 'portfolio',
        notionalMax: 4000,
        sizeMin: 100,
        stop: { required: true, standard: 0.05, widest: 0.1 },
        volume: { fraction: 0.01, bars: 20 },
      },
    })
  })

  it('that are left out are not there', async () => {
    const { limits, sleeves, groups } = await load(portfolio(''))
    expect(Object.keys(limits)).toEqual([
      'positionsMax',
      'assetClassWeightMax',
      'positionWeightMax',
      'leverageMax',
      'drawdown',
    ])
    for (const sleeve of sleeves)
      expect(sleeve.limits).toEqual({ positionsMax: null, positionWeightMax: null, weekend: null })
    expect(groups).toEqual({})
  })

  it('of groups name sleeves and instruments', async () => {
    const { groups } = await load(
      portfolio(`groups:
  trend: {sleeves: [one], limits: {weight_max: 0.7, positions_max: 3}}
  chips: {instruments: [AAA], limits: {exposure_max: 0.2}}`),
    )
    expect(groups).toEqual({
      trend: { sleeves: ['one'], instruments: [], limits: { weightMax: 0.7, exposureMax: null, positionsMax: 3 } },
      chips: { sleeves: [], instruments: ['AAA'], limits: { weightMax: null, exposureMax: 0.2, positionsMax: null } },
    })
  })

  it('of a lifecycle take the totals of its stages', async () => {
    const { limits } = await load(
      portfolio(`limits: {lifecycle: {}}
overlays: {lifecycle: {stages: {one: MATURE}, total: {MATURE: 0.25}}}`),
    )
    expect(limits.lifecycle).toEqual({
      exposureMax: 0.5,
      stageMax: { MATURE: 0.25, VALIDATION: 0.15, DISCOVERY: 0.05, DECAY: 0.1 },
      assetMax: 0.2,
      cashMin: 0.3,
      dailyLossMax: 0.02,
      positionsMax: 10,
      sizeMin: 100,
    })
  })

  it.each([
    [
      'limits: {lifecycle: {}}',
      '',
      /^p\.yaml:6:21 limits\.lifecycle: asks for the stage of every sleeve; add overlays/,
    ],
    [
      'limits: {drawdown: {halt: 0.2, resume: 0.1, liquidate: 0.15}}',
      '',
      /^p\.yaml:6:56 limits\.drawdown\.liquidate: must be at least halt \(0\.2\), was "0\.15"; it would sell before it halts$/,
    ],
    [
      'limits: {sector_weight_max: 30}',
      '',
      /^p\.yaml:6:29 limits\.sector_weight_max: must be at most 1, was "30"; fractions are of 1: 30 % is 0\.3$/,
    ],
    [
      'limits: {diversification: {limit: 0.5}}',
      '',
      /^p\.yaml:6:35 limits\.diversification\.limit: must be at least 1, was "0\.5"$/,
    ],
    [
      'groups: {a: {sleeves: [onne], limits: {positions_max: 1}}}',
      '',
      /^p\.yaml:6:24 groups\.a\.sleeves\[0\]: no sleeve is named "onne"; did you mean "one"\?$/,
    ],
    [
      'groups: {a: {instruments: [CCC], limits: {positions_max: 1}}}',
      '',
      /^p\.yaml:6:28 groups\.a\.instruments\[0\]: no instrument is named "CCC"; known here: AAA, BBB$/,
    ],
    [
      'groups: {a: {limits: {positions_max: 1}}}',
      '',
      /^p\.yaml:6:13 groups\.a: has no members; list sleeves, instruments or both$/,
    ],
    [
      'groups: {a: {sleeves: [one], limits: {}}}',
      '',
      /^p\.yaml:6:38 groups\.a\.limits: limits nothing; give weight_max, exposure_max or positions_max$/,
    ],
    [
      'groups: {a: {instruments: [AAA], limits: {weight_max: 0.5}}}',
      '',
      /^p\.yaml:6:55 groups\.a\.limits\.weight_max: speaks of the equity of sleeves; list sleeves, or use exposure_max$/,
    ],
    [
      '',
      '    limits: {position: {stop: {default: 0.2, max: 0.1}}}',
      /^p\.yaml:13:41 sleeves\[0\]\.limits\.position\.stop\.default: must be at most max \(0\.1\), was "0\.2"$/,
    ],
    [
      '',
      '    limits: {drawdown: {halt: 0.1, resume: 0.1}}',
      /^p\.yaml:13:44 sleeves\[0\]\.limits\.drawdown\.resume: must be below halt \(0\.1\), was "0\.1"/,
    ],
    ['', '    limits: {orders: {per_hour: 3}}', /unknown key "per_hour"; known here: per_day, per_minute$/],
  ])('%s%s is refused with what to do', async (limits, sleeve, message) => {
    expect(await said(portfolio(limits, sleeve))).toMatch(message)
  })
})
