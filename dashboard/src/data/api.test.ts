import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, ask, keepCsrf } from './api.ts'
import { isAttended, watchTouches } from './attended.ts'
import { queries, retryHeavy } from './client.ts'

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

describe('a page', () => {
  it('is attended for a minute after it was opened or touched, and says so', async () => {
    const heads: unknown[] = []
    vi.stubGlobal('fetch', (_: string, { headers }: { headers: Record<string, string> }) => {
      heads.push(headers['x-polyfolio-attended'])
      return Promise.resolve(Response.json({}))
    })
    vi.useFakeTimers()
    const target = new EventTarget()
    watchTouches(target)
    target.dispatchEvent(new Event('keydown'))
    await ask('GET', '/api/v1/session')
    vi.advanceTimersByTime(59_000)
    expect(isAttended()).toBe(true)
    vi.advanceTimersByTime(2_000)
    await ask('GET', '/api/v1/session')
    target.dispatchEvent(new Event('pointerdown'))
    await ask('GET', '/api/v1/session')
    vi.useRealTimers()
    expect(heads).toEqual(['1', undefined, '1'])
  })
})

describe('an answer that failed', () => {
  /** How often it is asked for. */
  async function asked(status: number, heavy: { readonly retry?: typeof retryHeavy }): Promise<number> {
    let times = 0
    const queryFn = (): Promise<never> => {
      times += 1
      // One that is asked again for ever is given up here, by what no repetition helps.
      return Promise.reject(new ApiError(times > 5 ? 404 : status, 'no', null))
    }
    await queries
      .fetchQuery({ queryKey: [status, heavy], queryFn, retryDelay: 0, retry: mayRetry, ...heavy })
      .catch(() => {})
    queries.clear()
    return times
  }
  const mayRetry = queries.getDefaultOptions().queries!.retry!
  it('is asked for until it is there, three times where a journal is played again for it', async () => {
    expect(await asked(500, {})).toBe(6)
    expect(await asked(500, { retry: retryHeavy })).toBe(3)
    expect(await asked(403, { retry: retryHeavy })).toBe(1)
  })
})
