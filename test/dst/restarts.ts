/** Two processes that take up the same disk and hear nothing from anybody: they stand alike, to the last byte. */
import { createHash } from 'node:crypto'
import type { Broker } from '../../src/domain/broker.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import type { EngineInput } from '../../src/live/engine-options.ts'
import { openEngine } from '../../src/live/open-engine.ts'
import { BROKER_NAME } from './broker.ts'
import { createDisk, type Disk, type DiskTables } from './disk.ts'
import { diskStore, IDLE_ACCESS } from './disk-store.ts'
import type { World } from './history.ts'
import { PORTFOLIO } from './scene.ts'

/** Of what a process makes of it: its books, and what it has written. */
interface Taken {
  readonly kernel: string
  readonly books: string
  readonly journal: string
}

/** One history in so many: it costs as much again as the history itself. */
const EVERY = 8

export async function judgeRestarts(world: World, input: EngineInput, last: Kernel): Promise<void> {
  const { watch, disk, scene } = world
  if (scene.seed % EVERY !== 0) return
  const [one, other] = [await takeUp(world, input), await takeUp(world, input)]
  if (one.kernel !== other.kernel) watch.report('two processes make different books of one disk')
  if (one.journal !== other.journal) watch.report('two processes go on differently from one disk')
  // What a process adds when it begins shuts gates, and books nothing.
  if (one.books !== booksOf(last))
    watch.report('a process that takes up the disk has other books than the one before it')
  if (disk.check().problems.length > 0) watch.report('the disk that was taken up is damaged')
}

async function takeUp({ disk, scheduler, scene }: World, input: EngineInput): Promise<Taken> {
  const own = copyOf(disk)
  const store = diskStore(own, IDLE_ACCESS)
  const lease = (await store.lease(PORTFOLIO))!
  const now = scheduler.now as Instant
  const clock: Clock = { now: () => now, monotonic: () => now, wait: waits }
  const engine = await openEngine(input, {
    store,
    lease,
    storeName: 'disk',
    portfolio: PORTFOLIO,
    snapshotEvery: 1_000,
    venue: { kind: 'elsewhere', broker: silent(scene.faults.venue.enforcesIds) },
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    clock,
    patience: 0,
    isStopped: () => true,
  })
  const { run } = await engine.play()
  const journal = createHash('sha256')
  for (const { row } of own.tables(PORTFOLIO).journal) journal.update(row.payload)
  const kernel = new TextDecoder().decode(run.kernel.canonical())
  return { kernel, books: booksOf(run.kernel), journal: journal.digest('hex') }
}

/** Until it is no longer waited for: no time passes. */
function waits(_milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => signal?.addEventListener('abort', () => done(), { once: true }))
}

/** A broker that nobody reaches. */
function silent(enforcesIds: boolean): Broker {
  const never = () => new Promise<never>(() => {})
  return {
    name: BROKER_NAME,
    capabilities: async () => ({
      kinds: ['equity'],
      can: ['short', 'fractional'],
      clientIds: enforcesIds ? 'enforced' : 'none',
      requestLife: null,
      isReal: true,
    }),
    submit: never,
    cancel: never,
    query: never,
    snapshot: never,
    executionsSince: never,
    accountEventsSince: never,
    events: (signal) => ({
      [Symbol.asyncIterator]: () => ({
        next: () => waits(0, signal).then(() => ({ done: true as const, value: undefined })),
      }),
    }),
    time: never,
    close: () => Promise.resolve(),
  }
}

function copyOf(disk: Disk): Disk {
  const copy = createDisk(disk.id)
  const tables = copy.tables(PORTFOLIO)
  for (const [name, value] of Object.entries(structuredClone({ ...disk.tables(PORTFOLIO), holder: null })))
    Object.assign(tables, { [name as keyof DiskTables]: value })
  return copy
}

/** Positions and cash of every sleeve and of the account. */
function booksOf({ runtime: { state } }: Kernel): string {
  const { books } = state
  return JSON.stringify([books.quantity, books.cash, books.accountQuantity, books.accountCash].map((one) => [...one]))
}
