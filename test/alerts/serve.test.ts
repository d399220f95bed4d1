import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { AlertDelivery } from '../../src/domain/alerts.ts'
import { command, start } from '../cli/command.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { MAIL_PASSWORD, MAIL_USER, type MailSink, mailSink, type Sink, WEBHOOK_SECRET, webhookSink } from './sinks.ts'

const folder = storeFolder()
const here = folder.path('.')
const children = new Set<ChildProcess>()
let hook: Sink
let mail: MailSink
/** What a service that waits for signs of life hears. */
let life: Sink

beforeAll(async () => {
  hook = await webhookSink(() => Date.now() / 1_000)
  mail = await mailSink(null)
  life = await webhookSink(() => 0)
  writeFileSync(folder.path('secret'), `${WEBHOOK_SECRET}\n`)
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})
afterAll(async () => {
  await hook.stop()
  await mail.stop()
  await life.stop()
  folder.remove()
})

const NAME = 'Watched'
/** @param rules in the words of a portfolio file */
function portfolio(file: string, rules: string): void {
  writeFileSync(
    folder.path(file),
    `name: ${NAME}
capital: 100000
account: {id: paper-0042}
instruments:
  AAA: {file: a.csv, simulation: {price: 50, volatility: 0.4, drift: 0.1, average_volume: 2000000}}
alerts:
  dashboard: https://desk.example.com
  heartbeat: {url: "\${LIFE}", every: 1s}
  channels:
    hook: {kind: webhook, url: "\${HOOK}", secret: {file: ${folder.path('secret')}}}
    mail: {kind: email, host: 127.0.0.1, port: ${mail.port}, security: none, user: ${MAIL_USER}, password: "\${MAIL_PASSWORD}", from: a@example.com, to: [desk@example.com]}
    silent: {kind: webhook, url: "\${HOOK}", secret: "\${NOT_SET}", enabled: false}
    broken: {kind: slack, url: "\${NOT_SET}"}
  rules:
${rules}
sleeves:
  - {id: free, weight: 0.5, strategy: sma-crossover, universe: [AAA], sizing: {kind: percent, fraction: 0.5}, parameters: {fast: 3, slow: 8}}
`,
  )
}

const environment = (): Readonly<Record<string, string>> => ({
  HOOK: `${hook.url}/alerts`,
  LIFE: `${life.url}/life`,
  MAIL_PASSWORD,
})

async function until<T>(what: string, ask: () => T | Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (let times = 0; times < 1_500; times += 1) {
    const found = await ask()
    if (isSo(found)) return found
    await wait(40)
  }
  throw new Error(`it never came to this: ${what}`)
}

function serve(config: string, store: string): ChildProcess {
  const play = ['--seed', '26', '--from', '2016-01-01', '--to', '2023-12-31', '--every', '0.2']
  const child = start(here, ['serve', config, '--store', store, '--port', '0', ...play], environment())
  children.add(child)
  child.stdout!.resume()
  child.stderr!.resume()
  return child
}

async function delivered(store: string): Promise<readonly AlertDelivery[]> {
  const opened = await openStore(folder.path(store), { create: false })
  try {
    return (await opened.alertLog.deliveries(NAME, { limit: 100 })).rows
  } finally {
    await opened.close()
  }
}

const running = async (store: string): Promise<boolean> => {
  const { out } = await command(here, ['status', '--store', store, '--json'])
  return out !== '' && JSON.parse(out).portfolios[0]?.running === true
}

/** What came to the webhook, by the rule of its first alert. */
const heard = (rule: string) =>
  hook.taken.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.alerts[0]?.rule === rule)

describe.skipIf(!HAS_STORE)(`a portfolio that is served ${STORE_NEED}`, () => {
  it('tells of a kill, at once and by every channel that is on, and that it is over', async () => {
    portfolio('told.yaml', '    - {name: gates, about: [alive, engine_failed], to: [hook, mail, silent]}')
    const child = serve('told.yaml', 'told.db')
    await until(
      'it runs',
      () => running('told.db'),
      (isSo) => isSo,
    )
    // The follower begins where the portfolio stands.
    await until(
      'somebody follows',
      () => life.taken.length + life.refused.length,
      (count) => count > 0,
    )
    const ask = ['--store', 'told.db', '--portfolio', NAME]
    expect(await command(here, ['kill', ...ask, '--reason', 'a drill'])).toMatchObject({ code: 0 })
    await until(
      'it was told',
      () => heard('alive').length,
      (count) => count > 0,
    )
    await until(
      'the mail came',
      () => mail.mails.length,
      (count) => count > 0,
    )
    expect(heard('alive')[0].data).toMatchObject({
      portfolio: NAME,
      severity: 'critical',
      lines: expect.arrayContaining([expect.stringContaining('a drill')]),
    })
    expect(mail.mails[0]!.text).toContain(`Subject: [critical] ${NAME}: alive`)
    const revive = ['revive', ...ask, '--confirm', '0042', '--reason', 'the drill is over']
    expect(await command(here, revive)).toMatchObject({ code: 0 })
    await until(
      'it is over',
      () => heard('alive').length,
      (count) => count > 1,
    )
    expect(heard('alive').map(({ type }) => type)).toEqual(['polyfolio.alert', 'polyfolio.resolution'])
    const { engine } = JSON.parse((await command(here, ['status', ...ask, '--json'])).out).portfolios[0]
    process.kill(Number(engine.owner.split(' ').at(-1)), 'SIGKILL')
    await until(
      'its end is told',
      () => heard('engine_failed').length,
      (count) => count > 0,
    )
    expect(heard('engine_failed')[0].data.lines[0]).toBe('the engine was ended by SIGKILL')
    const { code, out } = await command(here, ['alerts', 'log', ...ask, '--json'])
    expect(code).toBe(0)
    const { deliveries } = JSON.parse(out)
    expect(new Set(deliveries.map((one: { channel: string }) => one.channel))).toEqual(new Set(['hook', 'mail']))
    expect(out).not.toContain(MAIL_PASSWORD)
    expect((await command(here, ['alerts', 'log', ...ask])).out).toMatch(/hook +critical +alert +alive +sent +1 +200/)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  it('that is killed between sending and writing that down tells it again, and says so', async () => {
    portfolio('killed.yaml', '    - {name: gates, about: [alive], to: [hook]}')
    const child = serve('killed.yaml', 'killed.db')
    const before = heard('alive').length
    const signs = life.refused.length
    await until(
      'it runs',
      () => running('killed.db'),
      (isSo) => isSo,
    )
    await until(
      'somebody follows',
      () => life.refused.length,
      (count) => count > signs,
    )
    const ask = ['--store', 'killed.db', '--portfolio', NAME]
    hook.keepNextWaiting()
    expect(await command(here, ['kill', ...ask, '--reason', 'a drill'])).toMatchObject({ code: 0 })
    await until(
      'it was sent',
      () => heard('alive').length,
      (count) => count === before + 1,
    )
    expect(await delivered('killed.db')).toMatchObject([{ state: 'sending' }])
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
    serve('killed.yaml', 'killed.db')
    await until(
      'it was sent again',
      () => heard('alive').length,
      (count) => count > before + 1,
    )
    const [first, again] = heard('alive').slice(before)
    expect([first.data.mayRepeat, again.data.mayRepeat]).toEqual([false, true])
    const names = hook.taken.slice(-2).map(({ headers }) => headers['webhook-id'])
    expect(names[0]).toBe(names[1])
    await until(
      'that is on record',
      () => delivered('killed.db'),
      ([one]) => one?.state === 'sent',
    )
    expect(await delivered('killed.db')).toHaveLength(1)
  })
})

describe('a channel', () => {
  beforeAll(() => portfolio('test.yaml', '    - {name: all, to: [hook, mail]}'))
  const test = (channel: string) =>
    command(here, ['alerts', 'test', channel, 'test.yaml', '--store', 'none.db'], environment())

  it('is tested by a message that says that nothing is wrong', async () => {
    expect(await test('hook')).toEqual({ code: 0, out: 'hook: taken: 200\n', err: '' })
    expect(JSON.parse(hook.taken.at(-1)!.body)).toMatchObject({ type: 'polyfolio.test' })
    const { code, out } = await test('mail')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^mail: taken: 250 /) })
  })
  it('that cannot be used says why, and ends with 1', async () => {
    expect(await test('broken')).toEqual({
      code: 1,
      out: 'broken: not taken: NOT_SET is not set in the environment\n',
      err: '',
    })
  })
  it('that nobody knows is a mistake', async () => {
    const { code, err } = await test('hok')
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: no channel is called "hok"; known are: hook, mail, silent, broken\n',
    })
  })
  it('is listed with what is wrong with it', async () => {
    const { out } = await command(here, ['alerts', 'list', 'test.yaml', '--store', 'none.db'], environment())
    expect(out).toMatch(/hook +ready/)
    expect(out).toMatch(/silent +off +NOT_SET is not set in the environment/)
    expect(out).toMatch(/broken +cannot be used +NOT_SET/)
    expect(out).toMatch(/all +on +low +everything +hook, mail/)
  })
})
