import { describe, expect, it } from 'vitest'
import type { Alert, AlertDelivery, AlertRule } from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'
import { SEVERITIES } from '../../domain/violations.ts'
import { isLike, quietUntil } from './matching.ts'
import { elapse, NOTHING_ROUTED, type RouterState, type Routing, route } from './router.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 2, 6, 12) as Instant

function ruleOf(changes: Partial<AlertRule> = {}): AlertRule {
  return {
    name: 'all',
    isEnabled: true,
    severity: 'low',
    rules: [],
    sleeves: [],
    channels: ['ops'],
    isResolutionTold: true,
    sameWithin: 15 * MINUTE,
    digestEvery: null,
    quiet: null,
    escalation: null,
    ...changes,
  }
}

function alertOf(changes: Partial<Alert> = {}): Alert {
  return {
    id: 'one',
    portfolio: 'demo',
    at: START,
    severity: 'high',
    rule: 'portfolio_leverage',
    subject: '',
    sleeve: null,
    text: '',
    value: null,
    limit: null,
    link: '/',
    incident: 'violation 1',
    state: 'raised',
    ...changes,
  }
}

/** A router that is told things at moments, and what it said. */
function routerWith(
  rules: readonly AlertRule[],
  channels = ['ops', 'phone', 'mail'],
  seen: ReadonlyMap<string, string> = new Map(),
) {
  let state: RouterState = NOTHING_ROUTED
  const routing = (minutes: number): Routing => ({
    portfolio: 'demo',
    rules,
    channels: new Set(channels),
    seen,
    at: (START + minutes * MINUTE) as Instant,
    minuteOf: (at) => Math.floor(at / MINUTE) % 1_440,
  })
  const wordsOf = (deliveries: readonly AlertDelivery[]): readonly string[] =>
    deliveries.map(({ channel, purpose, alerts, unsaid }) => {
      const names = alerts.map(({ id }) => id).join('+')
      return `${channel} ${purpose} ${names}${unsaid > 0 ? ` (${unsaid} more)` : ''}`
    })
  return {
    told(alert: Alert, minutes = 0): readonly string[] {
      const routed = route(state, alert, routing(minutes))
      state = JSON.parse(JSON.stringify(routed.state)) as RouterState // as it is kept
      return wordsOf(routed.deliveries)
    },
    at(minutes: number): readonly string[] {
      const routed = elapse(state, routing(minutes))
      state = JSON.parse(JSON.stringify(routed.state)) as RouterState
      return wordsOf(routed.deliveries)
    },
    get state() {
      return state
    },
  }
}

describe('rules', () => {
  it('take what is at least as severe as they say', () => {
    for (const [index, least] of SEVERITIES.entries()) {
      const told = SEVERITIES.filter(
        (severity) => routerWith([ruleOf({ severity: least })]).told(alertOf({ severity })).length > 0,
      )
      expect(told).toEqual(SEVERITIES.slice(0, index + 1))
    }
  })
  it('take alerts by name and by sleeve', () => {
    const rules = [ruleOf({ rules: ['strategy_*'], sleeves: ['trend'] })]
    expect(routerWith(rules).told(alertOf({ rule: 'strategy_drawdown', sleeve: 'trend' }))).toHaveLength(1)
    expect(routerWith(rules).told(alertOf({ rule: 'strategy_drawdown', sleeve: 'carry' }))).toEqual([])
    expect(routerWith(rules).told(alertOf({ rule: 'portfolio_drawdown', sleeve: 'trend' }))).toEqual([])
    expect(routerWith(rules).told(alertOf({ rule: 'strategy_drawdown' }))).toEqual([])
  })
  it.each([
    ['abc', 'abc', true],
    ['abc', 'ab', false],
    ['abc', 'a*', true],
    ['abc', '*c', true],
    ['abc', 'a*c', true],
    ['ac', 'a*c', true],
    ['abcbc', 'a*bc', true],
    ['aba', 'ab*ba', false],
    ['anything', '*', true],
    ['abxcd', 'a*x*d', true],
    ['abcd', 'a*x*d', false],
  ])('%s is like %s: %s', (text, pattern, expected) => {
    expect(isLike(text, pattern)).toBe(expected)
  })
  it('all that fit are followed, and a channel hears an alert once, by the one that tells it soonest', () => {
    const rules = [
      ruleOf({ name: 'slow', channels: ['ops', 'mail'], digestEvery: HOUR }),
      ruleOf({ name: 'fast', channels: ['ops', 'phone'] }),
    ]
    const router = routerWith(rules)
    expect(router.told(alertOf())).toEqual(['ops alert one', 'phone alert one'])
    expect(router.at(61)).toEqual(['mail digest one'])
  })
  it('that are switched off, and channels that are, say nothing', () => {
    expect(routerWith([ruleOf({ isEnabled: false })]).told(alertOf())).toEqual([])
    expect(routerWith([ruleOf({ channels: ['ops', 'phone'] })], ['phone']).told(alertOf())).toEqual(['phone alert one'])
  })
})

describe('the same again', () => {
  it('is counted within its time, and the count is told with the next one', () => {
    const router = routerWith([ruleOf()])
    const said = (id: string): Alert => alertOf({ id, state: 'said', incident: 'rejects AAA' })
    expect(router.told(said('a'), 0)).toEqual(['ops alert a'])
    expect(router.told(said('b'), 5)).toEqual([])
    expect(router.told(said('c'), 14)).toEqual([])
    expect(router.told(said('d'), 15)).toEqual(['ops alert d (2 more)'])
    expect(router.told(alertOf({ id: 'e', state: 'said', incident: 'rejects BBB' }), 15)).toEqual(['ops alert e'])
  })
  it('is told where it grew worse', () => {
    const router = routerWith([ruleOf()])
    expect(router.told(alertOf({ id: 'a', severity: 'medium' }), 0)).toHaveLength(1)
    expect(router.told(alertOf({ id: 'b', severity: 'critical' }), 1)).toHaveLength(1)
    expect(router.told(alertOf({ id: 'c', severity: 'high' }), 2)).toEqual([])
  })
  it('is told once while it goes on, however long that is', () => {
    const router = routerWith([ruleOf()])
    expect(router.told(alertOf({ id: 'a' }), 0)).toHaveLength(1)
    router.at(600)
    expect(router.told(alertOf({ id: 'b' }), 600)).toEqual([])
  })
  it('is news after it was over', () => {
    const router = routerWith([ruleOf()])
    expect(router.told(alertOf({ id: 'a' }), 0)).toEqual(['ops alert a'])
    expect(router.told(alertOf({ id: 'b', state: 'resolved' }), 1)).toEqual(['ops resolution b'])
    expect(router.told(alertOf({ id: 'c' }), 2)).toEqual(['ops alert c'])
  })
  it('is forgotten when its time is over', () => {
    const router = routerWith([ruleOf()])
    router.told(alertOf({ state: 'said' }), 0)
    expect(Object.keys(router.state.told)).toHaveLength(1)
    router.at(16)
    expect(router.state).toEqual(NOTHING_ROUTED)
  })
})

describe('what is over', () => {
  it('is told to whoever knew of it, and to nobody else', () => {
    const rules = [
      ruleOf({ severity: 'high' }),
      ruleOf({ name: 'quiet ends', channels: ['mail'], isResolutionTold: false }),
    ]
    const router = routerWith(rules)
    expect(router.told(alertOf())).toEqual(['ops alert one', 'mail alert one'])
    expect(router.told(alertOf({ id: 'two', state: 'resolved' }))).toEqual(['ops resolution two'])
    expect(router.told(alertOf({ id: 'three', state: 'resolved' }))).toEqual([])
    expect(router.told(alertOf({ id: 'four', incident: 'unheard of', state: 'resolved' }))).toEqual([])
  })
  it('before it was told is told with it', () => {
    const router = routerWith([ruleOf({ digestEvery: HOUR })])
    expect(router.told(alertOf(), 0)).toEqual([])
    expect(router.told(alertOf({ id: 'two', state: 'resolved' }), 10)).toEqual([])
    expect(router.at(59)).toEqual([])
    expect(router.at(60)).toEqual(['ops digest one+two'])
    expect(router.at(120)).toEqual([])
  })
})

describe('digests and quiet hours', () => {
  it('a digest begins with its first alert, and counts what it does not list', () => {
    const router = routerWith([ruleOf({ digestEvery: 30 * MINUTE })])
    for (let index = 0; index < 130; index += 1)
      router.told(alertOf({ id: `a${index}`, incident: `v${index}` }), index / 10)
    expect(router.at(29)).toEqual([])
    const [digest] = router.at(30)
    expect(digest).toMatch(/^ops digest a0\+a1\+.*\+a99 \(30 more\)$/)
  })
  it('what is less severe waits for the morning, over midnight, too', () => {
    const quiet = { from: 22 * 60, to: 7 * 60, zone: 'UTC', except: 'critical' } as const
    const router = routerWith([ruleOf({ quiet })])
    const night = 11 * 60 // from noon: 23:00
    expect(router.told(alertOf({ id: 'a' }), night)).toEqual([])
    expect(router.told(alertOf({ id: 'b', incident: 'v2', severity: 'critical' }), night + 1)).toEqual(['ops alert b'])
    expect(router.at(18 * 60 + 59)).toEqual([])
    expect(router.at(19 * 60)).toEqual(['ops digest a'])
    expect(router.told(alertOf({ id: 'c', incident: 'v3' }), 19 * 60)).toEqual(['ops alert c'])
  })
  it('a digest that falls into the night waits, too', () => {
    const quiet = { from: 22 * 60, to: 7 * 60, zone: 'UTC', except: 'critical' } as const
    const router = routerWith([ruleOf({ quiet, digestEvery: 2 * HOUR })])
    expect(router.told(alertOf(), 9 * 60)).toEqual([]) // 21:00, due at 23:00
    expect(router.at(11 * 60)).toEqual([])
    expect(router.at(19 * 60)).toEqual(['ops digest one'])
  })
  it.each([
    [12 * 60, 13 * 60, 12 * 60 - 1, null],
    [12 * 60, 13 * 60, 12 * 60, 13 * 60],
    [12 * 60, 13 * 60, 13 * 60 - 1, 13 * 60],
    [12 * 60, 13 * 60, 13 * 60, null],
    [0, 0, 600, null],
  ])('quiet from %d to %d is at minute %d until %j', (from, to, minute, until) => {
    const midnight = Date.UTC(2026, 2, 6)
    const at = (midnight + minute * MINUTE + 7_000) as Instant
    const found = quietUntil({ from, to, zone: 'UTC', except: 'critical' }, 'high', at, () => minute)
    expect(found === null ? null : (found - midnight) / MINUTE).toBe(until)
  })
})

describe('escalation', () => {
  const rules = [ruleOf({ escalation: { after: 15 * MINUTE, channels: ['phone', 'ops'] } })]
  it('tells others of what goes on, once', () => {
    const router = routerWith(rules)
    expect(router.told(alertOf())).toEqual(['ops alert one'])
    expect(router.at(14)).toEqual([])
    expect(router.at(15)).toEqual(['phone escalation one', 'ops escalation one'])
    expect(router.at(100)).toEqual([])
  })
  it('is for nothing that was over before, and for nothing that was only said', () => {
    const router = routerWith(rules)
    router.told(alertOf())
    router.told(alertOf({ id: 'two', state: 'resolved' }), 10)
    router.told(alertOf({ id: 'three', state: 'said', incident: 'x' }), 10)
    expect(router.at(100)).toEqual([])
  })
})
