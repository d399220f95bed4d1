import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { REDIS_NEED, redisServer } from '../../../test/servers.ts'
import type { Message } from '../../domain/bus.ts'
import type { Instant, Json } from '../../domain/units.ts'
import { openRedis } from './redis.ts'

const server = await redisServer()
const reader = server === null ? null : new Redis(server.url, { maxRetriesPerRequest: 20 })
reader?.on('error', () => {})
afterAll(async () => {
  reader?.disconnect()
  await server?.stop()
})

const message = (number: number, channel: Message['channel'] = 'orders'): Message => ({
  number,
  at: Date.UTC(2024, 0, 2) as Instant,
  channel,
  body: { event: 'sent', order: number },
})

const KEYS: Readonly<Record<'portfolio:capital' | 'portfolio:positions' | 'portfolio:metrics', Json>> = {
  'portfolio:capital': { sequence: 9, sleeves: {} },
  'portfolio:positions': { sequence: 9, net: {} },
  'portfolio:metrics': { sequence: 9, equity: 100 },
}

async function streamed(): Promise<string[]> {
  const entries = await reader!.xrange('polyfolio:messages:one', '-', '+')
  return entries.map(([id, fields]) => `${id} ${fields[1]}`)
}

describe.skipIf(server === null)(`Redis as a bus ${REDIS_NEED}`, () => {
  beforeEach(async () => {
    await reader!.flushall()
  })

  it('publishes each message on its channel, in order, keeps it in a stream and sets the keys', async () => {
    const heard: string[] = []
    const listener = new Redis(server!.url)
    await listener.psubscribe('*')
    listener.on('pmessage', (_, channel: string, text: string) => heard.push(`${channel} ${text}`))
    const bus = openRedis(server!.url)
    await bus.deliver('one', [message(1), message(2, 'signals.crypto'), message(3, 'market_data')], KEYS)
    await bus.deliver('one', [message(4)], null)
    expect(await streamed()).toEqual(['1-0 orders', '2-0 signals.crypto', '3-0 market_data', '4-0 orders'])
    expect(JSON.parse((await reader!.get('portfolio:metrics'))!)).toEqual({ sequence: 9, equity: 100 })
    while (heard.length < 4) await new Promise((done) => setTimeout(done, 10))
    expect(heard.map((text) => text.split(' ')[0])).toEqual(['orders', 'signals.crypto', 'market_data', 'orders'])
    expect(JSON.parse(heard[1]!.slice(heard[1]!.indexOf('{')))).toEqual({
      portfolio: 'one',
      sequence: 2,
      at: '2024-01-02T00:00:00.000Z',
      channel: 'signals.crypto',
      event: 'sent',
      order: 2,
    })
    await bus.close()
    listener.disconnect()
  })

  it('gives nothing twice that is given again after a doubt', async () => {
    const bus = openRedis(server!.url)
    await bus.deliver('one', [message(1), message(2)], null)
    await bus.deliver('one', [message(1), message(2), message(3)], null)
    expect(await streamed()).toEqual(['1-0 orders', '2-0 orders', '3-0 orders'])
    await bus.close()
  })

  it('says that it is away, and goes on with the same client when it is back', async () => {
    const bus = openRedis(server!.url)
    await bus.deliver('one', [message(1)], null)
    await server!.halt()
    await expect(bus.deliver('one', [message(2)], null)).rejects.toThrow()
    await server!.resume()
    await bus.deliver('one', [message(2)], null)
    expect(await streamed()).toEqual(['1-0 orders', '2-0 orders'])
    await bus.close()
  })
})
