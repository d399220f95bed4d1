import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'
import { auditContract } from '../../../test/contracts/audit.ts'
import { equitySeriesContract } from '../../../test/contracts/equity-series.ts'
import { orderStoreContract } from '../../../test/contracts/order-store.ts'
import { rowsFrom } from '../../../test/contracts/rows.ts'
import { type StoreUnderTest, storeContract } from '../../../test/contracts/store.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { copyStore } from './copy.ts'
import { openStore } from './open.ts'
import { sqlStore } from './sql-store.ts'
import { openSqlite } from './sqlite.ts'
import { openDriver } from './sqlite-driver.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

let made = 0

function change(file: string, statement: string): Promise<void> {
  const driver = openDriver(file)
  driver.database.prepare(statement).run([])
  driver.close()
  return Promise.resolve()
}

if (HAS_STORE) {
  const prepare = (): Promise<StoreUnderTest> => {
    made += 1
    const file = folder.path(`contract-${made}.db`)
    const at = (portfolio: string, seq: number): string => `WHERE portfolio = '${portfolio}' AND seq = ${seq}`
    return Promise.resolve({
      open: () => openStore(file, { create: true }),
      tamper: (portfolio, seq) => change(file, `UPDATE journal SET payload = x'00' ${at(portfolio, seq)}`),
      lose: (portfolio, seq) => change(file, `DELETE FROM journal ${at(portfolio, seq)}`),
      remove: () => Promise.resolve(),
    })
  }
  storeContract('a store in an SQLite file', prepare)
  orderStoreContract('a store in an SQLite file', prepare)
  equitySeriesContract('a store in an SQLite file', () => Promise.resolve(folder.path('equity.db')))
  auditContract('a store in an SQLite file', () => {
    made += 1
    const file = folder.path(`audit-${made}.db`)
    const open = () => openStore(file, { create: true })
    return Promise.resolve({ open, change: (statement: string) => change(file, statement) })
  })
}

describe.skipIf(!HAS_STORE)(`an SQLite file ${STORE_NEED}`, () => {
  it('is whole in a copy that was made while somebody wrote', async () => {
    const [file, copy] = [folder.path('busy.db'), folder.path('copy.db')]
    const store = await openStore(file, { create: true })
    const lease = (await store.lease('one'))!
    await store.commit('one', lease, { rows: rowsFrom(0, 500) })
    const copying = copyStore(file, copy)
    for (let first = 500; first < 700; first += 20) await store.commit('one', lease, { rows: rowsFrom(first, 20) })
    await copying
    await lease.release()
    await store.close()
    const other = await openStore(copy, { create: false })
    const { journals, problems } = await other.check()
    await other.close()
    expect(problems).toEqual([])
    expect(journals[0]!.rows).toBeGreaterThanOrEqual(500)
  })

  it('takes a copy where a run had the lease and wrote no event', async () => {
    const [file, copy] = [folder.path('whole.db'), folder.path('begun.db')]
    for (const name of [file, copy]) {
      const store = await openStore(name, { create: true })
      const lease = (await store.lease('one'))!
      if (name === file) await store.commit('one', lease, { rows: rowsFrom(0, 3) })
      await store.confirm('one', 'redis', 2)
      await lease.release()
      await store.close()
    }
    await copyStore(file, copy)
    const other = await openStore(copy, { create: false })
    expect(await other.check()).toMatchObject({ journals: [{ rows: 3 }], problems: [] })
    const lease = (await other.lease('one'))!
    expect(lease.epoch).toBe(2)
    await lease.release()
    await other.close()
  })

  it('is refused by name where it is not there, is no database, or lost its pages', async () => {
    await expect(openStore(folder.path('none.db'), { create: false })).rejects.toThrow(/no store ".*none\.db"/)
    const text = folder.path('text.db')
    writeFileSync(text, 'this is no database, and it is long enough to be looked at as one')
    await expect(openStore(text, { create: false })).rejects.toThrow('is damaged')
    const file = folder.path('torn.db')
    const store = await openStore(file, { create: true })
    const lease = (await store.lease('one'))!
    await store.commit('one', lease, { rows: rowsFrom(0, 5_000) })
    await lease.release()
    await store.close()
    const bytes = readFileSync(file)
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 8_192), Buffer.alloc(8_192, 7), bytes.subarray(16_384)]))
    await expect(openStore(file, { create: false })).rejects.toThrow('is damaged')
  })
  it('says that the disk is full, keeps what it holds, and goes on when there is room', async () => {
    const file = folder.path('full.db')
    const store = await openStore(file, { create: true })
    const lease = (await store.lease('one'))!
    await store.commit('one', lease, { rows: rowsFrom(0, 10) })
    await lease.release()
    await store.close()
    const limited = await openSqlite(file, { create: false })
    const { page_count: pages } = (await sql<{ page_count: number }>`PRAGMA page_count`.execute(limited.db)).rows[0]!
    await sql`PRAGMA max_page_count = ${sql.raw(String(pages + 1))}`.execute(limited.db)
    const tight = sqlStore(limited)
    const held = (await tight.lease('one'))!
    await expect(tight.commit('one', held, { rows: rowsFrom(10, 5_000) })).rejects.toThrow(
      /the store ".*full\.db" cannot be used: database or disk is full; see that/,
    )
    await sql`PRAGMA max_page_count = 1000000`.execute(limited.db)
    await tight.commit('one', held, { rows: rowsFrom(10, 5) })
    expect(await tight.check()).toMatchObject({ journals: [{ rows: 15 }], problems: [] })
    await held.release()
    await tight.close()
  })

  it('is for its owner alone, with its log and all that lies beside it; access that an owner gave stays', async () => {
    const file = folder.path('own.db')
    const store = await openStore(file, { create: true })
    const lease = (await store.lease('one'))!
    await store.commit('one', lease, { rows: rowsFrom(0, 3) })
    const beside = readdirSync(dirname(file)).filter((name) => name.startsWith('own.db'))
    expect(beside.length).toBeGreaterThan(3)
    expect(beside.filter((name) => (statSync(join(dirname(file), name)).mode & 0o077) !== 0)).toEqual([])
    await lease.release()
    await store.close()
    chmodSync(file, 0o640)
    await (await openStore(file, { create: false })).close()
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  it('is not called damaged where it cannot be opened', async () => {
    const name = folder.path('no-folder/x.db')
    await expect(openStore(name, { create: true })).rejects.toThrow(/x\.db" cannot be used: .*see that its folder/)
  })

  it('gives back neither an event nor a state that was changed since', async () => {
    const file = folder.path('changed.db')
    const store = await openStore(file, { create: true })
    const lease = (await store.lease('one'))!
    const snapshot = { seq: 9, kernelVersion: 1, payload: new Uint8Array([1, 2]) }
    await store.commit('one', lease, { rows: rowsFrom(0, 10), snapshot })
    await change(file, "UPDATE snapshot SET payload = x'00'")
    await expect(store.snapshotBefore('one', 20)).rejects.toThrow('the snapshot of "one" after event 9 is not the one')
    await change(file, "UPDATE journal SET payload = x'00' WHERE seq = 5")
    const read = async (from: number): Promise<number> => {
      let rows = 0
      for await (const _ of store.read('one', from)) rows += 1
      return rows
    }
    await expect(read(0)).rejects.toThrow('event 5 of "one" is not the one that was written')
    await expect(read(5)).rejects.toThrow('event 5 of "one"')
    expect(await read(7)).toBe(3)
    await change(file, 'DELETE FROM journal WHERE seq = 2')
    await expect(read(0)).rejects.toThrow('goes from 1 to 3: events are missing')
    await lease.release()
    await store.close()
  })
})
