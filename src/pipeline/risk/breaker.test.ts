import { describe, expect, it } from 'vitest'
import { acknowledgeBreaker, drawdownOf, endBreakerDay, startBreaker, stepBreaker } from './breaker.ts'

const RULE = { halt: 0.15, resume: 0.1, resetPeakAfter: 2 }

describe('the drawdown breaker', () => {
  it('halts strictly beyond its limit and resumes strictly below the other one', () => {
    const state = startBreaker(1_000)
    expect(stepBreaker(state, RULE, 850)).toBeNull()
    expect(stepBreaker(state, RULE, 849.9)).toBe('halt')
    expect(stepBreaker(state, RULE, 800)).toBeNull()
    expect(stepBreaker(state, RULE, 900)).toBeNull()
    expect(state.halted).toBe(true)
    expect(stepBreaker(state, RULE, 900.1)).toBe('resume')
    expect(state.halted).toBe(false)
  })

  it('measures from the highest equity so far, the start included', () => {
    const state = startBreaker(1_000)
    expect(drawdownOf(state, 900)).toBeCloseTo(0.1, 15)
    stepBreaker(state, RULE, 2_000)
    expect(stepBreaker(state, RULE, 1_690)).toBe('halt')
    expect(drawdownOf(state, 3_000)).toBe(0)
  })

  it('takes a new peak after enough flat days of a halted book, and counts anew after one that is not flat', () => {
    const state = startBreaker(1_000)
    stepBreaker(state, RULE, 800)
    expect(endBreakerDay(state, RULE, 800, true)).toBeNull()
    expect(endBreakerDay(state, RULE, 800, false)).toBeNull()
    expect(endBreakerDay(state, RULE, 800, true)).toBeNull()
    expect(endBreakerDay(state, RULE, 800, true)).toBe('resume')
    expect([state.peak, state.halted]).toEqual([800, false])
  })

  it('never recovers by itself where that is not configured, but does when it is acknowledged', () => {
    const state = startBreaker(1_000)
    stepBreaker(state, RULE, 800)
    for (let day = 0; day < 50; day += 1)
      expect(endBreakerDay(state, { ...RULE, resetPeakAfter: null }, 800, true)).toBeNull()
    expect(acknowledgeBreaker(state, 800)).toBe('resume')
    expect(acknowledgeBreaker(state, 800)).toBeNull()
  })
})
