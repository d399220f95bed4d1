import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CERTIFICATE_NEED,
  DISCORD_PATH,
  discordSink,
  MAIL_PASSWORD,
  MAIL_USER,
  type MailSink,
  mailSink,
  ownCertificate,
  PAGERDUTY_KEY,
  pagerdutySink,
  type Sink,
  SLACK_PATH,
  slackSink,
  TELEGRAM_CHAT,
  TELEGRAM_TOKEN,
  TWILIO_ACCOUNT,
  TWILIO_TOKEN,
  telegramSink,
  twilioSink,
  WEBHOOK_SECRET,
  webhookSink,
} from '../../../test/alerts/sinks.ts'
import type { Alert, AlertNotice, ChannelAnswer, ChannelKind, ChannelSettings } from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'
import { SEVERITIES, type Severity } from '../../domain/violations.ts'
import { readSettings } from './settings.ts'
import { openTransport } from './transport.ts'

const NOW = Date.UTC(2026, 2, 6, 15, 30) as Instant
const own = ownCertificate()

type HttpKind = Exclude<ChannelKind, 'email'>
const HTTP_KINDS: readonly HttpKind[] = ['sms', 'slack', 'discord', 'pagerduty', 'telegram', 'webhook']
let sinks: Readonly<Record<HttpKind, Sink>>
let mail: MailSink

beforeAll(async () => {
  sinks = {
    sms: await twilioSink(),
    slack: await slackSink(),
    discord: await discordSink(),
    pagerduty: await pagerdutySink(),
    telegram: await telegramSink(),
    webhook: await webhookSink(() => NOW / 1_000),
  }
  mail = await mailSink(null)
})

afterAll(async () => {
  for (const one of Object.values(sinks)) await one.stop()
  await mail.stop()
})

function settingsOf(kind: ChannelKind): ChannelSettings {
  const address = kind === 'email' ? '' : sinks[kind].url
  switch (kind) {
    case 'email':
      return mailTo({ port: mail.port })
    case 'sms':
      return { kind, address, account: TWILIO_ACCOUNT, token: TWILIO_TOKEN, from: '+15550100000', to: ['+15550100001'] }
    case 'slack':
      return { kind, url: `${address}${SLACK_PATH}` }
    case 'discord':
      return { kind, url: `${address}${DISCORD_PATH}` }
    case 'pagerduty':
      return { kind, address, key: PAGERDUTY_KEY }
    case 'telegram':
      return { kind, address, token: TELEGRAM_TOKEN, chat: TELEGRAM_CHAT }
    case 'webhook':
      return { kind, url: `${address}/alerts`, secret: WEBHOOK_SECRET }
  }
}

function mailTo(changes: Partial<Extract<ChannelSettings, { kind: 'email' }>>): ChannelSettings {
  return {
    kind: 'email',
    host: '127.0.0.1',
    port: 0,
    security: 'none',
    user: MAIL_USER,
    password: MAIL_PASSWORD,
    from: 'Polyfolio <polyfolio@example.com>',
    to: ['desk@example.com'],
    certificate: '',
    ...changes,
  }
}

function alertOf(changes: Partial<Alert> = {}): Alert {
  return {
    id: 'demo 17',
    portfolio: 'demo',
    at: NOW,
    severity: 'critical',
    rule: 'portfolio_drawdown',
    subject: 'trend',
    sleeve: 'trend',
    text: 'liquidate_all',
    value: 0.1523,
    limit: 0.15,
    link: '/risk?portfolio=demo',
    incident: 'demo violation 4',
    state: 'raised',
    ...changes,
  }
}

function noticeOf(changes: Partial<AlertNotice> = {}): AlertNotice {
  return {
    id: 'demo 17 > ops',
    portfolio: 'demo',
    purpose: 'alert',
    severity: 'critical',
    alerts: [alertOf()],
    unsaid: 0,
    mayRepeat: false,
    dashboard: 'https://desk.example.com/',
    ...changes,
  }
}

const send = (settings: ChannelSettings, notice: AlertNotice): Promise<ChannelAnswer> =>
  openTransport(settings).send(notice, NOW)

/** The text of the last message as a reader sees it. */
function lastOf(kind: HttpKind): string {
  const { body } = sinks[kind].taken.at(-1)!
  return kind === 'sms' ? new URLSearchParams(body).get('Body')! : body
}

/** Mails are written in short lines; a `=` at the end of one is not theirs. */
const unfolded = (text: string): string => text.replace(/=\r?\n/g, '')

describe('one alert of each severity', () => {
  it.each(HTTP_KINDS.flatMap((kind) => SEVERITIES.map((severity) => [kind, severity] as const)))(
    'through %s: %s',
    async (kind, severity: Severity) => {
      const notice = noticeOf({ severity, alerts: [alertOf({ severity })] })
      const answer = await send(settingsOf(kind), notice)
      expect(answer).toMatchObject({ kind: 'taken' })
      const said = lastOf(kind).replaceAll('\\\\', '')
      expect(said).toContain(`[${severity}] demo: portfolio_drawdown (trend)`)
      expect(said).toContain('value 0.1523, limit 0.15')
      expect(said).toContain('2026-03-06 15:30:00 UTC')
      expect(said).toContain('https://desk.example.com/risk?portfolio=demo')
    },
  )
  it.each(SEVERITIES)('by mail: %s', async (severity) => {
    const answer = await send(settingsOf('email'), noticeOf({ severity, alerts: [alertOf({ severity })] }))
    expect(answer.kind).toBe('taken')
    const { from, to, text } = mail.mails.at(-1)!
    expect({ from, to }).toEqual({ from: 'polyfolio@example.com', to: ['desk@example.com'] })
    expect(text).toContain(`Subject: [${severity}] demo: portfolio_drawdown (trend)`)
    expect(/^X-Priority: 1/m.test(text)).toBe(severity === 'critical')
    expect(text).toContain('Auto-Submitted: auto-generated')
    expect(unfolded(text)).toContain('<p>value 0.1523, limit 0.15</p>')
  })
})

describe('what somebody else wrote', () => {
  const wild = '<b>&amp; @everyone `*_~|\u0007 "quoted" \u2028 😀 \r\nBcc: thief@example.com'
  it.each(HTTP_KINDS)('changes nothing of a message through %s', async (kind) => {
    const alerts = [alertOf({ text: wild, subject: wild, rule: wild })]
    expect(await send(settingsOf(kind), noticeOf({ alerts }))).toMatchObject({ kind: 'taken' })
  })
  it('adds no header to a mail', async () => {
    const alerts = [alertOf({ text: wild, subject: wild })]
    expect(await send(settingsOf('email'), noticeOf({ alerts }))).toMatchObject({ kind: 'taken' })
    const { text, to } = mail.mails.at(-1)!
    expect(to).toEqual(['desk@example.com'])
    expect(text).not.toMatch(/^Bcc:/m)
    expect(unfolded(text)).toContain('<h2>[critical] demo: portfolio_drawdown (&lt;b&gt;&amp;amp; @everyone')
  })
  it.each([...HTTP_KINDS, 'email'] as const)('is cut to what %s takes', async (kind) => {
    const long = '<&>_*😀'.repeat(3_000)
    const alerts = Array.from({ length: 60 }, (_, index) => alertOf({ id: `demo ${index}`, subject: long, text: long }))
    const notice = noticeOf({ id: `long ${kind}`, purpose: 'digest', alerts })
    expect(await send(settingsOf(kind), notice)).toMatchObject({ kind: 'taken' })
  })
})

describe('the parts of a message', () => {
  it('a digest lists its alerts, and how many more there are', async () => {
    const alerts = Array.from({ length: 23 }, (_, index) => alertOf({ id: `demo ${index}`, subject: `s${index}` }))
    await send(settingsOf('webhook'), noticeOf({ purpose: 'digest', alerts, unsaid: 2, mayRepeat: true }))
    const { type, data } = JSON.parse(lastOf('webhook'))
    expect(type).toBe('polyfolio.digest')
    expect(data.subject).toBe('[critical] demo: 23 alerts')
    expect(data.lines).toHaveLength(24)
    expect(data.lines.slice(20)).toEqual([
      'and 3 more',
      '2 more of the same since the last message',
      'You may have had this message before: the process was stopped while it was sent.',
      'https://desk.example.com/risk?portfolio=demo',
    ])
    expect(data.alerts).toHaveLength(23)
  })
  it('PagerDuty opens and closes an incident under one key; a digest opens each of its own', async () => {
    const { taken } = sinks.pagerduty
    const before = taken.length
    await send(settingsOf('pagerduty'), noticeOf())
    await send(settingsOf('pagerduty'), noticeOf({ purpose: 'resolution', alerts: [alertOf({ state: 'resolved' })] }))
    const [opened, closed] = taken.slice(before).map(({ body }) => JSON.parse(body))
    expect(opened).toMatchObject({
      event_action: 'trigger',
      dedup_key: 'polyfolio demo violation 4',
      payload: { severity: 'critical', source: 'demo', class: 'portfolio_drawdown', component: 'trend' },
      links: [{ href: 'https://desk.example.com/risk?portfolio=demo' }],
    })
    expect(closed).toEqual({
      routing_key: PAGERDUTY_KEY,
      client: 'Polyfolio',
      event_action: 'resolve',
      dedup_key: 'polyfolio demo violation 4',
    })
    const alerts = [alertOf({ incident: 'one' }), alertOf({ incident: 'other', state: 'resolved', severity: 'low' })]
    await send(settingsOf('pagerduty'), noticeOf({ purpose: 'digest', alerts }))
    expect(taken.slice(before + 2).map(({ body }) => JSON.parse(body).event_action)).toEqual(['trigger', 'resolve'])
  })
  it('a test pages nobody for long', async () => {
    const before = sinks.pagerduty.taken.length
    await send(settingsOf('pagerduty'), noticeOf({ purpose: 'test', severity: 'low' }))
    const events = sinks.pagerduty.taken.slice(before).map(({ body }) => JSON.parse(body))
    expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve'])
    expect(events[0].dedup_key).toBe(events[1].dedup_key)
    expect(events[0].payload.summary).toBe('[test] demo: this channel works')
  })
  it('the same message has the same name in mails and webhooks, whenever it is sent', async () => {
    for (let time = 0; time < 2; time += 1) {
      await send(settingsOf('email'), noticeOf())
      await send(settingsOf('webhook'), noticeOf())
    }
    const names = mail.mails.slice(-2).map(({ text }) => /^Message-ID: (.*)$/m.exec(text)?.[1])
    expect(names[0]).toMatch(/^<[0-9a-f]{40}@polyfolio>\r?$/)
    expect(names[1]).toBe(names[0])
    const ids = sinks.webhook.taken.slice(-2).map(({ headers }) => headers['webhook-id'])
    expect(ids[1]).toBe(ids[0])
  })
})

describe('an answer', () => {
  it.each(HTTP_KINDS)('of %s that it may take it later is no refusal', async (kind) => {
    sinks[kind].answerNext({ status: 503, body: 'down' }, 'hang up')
    expect(await send(settingsOf(kind), noticeOf())).toMatchObject({ kind: 'again', afterMs: null })
    expect(await send(settingsOf(kind), noticeOf())).toMatchObject({ kind: 'again', afterMs: null })
  })
  it.each(HTTP_KINDS)('of %s says how long to wait', async (kind) => {
    const headers = { 'retry-after': '7' }
    sinks[kind].answerNext({ status: 429, body: 'slow down', headers })
    expect(await send(settingsOf(kind), noticeOf())).toMatchObject({ kind: 'again', afterMs: 7_000 })
  })
  it('of Discord and Telegram says so in its body', async () => {
    sinks.discord.answerNext({ status: 429, body: '{"message":"rate limited","retry_after":1.5,"global":false}' })
    expect(await send(settingsOf('discord'), noticeOf())).toMatchObject({ kind: 'again', afterMs: 1_500 })
    const body = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":31}}'
    sinks.telegram.answerNext({ status: 429, body })
    expect(await send(settingsOf('telegram'), noticeOf())).toMatchObject({ kind: 'again', afterMs: 31_000 })
  })
  it('that wants more than an hour is asked after one', async () => {
    sinks.slack.answerNext({ status: 429, body: '', headers: { 'retry-after': '999999' } })
    expect(await send(settingsOf('slack'), noticeOf())).toMatchObject({ kind: 'again', afterMs: 3_600_000 })
  })
  it('of a server that leads elsewhere is a refusal: messages go where they were sent', async () => {
    sinks.webhook.answerNext({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } })
    expect(await send(settingsOf('webhook'), noticeOf())).toMatchObject({ kind: 'refused' })
  })
  it.each([
    ['sms', { token: 'wrong-token' }, '401'],
    ['slack', { url: 'PATH' }, '404 no_service'],
    ['discord', { url: 'PATH' }, 'Unknown Webhook'],
    ['pagerduty', { key: 'wrong-key' }, 'routing_key'],
    ['telegram', { token: '123456:wrong-token-that-is-long-enough' }, 'Unauthorized'],
    ['webhook', { secret: 'whsec_d3JvbmctMTIzNDU2Nzg5' }, 'wrong signature'],
  ] as const)('of %s that refuses what it is told is final, and shows no secret', async (kind, changes, words) => {
    const url = 'url' in changes ? { url: `${sinks[kind].url}/wrong-path-secret` } : {}
    const settings = { ...settingsOf(kind), ...changes, ...url } as ChannelSettings
    const answer = await send(settings, noticeOf())
    expect(answer.kind).toBe('refused')
    expect(answer.text).toContain(words)
    expect(answer.text).not.toMatch(/wrong-(token|path|key)/)
  })
  it('of a server that is not there is asked again', async () => {
    const answer = await send({ kind: 'slack', url: 'http://127.0.0.1:1/services/secret' }, noticeOf())
    expect(answer).toMatchObject({ kind: 'again', afterMs: null })
    expect(answer.text).not.toContain('/services/secret')
  })
  it('that some page gives in the place of Telegram is none', async () => {
    sinks.telegram.answerNext({ status: 200, body: '<html>welcome to the network of this hotel' })
    expect(await send(settingsOf('telegram'), noticeOf())).toMatchObject({ kind: 'refused' })
  })
  it('for one of several numbers: the others have their message once', async () => {
    const settings = { ...settingsOf('sms'), to: ['+15550100001', '+15550100002', '+15550100003'] } as ChannelSettings
    const transport = openTransport(settings)
    const notice = noticeOf({ id: 'to three' })
    const { taken } = sinks.sms
    const before = taken.length
    const busy = { status: 429, body: '{"code":20429}' }
    sinks.sms.answerNext({ status: 201, body: '{}' }, busy, { status: 201, body: '{}' })
    expect(await transport.send(notice, NOW)).toMatchObject({ kind: 'again' })
    expect(await transport.send(notice, NOW)).toMatchObject({ kind: 'taken' })
    const numbers = taken.slice(before).map(({ body }) => new URLSearchParams(body).get('To'))
    expect(numbers).toEqual(['+15550100001', '+15550100003', '+15550100002'])
  })
})

describe('a mail server', () => {
  it('that does not know the name and password refuses for ever, and the password is in no answer', async () => {
    const answer = await send(mailTo({ port: mail.port, password: 'another-password' }), noticeOf())
    expect(answer.kind).toBe('refused')
    expect(answer.text).toContain('535')
    expect(answer.text).not.toContain('another-password')
  })
  it('that is busy is asked again; one that refuses is not', async () => {
    mail.refuseNext(451, 'try again later')
    expect(await send(settingsOf('email'), noticeOf())).toMatchObject({ kind: 'again' })
    mail.refuseNext(554, 'looks like spam')
    expect(await send(settingsOf('email'), noticeOf())).toMatchObject({ kind: 'refused' })
  })
  it('that knows only some readers is said to', async () => {
    const to = ['desk@example.com', 'nobody@example.com']
    const answer = await send(mailTo({ port: mail.port, to }), noticeOf())
    expect(answer).toMatchObject({ kind: 'taken' })
    expect(answer.text).toContain('refused for nobody@example.com')
  })
  it('that cannot encrypt gets nothing where encryption was asked for', async () => {
    const before = mail.mails.length
    const answer = await send(mailTo({ port: mail.port, security: 'starttls' }), noticeOf())
    expect(answer.kind).not.toBe('taken')
    expect(mail.mails).toHaveLength(before)
  })
  it.skipIf(own === null)(
    `is spoken to encrypted, and only where its certificate is known ${CERTIFICATE_NEED}`,
    async () => {
      const encrypted = await mailSink(own)
      try {
        const known = {
          port: encrypted.port,
          host: 'localhost',
          security: 'starttls',
          certificate: own!.certificate,
        } as const
        expect(await send(mailTo(known), noticeOf())).toMatchObject({ kind: 'taken' })
        expect(encrypted.mails).toMatchObject([{ isEncrypted: true }])
        expect(await send(mailTo({ ...known, certificate: '' }), noticeOf())).toMatchObject({ kind: 'again' })
        expect(encrypted.mails).toHaveLength(1)
      } finally {
        await encrypted.stop()
      }
    },
  )
})

describe('settings', () => {
  it.each([
    [{ kind: 'slack', url: 'http://hooks.slack.com/services/T/B/x' }, 'url'],
    [{ kind: 'webhook', url: 'https://name:password@example.com/', secret: WEBHOOK_SECRET }, 'url'],
    [{ kind: 'webhook', url: 'https://example.com/', secret: 'short' }, 'secret'],
    [{ kind: 'email', host: 'smtp.example.com', from: 'a@b.c', to: ['a@b.c'], security: 'none' }, 'security'],
    [{ kind: 'email', host: 'smtp.example.com', from: 'a@b.c\nBcc: x@y.z', to: ['a@b.c'] }, 'from'],
    [{ kind: 'email', host: 'smtp.example.com', from: 'a@b.c', to: [] }, 'to'],
    [{ kind: 'sms', account: TWILIO_ACCOUNT, token: 'x', from: '5550100', to: ['+15550100001'] }, 'from'],
    [{ kind: 'telegram', token: 'nonsense', chat: '5' }, 'token'],
    [{ kind: 'slack', url: 'https://hooks.slack.com/x', chanel: 'ops' }, ''],
    [{ kind: 'pigeon' }, 'kind'],
  ])('of %j are refused at "%s"', (given, path) => {
    const read = readSettings(given)
    expect(read.ok ? [] : read.problems.map((problem) => problem.path.join('.'))).toContain(path)
  })
  it('have defaults', () => {
    const given = { kind: 'email', host: 'smtp.example.com', from: 'a@b.c', to: ['a@b.c'] }
    expect(readSettings(given)).toMatchObject({ ok: true, settings: { port: 587, security: 'starttls', user: '' } })
    expect(readSettings({ kind: 'pagerduty', key: PAGERDUTY_KEY })).toMatchObject({
      settings: { address: 'https://events.pagerduty.com' },
    })
  })
})
