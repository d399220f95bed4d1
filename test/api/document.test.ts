import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashOf, newSecret } from '../../src/api/access/secrets.ts'
import { ApiError, connect } from '../../src/api/client/client.ts'
import type { Instant } from '../../src/domain/units.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { apiDocument, madeFiles } from './document.ts'
import { PORTFOLIO, recorded, type Served, serving } from './served.ts'

describe('the document of the API', () => {
  it('is the one that is published, and so are the reference and the client that are made from it', async () => {
    for (const [path, text] of await madeFiles()) {
      const written = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
      expect(written === text, `${path} is not what the API says: run npm run openapi`).toBe(true)
    }
  })

  it('names every schema that it refers to, and each operation once', async () => {
    const document = await apiDocument()
    expect(document).toMatchObject({ openapi: '3.1.0' })
    const text = JSON.stringify(document)
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas, name).toHaveProperty(name!)
    }
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    )
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(55)
  })
})

describe.skipIf(!HAS_STORE)(`the client ${STORE_NEED}`, () => {
  const folder = storeFolder()
  let served: Served
  beforeAll(async () => {
    const path = folder.path('client.db')
    await recorded(folder.path('.'), path, '2024-01-10')
    served = await serving(path)
    await served.addUser('ada', 'admin')
  }, 120_000)
  afterAll(async () => {
    await served.stop()
    folder.remove()
  })

  const tokenFor = async (role: 'viewer' | 'operator'): Promise<string> => {
    const token = `pf_${newSecret()}`
    const now = Date.now()
    const own = {
      id: newSecret().slice(0, 12),
      name: role,
      hash: hashOf(token),
      lastFour: token.slice(-4),
      role,
      user: 'ada',
    }
    await served.store.access.addToken({ ...own, at: now as Instant, expiresAt: (now + 60_000) as Instant })
    return token
  }

  it('reads, asks, and is told why not', async () => {
    const api = connect({ url: served.server.origin, token: await tokenFor('viewer') })
    const figures = await api.figures(PORTFOLIO)
    expect(figures.data).toMatchObject({ portfolio: PORTFOLIO, currency: 'USD' })
    expect((await api.trades(PORTFOLIO, { limit: 3, sort: '-profit' })).data.rows.length).toBeLessThanOrEqual(3)
    expect((await api.status()).portfolios[0]!.name).toBe(PORTFOLIO)
    const kill = { id: newSecret(), seen: 0, body: { kind: 'kill', reason: 'stop' } } as const
    const refused = await api.command(PORTFOLIO, kill).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ApiError)
    expect((refused as ApiError).problem).toMatchObject({ status: 403, code: 'role_needed' })
    const operator = connect({ url: served.server.origin, token: await tokenFor('operator') })
    expect(await operator.command(PORTFOLIO, kill)).toMatchObject({
      id: kill.id,
      state: 'asked',
      actor: 'ada/operator',
    })
  })
})
