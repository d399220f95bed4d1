import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSecret } from '../../src/api/access/secrets.ts'
import type { Problem } from '../../src/api/contract/answers.ts'
import { propertyRuns } from '../profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { type Answered, PORTFOLIO, recorded, type Served, serving, type Visitor } from './served.ts'

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
    served = await serving(path, { dashboard: pages })
    await served.addUser('ada', 'admin')
    admin = await served.visitor('ada')
  }, 120_000)
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

  it('of any shape that the document allows or forbids are answered as it says, and change nothing', async () => {
    const { json } = await admin.ask('/api/v1/openapi.json')
    const document = json as Document
    const before = await standing()
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    )
    expect(operations.length).toBeGreaterThan(40)
    const nasty = fc.oneof(
      fc.constantFrom(
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
      ),
      fc.string({ maxLength: 40 }),
      fc.integer().map(String),
      fc.double().map(String),
    )
    // What ends the session of the test, or signs in, is tried elsewhere.
    const tried = operations.filter(({ path, method }) => method === 'GET' || !/session|setup|update/.test(path))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tried),
        fc.array(nasty, { minLength: 8, maxLength: 8 }),
        fc.jsonValue(),
        async (one, texts, body) => {
          let next = 0
          const isKnown = texts[0]!.length % 2 === 0
          const text = (): string => texts[next++ % texts.length]!
          const path = one.path.replace(/\{(\w+)\}/g, (_, name: string) =>
            encodeURIComponent(name === 'portfolio' && isKnown ? PORTFOLIO : text().slice(0, 100) || 'x'),
          )
          const query = (one.operation.parameters ?? [])
            .filter((parameter) => parameter.in === 'query')
            .map(({ name }) => `${name}=${encodeURIComponent(text())}`)
            .join('&')
          const asked = one.method === 'GET' ? {} : { method: one.method, body: JSON.stringify(body) }
          const answered = await admin.ask(`${path}${query === '' ? '' : `?${query}`}`, asked)
          expect(DOCUMENTED, `${one.method} ${path}?${query} ${answered.text.slice(0, 200)}`).toContain(answered.status)
          if (one.method !== 'GET') expect(answered.status, `${one.method} ${path}`).toBeGreaterThanOrEqual(400)
        },
      ),
      propertyRuns(150),
    )
    await isUp()
    expect(await standing()).toEqual(before)
  }, 600_000)

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

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly parameters?: readonly { readonly name: string; readonly in: string }[] }>>
    >
  >
}
