import { describe, expect, it } from 'vitest'
import type { Message } from '../../domain/bus.ts'
import type { Instant } from '../../domain/units.ts'
import { alertOf } from './sources.ts'

const AT = Date.UTC(2026, 2, 6, 12) as Instant
const message = (body: Message['body'], channel: Message['channel'] = 'risk_alerts'): Message => ({
  number: 17,
  at: AT,
  channel,
  body,
})
const alert = (body: Message['body']) => alertOf('demo', message(body))!

describe('messages that somebody must know', () => {
  it('are those of risk alone', () => {
    expect(alertOf('demo', message({ event: 'bar' }, 'market_data'))).toBeNull()
    expect(alertOf('demo', message({ event: 'sent' }, 'orders'))).toBeNull()
  })
  it('a violation begins and ends under its number', () => {
    const body = {
      violation: 4,
      severity: 'medium',
      rule: 'strategy_drawdown',
      subject: 'trend',
      value: 0.2,
      limit: 0.15,
    }
    expect(alert({ ...body, event: 'opened', action: 'pause_strategy' })).toEqual({
      id: 'demo message 17',
      portfolio: 'demo',
      at: AT,
      severity: 'medium',
      rule: 'strategy_drawdown',
      subject: 'trend',
      sleeve: 'trend',
      text: 'the answer is pause_strategy',
      value: 0.2,
      limit: 0.15,
      link: '/risk?portfolio=demo',
      incident: 'violation 4',
      state: 'raised',
    })
    expect(alert({ ...body, event: 'resolved', action: '' })).toMatchObject({
      incident: 'violation 4',
      state: 'resolved',
    })
  })
  it('a halt says who lost what, and what is proposed', () => {
    const sleeves = [
      { sleeve: 'carry', profit: -400.4, share: 0.1, trades: 2, violations: 0 },
      { sleeve: 'trend', profit: -3600.6, share: 0.9, trades: 5, violations: 1 },
    ]
    const proposal = { action: 'pause_strategy', subject: 'trend', reason: 'it lost the most' }
    const review = { since: AT, drawdown: 0.16, sleeves, proposal }
    const body = {
      event: 'opened',
      violation: 1,
      severity: 'critical',
      rule: 'portfolio_drawdown',
      action: 'halt_entries',
    }
    expect(alert({ ...body, review }).text).toBe(
      'the answer is halt_entries; since the peak: trend -3601 (90 % of the fall, 5 trades), carry -400 (10 % of the fall, 2 trades); proposed: pause_strategy of trend, it lost the most',
    )
  })
  it('a gate is shut until it is opened', () => {
    const body = { severity: 'high', rule: 'fresh', subject: 'AAPL', text: 'two bars are missing' }
    expect(alert({ ...body, event: 'shut' })).toMatchObject({
      incident: 'gate fresh AAPL',
      state: 'raised',
      sleeve: null,
    })
    expect(alert({ ...body, event: 'opened' })).toMatchObject({ incident: 'gate fresh AAPL', state: 'resolved' })
  })
  it('a discrepancy is found and resolved under its name', () => {
    const body = { discrepancy: 'd1', severity: 'high', rule: 'discrepancy', subject: 'AAPL', ours: 5, theirs: 7 }
    expect(alert({ ...body, event: 'found' })).toMatchObject({
      incident: 'discrepancy d1',
      state: 'raised',
      text: 'books 5, broker 7',
    })
    expect(alert({ ...body, event: 'resolved', resolution: 'adopted' })).toMatchObject({
      state: 'resolved',
      text: 'adopted',
    })
  })
  it('what the desk says nobody takes back', () => {
    const body = { event: 'said', severity: 'high', rule: 'unresolved', subject: 'pf-1', text: 'no answer' }
    expect(alert(body)).toMatchObject({ incident: 'unresolved pf-1', state: 'said', text: 'no answer' })
  })
  it('of words that nobody foresaw is told all the same, and is taken seriously', () => {
    expect(alert({ event: 'strange', severity: 'odd', rule: 'new', value: 'x' })).toMatchObject({
      severity: 'high',
      rule: 'new',
      value: null,
      state: 'raised',
    })
  })
})
