import { execFile, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { request as overHttp } from 'node:http'
import { request as overTls, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import { packageRoot } from '../package-root.ts'
import { entryLines, type OpenDashboard, openDashboard, type WebOptions } from './dashboard.ts'
import { openLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { apiPorts } from './ports.ts'
import { vitalsOf } from './vitals.ts'

const folder = storeFolder()
const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0

/** As HEALTHCHECK of the image asks. */
function isHealthy(port: number): Promise<boolean> {
  const check = join(packageRoot(), 'deploy', 'healthy.mjs')
  const environment = { ...process.env, POLYFOLIO_PORT: String(port) }
  return new Promise((done) => {
    execFile(process.execPath, [check], { env: environment }, (error) => done(error === null))
  })
}

interface Asked extends Pick<RequestOptions, 'path' | 'method'> {
  readonly headers?: Readonly<Record<string, string>>
  readonly isTls?: boolean
  readonly body?: unknown
}

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly json: unknown
  /** Of the certificate that it came with. */
  readonly fingerprint: string
}

const UNPACKERS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  '': (bytes) => bytes.toString(),
  br: (bytes) => brotliDecompressSync(bytes).toString(),
  gzip: (bytes) => gunzipSync(bytes).toString(),
}

function ask(port: number, options: Asked): Promise<Answered> {
  return new Promise((done, refuse) => {
    const { isTls = false, body, headers = {}, ...rest } = options
    const said = body === undefined ? {} : { 'content-type': 'application/json' }
    const asked = (isTls ? overTls : overHttp)(
      {
        host: '127.0.0.1',
        port,
        agent: false,
        rejectUnauthorized: false,
        ...rest,
        headers: { host: `127.0.0.1:${port}`, ...said, ...headers },
      },
      (response) => {
        const { fingerprint256 = '' } = isTls
          ? (response.socket as import('node:tls').TLSSocket).getPeerCertificate()
          : {}
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          done({
            status: response.statusCode!,
            headers: response.headers,
            json: JSON.parse(UNPACKERS[response.headers['content-encoding'] ?? '']!(Buffer.concat(chunks)) || 'null'),
            fingerprint: fingerprint256,
          }),
        )
      },
    )
    asked.on('error', refuse)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

describe.skipIf(!HAS_STORE)(`the way in ${STORE_NEED}`, () => {
  let store: OpenedStore
  const path = folder.path('way-in.db')
  const log = openLog({ level: 'silent', environment: {} })
  const opened: OpenDashboard[] = []
  beforeAll(async () => {
    store = await openStore(path, { create: true })
  })
  afterAll(async () => {
    for (const { server } of opened) await server.close()
    await store.close()
    log.close()
    folder.remove()
  })

  async function open(options: Partial<WebOptions>): Promise<OpenDashboard> {
    const vitals = vitalsOf({ store, metrics: createMetrics(), log, own: [], startedAt: Date.now() })
    const dashboard = await openDashboard(apiPorts({ store, log, vitals }), path, { port: 0, ...options }, true)
    opened.push(dashboard)
    return dashboard
  }

  it('on this machine is a link that is printed, and signs in once', async () => {
    const dashboard = await open({})
    const [line] = entryLines(dashboard)
    expect(line).toMatch(/^note: dashboard at http:\/\/127\.0\.0\.1:\d+\/#link=[\w-]{43} \(signs you in once\)$/)
    const secret = dashboard.link!.split('#link=')[1]!
    const body = { secret }
    const path = '/api/v1/session/link'
    const first = await ask(dashboard.server.port, { path, method: 'POST', body })
    expect(first.json).toMatchObject({ user: 'local', role: 'admin' })
    expect((await ask(dashboard.server.port, { path, method: 'POST', body })).status).toBe(401)
  })

  it('shows a portfolio that this process runs before anything has happened to it', async () => {
    const vitals = vitalsOf({ store, metrics: createMetrics(), log, own: ['Fresh'], startedAt: Date.now() })
    const ports = apiPorts({ store, log, vitals, own: ['Fresh'] })
    const fresh = await openDashboard(ports, path, { port: 0 }, true)
    opened.push(fresh)
    const body = { secret: fresh.link!.split('#link=')[1]! }
    const { json, headers } = await ask(fresh.server.port, { path: '/api/v1/session/link', method: 'POST', body })
    expect(json).toMatchObject({ portfolios: ['Fresh'] })
    const cookie = String(headers['set-cookie']).split(';')[0]!
    for (const reading of [
      'figures',
      'sleeves',
      'positions',
      'equity',
      'activity',
      'attention',
      'limits',
      'orders',
      'trades',
    ]) {
      const answered = await ask(fresh.server.port, { path: `/api/v1/p/Fresh/${reading}`, headers: { cookie } })
      expect([reading, answered.status, (answered.json as { readonly seq: number }).seq]).toEqual([reading, 200, -1])
    }
  })

  it('by name alone takes no link, and prints a token while there is no user', async () => {
    const dashboard = await open({ auth: 'required' })
    expect(dashboard.link).toBeNull()
    expect(entryLines(dashboard)).toEqual([
      expect.stringMatching(/no user yet: open http:\S+\/setup and give the token [\w-]{43}$/),
    ])
    for (const path of ['/api/status', '/metrics', '/ready']) {
      expect((await ask(dashboard.server.port, { path })).status, path).toBe(401)
    }
    expect((await ask(dashboard.server.port, { path: '/health' })).status).toBe(200)
  })

  it('from elsewhere is shut without TLS, and without half of a certificate', async () => {
    await expect(open({ listen: '0.0.0.0' })).rejects.toThrow('others can reach 0.0.0.0')
    await expect(open({ listen: '0.0.0.0', auth: 'link' })).rejects.toThrow('others can reach')
    await expect(open({ listen: '0.0.0.0', tlsCert: 'a.crt' })).rejects.toThrow('name --tls-key as well')
    await expect(open({ tlsCert: 'a.crt', tlsKey: 'a.key' })).rejects.toThrow('cannot be used')
    const first = await open({})
    await expect(open({ port: first.server.port })).rejects.toThrow(`port ${first.server.port}`)
  })

  it('behind a proxy is for the names that are stated, by name and passphrase, for whoever the proxy says asks', async () => {
    const { server, link } = await open({ trustedProxy: '127.0.0.1', hostName: ['desk.example.org'] })
    expect(link).toBeNull()
    const headers = { host: 'desk.example.org', origin: 'https://desk.example.org', 'x-forwarded-for': '203.0.113.9' }
    const body = { name: 'ada', passphrase: 'not the one at all' }
    const answered = await ask(server.port, { path: '/api/v1/session', method: 'POST', headers, body })
    expect([answered.status, (answered.json as { readonly code: string }).code]).toEqual([401, 'sign_in_wrong'])
    expect(await store.access.attempts(['account ada from 203.0.113.9'])).toMatchObject([{ count: 1 }])
    const other = { ...headers, host: 'other.example.org' }
    expect((await ask(server.port, { path: '/health', headers: other })).status).toBe(421)
  })

  it('sends what is long packed to other machines, and as it is to this one', async () => {
    const { server } = await open({ trustedProxy: '127.0.0.1', hostName: ['desk.example.org'] })
    const path = '/api/v1/openapi.json'
    const headers = { host: 'desk.example.org', 'accept-encoding': 'gzip, deflate, br' }
    const elsewhere = { ...headers, 'x-forwarded-for': '203.0.113.9' }
    const here = await ask(server.port, { path, headers })
    expect([here.headers['content-encoding'], here.headers['vary']]).toEqual([undefined, 'accept-encoding'])
    const there = await ask(server.port, { path, headers: elsewhere })
    expect(there.headers['content-encoding']).toBe('br')
    expect(Number(there.headers['content-length'])).toBeLessThan(Number(here.headers['content-length']) / 4)
    expect(there.json).toEqual(here.json)
    const zipped = await ask(server.port, { path, headers: { ...elsewhere, 'accept-encoding': 'gzip' } })
    expect([zipped.headers['content-encoding'], zipped.json]).toEqual(['gzip', here.json])
    const short = await ask(server.port, { path: '/health', headers: elsewhere })
    expect(short.headers['content-encoding']).toBeUndefined()
  })

  it('answers so many requests and changes within a minute as its options say', async () => {
    const { server } = await open({ requestsPerMinute: 2 })
    const statuses: number[] = []
    for (let asked = 0; asked < 3; asked += 1) statuses.push((await ask(server.port, { path: '/health' })).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  it.skipIf(!HAS_OPENSSL)(
    'over TLS makes a certificate once, whose fingerprint is printed (needs openssl)',
    async () => {
      const first = await open({ listen: '127.0.0.1', lan: true })
      expect(first.server.origin).toMatch(/^https:/)
      expect(entryLines(first).at(-1)).toBe(`note: certificate made here; SHA-256 fingerprint ${first.fingerprint}`)
      expect(statSync(folder.path('polyfolio-tls/127.0.0.1.key')).mode & 0o077).toBe(0)
      const secret = first.link!.split('#link=')[1]!
      const signedIn = await ask(first.server.port, {
        isTls: true,
        path: '/api/v1/session/link',
        method: 'POST',
        body: { secret },
      })
      expect(signedIn.fingerprint).toBe(first.fingerprint)
      expect(String(signedIn.headers['set-cookie'])).toMatch(
        /^__Host-polyfolio=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      )
      expect(signedIn.headers['strict-transport-security']).toContain('max-age=31536000')
      const again = await open({ listen: '127.0.0.1', lan: true })
      expect(again.fingerprint).toBe(first.fingerprint)
      expect(await isHealthy(again.server.port)).toBe(true)
    },
  )

  it('is found healthy by the check of a container, until it is gone', async () => {
    const { server } = await open({})
    expect(await isHealthy(server.port)).toBe(true)
    const proxied = await open({ trustedProxy: '10.0.0.1', hostName: ['desk.example.org'] })
    expect(await isHealthy(proxied.server.port)).toBe(true)
    await server.close()
    expect(await isHealthy(server.port)).toBe(false)
  })
})
