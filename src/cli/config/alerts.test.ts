// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names of the environment as portfolio files write them
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CHANNEL_KINDS } from '../../domain/alerts.ts'
import { describeFault, type Fault } from '../../domain/faults.ts'
import { packageRoot } from '../package-root.ts'
import { foundIn } from './alerts.ts'
import { loadPortfolio } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-alerts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('alerts in a portfolio file', () => {
  const refusalOf = async (alerts: string): Promise<string> => {
    const text = `name: x\ncapital: 1000\nalerts:\n${alerts}\nsleeves:\n  - {id: cash, weight: 1}\n`
    const file = join(folder, 'bad.yaml')
    writeFileSync(file, text)
    return loadPortfolio(file).then(
      () => '',
      (cause: unknown) =>
        (cause as { readonly faults: readonly Fault[] }).faults
          .map(describeFault)
          .join('\n')
          .replaceAll(`${folder}/`, ''),
    )
  }
  const HOOK = '  channels: {ops: {kind: slack, url: "${SLACK}"}}'
  it.each([
    [
      '  channels: {ops: {kind: slack, url: "https://hooks.slack.com/services/T/B/x"}}',
      '4:38 alerts.channels.ops.url: must be ${NAME}',
    ],
    [
      '  channels: {ops: {kind: telegram, token: "1:abc", chat: "5"}}',
      'alerts.channels.ops.token: holds a secret in plain text',
    ],
    ['  channels: {ops: {kind: slak, url: "${SLACK}"}}', 'alerts.channels.ops.kind'],
    ['  channels: {ops: {kind: slack, urll: "${SLACK}"}}', 'unknown key "urll"'],
    [
      '  channels: {ops: {kind: email, host: smtp.example.com, security: none, from: a@b.c, to: [a@b.c]}}',
      'alerts.channels.ops.security: must be starttls or tls',
    ],
    [
      '  channels: {ops: {kind: sms, account: "${SID}", token: "${TOKEN}", from: "12", to: ["+15550100001"]}}',
      'alerts.channels.ops.from: must be a number such as +15550100999',
    ],
    [
      `${HOOK}\n  rules: [{name: a, to: [opps]}]`,
      '5:26 alerts.rules[0].to[0]: no channel is called "opps"; did you mean "ops"?',
    ],
    [
      `${HOOK}\n  rules: [{name: a, to: [ops], sleeves: [trend]}]`,
      'alerts.rules[0].sleeves[0]: no sleeve has the id "trend"',
    ],
    [
      `${HOOK}\n  rules: [{name: a, to: [ops], quiet: {from: "22:00", to: "7:00"}}]`,
      'alerts.rules[0].quiet.to: must be a time of day',
    ],
    [
      `${HOOK}\n  rules: [{name: a, to: [ops], quiet: {from: "22:00", to: "07:00", zone: Mars/Olympus}}]`,
      'no time zone is called "Mars/Olympus"',
    ],
    [
      `${HOOK}\n  rules: [{name: a, to: [ops]}, {name: a, to: [ops]}]`,
      'alerts.rules[1].name: "a" names another rule already',
    ],
    [`${HOOK}\n  rules: [{name: a, to: [ops], severity: urgent}]`, 'alerts.rules[0].severity'],
    [
      '  thresholds: [{name: deep, figure: drawdown}]',
      '4:16 alerts.thresholds[0]: say either above or below: the value beyond which somebody is told',
    ],
    ['  thresholds: [{name: a, figure: drawdwon, above: 0.1}]', 'alerts.thresholds[0].figure'],
    [
      '  thresholds: [{name: a, figure: data_age, above: 600, sleeve: cash}]',
      'data_age is of the whole portfolio: leave out the sleeve',
    ],
    [
      '  thresholds: [{name: a, figure: drawdown, above: 0.1, release: 0.2}]',
      'release lies beyond the value: write at most 0.1',
    ],
    [
      '  thresholds: [{name: a, figure: drawdown, above: 0.1, sleeve: trend}]',
      'alerts.thresholds[0].sleeve: no sleeve has the id "trend"',
    ],
    [
      '  thresholds: [{name: a, figure: cash, below: 0.1}, {name: a, figure: cash, below: 0.2}]',
      'alerts.thresholds[1].name: "a" names another threshold already',
    ],
  ])('%s is refused', async (alerts, words) => {
    expect(await refusalOf(alerts)).toContain(words)
  })

  it('are read with their defaults; secrets stay names', async () => {
    const file = join(folder, 'good.yaml')
    const rules = `${HOOK}
  dashboard: https://desk.example.com
  heartbeat: {url: "\${LIFE}"}
  rules:
    - {name: all, to: [ops]}
    - {name: rest, to: [ops], severity: high, about: [strategy_*], digest: 1h, quiet: {from: "22:30", to: "07:00", zone: Europe/Berlin}, escalate: {after: 20m, to: [ops]}}
  thresholds: [{name: deep, figure: drawdown, above: 0.5}]`
    writeFileSync(file, `name: x\ncapital: 1000\nalerts:\n${rules}\nsleeves:\n  - {id: cash, weight: 1}\n`)
    const { alerts } = await loadPortfolio(file)
    expect(alerts).toEqual({
      thresholds: [
        {
          name: 'deep',
          isEnabled: true,
          figure: 'drawdown',
          sleeve: null,
          side: 'above',
          value: 0.5,
          release: 0.45,
          severity: 'high',
        },
      ],
      dashboard: 'https://desk.example.com',
      heartbeat: { url: '${LIFE}', everyMs: 60_000 },
      channels: [{ name: 'ops', isEnabled: true, perMinute: 10, written: { kind: 'slack', url: '${SLACK}' } }],
      rules: [
        {
          name: 'all',
          isEnabled: true,
          severity: 'low',
          rules: [],
          sleeves: [],
          channels: ['ops'],
          isResolutionTold: true,
          sameWithin: 900_000,
          digestEvery: null,
          quiet: null,
          escalation: null,
        },
        {
          name: 'rest',
          isEnabled: true,
          severity: 'high',
          rules: ['strategy_*'],
          sleeves: [],
          channels: ['ops'],
          isResolutionTold: true,
          sameWithin: 900_000,
          digestEvery: 3_600_000,
          quiet: { from: 1350, to: 420, zone: 'Europe/Berlin', except: 'critical' },
          escalation: { after: 1_200_000, channels: ['ops'] },
        },
      ],
    })
  })
})

describe('alert_settings of the other layout', () => {
  const loaded = async (settings: string) => {
    const file = join(folder, 'other.yaml')
    writeFileSync(file, `name: x\ncapital: 1000\nalert_settings:\n${settings}\nsleeves:\n  - {id: cash, weight: 1}\n`)
    return loadPortfolio(file)
  }
  it('become channels where they are switched on; what is not may be unfinished', async () => {
    const { alerts } =
      await loaded(`  email: {enabled: true, recipients: [me@example.com], smtp_server: smtp.example.com}
  sms: {enabled: true, twilio_sid: "\${SID}", twilio_token: "\${TOKEN}", from_number: "+15550100000", phone_number: "+15550100001"}
  slack: {enabled: false, webhook_url: "https://hooks.slack.com/..."}`)
    expect(alerts.channels.map(({ written }) => written)).toEqual([
      { kind: 'email', host: 'smtp.example.com', from: 'me@example.com', to: ['me@example.com'] },
      { kind: 'sms', account: '${SID}', token: '${TOKEN}', from: '+15550100000', to: ['+15550100001'] },
    ])
    expect(alerts.rules).toMatchObject([{ name: 'alert_settings', severity: 'low', channels: ['email', 'sms'] }])
  })
  it('that are wrong are said where they were written', async () => {
    const said = await loaded('  slack: {enabled: true, webhook_url: "https://hooks.slack.com/..."}').catch(
      (cause: unknown) => (cause as { readonly faults: readonly Fault[] }).faults.map(describeFault).join('\n'),
    )
    expect(said).toMatch(/other\.yaml:4:39 alerts\.channels\.slack\.url: must be \$\{NAME\}/)
  })
})

describe('the page of alerts', () => {
  it('shows a portfolio file that is read as it stands', async () => {
    const page = readFileSync(join(packageRoot(), 'docs', 'alerts.md'), 'utf8')
    const block = /```yaml\n([\s\S]*?)```/.exec(page)![1]!
    const file = join(folder, 'page.yaml')
    writeFileSync(file, `name: x\ncapital: 1000\n${block}sleeves:\n  - {id: cash, weight: 1}\n`)
    const { alerts } = await loadPortfolio(file)
    expect(alerts.channels.map(({ written }) => written['kind'])).toEqual([...CHANNEL_KINDS])
    expect(alerts.rules.map(({ name }) => name)).toEqual(['wake me', 'today', 'everything'])
  })
})

describe('what a setting names', () => {
  const surroundings = {
    environment: { A: 'first', EMPTY: '' },
    readFile(path: string): string {
      if (path === '/run/secrets/b') return 'second\n'
      throw new Error('ENOENT')
    },
  }
  it('is found in the environment and in files, at any depth', () => {
    const written = {
      a: '${A}',
      b: { file: '/run/secrets/b' },
      certificate: '/run/secrets/b',
      to: ['${A}', 'x'],
      port: 5,
    }
    expect(foundIn(surroundings, written)).toEqual({
      ok: true,
      value: { a: 'first', b: 'second', certificate: 'second', to: ['first', 'x'], port: 5 },
    })
    expect(foundIn(surroundings, '${A}')).toEqual({ ok: true, value: 'first' })
    expect(foundIn(surroundings, { file: '/run/secrets/b' })).toEqual({ ok: true, value: 'second' })
  })
  it('and is not there is said', () => {
    const written = { a: '${B}', b: '${EMPTY}', c: { file: '/nowhere' } }
    const reason =
      'B is not set in the environment; EMPTY is not set in the environment; the file "/nowhere" cannot be read'
    expect(foundIn(surroundings, written)).toEqual({ ok: false, reason })
  })
})
