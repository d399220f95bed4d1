/** Redis: channels to listen to, keys to read, and a stream from which one who was away can go on by number. */
import { Redis } from 'ioredis'
import type { Bus, BusKey, Message } from '../../domain/bus.ts'
import type { Json } from '../../domain/units.ts'

/** Entries that the stream keeps at least; older messages are in the store. */
const STREAM_LENGTH = 100_000
const CONNECT_MS = 2_000
const COMMAND_MS = 5_000

/**
 * @param url `redis://host:port/database`; the first delivery connects
 * @param password where the address has none
 */
export function openRedis(url: string, password?: string): Bus {
  const client = new Redis(url, {
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // The outbox asks again; a client that reconnects by itself would only ask twice.
    retryStrategy: () => null,
  })
  // What breaks a connection is said by the next delivery.
  client.on('error', () => {})
  return {
    async deliver(portfolio, messages, keys) {
      if (client.status !== 'ready') await client.connect()
      const stream = streamOf(portfolio)
      const last = await lastNumber(client, stream)
      const step = client.multi()
      for (const message of messages) {
        if (message.number <= last) continue
        const { number, channel } = message
        const text = textOf(portfolio, message)
        step.xadd(stream, 'MAXLEN', '~', STREAM_LENGTH, `${number}-0`, 'channel', channel, 'message', text)
        step.publish(channel, text)
      }
      for (const [key, value] of Object.entries(keys ?? {}) as [BusKey, Json][]) step.set(key, JSON.stringify(value))
      const answers = await step.exec()
      if (answers === null) throw new Error('Redis gave the transaction up')
      for (const [error] of answers) if (error !== null) throw error
    },
    close() {
      client.disconnect()
      return Promise.resolve()
    },
  }
}

/** The stream of a portfolio; its ids are the messages' numbers. */
function streamOf(portfolio: string): string {
  return `polyfolio:messages:${portfolio}`
}

/** One JSON object: what every message has, and what its event has. */
function textOf(portfolio: string, { number, at, channel, body }: Message): string {
  return JSON.stringify({ portfolio, sequence: number, at: new Date(at).toISOString(), channel, ...body })
}

/** What was given before a doubt is not given again. */
async function lastNumber(client: Redis, stream: string): Promise<number> {
  const last = await client.xrevrange(stream, '+', '-', 'COUNT', 1)
  return last.length === 0 ? 0 : Number(last[0]![0].split('-')[0])
}
