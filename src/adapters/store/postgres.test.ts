import { Kysely, Migrator, PostgresDialect } from 'kysely'
import { Client, Pool } from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { auditContract } from '../../../test/contracts/audit.ts'
import { equitySeriesContract } from '../../../test/contracts/equity-series.ts'
import { brokerPlace, executionRecord, orderStoreContract } from '../../../test/contracts/order-store.ts'
import { rowsFrom } from '../../../test/contracts/rows.ts'
import { type StoreUnderTest, storeContract } from '../../../test/contracts/store.ts'
import { POSTGRES_NEED, postgresServer } from '../../../test/servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import type { JournalRow, Store } from '../../domain/store.ts'
import { firstLink, link } from './chain.ts'
import { copyStore } from './copy.ts'
import { stepsOf } from './migrations/steps.ts'
import { openStore } from './open.ts'
import type { Tables } from './schema.ts'

const server = await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

let made = 0

function fresh(): Promise<string> {
  made += 1
  return server!.database(`store_${made}`)
}

async function change(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Ends whoever holds a lease in this database; others of the server keep theirs. */
function endLeases(url: string): Promise<void> {
  const own = '(SELECT oid FROM pg_database WHERE datname = current_database())'
  return change(url, `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = ${own}`)
}

/** The last step that a store has which the next version will bring to its own form. */
const BEFORE = '012_account_events'

/** A store as an older version left it. */
async function older(url: string, rows: readonly JournalRow[]): Promise<void> {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }) })
  const steps = Object.fromEntries(Object.entries(stepsOf('postgres')).filter(([name]) => name <= BEFORE))
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(steps) },
  }).migrateToLatest()
  if (error !== undefined) throw new Error('an older store could not be made', { cause: error })
  let hash = firstLink('one')
  for (const row of rows) {
    hash = link(hash, row)
    const bytes = { payload: Buffer.from(row.payload), hash: Buffer.from(hash) }
    await db
      .insertInto('journal')
      .values({ portfolio: 'one', epoch: 1, ...row, ...bytes, archived: 0 })
      .execute()
  }
  await db.destroy()
}

async function rowsIn(store: Store): Promise<readonly JournalRow[]> {
  const rows: JournalRow[] = []
  for await (const row of store.read('one', 0)) rows.push({ ...row, payload: Uint8Array.from(row.payload) })
  return rows
}

if (server !== null) {
  const prepare = async (): Promise<StoreUnderTest> => {
    const url = await fresh()
    const at = (portfolio: string, seq: number): string => `WHERE portfolio = '${portfolio}' AND seq = ${seq}`
    return {
      open: () => openStore(url, { create: true }),
      tamper: (portfolio, seq) => change(url, `UPDATE journal SET payload = '\\x00' ${at(portfolio, seq)}`),
      lose: (portfolio, seq) => change(url, `DELETE FROM journal ${at(portfolio, seq)}`),
      remove: () => Promise.resolve(),
    }
  }
  storeContract('a store in PostgreSQL', prepare)
  orderStoreContract('a store in PostgreSQL', prepare)
  equitySeriesContract('a store in PostgreSQL', fresh)
  auditContract('a store in PostgreSQL', async () => {
    const url = await fresh()
    return { open: () => openStore(url, { create: true }), change: (statement) => change(url, statement) }
  })
}

describe.skipIf(server === null)(`a PostgreSQL store ${POSTGRES_NEED}`, () => {
  it('is refused by its address, without the password, where nobody answers', async () => {
    const open = openStore('postgres://me:secret@127.0.0.1:1/none', { create: true })
    await expect(open).rejects.toThrow(/^the store postgres:\/\/me@127\.0\.0\.1:1\/none cannot be used: /)
    await expect(open).rejects.not.toThrow(/secret/)
  })

  it('gives a lease away with the connection, and ends without it', async () => {
    const url = await fresh()
    const [first, second] = [await openStore(url, { create: true }), await openStore(url, { create: true })]
    const lost = (await first.lease('one'))!
    expect(await second.lease('one')).toBeNull()
    await endLeases(url)
    let taken = await second.lease('one')
    while (taken === null) taken = await second.lease('one')
    await expect(first.commit('one', lost, { rows: rowsFrom(0, 1) })).rejects.toThrow('was taken over')
    await lost.release()
    await second.commit('one', taken, { rows: rowsFrom(0, 1) })
    await taken.release()
    await first.close()
    await second.close()
  })

  it('keeps all of a commit or nothing where the connection breaks in the middle of it', async () => {
    const url = await fresh()
    const observer = new Client({ connectionString: url })
    await observer.connect()
    let broken = 0
    let next = 0
    for (let round = 0; round < 6; round += 1) {
      const store = await openStore(url, { create: true })
      let lease = await store.lease('one')
      while (lease === null) lease = await store.lease('one')
      next = (await store.extents())[0]?.rows ?? 0
      const committing = store.commit('one', lease, { rows: rowsFrom(next, 2_000) }).then(
        () => true,
        () => false,
      )
      // While it is writing, the server throws everybody out.
      for (let looks = 0; looks < 400; looks += 1) {
        const { rows } = await observer.query(
          'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() AND query ILIKE \'insert into "journal"%\'',
        )
        if (rows.length > 0) break
      }
      await observer.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
      )
      const isKept = await committing
      if (!isKept) broken += 1
      await lease.release()
      await store.close()
      const after = await openStore(url, { create: false })
      const rows = (await after.extents())[0]?.rows ?? 0
      expect([next, next + 2_000]).toContain(rows)
      if (isKept) expect(rows).toBe(next + 2_000)
      expect((await after.check()).problems).toEqual([])
      await after.close()
    }
    expect(broken).toBeGreaterThan(0)
    await observer.end()
  }, 60_000)

  it('refuses who lost the lease at the next commit, also where nothing but an order changed', async () => {
    const url = await fresh()
    const [first, second] = [await openStore(url, { create: true }), await openStore(url, { create: true })]
    const lost = (await first.lease('one'))!
    await first.commit('one', lost, { rows: rowsFrom(0, 1) })
    await endLeases(url)
    let taken = await second.lease('one')
    while (taken === null) taken = await second.lease('one')
    await expect(first.commit('one', lost, { rows: [], place: brokerPlace('paper', 'x') })).rejects.toMatchObject({
      fault: { code: 'LEASE_LOST' },
    })
    await expect(first.commit('one', lost, { rows: [], executions: [executionRecord(1)] })).rejects.toThrow(
      'taken over',
    )
    expect(await second.placeOf('one', 'paper')).toBeNull()
    await lost.release()
    await taken.release()
    await first.close()
    await second.close()
  })

  it('is left as it was by a step that fails, with a copy that opens and holds all of it', async () => {
    const url = await fresh()
    const rows = rowsFrom(0, 300)
    await older(url, rows)
    // A view is in the way of a table; the copy has none of it.
    await change(url, 'CREATE VIEW round_trip AS SELECT 1 AS x')
    await change(
      url,
      "INSERT INTO trades (user_id, symbol, direction, entry_price, quantity) VALUES ('me', 'X', 'LONG', 2, 3)",
    )
    await expect(openStore(url, { create: false })).rejects.toMatchObject({ fault: { code: 'STORE_STEP_FAILED' } })
    const client = new Client({ connectionString: url })
    await client.connect()
    const steps = await client.query('SELECT name FROM kysely_migration ORDER BY name')
    expect(steps.rows.at(-1)).toEqual({ name: BEFORE })
    const copies = await client.query("SELECT value FROM store WHERE name LIKE 'copy before %'")
    await client.end()
    const named = new URL(url)
    named.searchParams.set('options', new URL(copies.rows[0].value).searchParams.get('options')!)
    await change(named.toString(), 'DROP VIEW round_trip')
    const looked = new Client({ connectionString: named.toString() })
    await looked.connect()
    expect((await looked.query('SELECT user_id, symbol FROM trades')).rows).toEqual([{ user_id: 'me', symbol: 'X' }])
    await looked.query("INSERT INTO trades (user_id, symbol) VALUES ('me', 'Y')")
    expect((await looked.query('SELECT number FROM outside_trade ORDER BY number')).rows).toEqual([
      { number: '1' },
      { number: '2' },
    ])
    await looked.end()
    const copy = await openStore(named.toString(), { create: false })
    expect((await copy.check()).problems).toEqual([])
    expect((await copy.extents())[0]).toMatchObject({ portfolio: 'one', rows: 300 })
    await copy.close()
    const other = await fresh()
    await copyStore(named.toString(), other)
    const restored = await openStore(other, { create: false })
    expect(await rowsIn(restored)).toEqual(rows)
    await restored.close()
    // The store itself: nothing of the copy was written to it, and it goes on when the way is free.
    await change(url, 'DROP VIEW round_trip')
    const own = await openStore(url, { create: false })
    expect(await rowsIn(own)).toEqual(rows)
    await own.close()
    const held = new Client({ connectionString: url })
    await held.connect()
    expect((await held.query('SELECT count(*) AS count FROM outside_trade')).rows).toEqual([{ count: '1' }])
    await held.end()
  }, 60_000)

  it.skipIf(!HAS_STORE)(`goes into a file and back, with its id and its chain ${STORE_NEED}`, async () => {
    const [url, other, file] = [await fresh(), await fresh(), folder.path('copy.db')]
    const store = await openStore(url, { create: true })
    const state = { seq: 1_233, kernelVersion: 1, payload: Uint8Array.from([0, 7, 255]) }
    const [one, two] = [(await store.lease('one'))!, (await store.lease('two'))!]
    await store.commit('one', one, { rows: rowsFrom(0, 1_234), snapshot: state })
    await store.commit('two', two, { rows: rowsFrom(0, 3) })
    await copyStore(url, file)
    await copyStore(file, other)
    const last = await openStore(other, { create: false })
    expect(last.id).toBe(store.id)
    expect(await last.extents()).toEqual(await store.extents())
    expect(await last.check()).toMatchObject({ snapshots: 1, problems: [] })
    expect((await last.snapshotBefore('one', 9_999))?.payload).toEqual(Buffer.from(state.payload))
    await expect(copyStore(file, other)).rejects.toThrow('holds events already')
    await one.release()
    await two.release()
    await store.close()
    await last.close()
  })
})
