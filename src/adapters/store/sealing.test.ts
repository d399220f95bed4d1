import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { rowsFrom } from '../../../test/contracts/rows.ts'
import { POSTGRES_NEED, postgresServer } from '../../../test/servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import type { SleeveRow } from '../../domain/projections.ts'
import type { Batch } from '../../domain/store.ts'
import { copyStore } from './copy.ts'
import { openStore, openTablesOf } from './open.ts'
import { openSealing, rekey } from './rekey.ts'
import { keyOfEnvironment, sealingWith } from './sealing.ts'

const folder = storeFolder()
const server = await postgresServer()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

const [ONE, OTHER] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
/** What must not be found in the file, as text and as the number that a strategy would be known by. */
const SECRET = 'secretLookback-31337'

const sleeve: SleeveRow = {
  sleeve: 'a',
  ordinal: 0,
  title: 'A',
  strategy: 'breakout',
  parameters: JSON.stringify({ [SECRET]: 1 }),
  universe: '["SPY"]',
  calendar: 'nyse',
  clock: 'nyse/1d',
  timeframe: '1d',
  weight: 1,
  capital: 1,
  status: 'active',
  reason: '',
  stage: null,
  knownSharpe: null,
  knownWinRate: null,
  regimes: null,
  createdAt: null,
}

function batch(): Batch {
  const payload = Buffer.from(`{"parameters":"${SECRET}"}`)
  const [first, ...rest] = rowsFrom(0, 10)
  const document = JSON.stringify({ sleeves: [{ parameters: SECRET }] })
  return {
    rows: [{ ...first!, kind: 'configured', payload }, ...rest],
    snapshot: { seq: 9, kernelVersion: 1, payload },
    projected: {
      sleeve: [sleeve],
      configuration: [{ seq: 0, at: 0, currency: 'USD', capital: 1, periods: 252, document }],
    },
  }
}

async function written(name: string, key: Uint8Array | null): Promise<void> {
  const store = await openStore(name, { create: true, encrypted: key !== null, key })
  const lease = (await store.lease('one'))!
  await store.commit('one', lease, batch())
  await lease.release()
  await store.close()
}

/** Everything that a thief would have: the file, its log, and what lies beside it. */
function filesOf(file: string): Buffer {
  return Buffer.concat(
    [file, `${file}-wal`, `${file}-shm`].map((name) => {
      try {
        return readFileSync(name)
      } catch {
        return Buffer.alloc(0)
      }
    }),
  )
}

async function payloadOf(name: string, key: Uint8Array | null): Promise<string> {
  const store = await openStore(name, { create: false, key })
  expect((await store.check()).problems).toEqual([])
  expect(Buffer.from((await store.snapshotBefore('one', 99))!.payload).toString()).toContain(SECRET)
  for await (const { payload } of store.read('one', 0)) {
    await store.close()
    return Buffer.from(payload).toString()
  }
  throw new Error('no event')
}

describe.skipIf(!HAS_STORE)(`an encrypted store ${STORE_NEED}`, () => {
  it('holds no parameter that can be read in its file or its log, and gives all of it back to who has the key', async () => {
    const file = folder.path('sealed.db')
    const open = await openStore(file, { create: true, encrypted: true, key: ONE })
    const lease = (await open.lease('one'))!
    await open.commit('one', lease, batch())
    expect(filesOf(file).length).toBeGreaterThan(10_000)
    expect(filesOf(file).includes(SECRET)).toBe(false)
    await lease.release()
    await open.close()
    expect(filesOf(file).includes(SECRET)).toBe(false)
    expect(await payloadOf(file, ONE)).toContain(SECRET)
    const plain = folder.path('plain.db')
    await written(plain, null)
    expect(filesOf(plain).includes(SECRET)).toBe(true)
  })

  it('is opened by its own key only, and stays encrypted whatever is asked', async () => {
    const file = folder.path('keys.db')
    await written(file, ONE)
    await expect(openStore(file, { create: false, key: null })).rejects.toThrow('is encrypted: give its key')
    await expect(openStore(file, { create: false, key: OTHER })).rejects.toThrow('is not the one of the store')
    const store = await openStore(file, { create: false, encrypted: false, key: ONE })
    const lease = (await store.lease('two'))!
    await store.commit('two', lease, batch())
    await lease.release()
    await store.close()
    expect(filesOf(file).includes(SECRET)).toBe(false)
  })

  it('is not made of one that holds readable events already', async () => {
    const file = folder.path('late.db')
    await written(file, null)
    await expect(openStore(file, { create: true, encrypted: true, key: ONE })).rejects.toThrow('store rekey')
  })

  it('gets another key, or its first one, after which the old one opens nothing and nothing old is left', async () => {
    const file = folder.path('rekeyed.db')
    await written(file, null)
    const turn = async (from: Uint8Array | null, to: Uint8Array): Promise<void> => {
      const parts = await openTablesOf(file, { create: false })
      await rekey(parts, await openSealing(parts, from, false), sealingWith(to, file))
      await parts.db.destroy()
    }
    await turn(null, ONE)
    expect(filesOf(file).includes(SECRET)).toBe(false)
    expect(await payloadOf(file, ONE)).toContain(SECRET)
    const sealedByOne = filesOf(file)
    await turn(ONE, OTHER)
    await expect(openStore(file, { create: false, key: ONE })).rejects.toThrow('is not the one of the store')
    expect(await payloadOf(file, OTHER)).toContain(SECRET)
    expect(filesOf(file).equals(sealedByOne)).toBe(false)
    const store = await openStore(file, { create: false, key: OTHER })
    const running = (await store.lease('one'))!
    await expect(turn(OTHER, ONE)).rejects.toThrow('is run by another process')
    await running.release()
    await store.close()
  })

  it('stays encrypted in a copy', async () => {
    const [file, copy] = [folder.path('from.db'), folder.path('to.db')]
    await written(file, ONE)
    await copyStore(file, copy)
    expect(filesOf(copy).includes(SECRET)).toBe(false)
    expect(await payloadOf(copy, ONE)).toContain(SECRET)
  })

  it.skipIf(server === null)(`is the same on a server ${POSTGRES_NEED}`, async () => {
    const url = await server!.database('sealed')
    await written(url, ONE)
    await expect(openStore(url, { create: false, key: OTHER })).rejects.toThrow('is not the one of the store')
    const parts = await openTablesOf(url, { create: false })
    const sleeves = await parts.db.selectFrom('sleeve').select('parameters').execute()
    expect(sleeves[0]!.parameters).toMatch(/^"sealed:/)
    await rekey(parts, await openSealing(parts, ONE, false), sealingWith(OTHER, url))
    await parts.db.destroy()
    expect(await payloadOf(url, OTHER)).toContain(SECRET)
  })

  it('refuses a seal that was moved to another place, and a key that is none', () => {
    const sealing = sealingWith(ONE, 'x.db')
    const sealed = sealing.seal(Buffer.from('text'), 'event 1 of one')
    expect(Buffer.from(sealing.open(sealed, 'event 1 of one')).toString()).toBe('text')
    expect(() => sealing.open(sealed, 'event 2 of one')).toThrow('is not the one of the store')
    expect(() => keyOfEnvironment({ POLYFOLIO_STORE_KEY: 'short' })).toThrow('must hold 32 bytes')
    expect(keyOfEnvironment({ POLYFOLIO_STORE_KEY: ONE.toString('hex') })).toEqual(ONE)
    expect(keyOfEnvironment({})).toBeNull()
  })
})
