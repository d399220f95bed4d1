import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { networkInterfaces } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { hashOf, newSecret } from '../../src/api/access/secrets.ts'
import type { Problem } from '../../src/api/contract/answers.ts'
import type {
  AuditRow,
  OpenSession,
  SessionView,
  SetupDone,
  TokenCreated,
  TotpView,
  UserCreated,
} from '../../src/api/contract/session.ts'
import type { Instant } from '../../src/domain/units.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import {
  type Answered,
  PASSPHRASE,
  PORTFOLIO,
  recorded,
  type Served,
  serving,
  type Visitor,
  visitorOf,
} from './served.ts'

const folder = storeFolder()
const HOUR_MS = 3_600_000
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}`
const cookieOf = ({ 'set-cookie': set }: Answered['headers']): string => String(set).split(';')[0]!
const visitorIn = (port: number, { headers, json }: Answered): Visitor =>
  visitorOf(port, cookieOf(headers), (json as SessionView).csrf!)
const codeOf = ({ json }: Answered): string => (json as Problem).code

describe.skipIf(!HAS_STORE)(`who looks and acts ${STORE_NEED}`, () => {
  let served: Served
  beforeAll(async () => {
    const path = folder.path('sessions.db')
    await recorded(folder.path('.'), path, '2024-01-12')
    served = await serving(path)
  }, 120_000)
  afterAll(async () => {
    await served.stop()
    folder.remove()
  })

  const offer = async (kind: 'setup' | 'link'): Promise<string> => {
    const secret = newSecret()
    const now = Date.now()
    const own = { kind, hash: hashOf(secret), user: kind === 'link' ? 'local' : '', role: 'admin' as const }
    await served.store.access.offerSecret({ ...own, at: now as Instant, expiresAt: (now + HOUR_MS) as Instant })
    return secret
  }
  const post = (path: string, body: unknown) => served.ask(path, { method: 'POST', body })
  const socketAt = (cookie: string, headers: Readonly<Record<string, string>> = {}) => {
    const origin = served.server.origin
    return new WebSocket(`${origin.replace('http', 'ws')}${at}/push`, { headers: { cookie, origin, ...headers } })
  }

  it('the first user is made once, by the token of the console', async () => {
    const token = await offer('setup')
    expect((await served.ask('/api/v1/setup')).json).toEqual({ needed: true })
    const wrong = await post('/api/v1/setup', { token: newSecret(), name: 'ada', passphrase: PASSPHRASE })
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'sign_in_wrong'])
    for (const passphrase of ['too short', 'password1234567', 'aaaaaaaaaaaaaaaaaaaa', 'adapolyfolio1234']) {
      const weak = await post('/api/v1/setup', { token, name: 'ada', passphrase })
      expect([weak.status, codeOf(weak)], passphrase).toEqual([400, 'invalid'])
    }
    const made = await post('/api/v1/setup', { token, name: 'ada', passphrase: PASSPHRASE, withTotp: true })
    expect(made.status).toBe(201)
    const { session, totp } = made.json as SetupDone
    expect(session).toMatchObject({ user: 'ada', role: 'admin', setupNeeded: false, portfolios: [PORTFOLIO] })
    const again = await post('/api/v1/setup', { token, name: 'eve', passphrase: PASSPHRASE })
    expect(again.status).toBe(401)

    const cookie = String(made.headers['set-cookie'])
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', `polyfolio_${served.server.port}=`])
      expect(cookie).toContain(part)
    // On this machine alone it goes without TLS.
    expect(cookie).not.toContain('Secure')
    const { passphraseHash } = (await served.store.access.credentials('ada'))!
    expect(passphraseHash).toMatch(/^\$argon2id\$/)

    const without = await post('/api/v1/session', { name: 'ada', passphrase: PASSPHRASE })
    expect(without.status).toBe(401)
    const codes = new TOTP({ secret: Secret.fromBase32(totp!.secret) })
    const signIn = { name: 'ada', passphrase: PASSPHRASE, code: codes.generate() }
    expect((await post('/api/v1/session', signIn)).status).toBe(200)
    // No code is taken twice.
    expect((await post('/api/v1/session', signIn)).status).toBe(401)
    await served.store.access.changeUser('ada', { totpSecret: null }, Date.now() as Instant)
  })

  it('a link signs in once', async () => {
    const secret = await offer('link')
    const first = await post('/api/v1/session/link', { secret })
    expect(first.json).toMatchObject({ user: 'local', role: 'admin', byLink: true })
    const again = await post('/api/v1/session/link', { secret })
    expect([again.status, codeOf(again)]).toEqual([401, 'sign_in_wrong'])
    expect(readFileSync(served.log, 'utf8')).not.toContain(secret)
  })

  it('each role does its own, and nothing above', async () => {
    for (const role of ['viewer', 'operator', 'admin'] as const) await served.addUser(`the-${role}`, role)
    const [viewer, operator, admin] = await Promise.all(
      ['viewer', 'operator', 'admin'].map((role) => served.visitor(`the-${role}`)),
    )
    const pause = { id: newSecret(), seen: 0, body: { kind: 'pause', sleeve: 'trend' } }
    const refused = await viewer!.ask(`${at}/commands`, { method: 'POST', body: pause })
    expect([refused.status, codeOf(refused)]).toEqual([403, 'role_needed'])
    expect((await viewer!.ask('/api/v1/users')).status).toBe(403)
    expect((await operator!.ask('/api/v1/users')).status).toBe(403)
    expect((await admin!.ask('/api/v1/users')).status).toBe(200)
    const revive = { id: newSecret(), seen: 0, body: { kind: 'revive', reason: 'looked' } }
    const above = await operator!.ask(`${at}/commands`, { method: 'POST', body: revive })
    expect([above.status, codeOf(above)]).toEqual([403, 'role_needed'])
    // No engine runs: what an operator asks waits, and is asked once however often it is sent.
    const asked = await operator!.ask(`${at}/commands`, { method: 'POST', body: pause })
    expect([asked.status, asked.json]).toEqual([
      202,
      expect.objectContaining({ id: pause.id, state: 'asked', actor: 'the-operator' }),
    ])
    const again = await operator!.ask(`${at}/commands`, { method: 'POST', body: pause })
    expect(again.json).toEqual(asked.json)
    const other = await operator!.ask(`${at}/commands`, {
      method: 'POST',
      body: { ...pause, body: { kind: 'pause', sleeve: 'flow' } },
    })
    expect([other.status, codeOf(other)]).toEqual([409, 'id_reused'])
  })

  it('dangerous actions take a new proof, a kill takes none', async () => {
    const admin = await served.visitor('the-admin')
    const name = 'once'
    const opened = await served.store.access.sessions(Date.now() as Instant, 'the-admin')
    // The proof of signing in has passed.
    await served.store.access.stepUp(hashOf(admin.cookie.split('=')[1]!), (Date.now() - 1) as Instant)
    expect(opened.length).toBeGreaterThan(0)
    const add = { name, role: 'viewer', passphrase: PASSPHRASE }
    const early = await admin.ask('/api/v1/users', { method: 'POST', body: add })
    expect([early.status, codeOf(early)]).toEqual([403, 'step_up_needed'])
    const revive = { id: newSecret(), seen: 0, body: { kind: 'revive', reason: 'all is well' } }
    const undone = await admin.ask(`${at}/commands`, { method: 'POST', body: revive })
    expect([undone.status, codeOf(undone)]).toEqual([403, 'step_up_needed'])
    const kill = { id: newSecret(), seen: 0, body: { kind: 'kill', reason: 'stop' } }
    expect((await admin.ask(`${at}/commands`, { method: 'POST', body: kill })).status).toBe(202)

    const wrong = await admin.ask('/api/v1/session/step-up', {
      method: 'POST',
      body: { passphrase: 'not this one at all' },
    })
    expect(wrong.status).toBe(401)
    const proven = await admin.ask('/api/v1/session/step-up', { method: 'POST', body: { passphrase: PASSPHRASE } })
    expect(proven.status).toBe(200)
    // Its secret is another one from now on.
    expect((await admin.ask('/api/v1/users')).status).toBe(401)
    const set = proven.headers['set-cookie'] as unknown as string[]
    const next = visitorOf(served.server.port, set[0]!.split(';')[0]!, (proven.json as SessionView).csrf!)
    const added = await next.ask('/api/v1/users', { method: 'POST', body: { ...add, withTotp: true } })
    expect([added.status, (added.json as UserCreated).totp!.uri.startsWith('otpauth://totp/')]).toEqual([201, true])
    const flatten = { id: newSecret(), seen: 0, body: { kind: 'flatten', sleeve: null, confirm: 'six bots' } }
    const mistyped = await next.ask(`${at}/commands`, { method: 'POST', body: flatten })
    expect([mistyped.status, codeOf(mistyped)]).toEqual([403, 'confirm_needed'])
  })

  it('a session that is revoked closes its socket, and is signed out', async () => {
    const admin = await served.visitor('the-admin')
    const viewer = await served.visitor('the-viewer')
    const socket = socketAt(viewer.cookie)
    const hello = await new Promise<string>((done) => socket.once('message', (data) => done(String(data))))
    expect(JSON.parse(hello)).toMatchObject({ kind: 'hello' })
    const closed = new Promise<number>((done) => socket.once('close', done))
    const all = (await admin.ask('/api/v1/sessions')).json as OpenSession[]
    const own = (await viewer.ask('/api/v1/sessions')).json as OpenSession[]
    expect(own.every(({ user }) => user === 'the-viewer')).toBe(true)
    const { id } = own.find(({ isOwn }) => isOwn)!
    expect(all.map((one) => one.id)).toContain(id)
    expect((await admin.ask('/api/v1/sessions', { method: 'DELETE', body: { id } })).status).toBe(200)
    expect(await closed).toBe(4401)
    expect((await viewer.ask(`${at}/figures`)).status).toBe(401)
  })

  it('sockets open for pages of this server that are signed in, and for nobody else', async () => {
    const viewer = await served.visitor('the-viewer')
    const statusOf = (cookie: string, headers: Readonly<Record<string, string>>): Promise<number> =>
      new Promise((done) => {
        const socket = socketAt(cookie, headers)
        socket.once('unexpected-response', (_, { statusCode }) => done(statusCode!))
        socket.once('open', () => {
          socket.close()
          done(101)
        })
        socket.once('error', () => {})
      })
    expect(await statusOf(viewer.cookie, {})).toBe(101)
    expect(await statusOf('', {})).toBe(401)
    expect(await statusOf(viewer.cookie, { origin: 'https://evil.example' })).toBe(403)
  })

  it('tokens of programs need no cookie, may no more than their users, and end when they are taken back', async () => {
    const admin = await served.visitor('the-admin')
    const made = await admin.ask('/api/v1/tokens', { method: 'POST', body: { label: 'reader', role: 'viewer' } })
    const { secret, token } = made.json as TokenCreated
    const headers = { authorization: `Bearer ${secret}` }
    expect((await served.ask(`${at}/figures`, { headers })).status).toBe(200)
    const kill = { id: newSecret(), seen: 0, body: { kind: 'kill', reason: 'x' } }
    expect((await served.ask(`${at}/commands`, { method: 'POST', headers, body: kill })).status).toBe(403)
    expect((await served.ask('/api/v1/tokens', { headers })).text).not.toContain(secret)
    const socket = socketAt('', headers)
    const closed = new Promise<number>((done) => socket.once('close', done))
    await new Promise((done) => socket.once('message', done))
    await admin.ask('/api/v1/tokens', { method: 'DELETE', body: { id: token.id } })
    expect((await served.ask(`${at}/figures`, { headers })).status).toBe(401)
    // It is looked at again as often as the engine's word is passed on.
    expect(await closed).toBe(4401)
  }, 30_000)

  it('guesses that are sent at once are no more than guesses one after another', async () => {
    const guess = { name: 'nobody-at-all', passphrase: 'one of many guesses' }
    const all = await Promise.all(Array.from({ length: 12 }, () => post('/api/v1/session', guess)))
    expect(all.filter(({ status }) => status === 401)).toHaveLength(3)
    expect(all.filter(({ status }) => status === 429)).toHaveLength(9)
  })

  it('where names are required a session of a link is none, and no token can be had by one', async () => {
    await served.store.access.forgive(['account  from 127.0.0.1'])
    const { headers } = await post('/api/v1/session/link', { secret: await offer('link') })
    const cookie = String(headers['set-cookie']).split(';')[0]!
    const { csrf } = (await served.ask('/api/v1/session', { headers: { cookie } })).json as SessionView
    const body = { label: 'mine', role: 'admin' }
    const local = visitorOf(served.server.port, cookie, csrf!)
    expect((await local.ask('/api/v1/tokens', { method: 'POST', body })).status).toBe(400)
    const strict = await serving(folder.path('sessions.db'), { isAuthRequired: true })
    const same = cookie.replace(/^polyfolio_\d+/, `polyfolio_${strict.server.port}`)
    expect((await strict.ask(`${at}/figures`, { headers: { cookie: same } })).status).toBe(401)
    expect((await local.ask(`${at}/figures`)).status).toBe(200)
    await strict.stop()
  }, 30_000)

  it('who changes the passphrase of his own keeps this session alone, and codes begin with one of them', async () => {
    await served.addUser('own', 'viewer')
    const [first, other] = [await served.visitor('own'), await served.visitor('own')]
    const change = (by: Visitor, body: unknown) => by.ask('/api/v1/session', { method: 'PATCH', body })
    const next = 'lantern orchard copper 88'
    for (const [body, status] of [
      [{ current: 'not this one at all', passphrase: next }, 401],
      [{ current: PASSPHRASE, passphrase: 'too short' }, 400],
      [{ current: PASSPHRASE }, 400],
      [{ current: PASSPHRASE, totp: { secret: 'A'.repeat(32), code: '000000' } }, 400],
    ] as const)
      expect((await change(first, body)).status, JSON.stringify(body)).toBe(status)
    const changed = await change(first, { current: PASSPHRASE, passphrase: next })
    expect(changed.status, changed.text).toBe(200)
    expect((await other.ask(`${at}/figures`)).status).toBe(401)
    // The secret of before opens nothing any more either.
    expect((await first.ask(`${at}/figures`)).status).toBe(401)
    const kept = visitorIn(served.server.port, changed)
    expect((await kept.ask(`${at}/figures`)).status).toBe(200)
    const codes = (await kept.ask('/api/v1/session/codes', { method: 'POST', body: {} })).json as TotpView
    const code = new TOTP({ secret: Secret.fromBase32(codes.secret) }).generate()
    const taken = await change(kept, { current: next, totp: { secret: codes.secret, code } })
    expect(taken.status, taken.text).toBe(200)
    expect((await served.store.access.credentials('own'))!.totpSecret).toBe(codes.secret)
    const [row] = (await served.store.access.accessLog({ user: 'own', limit: 1 })).rows
    expect(row).toMatchObject({ kind: 'signed', action: 'change own codes', outcome: 'done' })
    const { headers } = await post('/api/v1/session/link', { secret: await offer('link') })
    const { csrf } = (await served.ask('/api/v1/session', { headers: { cookie: cookieOf(headers) } }))
      .json as SessionView
    const local = visitorOf(served.server.port, cookieOf(headers), csrf!)
    expect((await change(local, { current: PASSPHRASE, passphrase: next })).status).toBe(400)
  }, 30_000)

  it('a page that is only left open ends its session, whoever sits before it does not', async () => {
    const viewer = await served.visitor('the-viewer')
    const hash = hashOf(viewer.cookie.split('=')[1]!)
    const { access } = served.store
    const untilOf = async (): Promise<number> => (await access.findSession(hash, Date.now() as Instant))!.idleUntil
    const old = (Date.now() - HOUR_MS) as Instant
    const soon = (Date.now() + HOUR_MS) as Instant
    await access.touchSession(hash, old, soon)
    for (const path of [`${at}/figures`, '/api/v1/session', '/api/v1/sessions']) await viewer.ask(path)
    expect(await untilOf()).toBe(soon)
    await viewer.ask(`${at}/figures`, { headers: { 'x-polyfolio-attended': '1' } })
    expect(await untilOf()).toBeGreaterThan(Date.now() + 11 * HOUR_MS)
    await access.touchSession(hash, old, soon)
    await viewer.ask('/api/v1/sessions', { method: 'DELETE', body: { id: 'nobody' } })
    expect(await untilOf()).toBeGreaterThan(Date.now() + 11 * HOUR_MS)
  })

  it('guesses behind the same address keep the owner out of no browser that is known', async () => {
    await served.addUser('guessed', 'admin')
    const signIn = { name: 'guessed', passphrase: PASSPHRASE }
    const first = await post('/api/v1/session', signIn)
    const device = (first.headers['set-cookie'] as unknown as string[]).find((one) => one.includes('-device='))!
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Max-Age=31536000']) expect(device).toContain(part)
    for (let guess = 0; guess < 4; guess += 1)
      await post('/api/v1/session', { ...signIn, passphrase: `guess number ${guess}` })
    expect((await post('/api/v1/session', signIn)).status).toBe(429)
    const cookie = device.split(';')[0]!
    const known = (body: unknown) => served.ask('/api/v1/session', { method: 'POST', headers: { cookie }, body })
    expect((await known(signIn)).status).toBe(200)
    // It stands for this user alone.
    expect((await known({ name: 'the-admin', passphrase: 'a guess at another' })).status).toBe(401)
    await served.store.access.forgive(['account guessed from 127.0.0.1', 'account the-admin from 127.0.0.1'])
    await served.store.access.forgive(['address 127.0.0.1'])
  })

  it('what a proxy says is taken from that proxy alone, and nobody comes in beside it', async () => {
    const proxied = await serving(folder.path('sessions.db'), {
      trustedProxy: '127.0.0.1',
      names: ['desk.example.org'],
    })
    const forged = { host: 'desk.example.org', 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }
    const wrong = { name: 'the-viewer', passphrase: 'one of many guesses' }
    const asked = await proxied.ask('/api/v1/session', { method: 'POST', headers: forged, body: wrong })
    expect(asked.status).toBe(401)
    expect(await proxied.store.access.attempts(['address 203.0.113.9'])).toHaveLength(1)
    // Through a proxy nobody sits at this machine.
    expect((await proxied.ask('/ready', { headers: { host: 'desk.example.org' } })).status).toBe(401)
    await proxied.stop()
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    const outside = own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
    const other = { address: '0.0.0.0', trustedProxy: '192.0.2.1' }
    const beside = await serving(folder.path('sessions.db'), other)
    const local = { 'x-forwarded-for': '198.51.100.1' }
    await beside.ask('/api/v1/session', { method: 'POST', headers: local, body: wrong })
    expect(await beside.store.access.attempts(['address 198.51.100.1'])).toEqual([])
    if (outside !== undefined) {
      const url = `http://${outside}:${beside.server.port}/api/v1/session`
      const answered = await fetch(url, { headers: { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' } })
      expect([answered.status, ((await answered.json()) as Problem).title]).toEqual([
        421,
        'This is reached through its proxy alone.',
      ])
    }
    await beside.stop()
    await served.store.access.forgive(['account the-viewer from 127.0.0.1', 'address 127.0.0.1'])
  }, 30_000)

  it('one address has so many requests, whatever it calls itself, and one user so many changes, but never a kill', async () => {
    const few = await serving(folder.path('sessions.db'), { requestsPerMinute: 24, changesPerMinute: 2 })
    const operator = await few.visitor('the-operator')
    const ask = (id: string, body: unknown) =>
      operator.ask(`${at}/commands`, { method: 'POST', body: { id, seen: 0, body } })
    const pause = { kind: 'pause', sleeve: 'nobody' }
    const pauses = await Promise.all([pause, pause, pause].map((body) => ask(newSecret(), body)))
    expect(pauses.map(({ status }) => status).sort((one, other) => one - other)).toEqual([404, 404, 429])
    expect(Number(pauses.find(({ status }) => status === 429)!.headers['retry-after'])).toBeGreaterThan(0)
    const id = newSecret()
    // No engine runs that would answer: it is enough that it is asked.
    void ask(id, { kind: 'kill', reason: 'stop' }).catch(() => {})
    await expect.poll(() => few.store.control.find(PORTFOLIO, id)).toMatchObject({ body: { kind: 'kill' } })
    const statuses: number[] = []
    for (let asked = 0; asked < 24; asked += 1)
      statuses.push((await few.ask('/health', { headers: { cookie: `polyfolio=${asked}` } })).status)
    expect([statuses[0], statuses.at(-1)]).toEqual([200, 429])
    await few.stop()
  }, 30_000)

  it('one session has so many pages open, and others have theirs', async () => {
    const [viewer, other] = [await served.visitor('the-viewer'), await served.visitor('the-operator')]
    const sockets = Array.from({ length: 100 }, () => socketAt(viewer.cookie))
    await Promise.all(sockets.map((socket) => new Promise((done) => socket.once('message', done))))
    const refused = await new Promise<IncomingMessage>((done) => {
      const socket = socketAt(viewer.cookie)
      socket.once('unexpected-response', (_, response) => done(response))
      socket.once('error', () => {})
    })
    expect([refused.statusCode, refused.headers]).toEqual([429, expect.objectContaining({ 'retry-after': '60' })])
    const one = socketAt(other.cookie)
    await new Promise((done) => one.once('message', done))
    for (const socket of [...sockets, one]) socket.terminate()
  }, 30_000)

  it('a page before that there is none of is refused', async () => {
    const admin = await served.visitor('the-admin')
    const answered = await admin.ask('/api/v1/audit?before=x')
    expect([answered.status, codeOf(answered)]).toEqual([400, 'invalid'])
  })

  it('what was seen and done is on record, in a chain, and secrets are not', async () => {
    const admin = await served.visitor('the-admin')
    const look = async (): Promise<readonly AuditRow[]> => {
      const answered = await admin.ask('/api/v1/audit?limit=500')
      return (answered.json as { readonly rows: readonly AuditRow[] }).rows
    }
    // What is seen is written down some at a time.
    let rows = await look()
    while (!rows.some(({ kind, actor }) => kind === 'saw' && actor === 'the-admin/reader')) {
      await wait(100)
      rows = await look()
    }
    const actions = rows.map(({ actor, kind, action }) => `${actor} ${kind} ${action}`)
    for (const row of [
      'ada signed set up',
      'local signed link',
      'the-operator did command',
      'the-viewer did command (refused)',
      'the-admin did addUser',
      'the-admin did revokeSession',
      'the-admin signed step up (refused)',
    ]) {
      expect(actions).toContain(row)
    }
    expect(actions).toContain('the-admin/reader saw overview')
    // Also what it was that was refused.
    const refused = rows.filter(({ action }) => action === 'command (refused)').map(({ after }) => after)
    expect(refused).toContainEqual(
      expect.objectContaining({ code: 'role_needed', asked: expect.objectContaining({ seen: 0 }) }),
    )
    // And how it stood before.
    const revoked = rows.find(({ action }) => action === 'revokeSession')
    expect(revoked!.before).toMatchObject({ user: 'the-viewer', role: 'viewer' })
    const text = JSON.stringify(rows)
    expect(text).not.toContain(PASSPHRASE)
    expect(readFileSync(served.log, 'utf8')).not.toContain(PASSPHRASE)
    expect((await served.store.check()).problems).toEqual([])
  })
})
