import { Client } from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { accessContract } from '../../../../test/contracts/access.ts'
import { POSTGRES_NEED, postgresServer } from '../../../../test/servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../../test/store.ts'
import type { Instant } from '../../../domain/units.ts'
import { openStore, openTablesOf } from '../open.ts'
import { openSealing, rekey } from '../rekey.ts'
import { sealingWith } from '../sealing.ts'
import type { OpenedStore } from '../sql-store.ts'
import { openDriver } from '../sqlite-driver.ts'

const server = await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

const KEY = Buffer.alloc(32, 7)
const AT = 1_700_000_000_000 as Instant
const ANNA = { name: 'anna', role: 'admin', passphraseHash: 'h', totpSecret: 'JBSWY3DPEHPK3PXP' } as const

let made = 0
function file(): string {
  made += 1
  return folder.path(`access-${made}.db`)
}

if (HAS_STORE) {
  accessContract('a store in a file', () => {
    const name = file()
    return Promise.resolve({
      open: () => openStore(name, { create: true, key: null }),
      run: (statement) => {
        const driver = openDriver(name)
        const prepared = driver.database.prepare(statement)
        const rows = prepared.reader ? prepared.all([]) : prepared.run([])
        driver.close()
        return Promise.resolve(
          JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
        )
      },
    })
  })
}
if (server !== null) {
  accessContract('a store in PostgreSQL', async () => {
    made += 1
    const url = await server.database(`access_${made}`)
    return {
      open: () => openStore(url, { create: true, key: KEY }),
      run: async (statement) => {
        const client = new Client({ connectionString: url })
        await client.connect()
        const { rows } = await client.query(statement)
        await client.end()
        return JSON.stringify(rows)
      },
    }
  })
}

const secretOf = async (store: OpenedStore): Promise<string | null | undefined> =>
  (await store.access.credentials('anna'))?.totpSecret

describe.skipIf(!HAS_STORE)(`secrets in a store in a file ${STORE_NEED}`, () => {
  it('are sealed by a key beside it that nobody else reads, where the store has none', async () => {
    const name = file()
    const store = await openStore(name, { create: true, key: null })
    await store.access.addUser(ANNA, AT)
    await store.close()
    const { statSync, renameSync } = await import('node:fs')
    expect(statSync(`${name}.secrets-key`).mode & 0o777).toBe(0o600)
    const again = await openStore(name, { create: false, key: null })
    expect(await secretOf(again)).toBe(ANNA.totpSecret)
    renameSync(`${name}.secrets-key`, `${name}.elsewhere`)
    await expect(secretOf(again)).rejects.toThrow(/keeps secrets of users and channels sealed, and has no key/)
    await again.close()
  })

  it('open with the key of before after another one was given', async () => {
    const name = file()
    const store = await openStore(name, { create: true, key: null })
    await store.access.addUser(ANNA, AT)
    await store.close()
    const keyed = await openStore(name, { create: false, key: KEY })
    expect(await secretOf(keyed)).toBe(ANNA.totpSecret)
    await keyed.access.changeUser('anna', { totpSecret: 'OTHER' }, AT)
    await keyed.close()
    const bare = await openStore(name, { create: false, key: null })
    await expect(secretOf(bare)).rejects.toThrow(/is not the one of the store/)
    await bare.close()
  })

  it('follow the key of the store when that changes, and open no more by the one of before', async () => {
    const name = file()
    const store = await openStore(name, { create: true, key: null })
    await store.access.addUser(ANNA, AT)
    await store.close()
    for (const [from, to] of [
      [null, KEY],
      [KEY, Buffer.alloc(32, 9)],
    ] as const) {
      const parts = await openTablesOf(name, { create: false })
      await rekey(parts, await openSealing(parts, from, false), sealingWith(to, name))
      await parts.db.destroy()
      const keyed = await openStore(name, { create: false, key: to })
      expect(await secretOf(keyed)).toBe(ANNA.totpSecret)
      await keyed.close()
    }
    const parts = await openTablesOf(name, { create: false })
    const { totp_secret } = await parts.db.selectFrom('account').select('totp_secret').executeTakeFirstOrThrow()
    await parts.db.destroy()
    expect(() => sealingWith(KEY, name).open(Buffer.from(totp_secret!, 'base64'), 'account/anna')).toThrow()
  })
})

describe.skipIf(server === null)(`secrets in a store in PostgreSQL ${POSTGRES_NEED}`, () => {
  it('are refused where no key is given to seal them', async () => {
    const store = await openStore(await server!.database('access_keyless'), { create: true, key: null })
    await expect(store.access.addUser(ANNA, AT)).rejects.toThrow(/has no key for them/)
    expect(await store.access.addUser({ ...ANNA, totpSecret: null }, AT)).toBe(true)
    await store.close()
  })
})
