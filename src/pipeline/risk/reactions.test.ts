import { describe, expect, it } from 'vitest'
import { SEVERITIES } from '../../domain/risk.ts'
import { type Breach, blocksEntry, drawdownReaction, REACTIONS, respond, VIOLATION_SEVERITY } from './reactions.ts'

const ALL: readonly Breach[] = [
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
  it('are replaced by what is configured, kind by kind', () => {
    const configured = { portfolio_drawdown: 'liquidate_all', position_size: 'alert_only' } as const
    expect(respond(ALL, configured).map(({ reaction }) => reaction)).toEqual([
      'liquidate_all',
      'reduce_positions',
      'pause_strategy',
      'alert_only',
    ])
  })
  it('keep the order in which violations of one severity came', () => {
    const two: Breach[] = ['b', 'a'].map((subject) => ({ kind: 'strategy_drawdown', subject }))
    expect(respond(two).map(({ subject }) => subject)).toEqual(['b', 'a'])
  })
  it('exist for every severity', () => {
    expect(new Set(Object.values(VIOLATION_SEVERITY))).toEqual(new Set(SEVERITIES))
    for (const { reaction } of respond(ALL)) expect(REACTIONS).toContain(reaction)
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

describe('blocksEntry', () => {
  const entry = { sleeve: 'trend', group: 'futures', instrument: 'SPY' }
  it('keeps out what an open violation covers, and nothing else', () => {
    const blocked = (subject: string): boolean => blocksEntry(new Set([subject]), entry)
    expect(['portfolio', 'futures', 'trend', 'SPY', 'news', 'QQQ'].map(blocked)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
    expect(blocksEntry(new Set(['futures']), { ...entry, group: null })).toBe(false)
  })
})
