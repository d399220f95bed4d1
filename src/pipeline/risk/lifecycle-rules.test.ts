import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lifecycleDesk } from '../../../test/fixtures/lifecycle-desk.ts'
import { propertyRuns } from '../../../test/profile.ts'
import type { LifecycleLimits } from '../../domain/limits.ts'
import type { RiskRule } from '../../domain/risk.ts'
import { inOrder, lifecycleRules } from './rule-sets.ts'
import { stageRoom } from './stage-room.ts'

const LIMITS: LifecycleLimits = {
  exposureMax: 0.5,
  stageMax: { MATURE: 0.3, VALIDATION: 0.15, DISCOVERY: 0.05, DECAY: 0.1 },
  assetMax: 0.2,
  cashMin: 0.3,
  dailyLossMax: 0.02,
  positionsMax: 10,
  sizeMin: 100,
}
const rulesOf = (limits: LifecycleLimits): readonly RiskRule[] => inOrder(lifecycleRules(limits), 'lifecycle')
const ENTRY = { asset: 'BTC', stage: 'MATURE', wanted: 1000, opens: true } as const
type Standing = Omit<Parameters<typeof lifecycleDesk>[1], 'value'>
const enter = (standing: Standing, entry: Partial<Parameters<ReturnType<typeof lifecycleDesk>['enter']>[0]> = {}) =>
  lifecycleDesk(rulesOf(LIMITS), { value: 100_000, ...standing }).enter({ ...ENTRY, ...entry })

describe('the limits of a lifecycle portfolio', () => {
  it('are asked in their own order', () =>
    expect(rulesOf(LIMITS).map(({ name }) => name)).toEqual([
      'dailyLoss',
      'exposure',
      'cashReserve',
      'stageTotal',
      'positionWeight',
      'minimumSize',
      'paper',
      'portfolioPositions',
    ]))

  it.each([
    ['dailyLoss', { dayProfit: -2000 }, { dayProfit: -2001 }, 0.02001, 0.02],
    ['exposure', { exposure: 49_000 }, { exposure: 50_000 }, 0.51, 0.5],
    ['stageTotal', { stageExposure: { MATURE: 29_000 } }, { stageExposure: { MATURE: 30_000 } }, 0.31, 0.3],
    ['positionWeight', { assetExposure: { BTC: 19_000 } }, { assetExposure: { BTC: 20_000 } }, 0.21, 0.2],
    ['portfolioPositions', { positions: 9 }, { positions: 10 }, 11, 10],
  ] as const)('%s takes what reaches it exactly and refuses what is beyond', (rule, within, beyond, value, limit) => {
    expect(enter(within)).toMatchObject({ size: 1000, rule: null })
    const refused = enter(beyond)
    expect(refused).toMatchObject({ size: 0, rule, limit })
    expect(refused.value).toBeCloseTo(value, 12)
  })

  it.each([
    ['MATURE', 30_000],
    ['VALIDATION', 15_000],
    ['DISCOVERY', 5_000],
    ['DECAY', 10_000],
  ] as const)('stage %s together takes %d and not one count more', (stage, most) => {
    expect(enter({}, { stage, wanted: most, asset: stage }).rule).toBe(most > 20_000 ? 'positionWeight' : null)
    expect(enter({ stageExposure: { [stage]: most - 1000 } }, { stage })).toMatchObject({ size: 1000, rule: null })
    expect(enter({ stageExposure: { [stage]: most - 1000 } }, { stage, wanted: 1001 })).toMatchObject({
      size: 1000,
      rule: 'stageTotal',
    })
  })

  it('refuses what is below the smallest size, and a stage that trades no money', () => {
    expect(enter({}, { wanted: 100 }).size).toBe(100)
    expect(enter({}, { wanted: 99.99 })).toMatchObject({ size: 0, rule: 'minimumSize', value: 99.99, limit: 100 })
    expect(enter({}, { stage: 'PAPER' })).toMatchObject({ size: 0, rule: 'paper' })
  })

  it('keeps the cash reserve where that is tighter than the exposure limit', () => {
    const desk = lifecycleDesk(rulesOf({ ...LIMITS, cashMin: 0.6 }), { value: 100_000, exposure: 39_500 })
    const trimmed = desk.enter(ENTRY)
    expect(trimmed).toMatchObject({ rule: 'cashReserve', limit: 0.6 })
    expect(trimmed.size).toBeCloseTo(500, 6)
    expect(trimmed.value).toBeCloseTo(0.595, 12)
  })

  it('trims to the smallest room and names its rule with value and limit', () => {
    const trimmed = enter({ exposure: 45_000, assetExposure: { BTC: 18_000 } }, { wanted: 9000 })
    expect(trimmed).toMatchObject({ rule: 'positionWeight', limit: 0.2 })
    expect(trimmed.size).toBeCloseTo(2000, 6)
    expect(trimmed.value).toBeCloseTo(0.27, 12)
  })

  it('names the first rule of the order when several object', () => {
    const full = { dayProfit: -5000, exposure: 60_000, positions: 12, assetExposure: { BTC: 30_000 } }
    const rest = { ...full, dayProfit: 0 }
    expect(enter(full).rule).toBe('dailyLoss')
    expect(enter(rest).rule).toBe('exposure')
    expect(enter({ ...rest, exposure: 0 }).rule).toBe('positionWeight')
    expect(enter({ positions: 12 }, { wanted: 50 }).rule).toBe('minimumSize')
    expect(enter({ positions: 12 }, { stage: 'PAPER' }).rule).toBe('paper')
    expect(enter({ positions: 12 }).rule).toBe('portfolioPositions')
  })

  it('never gives the same room twice', () => {
    const entry = fc.record({
      asset: fc.constantFrom('BTC', 'ETH', 'SOL'),
      stage: fc.constantFrom('MATURE' as const, 'VALIDATION' as const, 'DISCOVERY' as const, 'DECAY' as const),
      wanted: fc.double({ min: 1, max: 20_000, noNaN: true }),
      opens: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const desk = lifecycleDesk(rulesOf(LIMITS), { value: 100_000 })
        for (const one of entries) desk.enter(one)
        expect(desk.exposure()).toBeLessThanOrEqual(50_000 + 1e-6)
        for (const stage of ['MATURE', 'VALIDATION', 'DISCOVERY', 'DECAY'] as const)
          expect(desk.ofStage(stage)).toBeLessThanOrEqual(LIMITS.stageMax[stage]! * 100_000 + 1e-6)
        for (const asset of ['BTC', 'ETH', 'SOL']) expect(desk.ofAsset(asset)).toBeLessThanOrEqual(20_000 + 1e-6)
        expect(desk.positions()).toBeLessThanOrEqual(10)
      }),
      propertyRuns(100),
    )
  })
})

describe('stageRoom', () => {
  it('says which limits can ever bind', () => {
    expect(stageRoom(LIMITS)).toEqual({ sumOfStages: 0.6, totalBinds: true, cashBinds: false })
    expect(stageRoom({ ...LIMITS, cashMin: 0.6 }).cashBinds).toBe(true)
    expect(stageRoom({ ...LIMITS, exposureMax: 0.9, cashMin: 0 }).totalBinds).toBe(false)
  })
})
