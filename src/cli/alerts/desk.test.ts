import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryLog, memoryLog } from '../../../test/alerts/memory-log.ts'
import { type Sink, WEBHOOK_SECRET, webhookSink } from '../../../test/alerts/sinks.ts'
import type { AlertChannelChange } from '../../api/contract/alerting.ts'
import { FaultError } from '../../domain/faults.ts'
import type { AlertConfiguration } from '../config/alerts.ts'
import { alertDesk } from './desk.ts'

let hook: Sink
let log: MemoryLog
beforeAll(async () => {
  hook = await webhookSink(() => Date.now() / 1_000)
})
afterAll(() => hook.stop())
beforeEach(() => {
  log = memoryLog()
})

const FILE: AlertConfiguration = {
  dashboard: '',
  heartbeat: null,
  channels: [{ name: 'team', isEnabled: true, perMinute: 10, written: { kind: 'slack', url: '$' + '{SLACK}' } }],
  rules: [
    {
      name: 'all',
      isEnabled: true,
      severity: 'low',
      rules: ['strategy_*', 'alive'],
      sleeves: ['trend'],
      channels: ['team'],
      isResolutionTold: false,
      sameWithin: 900_000,
      digestEvery: null,
      quiet: { from: 1320, to: 420, zone: 'Europe/Berlin', except: 'high' },
      escalation: null,
    },
  ],
  thresholds: [
    {
      name: 'deep',
      isEnabled: true,
      figure: 'drawdown',
      sleeve: null,
      side: 'above',
      value: 0.08,
      release: 0.07,
      severity: 'high',
    },
  ],
}

const deskOf = () => alertDesk(log, new Map([['demo', FILE]]))
const change = (changes: Partial<AlertChannelChange> = {}): AlertChannelChange => ({
  id: 'own',
  kind: 'webhook',
  title: 'own',
  enabled: true,
  settings: { url: `${hook.url}/alerts` },
  secrets: { secret: WEBHOOK_SECRET },
  ...changes,
})

describe('channels on a page', () => {
  it('are those of the file and of the store; none shows a secret', async () => {
    const desk = deskOf()
    await desk.saveChannel('demo', change(), 'anna')
    const shown = await desk.channels('demo')
    expect(shown.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['team slack', 'own webhook'])
    expect(JSON.stringify(shown)).not.toContain(WEBHOOK_SECRET)
    expect(shown[0]!.settings).toEqual({})
  })
  it('keep their secret where none is given, and take lists as words with commas', async () => {
    const desk = deskOf()
    await desk.saveChannel('demo', change(), 'anna')
    await desk.saveChannel('demo', { ...change({ enabled: false }), secrets: {} }, 'anna')
    expect((await log.channels('demo'))[0]).toMatchObject({ isEnabled: false, settings: { secret: WEBHOOK_SECRET } })
    const settings = { host: 'smtp.example.com', from: 'a@example.com', to: 'b@example.com, c@example.com' }
    const mail = await desk.saveChannel('demo', change({ id: 'mail', kind: 'email', settings, secrets: {} }), 'anna')
    expect(mail.settings).toMatchObject({ to: 'b@example.com, c@example.com', port: 587 })
  })
  it('send a secret that was kept nowhere else than where it was meant for', async () => {
    const desk = deskOf()
    const settings = { chat: '-1001' }
    const bot = (more: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>>) =>
      desk.saveChannel(
        'demo',
        change({ id: 'bot', kind: 'telegram', settings: { ...settings, ...more }, secrets }),
        'anna',
      )
    const token = `123456:${'a'.repeat(30)}`
    await bot({}, { token })
    for (const secrets of [{}, { token: '' }])
      await expect(bot({ address: 'https://elsewhere.example' }, secrets)).rejects.toThrow('channel')
    expect((await log.channels('demo'))[0]!.settings).toMatchObject({ address: 'https://api.telegram.org' })
    await bot({ address: 'https://elsewhere.example' }, { token })
    expect((await log.channels('demo'))[0]!.settings).toMatchObject({ address: 'https://elsewhere.example' })
  })
  it('that could not send are refused with all that is wrong', async () => {
    const refused = await deskOf()
      .saveChannel('demo', change({ settings: { url: 'http://example.com' }, secrets: { secret: 'short' } }), 'anna')
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(FaultError)
    expect((refused as FaultError).message).toContain('url: must be an address that begins with https://')
    expect((refused as FaultError).message).toContain('secret: must have at least 16 characters')
    expect(await log.channels('demo')).toEqual([])
  })
  it('are tested at once; the answer is that of the service', async () => {
    const desk = deskOf()
    await desk.saveChannel('demo', change(), 'anna')
    expect(await desk.test('demo', 'own')).toEqual({ ok: true, answer: '200' })
    expect(JSON.parse(hook.taken.at(-1)!.body).type).toBe('polyfolio.test')
    hook.answerNext({ status: 500, body: 'down' })
    expect(await desk.test('demo', 'own')).toEqual({ ok: false, answer: '500 down' })
    expect(await desk.test('demo', 'team')).toEqual({ ok: false, answer: 'SLACK is not set in the environment' })
    expect(await desk.test('demo', 'nobody')).toBeNull()
  })
})

describe('rules on a page', () => {
  it('are those of the file until others are saved', async () => {
    const desk = deskOf()
    const [shown] = await desk.rules('demo')
    expect(shown).toEqual({
      id: 'all',
      title: 'all',
      about: 'strategy_*, alive',
      severity: 'low',
      enabled: true,
      channels: ['team'],
      sleeves: ['trend'],
      quiet: { from: '22:00', to: '07:00', zone: 'Europe/Berlin', except: 'high' },
      escalate: null,
      resolved: false,
      deduplicate: 900,
      digest: 0,
    })
    const escalate = { after: 1_800, channels: ['team'] }
    await desk.saveRules('demo', [{ ...shown!, severity: 'high', digest: 600, about: '*', escalate }], 'anna')
    const escalation = { after: 1_800_000, channels: ['team'] }
    expect(await log.rules('demo')).toEqual([
      { ...FILE.rules[0]!, severity: 'high', rules: [], digestEvery: 600_000, escalation },
    ])
    expect((await desk.rules('demo'))[0]).toMatchObject({ severity: 'high', about: '*', digest: 600 })
  })
  it('are called what their title says, each by a name of its own', async () => {
    const desk = deskOf()
    const [shown] = await desk.rules('demo')
    const other = { ...shown!, id: 'rule-1', title: 'At night' }
    await desk.saveRules('demo', [shown!, other], 'anna')
    expect((await deskOf().rules('demo')).map(({ id, title }) => [id, title])).toEqual([
      ['all', 'all'],
      ['At night', 'At night'],
    ])
    await expect(desk.saveRules('demo', [shown!, { ...other, title: 'all ' }], 'anna')).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})

describe('thresholds on a page', () => {
  it('are those of the file until some are saved, and such that can be over again', async () => {
    const desk = deskOf()
    const [shown] = await desk.thresholds('demo')
    expect(shown).toEqual({
      id: 'deep',
      enabled: true,
      figure: 'drawdown',
      sleeve: null,
      side: 'above',
      value: 0.08,
      release: 0.07,
      severity: 'high',
    })
    const stale = { ...shown!, id: 'stale', figure: 'data_age' as const, value: 600, release: 60 }
    expect(await desk.saveThresholds('demo', [stale], 'anna')).toEqual([stale])
    expect(await deskOf().thresholds('demo')).toEqual([stale])
    for (const wrong of [
      { ...stale, release: 601 },
      { ...stale, sleeve: 'trend' },
    ])
      await expect(desk.saveThresholds('demo', [wrong], 'anna')).rejects.toMatchObject({ code: 'invalid' })
    await expect(desk.saveThresholds('demo', [stale, stale], 'anna')).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('what goes on', () => {
  it('is shown with who has seen it, the worst first, and can be acknowledged while it goes on', async () => {
    const desk = deskOf()
    const alert = (incident: string, severity: string, id = incident) => ({
      alert: { id, incident, severity, at: 0, rule: 'r', subject: '', sleeve: null, text: 't', link: '/' },
      channels: { team: 'all' },
      escalations: [],
    })
    const keep = (open: object) =>
      log.keep('demo', { cursor: 1, state: JSON.stringify({ told: {}, open, gathered: [] }), deliveries: [] })
    await keep({ a: alert('a', 'low'), b: alert('b', 'critical') })
    expect((await desk.open('demo')).map(({ id, told }) => [id, told])).toEqual([
      ['b', ['team']],
      ['a', ['team']],
    ])
    expect(await desk.acknowledge('demo', 'b', 'on it', 'ada')).toMatchObject({
      id: 'b',
      acknowledged: { by: 'ada', note: 'on it' },
    })
    expect(await desk.acknowledge('demo', 'c', '', 'ada')).toBeNull()
    // What has grown worse since nobody has seen.
    await keep({ b: alert('b', 'critical', 'b worse') })
    expect((await desk.open('demo'))[0]!.acknowledged).toBeNull()
  })
})
