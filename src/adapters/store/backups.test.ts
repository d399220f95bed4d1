import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { rowsFrom } from '../../../test/contracts/rows.ts'
import { propertyRuns } from '../../../test/profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { BACKUPS, type Backup, backupAge, backupsIn, dailyBackup, surplus } from './backups.ts'
import { openStore } from './open.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

const DAY = 86_400_000
const START = Date.parse('2026-01-01T22:00:00Z')

describe('copies that are kept', () => {
  it('are the last of each of the last days, and of each week before them', () => {
    let copies: readonly Backup[] = []
    for (let day = 0; day < 90; day += 1) {
      const made = { file: `copy ${day}`, at: START + day * DAY }
      const gone = new Set(surplus([...copies, made], BACKUPS))
      copies = [...copies, made].filter((copy) => !gone.has(copy))
    }
    expect(copies.map(({ at }) => new Date(at).toISOString().slice(0, 10))).toEqual([
      '2026-03-01',
      '2026-03-08',
      '2026-03-15',
      '2026-03-22',
      ...['25', '26', '27', '28', '29', '30', '31'].map((day) => `2026-03-${day}`),
    ])
  })

  it('always hold the newest one, and are never more than were asked for', () => {
    const moments = fc.uniqueArray(fc.integer({ min: 0, max: 400 * 24 }), { minLength: 1, maxLength: 60 })
    const rule = fc.record({ daily: fc.integer({ min: 1, max: 9 }), weekly: fc.integer({ min: 0, max: 6 }) })
    fc.assert(
      fc.property(moments, rule, (hours, kept) => {
        const copies = hours
          .sort((one, other) => one - other)
          .map((hour) => ({ file: String(hour), at: START + hour * 3_600_000 }))
        const gone = new Set(surplus(copies, kept))
        const left = copies.filter((copy) => !gone.has(copy))
        expect(left.at(-1)).toBe(copies.at(-1))
        expect(left.length).toBeLessThanOrEqual(kept.daily + kept.weekly)
        const days = new Set(copies.map(({ at }) => Math.floor(at / DAY)))
        expect(left.length).toBeGreaterThanOrEqual(Math.min(days.size, kept.daily))
      }),
      propertyRuns(200),
    )
  })
})

describe.skipIf(!HAS_STORE)(`the daily copy ${STORE_NEED}`, () => {
  it('is made when the last one is a day old, while somebody writes, and is whole', async () => {
    const [file, copies] = [folder.path('one.db'), folder.path('copies')]
    const store = await openStore(file, { create: true })
    const lease = (await store.lease('one'))!
    await store.commit('one', lease, { rows: rowsFrom(0, 2_000) })
    expect(backupAge(copies, START)).toBeNull()
    const copying = dailyBackup(file, copies, START)
    for (let first = 2_000; first < 2_100; first += 10) await store.commit('one', lease, { rows: rowsFrom(first, 10) })
    expect(await copying).toMatchObject({ at: START })
    expect(await dailyBackup(file, copies, START + DAY - 1)).toBeNull()
    expect(await dailyBackup(file, copies, START + DAY)).not.toBeNull()
    expect(backupAge(copies, START + DAY + 5_000)).toBe(5_000)
    for (const { file: copy } of backupsIn(copies)) {
      const other = await openStore(copy, { create: false })
      const { journals, problems } = await other.check()
      expect(problems).toEqual([])
      expect(journals[0]!.rows).toBeGreaterThanOrEqual(2_000)
      await other.close()
    }
    await lease.release()
    await store.close()
  })

  it('lets nothing older go where what it wrote does not hold', async () => {
    const [file, copies] = [folder.path('torn.db'), folder.path('torn-copies')]
    const store = await openStore(file, { create: true })
    const lease = (await store.lease('one'))!
    await store.commit('one', lease, { rows: rowsFrom(0, 50) })
    await lease.release()
    await store.close()
    await dailyBackup(file, copies, START, { daily: 1, weekly: 0 })
    const { openDriver } = await import('./sqlite-driver.ts')
    const driver = openDriver(file)
    driver.database.prepare("UPDATE journal SET payload = x'00' WHERE seq = 7").run([])
    driver.close()
    const again = dailyBackup(file, copies, START + DAY, { daily: 1, weekly: 0 })
    await expect(again).rejects.toThrow('event 7 of "one" is not the one that was written')
    expect(readdirSync(copies)).toEqual(['backup-2026-01-01T22-00-00Z.db'])
    writeFileSync(folder.path('kept'), readFileSync(`${copies}/backup-2026-01-01T22-00-00Z.db`))
    const kept = await openStore(folder.path('kept'), { create: false })
    expect((await kept.check()).problems).toEqual([])
    await kept.close()
  })
})
