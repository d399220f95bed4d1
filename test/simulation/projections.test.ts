import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { PROJECTED_TABLES } from '../../src/adapters/store/projected-tables.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { Lease, Store } from '../../src/domain/store.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { runEngine } from '../../src/live/open-engine.ts'
import { projectedAgain } from '../../src/live/projections/rebuild.ts'
import { ironCondor } from '../../src/pipeline/strategies/iron-condor/iron-condor.ts'
import { drawnMarket } from '../contracts/strategy-rig.ts'
import { propertyRuns } from '../profile.ts'
import { POSTGRES_NEED, postgresServer } from '../servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { ALONE, JOINED } from './joined-run.ts'
import { strategyInput } from './strategy-run.ts'

const folder = storeFolder()
const server = await postgresServer()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

const NAME = 'drawn'
let made = 0

interface Leased {
  readonly store: OpenedStore
  readonly lease: Lease
}

async function leased(name: string): Promise<Leased> {
  const store = await openStore(name, { create: true })
  return { store, lease: (await store.lease(NAME))! }
}

function fresh(): Promise<Leased> {
  made += 1
  return leased(folder.path(`tables-${made}.db`))
}

async function close({ store, lease }: Leased): Promise<void> {
  await lease.release()
  await store.close()
}

function run(
  input: RunInput,
  { store, lease }: Leased,
  more: { readonly store?: Store; readonly isStopped?: () => boolean } = {},
) {
  return runEngine(input, {
    store: { ...store, ...more.store },
    lease,
    storeName: 'test.db',
    portfolio: NAME,
    snapshotEvery: 4,
    venue: paperVenueFor(input.config, store.id),
    sha256,
    clock: null,
    isStopped: more.isStopped ?? (() => false),
  })
}

/** True once so many instants have been asked about. */
function after(count: number): () => boolean {
  let asked = 0
  return () => {
    asked += 1
    return asked > count
  }
}

/** A process that dies at one of its commits: right before it is on the disk, or right after. */
async function dies(input: RunInput, leasedStore: Leased, at: number, isWritten: boolean): Promise<void> {
  let commits = 0
  const commit: Store['commit'] = async (...given) => {
    commits += 1
    if (commits < at) return leasedStore.store.commit(...given)
    if (isWritten) await leasedStore.store.commit(...given)
    throw new Error('the process died')
  }
  await run(input, { ...leasedStore, store: { ...leasedStore.store, commit } }).catch((error: unknown) => {
    if (!(error instanceof Error && error.message === 'the process died')) throw error
  })
}

type TableRows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

async function tablesOf({ projections }: OpenedStore): Promise<TableRows> {
  const tables: Record<string, Readonly<Record<string, unknown>>[]> = {}
  for (const table of PROJECTED_TABLES) {
    tables[table] = []
    for await (const row of projections.projectedRows(NAME, table)) tables[table].push(row)
  }
  return tables
}

/** Contracts are listed by the day, and the books grow with them. */
function condors(): RunInput {
  const input = strategyInput([ironCondor as unknown as Strategy], drawnMarket(7, 2, 40), [])
  const sleeves = input.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: { kind: 'maximumLoss', budget: 2_500, contractsMax: 2 } as const,
    limits: { ...sleeve.limits, positionWeightMax: null },
  }))
  return { ...input, config: { ...input.config, name: NAME, sleeves } }
}

/** A process that dies right behind one of the commits that hold events alone. @returns how many of them it made */
async function diesAhead(input: RunInput, leasedStore: Leased, at: number): Promise<number> {
  let count = 0
  const commit: Store['commit'] = async (...given) => {
    await leasedStore.store.commit(...given)
    if (given[2].isAhead !== true || given[2].rows.length === 0) return
    count += 1
    if (count === at) throw new Error('the process died')
  }
  await run(input, { ...leasedStore, store: { ...leasedStore.store, commit } }).catch((error: unknown) => {
    if (!(error instanceof Error && error.message === 'the process died')) throw error
  })
  return count
}

const textOf = (row: unknown): string => JSON.stringify(row)

async function messageTexts({ store }: Leased): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const message of store.messages(NAME, 1)) texts.push(textOf(message))
  return texts
}

/** Where two lists part, and what stands there: of thousands of rows, a comparison of the whole would take minutes to show. */
function firstDifference(one: readonly string[], other: readonly string[]): readonly unknown[] | null {
  const at = one.findIndex((text, place) => text !== other[place])
  if (at < 0 && one.length === other.length) return null
  const place = at < 0 ? one.length : at
  return [place, one[place] ?? 'nothing', other[place] ?? 'nothing']
}

const inputOf = (drawn: Parameters<typeof runInputOf>[0], moves: Parameters<typeof withMoves>[1]): RunInput => {
  const played = runInputOf(drawn)
  return { ...played, config: withMoves(played.config, moves) }
}

describe.skipIf(!HAS_STORE)(`tables that follow from the journal ${STORE_NEED}`, () => {
  it('are the same however often the process died, and when they are made again from the journal alone', async () => {
    const filled = new Set<string>()
    const places = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(drawnPortfolio, drawnMoves, places, async (drawn, moves, deaths) => {
        const input = inputOf(drawn, moves)
        const [calm, stormy] = [await fresh(), await fresh()]
        await run(input, calm)
        for (const [at, isWritten] of deaths) await dies(input, stormy, at, isWritten)
        await run(input, stormy)
        const tables = await tablesOf(calm.store)
        expect(await tablesOf(stormy.store)).toEqual(tables)
        const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
        await calm.store.projections.rebuild(NAME, calm.lease, (journal) => projectedAgain(journal, NAME, strategies))
        expect(await tablesOf(calm.store)).toEqual(tables)
        for (const table of PROJECTED_TABLES) if (tables[table]!.length > 0) filled.add(table)
        await close(calm)
        await close(stormy)
      }),
      propertyRuns(4, 160),
    )
    const usual = ['sleeve', 'configuration', 'instrument', 'posting', 'netOrder', 'intent', 'orderFill', 'orderEnd']
    expect([...filled]).toEqual(expect.arrayContaining([...usual, 'holding', 'purse', 'mark', 'equity']))
  })

  it('go on from what they hold where a run goes on from a late state', async () => {
    const [portfolio, moves] = fc
      .sample(fc.tuple(drawnPortfolio, drawnMoves), { numRuns: 400, seed: 5 })
      .find(([{ bars, wishes }, drawn]) => bars >= 12 && wishes.length > 3 && drawn.moves.length > 0)!
    const input = inputOf(portfolio, moves)
    const [calm, stormy] = [await fresh(), await fresh()]
    let commits = 0
    const commit: Store['commit'] = (...given) => {
      commits += 1
      return calm.store.commit(...given)
    }
    await run(input, { ...calm, store: { ...calm.store, commit } })
    await dies(input, stormy, Math.ceil(commits * 0.75), true)
    const last = (await stormy.store.snapshotBefore(NAME, Number.MAX_SAFE_INTEGER))!
    // It goes on from the last state but one.
    expect((await stormy.store.snapshotBefore(NAME, last.seq - 1))!.seq).toBeGreaterThan(10)
    await run(input, stormy)
    expect(await tablesOf(stormy.store)).toEqual(await tablesOf(calm.store))
    await close(calm)
    await close(stormy)
  })

  it('are whole, and so are messages, where a process died right behind events of which nothing was told yet', async () => {
    const input = condors()
    const [calm, stormy] = [await fresh(), await fresh()]
    const ahead = await diesAhead(input, calm, Number.POSITIVE_INFINITY)
    expect(ahead).toBeGreaterThan(6)
    // Each life gets a little further than the one before it.
    for (const at of [1, Math.ceil(ahead / 3)]) {
      await diesAhead(input, stormy, at)
      const { rows } = (await stormy.store.extents())[0]!
      expect(await stormy.store.toldTo(NAME)).toBeLessThan(rows - 1)
    }
    await run(input, stormy)
    const { rows } = (await stormy.store.extents())[0]!
    expect(await stormy.store.extents()).toEqual(await calm.store.extents())
    expect(await stormy.store.toldTo(NAME)).toBe(rows - 1)
    expect(firstDifference(await messageTexts(stormy), await messageTexts(calm))).toBeNull()
    const [told, whole] = [await tablesOf(stormy.store), await tablesOf(calm.store)]
    for (const table of PROJECTED_TABLES)
      expect([table, firstDifference(told[table]!.map(textOf), whole[table]!.map(textOf))]).toEqual([table, null])
    expect(whole['posting']!.length).toBeGreaterThan(20)
    await close(calm)
    await close(stormy)
  })

  it.skipIf(server === null)(`are the same in both databases ${POSTGRES_NEED}`, async () => {
    const drawn = fc.sample(fc.tuple(drawnPortfolio, drawnMoves), { numRuns: 3, seed: 7 })
    for (const [place, [portfolio, moves]] of drawn.entries()) {
      const input = inputOf(portfolio, moves)
      const [file, database] = [await fresh(), await leased(await server!.database(`tables_${place}`))]
      await run(input, file)
      await run(input, database)
      expect(await tablesOf(database.store)).toEqual(await tablesOf(file.store))
      await close(file)
      await close(database)
    }
    // A configuration that changes is one transaction there, too, wherever a process dies around it.
    const [file, database] = [await fresh(), await leased(await server!.database('changed'))]
    for (const one of [file, database]) {
      await run(ALONE, one, { isStopped: after(7) })
      if (one === database) await dies(JOINED, one, 1, true)
      await run(JOINED, one)
    }
    const tables = await tablesOf(database.store)
    expect(tables['configuration']).toHaveLength(2)
    expect(tables).toEqual(await tablesOf(file.store))
    expect((await database.store.check()).problems).toEqual([])
    expect(await database.store.extents()).toEqual(await file.store.extents())
    await close(file)
    await close(database)
  })
})
