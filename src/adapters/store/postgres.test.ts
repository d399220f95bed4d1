import { Client } from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { orderStoreContract } from '../../../test/contracts/order-store.ts'
import { rowsFrom, type StoreUnderTest, storeContract } from '../../../test/contracts/store.ts'
import { POSTGRES_NEED, postgresServer } from '../../../test/servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { copyStore } from './copy.ts'
import { openStore } from './open.ts'

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
    await change(url, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    let taken = await second.lease('one')
    while (taken === null) taken = await second.lease('one')
    await expect(first.commit('one', lost, { rows: rowsFrom(0, 1) })).rejects.toThrow('was taken over')
    await lost.release()
    await second.commit('one', taken, { rows: rowsFrom(0, 1) })
    await taken.release()
    await first.close()
    await second.close()
  })

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
