import { describe, expect, it } from 'vitest'
import type { OpenAlert } from '../../../src/api/contract/alerting.ts'
import type { AttentionItem, EngineView, PortfolioSummary } from '../../../src/api/contract/overview.ts'
import { alertsOf } from '../data/alerts.ts'
import { headline } from '../pages/overview/ActivityPanel.tsx'
import { rebalanceText, sentences, unseenFirst } from './AttentionRow.tsx'
import { checksOf } from './dialogs/Checklist.tsx'
import { stepsOf } from './FirstSteps.tsx'
import { updatedText } from './Frame.tsx'
import { fitOf, fitting } from './fuzzy.ts'
import { neighbour } from './keys.ts'

describe('the palette', () => {
  const titles = ['Overview', 'Performance', 'Pause Theta decay', 'Theta decay']
  it('finds by letters in their order, starts of words first', () => {
    expect(fitting(titles, 'theta', (title) => title)[0]).toBe('Theta decay')
    expect(fitting(titles, 'ptd', (title) => title)).toEqual(['Pause Theta decay'])
    expect(fitOf('zz', 'Theta decay')).toBeNull()
    expect(fitting(titles, ' ', (title) => title)).toEqual(titles)
  })
})

describe('the bracket keys', () => {
  it('go round the sleeves', () => {
    const names = ['a', 'b', 'c']
    expect([
      neighbour(names, 'c', 1),
      neighbour(names, 'a', -1),
      neighbour(names, undefined, 1),
      neighbour([], 'a', 1),
    ]).toEqual(['a', 'c', 'a', undefined])
  })
})

describe('attention', () => {
  it('is told apart into what happened and what follows', () => {
    expect(sentences('Prices are late. Orders are held.')).toEqual(['Prices are late.', 'Orders are held.'])
    expect(sentences('1.5 % left')).toEqual(['1.5 % left', ''])
  })
  it('shows what somebody has seen behind what nobody has', () => {
    const seen = { by: 'anna', at: '2025-01-02T10:00:00.000Z', note: '' }
    const alert = (id: string, rule: string, acknowledged: typeof seen | null): OpenAlert => {
      const what = { at: seen.at, severity: 'high', subject: '', sleeve: null, text: '', link: '/', told: [] } as const
      return { ...what, id, rule, acknowledged }
    }
    const item = (id: string): AttentionItem => ({ id, severity: 'high', text: id, since: null, to: '/risk' })
    const items = ['violation 1', 'violation 2', 'approvals', 'gate fresh', 'engine'].map(item)
    const open = [
      alert('violation 1', 'leverage', seen),
      alert('violation 12', 'leverage', seen),
      alert('around approval_waiting 7', 'approval_waiting', seen),
      alert('around approval_waiting 8', 'approval_waiting', null),
      alert('gate fresh SPY', 'fresh', seen),
    ]
    expect(unseenFirst(items, open).map(({ id }) => id)).toEqual([
      'violation 2',
      'approvals',
      'engine',
      'violation 1',
      'gate fresh',
    ])
    expect(alertsOf('approvals', open)).toHaveLength(2)
  })
  it('says when capital is dealt anew, where that is foreseen', () => {
    const rule = { at: null, sessions: null, method: 'transfer', why: '' }
    expect(rebalanceText({ ...rule, sessions: 6 })).toBe('Next rebalance in 6 trading days')
    expect(rebalanceText({ ...rule, sessions: 1 })).toBe('Next rebalance in 1 trading day')
    expect(rebalanceText({ ...rule, at: '2025-04-01T00:00:00.000Z' })).toBe('Next rebalance on 1 Apr 2025')
    expect(rebalanceText({ ...rule, why: 'It waits for: threshold.' })).toBe('')
  })
})

describe('a line of the feed', () => {
  it('is told apart where it is long, never after a name alone', () => {
    expect(headline('Bought 120 AAPL at 268.14')).toEqual(['Bought 120 AAPL at 268.14', ''])
    expect(headline('Rebalance: 385.18 moved. threshold: "momentum" drifted by 14 points')).toEqual([
      'Rebalance: 385.18 moved',
      'threshold: "momentum" drifted by 14 points',
    ])
    expect(headline('reader: paused Pairs from the dashboard before the roll')[0]).toContain('paused Pairs')
  })
})

describe('what must hold before orders leave', () => {
  const view = { running: true, dataAge: 2000, unknownOrders: 0 } as EngineView
  const met = (checks: ReturnType<typeof checksOf>): string => checks.map(({ isMet }) => (isMet ? 'y' : 'n')).join('')
  it('is all of it', () => {
    expect(met(checksOf(view, 0))).toBe('yyyy')
    expect(met(checksOf(view, null))).toBe('ynyy')
    expect(met(checksOf({ ...view, dataAge: 900_000, unknownOrders: 2 }, 3))).toBe('ynnn')
    expect(met(checksOf(null, 0))).toBe('nyyy')
  })
})

describe('the foot', () => {
  it('says when the figures were completed and when they are due, and nothing that is past as to come', () => {
    const now = Date.UTC(2025, 0, 2, 12, 3, 20)
    const [lastUpdate, nextUpdate] = ['2025-01-02T12:03:10.000Z', '2025-01-02T12:04:00.000Z']
    const said = (view: Parameters<typeof updatedText>[0], at = now): string => updatedText(view, 'utc', at)
    expect(said({ lastUpdate, nextUpdate })).toBe('Updated 12:03:10, next 12:04:00.')
    expect(said({ lastUpdate, nextUpdate }, now + 60_000)).toBe('Updated 12:03:10.')
    expect(said({ lastUpdate, nextUpdate: null })).toBe('Updated 12:03:10.')
    expect([said({ lastUpdate: null, nextUpdate }), said(null)]).toEqual(['', ''])
  })
})

describe('first steps', () => {
  it('are ticked by doing', () => {
    const demo = { engine: { mode: 'demo' } } as PortfolioSummary
    const paper = { engine: { mode: 'paper' } } as PortfolioSummary
    const ticked = (seen: readonly string[], all: readonly PortfolioSummary[]): string =>
      stepsOf(seen, all)
        .map(({ isDone }) => (isDone ? 'y' : 'n'))
        .join('')
    expect(ticked(['/'], [demo])).toBe('nnnn')
    expect(ticked(['/', '/risk', '/performance', '/strategy', '/config'], [demo])).toBe('ynnn')
    expect(ticked(['/'], [demo, paper])).toBe('nyyn')
  })
})
