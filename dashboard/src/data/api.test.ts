import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, ask, keepCsrf } from './api.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  keepCsrf(null)
})

/** A server whose session has this value now. */
function served(csrf: string): { readonly sent: string[] } {
  const sent: string[] = []
  vi.stubGlobal('fetch', (path: string, { method, headers }: { method: string; headers: Record<string, string> }) => {
    sent.push(`${method} ${path}`)
    if (method === 'GET') return Promise.resolve(Response.json({ csrf }))
    if (headers['x-polyfolio-csrf'] === csrf) return Promise.resolve(Response.json({ done: true }))
    return Promise.resolve(Response.json({ status: 403, code: 'origin_refused', title: 'no' }, { status: 403 }))
  })
  return { sent }
}

describe('a change', () => {
  it('goes through after the session was given another value in another tab', async () => {
    const { sent } = served('new')
    keepCsrf('old')
    expect(await ask('POST', '/api/v1/p/a/commands', {})).toEqual({ done: true })
    expect(sent).toEqual(['POST /api/v1/p/a/commands', 'GET /api/v1/session', 'POST /api/v1/p/a/commands'])
  })
  it('that is refused with the value of now is refused', async () => {
    vi.stubGlobal('fetch', (_: string, { method }: { method: string }) =>
      Promise.resolve(
        method === 'GET'
          ? Response.json({ csrf: 'same' })
          : Response.json({ status: 403, code: 'origin_refused', title: 'no' }, { status: 403 }),
      ),
    )
    keepCsrf('same')
    await expect(ask('POST', '/api/v1/p/a/commands', {})).rejects.toBeInstanceOf(ApiError)
  })
})
