import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { rowsFrom } from '../../../test/contracts/rows.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { askForBackups, backupState } from '../../adapters/store/backup-state.ts'
import { openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { Instant } from '../../domain/units.ts'
import type { StoreSettings } from '../config/running.ts'
import { upkeep } from './upkeep.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 2, 6, 13)
const folder = storeFolder()
afterAll(() => folder.remove())

const kept = { slices: null, messages: null, cycles: null, hours: null, snapshots: 0 }
const settings = (isCopied: boolean): StoreSettings => ({
  encrypted: false,
  backups: isCopied ? { daily: 7, weekly: 4, folder: null } : null,
  retention: kept,
})

/** With five states, of which three stay. */
async function opened(name: string): Promise<OpenedStore> {
  const store = await openStore(folder.path(name), { create: true, key: null })
  const lease = (await store.lease('one'))!
  for (let seq = 0; seq < 5; seq += 1)
    await store.commit('one', lease, {
      rows: rowsFrom(seq, 1),
      snapshot: { seq, kernelVersion: 1, payload: Buffer.from('state') },
    })
  return store
}

const states = async (store: OpenedStore): Promise<number> => (await store.check()).snapshots

describe.skipIf(!HAS_STORE)(`upkeep of a store ${STORE_NEED}`, () => {
  it('copies once a day, lets go of old states, and is overdue when no copy comes', async () => {
    const name = folder.path('copied.db')
    const store = await opened('copied.db')
    const { db } = store.tables
    expect(await backupState(db, NOW)).toBeNull()
    await askForBackups(db, true, NOW)
    expect(await backupState(db, NOW + HOUR)).toEqual({ at: null, age: HOUR, isOverdue: false })
    expect(await backupState(db, NOW + 27 * HOUR)).toMatchObject({ isOverdue: true })
    const made = await upkeep(name, store, settings(true), NOW)
    expect(made?.at).toBe(NOW)
    expect(await states(store)).toBe(3)
    expect(await upkeep(name, store, settings(true), NOW + HOUR)).toBeNull()
    expect(await backupState(db, NOW + HOUR)).toEqual({ at: NOW, age: HOUR, isOverdue: false })
    expect(await upkeep(name, store, settings(true), NOW + DAY)).toMatchObject({ at: NOW + DAY })
    expect(readdirSync(`${name}.backups`)).toHaveLength(2)
    await askForBackups(db, false, NOW)
    expect(await backupState(db, NOW + 9 * DAY)).toBeNull()
    await store.close()
  })

  it('lets go of what is old at any hour where no copies are made, once a day', async () => {
    const store = await opened('bare.db')
    expect(await upkeep(folder.path('bare.db'), store, settings(false), NOW)).toBeNull()
    expect(await states(store)).toBe(3)
    const lease = { epoch: 1 }
    for (const seq of [5, 6])
      await store.commit('one', lease, {
        rows: rowsFrom(seq, 1),
        snapshot: { seq, kernelVersion: 1, payload: Buffer.from('state') },
      })
    await upkeep(folder.path('bare.db'), store, settings(false), NOW + HOUR)
    expect(await states(store)).toBe(5)
    await upkeep(folder.path('bare.db'), store, settings(false), NOW + DAY)
    expect(await states(store)).toBe(3)
    await store.close()
  })

  it('lets go of short bars and of sessions that ended long ago, and keeps the bars that may go on', async () => {
    const store = await opened('bars.db')
    const bar = (grain: string, at: number) => {
      const prices = { open: 1, high: 1, low: 1, close: 1, volume: 1, factor: 1 }
      return { instrument: 'A', grain, bucket: at, at, tradeDate: 20260105, ...prices }
    }
    const old = NOW - 9 * DAY
    const priceBar = [
      bar('5m', old),
      bar('5m', NOW),
      bar('hour', old),
      bar('day', old),
      bar('day', NOW),
      bar('1d', old),
    ]
    await store.commit('one', { epoch: 1 }, { rows: rowsFrom(5, 1), projected: { priceBar } })
    const at = (NOW - 40 * DAY) as Instant
    const session = { id: 'i', user: 'demo', linkRole: 'admin', stepUpUntil: null, agent: '', address: '' } as const
    await store.access.openSession({ ...session, hash: 'h', at, idleUntil: at, until: at })
    const asked = settings(false)
    await upkeep(
      folder.path('bars.db'),
      store,
      { ...asked, retention: { ...asked.retention, cycles: DAY, hours: DAY } },
      NOW,
    )
    const { db } = store.tables
    const left = await db.selectFrom('price_bar').select(['grain', 'at']).orderBy('grain').orderBy('at').execute()
    expect(left.map(({ grain, at: when }) => [grain, when === NOW])).toEqual([
      ['1d', false],
      ['5m', true],
      ['day', false],
      ['day', true],
      ['hour', false],
    ])
    expect(await db.selectFrom('session').select('id').execute()).toEqual([])
    await store.close()
  })

  it('lets go of nothing where the copy cannot be made', async () => {
    const store = await opened('stuck.db')
    const blocked = { daily: 7, weekly: 4, folder: '/dev/null/copies' }
    const asked = { ...settings(true), backups: blocked }
    await expect(upkeep(folder.path('stuck.db'), store, asked, NOW)).rejects.toThrow()
    expect(await states(store)).toBe(5)
    await store.close()
  })

  it('writes beside an engine that is in the middle of a commit, without waiting for itself', async () => {
    const name = folder.path('busy.db')
    const store = await opened('busy.db')
    let done = false
    const commits = (async () => {
      for (let seq = 5; seq < 60; seq += 1) await store.commit('one', { epoch: 1 }, { rows: rowsFrom(seq, 1) })
      done = true
    })()
    await upkeep(name, store, settings(false), NOW)
    await commits
    expect(done).toBe(true)
    expect((await store.check()).problems).toEqual([])
    await store.close()
  })
})
