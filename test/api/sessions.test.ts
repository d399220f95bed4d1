import { readFileSync } from 'node:fs'
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
  UserCreated,
} from '../../src/api/contract/session.ts'
import type { Instant } from '../../src/domain/units.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { type Answered, PASSPHRASE, PORTFOLIO, recorded, type Served, serving, visitorOf } from './served.ts'

const folder = storeFolder()
const HOUR_MS = 3_600_000
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}`
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
    const text = JSON.stringify(rows)
    expect(text).not.toContain(PASSPHRASE)
    expect(readFileSync(served.log, 'utf8')).not.toContain(PASSPHRASE)
    expect((await served.store.check()).problems).toEqual([])
  })
})
