/**
 * The durable engine under the clock: events a second that are journalled, on the disk and applied, and how long it takes
 * from an instant's prices to the moment at which its last order leaves. An event is an entry of the journal: all bars that
 * close at an instant, all prices of an auction, all fills that came together.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openStore } from '../src/adapters/store/open.ts'
import { paperVenueFor, sha256 } from '../src/cli/live/paper-venue.ts'
import type { Batch } from '../src/domain/store.ts'
import type { VenueSource } from '../src/live/engine-options.ts'
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
  /** Of events as they stand in the journal, on the average. */
  readonly bytesPerEvent: number
  /** Rows of all tables that were written: events, orders, executions, messages, and the readable ones. */
  readonly rows: number
  readonly rowsPerSecond: number
  /** Transactions that were on the disk before the next thing happened. */
  readonly commits: number
  readonly commitsPerSecond: number
  /** Milliseconds from the prices of an instant to its last order on its way out, over instants that sent any. */
  readonly p50: number
  readonly p99: number
  /** And to the end of all that the instant brings, states that are kept included. */
  readonly wholeP50: number
  readonly wholeP99: number
  /** Processor time of the process, in seconds: what it took on a machine that others use as well. */
  readonly cpuSeconds: number
  /** Such instants, and fills in all. */
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
    const [waits, wholes]: [number[], number[]] = [[], []]
    let [began, sent, commits, rows, bytes] = [0, 0, 0, 0, 0]
    const started = performance.now()
    const cpuBefore = process.cpuUsage()
    const config = configOf(workload)
    const venue = toldOfOrders(paperVenueFor(config, store.id), () => {
      sent = performance.now()
    })
    const { added, run } = await runEngine(
      { config, market, strategies: STRATEGIES, checks: false },
      {
        store: {
          ...store,
          commit(portfolio, of, batch) {
            commits += 1
            rows += rowsOf(batch)
            for (const { payload } of batch.rows) bytes += payload.length
            return store.commit(portfolio, of, batch)
          },
        },
        lease,
        storeName: 'bench',
        portfolio: workload.name,
        snapshotEvery: SNAPSHOT_EVERY,
        venue,
        sha256,
        clock: null,
        isStopped: () => false,
        onSlices() {
          began = performance.now()
        },
        onInstant() {
          if (sent < began) return
          waits.push(sent - began)
          wholes.push(performance.now() - began)
        },
      },
    )
    const seconds = (performance.now() - started) / 1_000
    await lease.release()
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      workload: 'live',
      variant: address === undefined ? 'SQLite' : 'PostgreSQL',
      seconds,
      events: added,
      eventsPerSecond: added / seconds,
      bytesPerEvent: bytes / added,
      rows,
      rowsPerSecond: rows / seconds,
      commits,
      commitsPerSecond: commits / seconds,
      p50: partOf(waits, 0.5),
      p99: partOf(waits, 0.99),
      wholeP50: partOf(wholes, 0.5),
      wholeP99: partOf(wholes, 0.99),
      cpuSeconds: (user + system) / 1_000_000,
      instants: waits.length,
      fills: run.kernel.runtime.state.executions,
    }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true })
  }
}

/** The same venue; `told` hears of every order as it is handed over. */
function toldOfOrders(source: VenueSource, told: () => void): VenueSource {
  if (source.kind === 'elsewhere') return source
  return {
    kind: 'here',
    open(from) {
      const venue = source.open(from)
      const submit: typeof venue.broker.submit = (request) => {
        told()
        return venue.broker.submit(request)
      }
      return { ...venue, broker: { ...venue.broker, submit } }
    },
  }
}

function rowsOf({ rows, orders = [], executions = [], messages = [], projected = {} }: Batch): number {
  let count = rows.length + orders.length + executions.length + messages.length
  for (const table of Object.values(projected)) count += table.length
  return count
}

/** The value below which so large a part lies. */
function partOf(values: number[], part: number): number {
  values.sort((one, other) => one - other)
  return values[Math.min(values.length - 1, Math.floor(part * values.length))] ?? 0
}
