import { describe, expect, it } from 'vitest'
import { type MemoryLog, memoryLog } from '../../../test/alerts/memory-log.ts'
import type { Alert, AlertNotice, AlertRule, AlertThreshold, ChannelAnswer } from '../../domain/alerts.ts'
import type { Message } from '../../domain/bus.ts'
import type { Instant } from '../../domain/units.ts'
import { openTeller, type Teller } from './teller.ts'

const START = Date.UTC(2026, 2, 6, 12)
const MINUTE = 60_000

const RULE: AlertRule = {
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
}

/** Everything that outlives a process, and what the services heard. */
function worldOf(rules: readonly AlertRule[] = [RULE]) {
  const world = {
    log: memoryLog() as MemoryLog,
    messages: [] as Message[],
    heard: [] as { channel: string; notice: AlertNotice; at: number }[],
    around: [] as Alert[],
    thresholds: [] as AlertThreshold[],
    drawdown: 0 as number | null,
    notes: [] as string[],
    now: START,
    looked: 0,
    enabled: new Set(['ops', 'phone']),
    perMinute: 100,
    /** What a service says, or never says. */
    answer: (_channel: string): ChannelAnswer | Promise<ChannelAnswer> => ({ kind: 'taken', text: 'ok' }),
    say(body: Message['body']): void {
      world.messages.push({ number: world.messages.length + 1, at: world.now as Instant, channel: 'risk_alerts', body })
    },
    process(): Teller {
      return openTeller({
        portfolio: 'demo',
        log: world.log,
        async *messages(from) {
          for (const message of world.messages) if (message.number >= from) yield message
        },
        lastMessage: () => Promise.resolve(world.messages.length),
        looked(number) {
          world.looked = number
          return Promise.resolve()
        },
        settings: () =>
          Promise.resolve({
            rules,
            thresholds: world.thresholds,
            channels: ['ops', 'phone'].map((name) => ({
              name,
              isEnabled: world.enabled.has(name),
              perMinute: world.perMinute,
            })),
            dashboard: '',
          }),
        around: () => Promise.resolve(world.around),
        figures: () => Promise.resolve(() => world.drawdown),
        transportOf: (channel) => ({
          async send(notice) {
            world.heard.push({ channel, notice, at: world.now })
            return world.answer(channel)
          },
        }),
        now: () => world.now as Instant,
        chance: () => 0.5,
        minuteOf: () => 720,
        note: (text) => void world.notes.push(text),
      })
    },
  }
  return world
}

const VIOLATION = { event: 'opened', violation: 4, severity: 'critical', rule: 'portfolio_drawdown', subject: 'all' }

const SILENT: Alert = {
  id: 'demo engine_silent since 5',
  portfolio: 'demo',
  at: START as Instant,
  severity: 'critical',
  rule: 'engine_silent',
  subject: '',
  sleeve: null,
  text: 'gone',
  value: null,
  limit: null,
  link: '/',
  incident: 'around engine_silent since 5',
  state: 'raised',
}

/** Lets what was begun come to its end. */
async function turned(teller: Teller): Promise<void> {
  await teller.turn()
  await teller.close()
}

describe('what is told', () => {
  it('is each alert once, and how far it got is said to whoever keeps the messages', async () => {
    const world = worldOf()
    const teller = world.process()
    await turned(teller)
    world.say(VIOLATION)
    world.messages.push({ number: 2, at: START as Instant, channel: 'market_data', body: {} })
    await turned(teller)
    await turned(teller)
    expect(world.heard.map(({ channel, notice }) => `${channel} ${notice.alerts[0]!.rule}`)).toEqual([
      'ops portfolio_drawdown',
    ])
    expect(world.log.all).toMatchObject([{ state: 'sent', attempts: 1, answer: 'ok', sentAt: START }])
    expect(world.looked).toBe(2)
  })
  it('is nothing of what was there before anybody followed', async () => {
    const world = worldOf()
    world.say(VIOLATION)
    await turned(world.process())
    world.say({ ...VIOLATION, violation: 5 })
    await turned(world.process())
    expect(world.heard.map(({ notice }) => notice.alerts[0]!.incident)).toEqual(['violation 5'])
  })
  it('and was said by whoever supervises is told once, and not counted again', async () => {
    const world = worldOf()
    const teller = world.process()
    const said = (id: string): Alert => ({
      ...SILENT,
      id,
      rule: 'engine_failed',
      incident: 'engine failed',
      state: 'said',
    })
    teller.say(said('one'))
    await turned(teller)
    world.now += 5 * MINUTE
    await turned(teller)
    world.now += 11 * MINUTE
    teller.say(said('two'))
    await turned(teller)
    expect(world.heard.map(({ notice }) => [notice.alerts[0]!.id, notice.unsaid])).toEqual([
      ['one', 0],
      ['two', 0],
    ])
  })
  it('of things around the engine is told when it begins and when it is over', async () => {
    const world = worldOf()
    const teller = world.process()
    await turned(teller)
    world.around = [SILENT]
    await turned(teller)
    await turned(world.process())
    world.around = []
    await turned(teller)
    await turned(teller)
    expect(world.heard.map(({ notice }) => notice.purpose)).toEqual(['alert', 'resolution'])
  })
})

describe('a process that dies', () => {
  it('between what it looked at and what it told has forgotten nothing', async () => {
    const world = worldOf()
    await turned(world.process())
    world.say(VIOLATION)
    // It dies while the store still has its turn: nothing of it is kept.
    world.log.isAway = true
    await turned(world.process())
    world.log.isAway = false
    expect(world.heard).toEqual([])
    await turned(world.process())
    expect(world.heard).toHaveLength(1)
  })
  it('between sending and writing that down sends again, and says so', async () => {
    const world = worldOf()
    const first = world.process()
    await turned(first)
    world.say(VIOLATION)
    let isDead = false
    world.answer = () => {
      isDead = true
      return new Promise<never>(() => {})
    }
    void first.turn() // it never comes back from here
    while (!isDead) await new Promise((done) => setImmediate(done))
    expect(world.log.all).toMatchObject([{ state: 'sending' }])
    world.answer = () => ({ kind: 'taken', text: 'ok' })
    await turned(world.process())
    expect(world.heard.map(({ notice }) => notice.mayRepeat)).toEqual([false, true])
    expect(world.heard[1]!.notice.id).toBe(world.heard[0]!.notice.id)
    expect(world.log.all).toMatchObject([{ state: 'sent' }])
    await turned(world.process())
    expect(world.heard).toHaveLength(2)
  })
})

describe('a service', () => {
  it('that is away is asked again, later each time, and given up in the end; the others hear of it', async () => {
    const world = worldOf([RULE, { ...RULE, name: 'of channels', rules: ['alert_untold'], channels: ['phone'] }])
    const teller = world.process()
    await turned(teller)
    world.say(VIOLATION)
    world.answer = (channel) =>
      channel === 'ops' ? { kind: 'again', text: 'down', afterMs: null } : { kind: 'taken', text: 'ok' }
    const asked = (): readonly number[] => world.heard.filter(({ channel }) => channel === 'ops').map(({ at }) => at)
    while (world.log.all.some(({ state }) => state === 'waiting') || world.log.all.length === 0) {
      await turned(teller)
      world.now += 1_000
    }
    const waits = asked().map((at, index, all) => (index === 0 ? 0 : at - all[index - 1]!))
    expect(waits.slice(1, 6)).toEqual([4_000, 8_000, 15_000, 30_000, 60_000])
    expect(Math.max(...waits)).toBeLessThanOrEqual(676_000)
    expect(asked()).toHaveLength(20)
    await turned(teller)
    await turned(teller)
    const untold = world.heard.filter(({ channel }) => channel === 'phone')
    expect(untold.map(({ notice }) => notice.alerts[0]!.rule)).toEqual(['alert_untold'])
    expect(untold[0]!.notice.alerts[0]!.text).toContain('"ops"')
  })
  it('that says how long to wait is not asked before', async () => {
    const world = worldOf()
    const teller = world.process()
    await turned(teller)
    world.say(VIOLATION)
    world.answer = () => ({ kind: 'again', text: '429', afterMs: 90_000 })
    for (let second = 0; second <= 91; second += 1) {
      await turned(teller)
      world.now += 1_000
    }
    expect(world.heard.map(({ at }) => at - START)).toEqual([0, 90_000])
  })
  it('that refuses is not asked again', async () => {
    const world = worldOf()
    const teller = world.process()
    await turned(teller)
    world.say(VIOLATION)
    world.answer = () => ({ kind: 'refused', text: '401' })
    await turned(teller)
    expect(world.log.all[0]).toMatchObject({ state: 'failed', attempts: 1, answer: '401' })
    expect(world.notes).toEqual(['an alert could not be told through "ops": 401'])
  })
  it('that is slow holds nobody else up', async () => {
    const world = worldOf([{ ...RULE, channels: ['ops', 'phone'] }])
    const teller = world.process()
    await turned(teller)
    world.say(VIOLATION)
    world.answer = (channel) => (channel === 'ops' ? new Promise<never>(() => {}) : { kind: 'taken', text: 'ok' })
    for (let turn = 0; turn < 5; turn += 1) {
      await teller.turn()
      await new Promise((done) => setImmediate(done))
    }
    expect(world.heard.map(({ channel }) => channel).sort()).toEqual(['ops', 'phone'])
  })
  it('gets no more than its number within a minute; the rest comes later', async () => {
    const world = worldOf()
    world.perMinute = 3
    const teller = world.process()
    await turned(teller)
    for (let violation = 0; violation < 8; violation += 1) world.say({ ...VIOLATION, violation })
    for (let second = 0; second <= 125; second += 1) {
      await turned(teller)
      world.now += 1_000
    }
    const minutes = world.heard.map(({ at }) => Math.floor((at - START) / MINUTE))
    expect(minutes).toEqual([0, 0, 0, 1, 1, 1, 2, 2])
  })
  it('that is switched off gets nothing, also of what waited for it', async () => {
    const world = worldOf([{ ...RULE, channels: ['ops', 'phone'] }])
    const teller = world.process()
    await turned(teller)
    world.say(VIOLATION)
    world.answer = () => ({ kind: 'again', text: 'down', afterMs: null })
    await turned(teller)
    world.enabled.delete('ops')
    world.answer = () => ({ kind: 'taken', text: 'ok' })
    world.now += 10_000
    world.say({ ...VIOLATION, violation: 9 })
    await turned(teller)
    expect(world.heard.filter(({ channel }) => channel === 'ops')).toHaveLength(1)
    expect(world.log.all.filter(({ channel }) => channel === 'ops')).toMatchObject([
      { state: 'failed', answer: 'the channel is switched off' },
    ])
  })
})

describe('a store that is away', () => {
  it('is told past it, once; what was to be told meanwhile is told after', async () => {
    const world = worldOf()
    const teller = world.process()
    await turned(teller)
    world.say(VIOLATION)
    world.log.isAway = true
    for (let turn = 0; turn < 10; turn += 1) expect(await teller.turn()).toBe(false)
    expect(world.heard.map(({ notice }) => notice.alerts[0]!.rule)).toEqual(['store_away'])
    world.log.isAway = false
    await turned(teller)
    expect(world.heard.map(({ notice }) => notice.alerts[0]!.rule)).toEqual(['store_away', 'portfolio_drawdown'])
  })
})

describe('figures beyond a value', () => {
  const DEEP: AlertThreshold = {
    name: 'deep',
    isEnabled: true,
    figure: 'drawdown',
    sleeve: null,
    side: 'above',
    value: 0.08,
    release: 0.06,
    severity: 'high',
  }
  it('are told of once, over a restart too, and that they are back', async () => {
    const world = worldOf([{ ...RULE, sameWithin: 0 }])
    world.thresholds = [DEEP]
    let teller = world.process()
    const turnAt = async (drawdown: number | null): Promise<void> => {
      world.drawdown = drawdown
      world.now += MINUTE
      await teller.turn()
      await teller.close()
    }
    for (const drawdown of [0.02, 0.09, 0.07]) await turnAt(drawdown)
    // Between the two values: whoever starts again must know that it goes on.
    teller = world.process()
    for (const drawdown of [0.079, 0.085, null, 0.0601, 0.05, 0.079]) await turnAt(drawdown)
    expect(world.heard.map(({ notice }) => notice.purpose)).toEqual(['alert', 'resolution'])
    await turnAt(0.1)
    expect(world.heard.map(({ notice }) => notice.purpose)).toEqual(['alert', 'resolution', 'alert'])
  })
})

describe('what somebody has seen', () => {
  it('calls nobody else, until it grows worse or begins anew', async () => {
    const rule = { ...RULE, escalation: { after: 30 * MINUTE, channels: ['phone'] } }
    const world = worldOf([rule])
    const teller = world.process()
    const turnAfter = async (minutes: number): Promise<void> => {
      world.now += minutes * MINUTE
      await teller.turn()
      await teller.close()
    }
    await turnAfter(0)
    world.say({ event: 'raised', violation: 1, rule: 'portfolio_drawdown', severity: 'high', action: 'warn' })
    await turnAfter(1)
    const { open } = JSON.parse((await world.log.memory('demo'))!.state) as { open: Record<string, { alert: Alert }> }
    const { alert } = open['violation 1']!
    const seen = { incident: 'violation 1', alert: alert.id, actor: 'ada', at: world.now as Instant, note: '' }
    await world.log.acknowledge('demo', seen)
    await turnAfter(60)
    expect(world.heard.map(({ channel }) => channel)).toEqual(['ops'])
    world.say({ event: 'resolved', violation: 1, rule: 'portfolio_drawdown', severity: 'high' })
    await turnAfter(1)
    expect(await world.log.acknowledgements('demo')).toEqual([])
    world.say({ event: 'raised', violation: 1, rule: 'portfolio_drawdown', severity: 'high', action: 'warn' })
    await turnAfter(1)
    await turnAfter(60)
    expect(world.heard.map(({ channel, notice }) => `${channel} ${notice.purpose}`)).toEqual([
      'ops alert',
      'ops resolution',
      'ops alert',
      'phone escalation',
    ])
  })
})
