import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { rowsFrom, storeContract } from '../../../test/contracts/store.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { copyStore } from './copy.ts'
import { openStore } from './open.ts'
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
  storeContract('a store in an SQLite file', () => {
    made += 1
    const file = folder.path(`contract-${made}.db`)
    const at = (portfolio: string, seq: number): string => `WHERE portfolio = '${portfolio}' AND seq = ${seq}`
    return Promise.resolve({
      open: () => openStore(file, { create: true }),
      tamper: (portfolio, seq) => change(file, `UPDATE journal SET payload = x'00' ${at(portfolio, seq)}`),
      lose: (portfolio, seq) => change(file, `DELETE FROM journal ${at(portfolio, seq)}`),
      remove: () => Promise.resolve(),
    })
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
})
