import { describe, expect, it } from 'vitest'
import { REACTIONS, SEVERITIES, VIOLATION_KINDS, type ViolationKind } from '../../domain/violations.ts'
import {
  drawdownReaction,
  factorToLimit,
  isBeyond,
  isRecovered,
  reactionTo,
  recoveryOf,
  respond,
  VIOLATION_SEVERITY,
} from './reactions.ts'

const ALL: readonly { readonly kind: ViolationKind; readonly subject: string }[] = [
  { kind: 'position_size', subject: 'SPY' },
  { kind: 'strategy_drawdown', subject: 'trend' },
  { kind: 'portfolio_leverage', subject: 'portfolio' },
  { kind: 'portfolio_drawdown', subject: 'portfolio' },
]

describe('reactions to violations', () => {
  it('act in the order of severity when all happen at once', () =>
    expect(respond(ALL).map(({ severity, reaction }) => `${severity} ${reaction}`)).toEqual([
      'critical halt_entries',
      'high reduce_positions',
      'medium pause_strategy',
      'low reduce_position',
    ]))
  it('are replaced by what is configured for a severity, and before that by what is configured for a rule', () => {
    const actions = { critical: 'liquidate_all', low: 'alert_only' } as const
    expect(respond(ALL, { actions, rules: {} }).map(({ reaction }) => reaction)).toEqual([
      'liquidate_all',
      'reduce_positions',
      'pause_strategy',
      'alert_only',
    ])
    const rules = {
      portfolio_drawdown: { action: 'reduce_positions' },
      position_size: { severity: 'critical' },
    } as const
    expect(
      respond(ALL, { actions, rules }).map(({ kind, severity, reaction }) => `${kind} ${severity} ${reaction}`),
    ).toEqual([
      'position_size critical liquidate_all',
      'portfolio_drawdown critical reduce_positions',
      'portfolio_leverage high reduce_positions',
      'strategy_drawdown medium pause_strategy',
    ])
  })
  it('of kinds that only tell do not follow their severity', () => {
    const actions = { low: 'reduce_position', medium: 'pause_strategy', high: 'reduce_positions' } as const
    expect(reactionTo('correlation_alert', { actions, rules: {} })).toBe('alert_only')
    expect(reactionTo('group_weight', { actions, rules: {} })).toBe('rebalance')
    expect(reactionTo('diversification', { actions, rules: { diversification: { action: 'alert_only' } } })).toBe(
      'alert_only',
    )
  })
  it('keep the order in which violations of one severity came', () => {
    const two = ['b', 'a'].map((subject) => ({ kind: 'strategy_drawdown' as const, subject }))
    expect(respond(two).map(({ subject }) => subject)).toEqual(['b', 'a'])
  })
  it('exist for every severity and every kind', () => {
    expect(new Set(Object.values(VIOLATION_SEVERITY))).toEqual(new Set(SEVERITIES))
    for (const kind of VIOLATION_KINDS) expect(REACTIONS).toContain(reactionTo(kind))
  })
})

describe('drawdownReaction', () => {
  it('halts first and liquidates at the deeper level', () => {
    const levels = { halt: 0.15, liquidate: 0.2 }
    expect([0.15, 0.151, 0.2, 0.201].map((drawdown) => drawdownReaction(drawdown, levels))).toEqual([
      null,
      'halt_entries',
      'halt_entries',
      'liquidate_all',
    ])
  })
  it('liquidates at once where both levels are one, and never without the deeper one', () => {
    expect(drawdownReaction(0.16, { halt: 0.15, liquidate: 0.15 })).toBe('liquidate_all')
    expect(drawdownReaction(0.9, { halt: 0.15, liquidate: null })).toBe('halt_entries')
  })
})

describe('a watched limit', () => {
  const most = { limit: 2, recovery: recoveryOf(2, false), floor: false }
  const least = { limit: 1.2, recovery: recoveryOf(1.2, true), floor: true }
  it('is broken strictly beyond itself, and over within its recovery', () => {
    expect([2, 2.001].map((value) => isBeyond(value, most))).toEqual([false, true])
    expect([1.91, 1.9, 1.5].map((value) => isRecovered(value, most))).toEqual([false, true, true])
    expect([1.2, 1.199].map((value) => isBeyond(value, least))).toEqual([false, true])
    expect([1.25, 1.26, 1.4].map((value) => isRecovered(value, least))).toEqual([false, true, true])
  })
  it('breaks on nothing that is not known, and then holds nobody any longer', () => {
    expect(isBeyond(Number.NaN, most)).toBe(false)
    expect(isRecovered(Number.NaN, most)).toBe(true)
  })
  it('is come back to in proportion', () => {
    expect(factorToLimit(2.5, most)).toBe(0.8)
    expect(factorToLimit(1.5, most)).toBe(1)
    expect(factorToLimit(0.9, least)).toBe(0.75)
    expect(factorToLimit(Number.POSITIVE_INFINITY, most)).toBe(0)
    expect(factorToLimit(Number.NaN, most)).toBe(0)
  })
})
