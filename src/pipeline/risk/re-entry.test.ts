import { describe, expect, it } from 'vitest'
import { beginReentry, endReentrySession, haltReentry, REENTRY_RULE, reentryFactor, startReentry } from './re-entry.ts'

describe('gradual re-entry', () => {
  it('grows by a quarter every five sessions', () => {
    const state = startReentry()
    expect(reentryFactor(state, REENTRY_RULE)).toBe(1)
    haltReentry(state)
    expect(reentryFactor(state, REENTRY_RULE)).toBe(0)
    beginReentry(state)
    const factors = Array.from({ length: 21 }, () => {
      const factor = reentryFactor(state, REENTRY_RULE)
      endReentrySession(state, REENTRY_RULE)
      return factor
    })
    expect(factors).toEqual([0.25, 0.5, 0.75, 1].flatMap((factor) => Array.from({ length: 5 }, () => factor)).concat(1))
  })
  it('falls back to nothing at a new breach and starts over', () => {
    const state = startReentry()
    haltReentry(state)
    beginReentry(state)
    for (let session = 0; session < 12; session += 1) endReentrySession(state, REENTRY_RULE)
    expect(reentryFactor(state, REENTRY_RULE)).toBe(0.75)
    haltReentry(state)
    endReentrySession(state, REENTRY_RULE)
    expect(reentryFactor(state, REENTRY_RULE)).toBe(0)
    beginReentry(state)
    expect(reentryFactor(state, REENTRY_RULE)).toBe(0.25)
  })
  it('changes nothing for a book that was never halted', () => {
    const state = startReentry()
    beginReentry(state)
    endReentrySession(state, REENTRY_RULE)
    expect(reentryFactor(state, REENTRY_RULE)).toBe(1)
  })
})
