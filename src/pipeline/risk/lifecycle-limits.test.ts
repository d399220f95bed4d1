import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  judgeLifecycleEntry,
  LIFECYCLE_RULES,
  type LifecycleBook,
  type LifecycleEntry,
  type LifecycleLimits,
  stageRoom,
} from './lifecycle-limits.ts'

const LIMITS: LifecycleLimits = {
  exposureMax: 0.5,
  stageMax: { MATURE: 0.3, VALIDATION: 0.15, DISCOVERY: 0.05, DECAY: 0.1 },
  assetMax: 0.2,
  cashMin: 0.3,
  dailyLossMax: 0.02,
  positionsMax: 10,
  sizeMin: 100,
}
const ENTRY: LifecycleEntry = { asset: 'BTC', stage: 'MATURE', wanted: 1000, opens: true }
const book = (over: Partial<LifecycleBook> = {}): LifecycleBook => ({
  value: 100_000,
  dayProfit: 0,
  exposure: 0,
  positions: 0,
  stageExposure: {},
  assetExposure: {},
  ...over,
})

describe('lifecycle limits', () => {
  it.each([
    ['dailyLoss', { dayProfit: -2000 }, { dayProfit: -2001 }],
    ['exposure', { exposure: 49_000 }, { exposure: 50_000 }],
    ['stageTotal', { stageExposure: { MATURE: 29_000 } }, { stageExposure: { MATURE: 30_000 } }],
    ['assetWeight', { assetExposure: { BTC: 19_000 } }, { assetExposure: { BTC: 20_000 } }],
    ['positions', { positions: 9 }, { positions: 10 }],
  ] as const)('%s takes what reaches it exactly and refuses what is beyond', (rule, within, beyond) => {
    expect(judgeLifecycleEntry(book(within), LIMITS, ENTRY)).toMatchObject({ size: 1000, rule: null })
    expect(judgeLifecycleEntry(book(beyond), LIMITS, ENTRY)).toMatchObject({ size: 0, rule })
  })
  it('refuses what is below the smallest size, and a stage that trades no money', () => {
    expect(judgeLifecycleEntry(book(), LIMITS, { ...ENTRY, wanted: 100 }).size).toBe(100)
    expect(judgeLifecycleEntry(book(), LIMITS, { ...ENTRY, wanted: 99.99 })).toMatchObject({
      size: 0,
      rule: 'minimumSize',
      value: 99.99,
      limit: 100,
    })
    expect(judgeLifecycleEntry(book(), LIMITS, { ...ENTRY, stage: 'PAPER' })).toMatchObject({ size: 0, rule: 'paper' })
  })
  it('keeps the cash reserve where that is tighter than the exposure limit', () => {
    const tight = { ...LIMITS, cashMin: 0.6 }
    expect(judgeLifecycleEntry(book({ exposure: 39_500 }), tight, ENTRY)).toMatchObject({
      size: 500,
      rule: 'cashReserve',
    })
  })
  it('trims to the smallest room and names its rule with value and limit', () =>
    expect(
      judgeLifecycleEntry(book({ exposure: 45_000, assetExposure: { BTC: 18_000 } }), LIMITS, {
        ...ENTRY,
        wanted: 9000,
      }),
    ).toEqual({ size: 2000, rule: 'assetWeight', value: 27_000, limit: 20_000 }))
  it('names the first rule of the order when several object', () => {
    const full = { dayProfit: -5000, exposure: 60_000, positions: 12, assetExposure: { BTC: 30_000 } }
    const rest = { ...full, dayProfit: 0 }
    expect(judgeLifecycleEntry(book(full), LIMITS, ENTRY).rule).toBe('dailyLoss')
    expect(judgeLifecycleEntry(book(rest), LIMITS, ENTRY).rule).toBe('exposure')
    expect(judgeLifecycleEntry(book({ ...rest, exposure: 0 }), LIMITS, ENTRY).rule).toBe('assetWeight')
    expect(judgeLifecycleEntry(book({ positions: 12 }), LIMITS, ENTRY).rule).toBe('positions')
    expect(LIFECYCLE_RULES.indexOf('stageTotal')).toBeLessThan(LIFECYCLE_RULES.indexOf('assetWeight'))
  })
  it('never gives the same room twice', () => {
    const entry = fc.record({
      asset: fc.constantFrom('BTC', 'ETH', 'SOL'),
      stage: fc.constantFrom('MATURE' as const, 'VALIDATION' as const, 'DISCOVERY' as const, 'DECAY' as const),
      wanted: fc.double({ min: 0, max: 20_000, noNaN: true }),
      opens: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const own = book()
        for (const one of entries) judgeLifecycleEntry(own, LIMITS, one)
        expect(own.exposure).toBeLessThanOrEqual(50_000 + 1e-6)
        for (const [stage, used] of Object.entries(own.stageExposure))
          expect(used).toBeLessThanOrEqual(LIMITS.stageMax[stage as 'MATURE']! * 100_000 + 1e-6)
        for (const used of Object.values(own.assetExposure)) expect(used).toBeLessThanOrEqual(20_000 + 1e-6)
        expect(own.positions).toBeLessThanOrEqual(10)
      }),
      { seed: 15 },
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
