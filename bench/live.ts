/**
 * The durable engine under the clock: events a second that are journalled, on the disk and applied, and how long it takes
 * from an instant's prices to the moment at which its orders may leave.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openStore } from '../src/adapters/store/open.ts'
import { paperVenueFor, sha256 } from '../src/cli/live/paper-venue.ts'
import { runEngine } from '../src/live/open-engine.ts'
import { STRATEGIES } from '../src/pipeline/strategies/registry.ts'
import { seriesOf } from './generate.ts'
import { configOf, livePortfolio, marketOf, type Workload } from './workloads.ts'

export interface LiveLine {
  readonly workload: 'live'
  /** Where the journal is kept. */
  readonly variant: string
  readonly seconds: number
  readonly events: number
  readonly eventsPerSecond: number
  /** Transactions that were on the disk before the next thing happened. */
  readonly commits: number
  readonly commitsPerSecond: number
  /** Milliseconds from the prices of an instant to its last durable commit, over instants that traded. */
  readonly p50: number
  readonly p99: number
  /** Such instants, and fills in all of them. */
  readonly instants: number
  readonly fills: number
}

/** A state joins every so many instants, as it does in `paper`. */
const SNAPSHOT_EVERY = 100

/**
 * @param cache where prices are kept
 * @param address of an empty database; left out: a file of its own
 */
export async function measureLive(
  cache: string,
  address?: string,
  workload: Workload = livePortfolio(),
): Promise<LiveLine> {
  const market = marketOf(workload, seriesOf(workload.recipe, cache))
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-live-'))
  const store = await openStore(address ?? join(folder, 'live.db'), { create: true })
  try {
    const lease = (await store.lease(workload.name))!
    const waits: number[] = []
    let [began, fills, filled, commits] = [0, 0, 0, 0]
    const started = performance.now()
    const config = configOf(workload)
    const { added } = await runEngine(
      { config, market, strategies: STRATEGIES, checks: false },
      {
        store: {
          ...store,
          commit(...transaction) {
            commits += 1
            return store.commit(...transaction)
          },
        },
        lease,
        storeName: 'bench',
        portfolio: workload.name,
        snapshotEvery: SNAPSHOT_EVERY,
        venue: paperVenueFor(config, store.id),
        sha256,
        clock: null,
        isStopped: () => false,
        due() {
          began = performance.now()
          return Promise.resolve()
        },
        onInstant({ kernel }) {
          const { executions } = kernel.runtime.state
          if (executions === filled) return
          fills += executions - filled
          filled = executions
          waits.push(performance.now() - began)
        },
      },
    )
    const seconds = (performance.now() - started) / 1_000
    await lease.release()
    waits.sort((one, other) => one - other)
    const at = (part: number): number => waits[Math.min(waits.length - 1, Math.floor(part * waits.length))] ?? 0
    return {
      workload: 'live',
      variant: address === undefined ? 'SQLite' : 'PostgreSQL',
      seconds,
      events: added,
      eventsPerSecond: added / seconds,
      commits,
      commitsPerSecond: commits / seconds,
      p50: at(0.5),
      p99: at(0.99),
      instants: waits.length,
      fills,
    }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true })
  }
}
