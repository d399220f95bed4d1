import { describe, expect, it } from 'vitest'
import type { StageRule } from '../../domain/capital.ts'
import { momentsOf, sharpeEvidence } from '../../numerics/moments.ts'
import { deflatedSharpe, probabilisticSharpe } from '../../numerics/sharpe.ts'
import { enterStage, STAGE_RULE, type StageState, stageChange, startStage, takeStageDay } from './stage-changes.ts'

/** Gains and losses in turn, so that mean and deviation are known. */
const turn = (day: number, mean: number, swing: number): number => mean + (day % 2 === 0 ? swing : -swing)

interface Days {
  readonly count: number
  readonly mean: number
  readonly swing: number
  readonly trades?: number
}

function takeDays(state: StageState, { count, mean, swing, trades = 0 }: Days, rule: StageRule = STAGE_RULE): number[] {
  const taken = Array.from({ length: count }, (_, day) => turn(day, mean, swing))
  for (const [day, value] of taken.entries()) takeStageDay(state, rule, value, day === 0 ? trades : 0)
  return taken
}

describe('promotion to VALIDATION', () => {
  it('needs the thirtieth round trip', () => {
    const state = startStage('DISCOVERY', null)
    takeDays(state, { count: 40, mean: 0.005, swing: 0.005, trades: 29 })
    expect(stageChange(state, STAGE_RULE)).toBeNull()
    takeStageDay(state, STAGE_RULE, 0.005, 1)
    expect(stageChange(state, STAGE_RULE)).toMatchObject({
      from: 'DISCOVERY',
      to: 'VALIDATION',
      cause: 'validated',
      limit: 0.9,
    })
  })
  it('needs a probability above the limit, not one at it', () => {
    const state = startStage('DISCOVERY', null)
    const days = takeDays(state, { count: 40, mean: 0.001, swing: 0.005, trades: 30 })
    const value = probabilisticSharpe(sharpeEvidence(momentsOf(Float64Array.from(days))), 0)
    const held = (probability: number) => stageChange(state, { ...STAGE_RULE, validation: { trades: 30, probability } })
    expect(held(value)).toBeNull()
    expect(held(value - 1e-9)?.value).toBeCloseTo(value, 12)
  })
  it('waits while the last 60 days lose', () => {
    const state = startStage('DISCOVERY', null)
    takeDays(state, { count: 200, mean: 0.01, swing: 0.005, trades: 30 })
    takeDays(state, { count: 60, mean: -0.0001, swing: 0.005 })
    expect(probabilisticSharpe(sharpeEvidence(state.moments), 0)).toBeGreaterThan(0.99)
    expect(stageChange(state, STAGE_RULE)).toBeNull()
  })
  it('is not asked by returns that do not move', () => {
    const state = startStage('DISCOVERY', null)
    takeDays(state, { count: 100, mean: 0.001, swing: 0, trades: 200 })
    expect(stageChange(state, STAGE_RULE)).toBeNull()
  })
})

describe('promotion to MATURE', () => {
  it.each([
    [99, 90, null],
    [100, 89, null],
    [100, 90, 'MATURE'],
  ])('with %d round trips in %d days leads to %s', (trades, count, to) => {
    const state = startStage('VALIDATION', null)
    takeDays(state, { count, mean: 0.003, swing: 0.005, trades })
    expect(stageChange(state, STAGE_RULE)?.to ?? null).toBe(to)
  })
  it('asks more of the best of many trials', () => {
    const state = startStage('VALIDATION', null)
    const days = takeDays(state, { count: 120, mean: 0.001, swing: 0.005, trades: 100 })
    const evidence = sharpeEvidence(momentsOf(Float64Array.from(days)))
    expect(stageChange(state, STAGE_RULE)).toMatchObject({ to: 'MATURE', cause: 'matured' })
    const many = { ...STAGE_RULE, trials: { count: 50, deviation: 0.1 } }
    expect(deflatedSharpe(evidence, many.trials)).toBeLessThan(0.95)
    expect(stageChange(state, many)).toBeNull()
    expect(stageChange(state, { ...STAGE_RULE, trials: { count: 50, deviation: null } })).toBeNull()
  })
  it('is never reached past VALIDATION', () => {
    const state = startStage('DISCOVERY', null)
    takeDays(state, { count: 120, mean: 0.003, swing: 0.005, trades: 500 })
    expect(stageChange(state, STAGE_RULE)?.to).toBe('VALIDATION')
    enterStage(state, 'VALIDATION')
    expect(stageChange(state, STAGE_RULE)?.to).toBe('MATURE')
  })
})

describe('decay', () => {
  it('begins when the Sharpe ratio of 60 days is below 0, and not with 59 of them', () => {
    const state = startStage('MATURE', null)
    takeDays(state, { count: 59, mean: -0.0001, swing: 0.005 })
    expect(stageChange(state, STAGE_RULE)).toBeNull()
    takeStageDay(state, STAGE_RULE, -0.005, 0)
    expect(stageChange(state, STAGE_RULE)).toMatchObject({ from: 'MATURE', to: 'DECAY', cause: 'sharpe', limit: 0 })
  })
  it('does not begin at a Sharpe ratio of 0', () => {
    const state = startStage('MATURE', null)
    takeDays(state, { count: 60, mean: 0, swing: 1 / 128 })
    expect(stageChange(state, STAGE_RULE)).toBeNull()
  })
  it('begins beyond one and a half times the drawdown that was validated, not at it', () => {
    const state = startStage('VALIDATION', 0.1)
    takeStageDay(state, STAGE_RULE, -0.15, 0)
    expect(stageChange(state, STAGE_RULE)).toBeNull()
    takeStageDay(state, STAGE_RULE, -1e-9, 0)
    expect(stageChange(state, STAGE_RULE)).toMatchObject({ from: 'VALIDATION', to: 'DECAY', cause: 'drawdown' })
  })
  it('holds the drawdown to what the record showed at the promotion', () => {
    const state = startStage('DISCOVERY', null)
    takeStageDay(state, STAGE_RULE, -0.04, 0)
    expect(stageChange(state, STAGE_RULE)).toBeNull()
    takeDays(state, { count: 60, mean: 0.004, swing: 0.001, trades: 30 })
    expect(stageChange(state, STAGE_RULE)?.to).toBe('VALIDATION')
    enterStage(state, 'VALIDATION')
    expect(state.validatedDrawdown).toBeCloseTo(0.04, 12)
    takeStageDay(state, STAGE_RULE, -0.061, 0)
    const change = stageChange(state, STAGE_RULE)
    expect(change).toMatchObject({ to: 'DECAY', cause: 'drawdown' })
    expect(change!.limit).toBeCloseTo(0.06, 12)
  })
  it('ends on paper after 60 days, and there nothing changes by itself', () => {
    const state = startStage('MATURE', null)
    enterStage(state, 'DECAY')
    takeDays(state, { count: 59, mean: 0.01, swing: 0.001, trades: 1000 })
    expect(stageChange(state, STAGE_RULE)).toBeNull()
    takeStageDay(state, STAGE_RULE, Number.NaN, 0)
    expect(stageChange(state, STAGE_RULE)).toEqual({
      from: 'DECAY',
      to: 'PAPER',
      cause: 'expired',
      value: 60,
      limit: 60,
    })
    enterStage(state, 'PAPER')
    takeDays(state, { count: 300, mean: 0.01, swing: 0.001, trades: 1000 })
    expect(stageChange(state, STAGE_RULE)).toBeNull()
  })
})

describe('StageState', () => {
  it('goes on the same after it was written as text', () => {
    const state = startStage('DISCOVERY', null)
    takeDays(state, { count: 70, mean: 0.002, swing: 0.004, trades: 20 })
    const copy = JSON.parse(JSON.stringify(state)) as StageState
    for (const each of [state, copy]) takeDays(each, { count: 30, mean: 0.001, swing: 0.006, trades: 11 })
    expect(copy).toEqual(state)
    expect(stageChange(copy, STAGE_RULE)).toEqual(stageChange(state, STAGE_RULE))
    expect(state.recent).toHaveLength(60)
  })
})
