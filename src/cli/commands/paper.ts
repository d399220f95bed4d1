import { setTimeout as wait } from 'node:timers/promises'
import { openStore } from '../../adapters/store/open.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Lease, Store } from '../../domain/store.ts'
import { runEngine } from '../../live/engine.ts'
import { keysOf } from '../../live/messages.ts'
import { type Outbox, openOutbox } from '../../live/outbox.ts'
import { standingOf } from '../../live/standing.ts'
import { loadPortfolio } from '../config/load.ts'
import { paperVenueFor, sha256 } from '../live/paper-venue.ts'
import { standingDocument, standingText } from '../live/standing-text.ts'
import { marketOfPast } from '../market/past.ts'
import { print, printJson, progressBar } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { type MarketSource, pastOf, type RunReach, reachOf } from '../run.ts'

/** How often a standby asks whether the one before it has ended. */
const STANDBY_SECONDS = 0.5

interface PaperOptions extends RunReach {
  readonly data?: string
  readonly seed: number
  readonly store: string
  readonly every: number
  readonly snapshotEvery: number
  readonly standby?: boolean
  readonly bus?: string
  readonly json?: boolean
}

/** `polyfolio paper`: a portfolio on replayed bars, every event written down before the next one. */
export async function paper(file: string, options: PaperOptions): Promise<void> {
  if (options.data !== undefined) requireFolder(options.data)
  const source: MarketSource = options.data === undefined ? { seed: options.seed } : { data: options.data }
  const loaded = await loadPortfolio(file)
  const bar = progressBar()
  const reach = reachOf(source, options)
  const market = marketOfPast(loaded, await pastOf(loaded, source, reach, bar), reach)
  bar.done()
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
  const store = await openStore(options.store, { create: true })
  let lease: Lease | null = null
  let outbox: Outbox | null = null
  try {
    lease = await leaseOf(store, loaded.config.name, options, stop.signal)
    if (lease === null) return
    if (options.bus !== undefined) outbox = await outboxTo(options.bus, store, loaded.config.name)
    const end = await runEngine(
      { config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true },
      {
        store,
        lease,
        storeName: options.store,
        portfolio: loaded.config.name,
        snapshotEvery: options.snapshotEvery,
        venue: paperVenueFor(loaded.config, store.id),
        sha256,
        clock: null,
        due: () => pause(options.every, stop.signal),
        isStopped: () => stop.signal.aborted,
        onInstant: ({ kernel }) => outbox?.poke(() => keysOf(standingOf(kernel))),
      },
    )
    outbox?.poke(() => keysOf(standingOf(end.run.kernel)))
    if (options.json === true) printJson(standingDocument(end.run.kernel))
    else print(standingText(end.run.kernel))
    const held = end.resumed > 0 ? `${end.resumed} events were there already, ` : ''
    const why = end.ended === 'market' ? 'the bars end here' : 'stopped as asked'
    process.stderr.write(`note: ${held}${end.added} written to ${options.store}; ${why}\n`)
  } finally {
    const owed = (await outbox?.close()) ?? 0
    if (owed > 0) process.stderr.write(`note: the bus is owed ${owed} messages; they are in ${options.store}\n`)
    await lease?.release()
    await store.close()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
  }
}

/** The right to run the portfolio; null where a standby was stopped before it had it. */
async function leaseOf(
  store: Store,
  portfolio: string,
  options: PaperOptions,
  signal: AbortSignal,
): Promise<Lease | null> {
  for (let asked = 0; !signal.aborted; asked += 1) {
    const lease = await store.lease(portfolio)
    if (lease !== null) return lease
    if (options.standby !== true) throw new FaultError(fault('LEASE_TAKEN', { store: options.store, portfolio }))
    if (asked === 0) process.stderr.write(`note: another process runs "${portfolio}"; waiting for it to end\n`)
    await pause(STANDBY_SECONDS, signal)
  }
  return null
}

async function outboxTo(url: string, store: Store, portfolio: string): Promise<Outbox> {
  const { openRedis } = await import('../../adapters/bus/redis.ts')
  const bus = openRedis(url, process.env['REDIS_PASSWORD'])
  // Its own signal: a run that was told to stop still has its last commit to make, and the outbox waits for that.
  const closing = new AbortController()
  const outbox = openOutbox({
    store,
    portfolio,
    bus,
    busName: 'redis',
    pause: (seconds) => pause(seconds, closing.signal),
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

/** Seconds between two instants; none at all lets signals in all the same, because every commit is awaited. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds === 0 || signal.aborted) return
  await wait(seconds * 1_000, undefined, { signal }).catch(() => {})
}
