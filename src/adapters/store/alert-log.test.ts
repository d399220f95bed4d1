import { Client } from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { alertLogContract } from '../../../test/contracts/alert-log.ts'
import { POSTGRES_NEED, postgresServer } from '../../../test/servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import type { Instant } from '../../domain/units.ts'
import { openStore, openTablesOf } from './open.ts'
import { openSealing, rekey } from './rekey.ts'
import { sealingWith } from './sealing.ts'
import { openDriver } from './sqlite-driver.ts'

const server = await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

const KEY = Buffer.alloc(32, 7)
let made = 0
function name(): string {
  made += 1
  return `alerts_${made}`
}

describe.skipIf(!HAS_STORE)(`a store in a file ${STORE_NEED}`, () => {
  alertLogContract('a file', () => {
    const file = folder.path(name())
    return Promise.resolve({
      open: () => openStore(file, { create: true, key: null }),
      raw(table) {
        const driver = openDriver(file)
        const rows = driver.database.prepare(`SELECT * FROM ${table}`).all([])
        driver.close()
        return Promise.resolve(JSON.stringify(rows))
      },
    })
  })
})

describe.skipIf(server === null)(`a store in a server ${POSTGRES_NEED}`, () => {
  alertLogContract('a server', async () => {
    const url = await server!.database(name())
    return {
      open: () => openStore(url, { create: true, key: KEY }),
      async raw(table) {
        const client = new Client({ connectionString: url })
        await client.connect()
        const { rows } = await client.query(`SELECT * FROM ${table}`)
        await client.end()
        return JSON.stringify(rows)
      },
    }
  })
})

describe.skipIf(!HAS_STORE)(`another key ${STORE_NEED}`, () => {
  it('leaves no secret of a channel behind the old one', async () => {
    const file = folder.path(name())
    const store = await openStore(file, { create: true, encrypted: true, key: KEY })
    const settings = { kind: 'pagerduty', address: 'https://x.example.com', key: 'a-key-of-a-service' } as const
    const channel = { name: 'page', isEnabled: true, perMinute: 1, settings }
    await store.alertLog.putChannel('one', channel, 1 as Instant)
    await store.close()
    const other = Buffer.alloc(32, 9)
    const parts = await openTablesOf(file, { create: false })
    await rekey(parts, await openSealing(parts, KEY, false), sealingWith(other, file), null)
    await parts.db.destroy()
    const again = await openStore(file, { create: false, key: other })
    expect(await again.alertLog.channels('one')).toEqual([channel])
    await again.close()
  })
})
