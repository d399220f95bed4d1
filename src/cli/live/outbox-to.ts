import { setTimeout as wait } from 'node:timers/promises'
import type { Store } from '../../domain/store.ts'
import { type Outbox, openOutbox } from '../../live/outbox.ts'

/** Under which a store remembers how far Redis is. */
export const REDIS_BUS = 'redis'

/** An outbox to Redis that is closed with its own connection. */
export async function outboxTo(url: string, store: Store, portfolio: string): Promise<Outbox> {
  const { openRedis } = await import('../../adapters/bus/redis.ts')
  const bus = openRedis(url, process.env['REDIS_PASSWORD'])
  // Its own signal: a run that was told to stop still has its last commit to make, and the outbox waits for that.
  const closing = new AbortController()
  const outbox = openOutbox({
    store,
    portfolio,
    bus,
    busName: REDIS_BUS,
    pause: (seconds) => wait(seconds * 1_000, undefined, { signal: closing.signal }).catch(() => {}),
    onState: (isThere, reason) => {
      const what = isThere ? 'is back: what it missed is on its way' : `is away (${reason}): trading goes on`
      process.stderr.write(`note: the bus ${what}\n`)
    },
  })
  return {
    ...outbox,
    close: async () => {
      const owed = outbox.close()
      closing.abort()
      try {
        return await owed
      } finally {
        await bus.close()
      }
    },
  }
}
