import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashOf, newSecret } from '../../src/api/access/secrets.ts'
import type { Problem } from '../../src/api/contract/answers.ts'
import type { Instant } from '../../src/domain/units.ts'
import { propertyRuns } from '../profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { type Answered, allDesks, PORTFOLIO, recorded, type Served, serving, type Visitor } from './served.ts'

const folder = storeFolder()
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}`
const ATTEMPTS = 1_000
/** What the document says that a request may be answered with. */
const DOCUMENTED = new Set([200, 201, 202, 304, 400, 401, 403, 404, 405, 409, 413, 415, 421, 429, 503])
const outcome = ({ status, json }: Answered): readonly unknown[] => [status, (json as Problem | null)?.code]

describe.skipIf(!HAS_STORE)(`hostile requests ${STORE_NEED}`, () => {
  let served: Served
  let admin: Visitor
  beforeAll(async () => {
    const path = folder.path('hostile.db')
    await recorded(folder.path('.'), path, '2024-01-10')
    const pages = folder.path('pages')
    mkdirSync(`${pages}/assets`, { recursive: true })
    writeFileSync(
      `${pages}/index.html`,
      '<!doctype html><title>Polyfolio</title><script src="/assets/a-1.js"></script>',
    )
    writeFileSync(`${pages}/assets/a-1.js`, 'void 0')
    writeFileSync(folder.path('secret.txt'), 'nobody may read this')
    const file = folder.path('presets/six-bots.yaml')
    cpSync(new URL('../../presets', import.meta.url), folder.path('presets'), { recursive: true })
    served = await serving(path, { dashboard: pages, changesPerMinute: Number.MAX_SAFE_INTEGER }, allDesks(path, file))
    await served.addUser('ada', 'admin')
    admin = await served.visitor('ada')
  }, 300_000)
  afterAll(async () => {
    await served.stop()
    folder.remove()
  })

  /** Everything that a request could have changed. */
  const standing = async (): Promise<unknown> => ({
    extents: await served.store.extents(),
    users: await served.store.access.users(),
    tokens: await served.store.access.tokens(),
    channels: await served.store.alertLog.shownChannels(PORTFOLIO),
    rules: await served.store.alertLog.rules(PORTFOLIO),
    notes: await served.store.notes.findNotes(PORTFOLIO, { limit: 100 }),
    jobs: await served.store.jobs().recent(100),
    file: readFileSync(folder.path('presets/six-bots.yaml'), 'utf8'),
  })
  const isUp = async (): Promise<void> => expect((await served.ask('/health')).status).toBe(200)

  it('from pages of other sites neither read nor change', async () => {
    const before = await standing()
    const kill = { id: newSecret(), seen: 0, body: { kind: 'kill', reason: 'x' } }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${served.server.port + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const read = await admin.ask(`${at}/figures`, { headers })
      expect(outcome(read), JSON.stringify(headers)).toEqual([403, 'origin_refused'])
      expect(read.headers['access-control-allow-origin']).toBeUndefined()
      expect(outcome(await admin.ask(`${at}/commands`, { method: 'POST', headers, body: kill }))).toEqual([
        403,
        'origin_refused',
      ])
    }
    const bare = await admin.ask(`${at}/commands`, {
      method: 'POST',
      headers: { 'x-polyfolio-csrf': 'guessed' },
      body: kill,
    })
    expect(outcome(bare)).toEqual([403, 'origin_refused'])
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-polyfolio-csrf': admin.csrf }
    expect(outcome(await admin.ask(`${at}/commands`, { method: 'POST', headers: form, body: 'kind=kill' }))).toEqual([
      415,
      'type_unknown',
    ])
    expect(
      (await admin.ask(`${at}/commands`, { method: 'OPTIONS', headers: { origin: 'https://evil.example' } })).status,
    ).toBe(405)
    expect(await served.store.control.find(PORTFOLIO, kill.id)).toBeUndefined()
    expect(await standing()).toEqual(before)
  })

  it('by names that are not its own are sent away', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${served.server.port}`,
      '127.0.0.1',
      `127.0.0.1.evil:${served.server.port}`,
    ]) {
      for (const path of ['/health', '/', `${at}/figures`]) {
        expect((await admin.ask(path, { headers: { host } })).status, `${host} ${path}`).toBe(421)
      }
    }
    expect((await admin.ask('/health', { headers: { host: `localhost:${served.server.port}` } })).status).toBe(200)
  })

  it('that are sent again are done once', async () => {
    const pause = { id: newSecret(), seen: 0, body: { kind: 'pause', sleeve: 'trend' } }
    const all = await Promise.all(
      Array.from({ length: 5 }, () => admin.ask(`${at}/commands`, { method: 'POST', body: pause })),
    )
    expect(new Set(all.map(({ text }) => text)).size).toBe(1)
    expect(all[0]!.status).toBe(202)
    const asked = await served.store.control.find(PORTFOLIO, pause.id)
    expect(asked).toMatchObject({ actor: 'ada', state: 'asked' })
  }, 30_000)

  it('that are too large, or no document at all, are not read', async () => {
    const long = JSON.stringify({ id: newSecret(), seen: 0, body: { kind: 'kill', reason: 'x'.repeat(100_000) } })
    expect(outcome(await admin.ask(`${at}/commands`, { method: 'POST', body: long }))).toEqual([413, 'too_large'])
    for (const body of [
      '{',
      '[]',
      'null',
      '"kill"',
      '{"__proto__":{"role":"admin"}}',
      '{"constructor":{"prototype":1}}',
    ]) {
      expect(outcome(await admin.ask(`${at}/commands`, { method: 'POST', body })), body).toEqual([400, 'invalid'])
    }
    expect(outcome(await admin.ask(`${at}/figures?${'x'.repeat(20_000)}`))[0]).toBe(431)
    await isUp()
  })

  it('for files outside of the pages find nothing', async () => {
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/../../secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
      '/..\\secret.txt',
      '/assets/....//secret.txt',
      '//etc/passwd',
      '/%00secret.txt',
      '/.env',
      `${at}/../../../../secret.txt`,
      `${at}/exports/..%2f..%2fsecret.csv`,
    ]) {
      const { status, text } = await admin.ask(path)
      expect(text, path).not.toContain('nobody may read this')
      expect(text, path).not.toContain('root:')
      // Every address that is no file is the page, which reads its own.
      if (status === 200) expect(text, path).toContain('<title>Polyfolio</title>')
      else expect([400, 403, 404], `${path} ${status}`).toContain(status)
    }
  })

  it('of pages have the policy that keeps scripts and frames of others out', async () => {
    for (const path of ['/', '/risk', '/strategy/trend', '/config/limits']) {
      const { status, headers } = await served.ask(path)
      expect([status, headers['content-type']], path).toEqual([200, 'text/html; charset=utf-8'])
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).not.toMatch(/script-src[^;]*unsafe/)
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    }
    expect((await served.ask('/assets/a-1.js')).headers['cache-control']).toContain('immutable')
  })

  describe('of every operation of the document', () => {
    let operations: readonly Operation[]
    beforeAll(async () => {
      const document = (await admin.ask('/api/v1/openapi.json')).json as Document
      operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { operationId, parameters = [], ...own }]) => {
          const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name)
          const takesBody = 'requestBody' in own
          const isDangerous = own['x-step-up'] === true
          return {
            path,
            name: operationId,
            method: method.toUpperCase(),
            query,
            takesBody,
            isDangerous,
            role: own['x-role'],
          }
        }),
      )
      expect(operations.length).toBeGreaterThan(65)
    })
    const filled = ({ path }: Operation, text: (name: string) => string): string =>
      path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(text(name)))
    const usual = (one: Operation): string => filled(one, (name) => PLAIN[name] ?? 'nothing-there')
    /** What it is asked with besides; bodies only where there is one. */
    const asked = ({ method, takesBody }: Operation, headers: Readonly<Record<string, string>> = {}) => ({
      method,
      headers,
      ...(takesBody ? { body: '{}' } : {}),
    })

    it('from elsewhere, by another name, by nobody, or by who may not, is refused for that', async () => {
      const before = await standing()
      const { store } = served
      await served.addUser('nobody-much', 'viewer')
      const viewer = await served.visitor('nobody-much')
      const unproven = await served.visitor('ada')
      const hash = hashOf(unproven.cookie.split('=')[1]!)
      await store.access.stepUp(hash, (Date.now() - 1) as Instant)
      for (const one of operations) {
        const path = usual(one)
        const name = `${one.method} ${path}`
        const foreign = await admin.ask(path, asked(one, { origin: 'https://evil.example' }))
        expect(outcome(foreign), name).toEqual([403, 'origin_refused'])
        expect(outcome(await admin.ask(path, asked(one, { host: 'evil.example' }))), name).toEqual([
          421,
          'host_unknown',
        ])
        if (one.role === 'anyone' || one.role === 'local') continue
        expect(outcome(await served.ask(path, asked(one))), name).toEqual([401, 'sign_in_needed'])
        const token = { authorization: 'Bearer pf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }
        expect(outcome(await served.ask(path, asked(one, token))), name).toEqual([401, 'sign_in_needed'])
        if (one.role !== 'viewer')
          expect(outcome(await viewer.ask(path, asked(one))), name).toEqual([403, 'role_needed'])
        if (one.method !== 'GET')
          expect(outcome(await admin.ask(path, asked(one, { 'x-polyfolio-csrf': 'guessed' }))), name).toEqual([
            403,
            'origin_refused',
          ])
        if (one.isDangerous)
          expect(outcome(await unproven.ask(path, asked(one))), name).toEqual([403, 'step_up_needed'])
      }
      expect(await standing()).toEqual({ ...(before as object), users: await store.access.users() })
      await isUp()
      // Whoever is sent away on the way to a change is on record, and every kind of refusal in the log.
      const changes = operations.filter(({ method, path }) => method !== 'GET' && !/session|setup/.test(path))
      const recorded = async (): Promise<readonly string[]> => {
        const { rows } = await store.access.accessLog({ kind: 'did', limit: 500 })
        return rows.filter(({ outcome: how }) => how === 'refused').map(({ action }) => action)
      }
      await expect.poll(recorded, { timeout: 10_000 }).toEqual(expect.arrayContaining(changes.map(({ name }) => name)))
      await expect
        .poll(() => [...readFileSync(served.log, 'utf8').matchAll(/"code":"(\w+)"/g)].map(([, code]) => code))
        .toEqual(expect.arrayContaining(['origin_refused', 'host_unknown', 'role_needed', 'step_up_needed']))
    }, 300_000)

    it('with bodies that are too large or no document, or names that lead elsewhere, changes and shows nothing', async () => {
      const before = await standing()
      const long = 'x'.repeat(1_100_000)
      for (const one of operations) {
        const name = `${one.method} ${one.path}`
        if (one.takesBody) {
          expect(outcome(await admin.ask(usual(one), { method: one.method, body: long })), name).toEqual([
            413,
            'too_large',
          ])
          const torn = await admin.ask(usual(one), { method: one.method, body: '{"id":' })
          expect([400, 401], `${name} ${torn.status}`).toContain(torn.status)
          const form = { 'content-type': 'text/plain', 'x-polyfolio-csrf': admin.csrf }
          const other = await admin.ask(usual(one), { method: one.method, headers: form, body: 'a=b' })
          expect([415, 401], `${name} ${other.status}`).toContain(other.status)
        }
        for (const path of one.path.includes('{') ? ESCAPES : []) {
          const { status, text } = await admin.ask(
            filled(one, () => path),
            asked(one),
          )
          expect(status, `${name} ${path} ${text.slice(0, 100)}`).toBeGreaterThanOrEqual(400)
          expect(status, `${name} ${path} ${text.slice(0, 100)}`).toBeLessThan(500)
          expect(text, name).not.toContain('root:')
          expect(text, name).not.toContain('nobody may read this')
        }
      }
      expect(await standing()).toEqual(before)
      await isUp()
    }, 300_000)

    it('with whatever parameters and bodies is answered as the document says, and changes nothing', async () => {
      const before = await standing()
      const nasty = fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 40 }), fc.integer().map(String))
      for (const one of operations) {
        // What signs in, or ends the session of the test, is asked by nobody.
        const by = one.method !== 'GET' && /session|setup/.test(one.path) ? served : admin
        await fc.assert(
          fc.asyncProperty(
            fc.array(nasty, { minLength: 8, maxLength: 8 }),
            fc.jsonValue(),
            fc.boolean(),
            async (texts, body, isKnown) => {
              let next = 0
              const text = (): string => texts[next++ % texts.length]!
              const path = filled(one, (name) =>
                name === 'portfolio' && isKnown ? PORTFOLIO : text().slice(0, 100) || 'x',
              )
              const query = one.query.map((name) => `${name}=${encodeURIComponent(text())}`).join('&')
              // A list without anything in it is no nonsense where a whole list is put.
              const sent = Array.isArray(body) && body.length === 0 ? [null] : body
              const how = one.takesBody ? { method: one.method, body: JSON.stringify(sent) } : { method: one.method }
              const answered = await by.ask(`${path}${query === '' ? '' : `?${query}`}`, how)
              const { status } = answered
              const said = `${one.method} ${path}?${query} ${answered.text.slice(0, 200)}`
              expect(DOCUMENTED, said).toContain(status)
              if (status >= 400 && one.role !== 'local')
                expect(answered.json, said).toMatchObject({
                  status,
                  code: expect.any(String),
                  requestId: expect.any(String),
                })
              if (one.method !== 'GET') expect(status, said).toBeGreaterThanOrEqual(400)
            },
          ),
          propertyRuns(2, 200),
        )
      }
      await isUp()
      expect(await standing()).toEqual(before)
    }, 1_200_000)

    it('that is sent again is done once, also notes and long questions', async () => {
      const note = { id: newSecret(), about: 'sleeve', subject: 'trend', text: 'looked at', tags: [] }
      const job = { id: newSecret(), kind: 'rebalance-preview', input: {} }
      for (const [path, body] of [
        ['notes', note],
        ['jobs', job],
      ] as const) {
        const post = () => admin.ask(`${at}/${path}`, { method: 'POST', body })
        const all = await Promise.all([post(), post(), post()])
        expect(
          all.map(({ status }) => status < 300),
          all[0]!.text,
        ).toEqual([true, true, true])
        expect(new Set(all.map(({ text }) => text)).size).toBe(1)
        expect(outcome(await post())[0]).toBe(all[0]!.status)
      }
      const { total } = (await admin.ask(`${at}/notes`)).json as { readonly total: number }
      expect(total).toBe(1)
    })
  })

  it(`to sign in, ${ATTEMPTS} times, are slowed down, lock nobody out, and are on record`, async () => {
    const before = await standing()
    const statuses = new Map<number, number>()
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const body = {
        name: attempt % 2 === 0 ? 'ada' : `guess${attempt}`,
        passphrase: `guess number ${attempt} of many`,
      }
      const { status, headers } = await served.ask('/api/v1/session', { method: 'POST', body })
      if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect([...statuses.keys()].sort((one, other) => one - other)).toEqual([401, 429])
    // The first few are looked at; what comes after them is not even compared.
    expect(statuses.get(401)!).toBeLessThan(40)
    expect(await standing()).toEqual(before)
    await isUp()
    // Whoever is signed in goes on; whoever comes from elsewhere gets in.
    expect((await admin.ask(`${at}/figures`)).status).toBe(200)
    const elsewhere = await served.store.access.attempts(['account ada from 192.0.2.7', 'address 192.0.2.7'])
    expect(elsewhere).toEqual([])
    const refusals = async (): Promise<number> => {
      let [count, from] = [0, null as string | null]
      do {
        const page = await served.store.access.accessLog({
          kind: 'signed',
          limit: 500,
          ...(from === null ? {} : { before: from }),
        })
        count += page.rows.filter(({ outcome: how }) => how === 'refused').length
        from = page.next
      } while (from !== null)
      return count
    }
    await expect.poll(refusals, { timeout: 30_000 }).toBe(ATTEMPTS)
    expect((await served.store.check()).problems).toEqual([])
    expect(readFileSync(served.log, 'utf8')).not.toContain('guess number')
  }, 600_000)
})

interface Operation {
  readonly path: string
  readonly method: string
  readonly name: string
  readonly query: readonly string[]
  readonly takesBody: boolean
  readonly isDangerous: boolean
  readonly role: string | undefined
}

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string
            readonly parameters?: readonly { readonly name: string; readonly in: string }[]
            readonly 'x-role'?: string
            readonly 'x-step-up'?: boolean
          }
        >
      >
    >
  >
}

/** Names that are there, or could be. */
const PLAIN: Readonly<Record<string, string>> = {
  portfolio: PORTFOLIO,
  sleeve: 'trend',
  order: '1',
  seq: '0',
  what: 'equity',
  format: 'csv',
  list: 'orders',
}
const ESCAPES = ['../../secret.txt', '..\\..\\secret.txt', '/etc/passwd', '%2e%2e%2fsecret.txt', '....//secret.txt']
const NASTY = [
  '',
  '0',
  '-1',
  '1e309',
  'NaN',
  'null',
  '../..',
  '%',
  '\u0000',
  "' OR 1=1 --",
  '"><script>',
  'constructor',
  '9'.repeat(40),
  'x'.repeat(300),
] as const
