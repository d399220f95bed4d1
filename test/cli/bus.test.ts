import { once } from 'node:events'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { POSTGRES_NEED, postgresServer, REDIS_NEED, redisServer } from '../servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { command, start } from './command.ts'

const preset = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'presets/channels.yaml')
const server = HAS_STORE ? await redisServer() : null
const database = server === null ? null : await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
  await database?.stop()
})

const QUARTER = ['paper', preset, '--seed', '26', '--from', '2023-01-01', '--to', '2023-03-31', '--json']

describe.skipIf(server === null)(`paper trading that is told to others ${REDIS_NEED} ${STORE_NEED}`, () => {
  it('gives every message once and in order, also those of a time when the bus was away', async () => {
    const told = [...QUARTER, '--bus', server!.url, '--store', 'told.db']
    await server!.halt()
    const away = await command(folder.path('.'), told)
    expect(away).toMatchObject({ code: 0 })
    expect(away.err).toMatch(/the bus is away .*trading goes on/)
    expect(away.err).toMatch(/the bus is owed \d+ messages/)
    await server!.resume()
    const end = await command(folder.path('.'), told)
    expect(end).toMatchObject({ code: 0 })
    expect(end.err).not.toContain('is owed')
    const quiet = await command(folder.path('.'), [...QUARTER, '--store', 'quiet.db'])
    expect(end.out).toBe(away.out)
    expect(end.out).toBe(quiet.out)

    const reader = new Redis(server!.url)
    const entries = await reader.xrange('polyfolio:messages:Channels', '-', '+')
    const metrics = JSON.parse((await reader.get('portfolio:metrics'))!) as { equity: number }
    const capital = JSON.parse((await reader.get('portfolio:capital'))!) as { sleeves: Record<string, unknown> }
    reader.disconnect()
    expect(entries.map(([id]) => id)).toEqual(entries.map((_, place) => `${place + 1}-0`))
    const channels = new Set(entries.map(([, fields]) => fields[1]!))
    for (const channel of ['market_data', 'orders', 'positions', 'signals.crypto', 'signals.options']) {
      expect(channels).toContain(channel)
    }
    const directions = entries
      .map(([, fields]) => JSON.parse(fields[3]!) as Readonly<Record<string, unknown>>)
      .filter(({ channel, event }) => channel === 'signals.crypto' && event === 'signal')
    expect(directions.find(({ direction }) => direction === 'HOLD')).toMatchObject({
      sleeve: 'crypto',
      instrument: null,
      confidence: null,
      entry: null,
      stop: null,
      target: null,
    })
    expect(metrics.equity).toBeCloseTo(JSON.parse(end.out).equity, 6)
    expect(Object.keys(capital.sleeves)).toEqual(['large_cap', 'micro_cap', 'options', 'crypto', 'cash'])
  })

  it.skipIf(database === null)(`ends when it is told to, its last commit made ${POSTGRES_NEED}`, async () => {
    const url = await database!.database('stopped')
    const store = await openStore(url, { create: true })
    const child = start(folder.path('.'), [...QUARTER, '--every', '0.05', '--bus', server!.url, '--store', url])
    child.stdout!.resume()
    let said = ''
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    // What a portfolio begins with is some 40 rows: a state is kept once the market was played.
    while (((await store.extents())[0]?.rows ?? 0) < 60) await new Promise((done) => setTimeout(done, 50))
    child.kill('SIGTERM')
    const [code] = (await once(child, 'close')) as [number | null]
    const { journals, snapshots, problems } = await store.check()
    await store.close()
    expect(code).toBe(0)
    expect(said).toContain('stopped as asked')
    expect(journals[0]!.rows).toBeGreaterThan(59)
    expect({ snapshots, problems }).toEqual({ snapshots: 1, problems: [] })
  })
})
