import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type Listening, listen } from './server.ts'

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

function ask(port: number, path: string, given: { host?: string; method?: string } = {}): Promise<Answered> {
  return new Promise((done, refuse) => {
    const { host = `127.0.0.1:${port}`, method = 'GET' } = given
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => done({ status: response.statusCode!, headers: response.headers, body }))
    })
    asked.on('error', refuse)
    asked.end()
  })
}

describe('what a process shows', () => {
  let listening: Listening
  let changed = 0
  beforeAll(async () => {
    listening = await listen(
      0,
      new Map([
        ['/health', () => Promise.resolve(json({ ok: true }))],
        [
          '/counts',
          () => {
            changed += 1
            return Promise.resolve(json({ changed }))
          },
        ],
        ['/broken', () => Promise.reject(new Error('postgres://me:secret@db/x is away'))],
      ]),
    )
  })
  afterAll(() => listening.close())

  it('is read by its path', async () => {
    const { status, body, headers } = await ask(listening.port, '/health?x=1')
    expect([status, JSON.parse(body)]).toEqual([200, { ok: true }])
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    expect((await ask(listening.port, '/health', { method: 'HEAD' })).body).toBe('')
    expect((await ask(listening.port, '/nowhere')).status).toBe(404)
  })

  it('is told to nobody who came by another name', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${listening.port}`,
      '127.0.0.1',
      `127.0.0.1.evil:${listening.port}`,
    ]) {
      expect((await ask(listening.port, '/health', { host })).status).toBe(421)
    }
    expect((await ask(listening.port, '/health', { host: `localhost:${listening.port}` })).status).toBe(200)
  })

  it('is changed by nobody', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect((await ask(listening.port, '/counts', { method })).status).toBe(405)
    }
    expect(changed).toBe(0)
  })

  it('says of what went wrong that it went wrong, and nothing else', async () => {
    const { status, body } = await ask(listening.port, '/broken')
    expect(status).toBe(503)
    expect(body).not.toContain('secret')
  })

  it('is refused by its port where that is taken', async () => {
    await expect(listen(listening.port, new Map())).rejects.toThrow(`port ${listening.port}`)
  })
})
