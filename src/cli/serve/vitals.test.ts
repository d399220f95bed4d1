import { afterAll, describe, expect, it } from 'vitest'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { askForBackups, MARKS, setMark } from '../../adapters/store/backup-state.ts'
import { openStore } from '../../adapters/store/open.ts'
import { createMetrics } from './metrics.ts'
import { vitalsOf } from './vitals.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

describe.skipIf(!HAS_STORE)(`figures of a store ${STORE_NEED}`, () => {
  it('say how old the last copy is, where copies are asked for', async () => {
    const file = folder.path('aged.db')
    const store = await openStore(file, { create: true, key: null })
    const vitals = vitalsOf({ store, metrics: createMetrics(), log: { dropped: 0 } as never, own: [], startedAt: 0 })
    expect((await vitals.metrics()).text).not.toContain('polyfolio_backup_age_seconds{')
    const now = Date.now()
    await askForBackups(store.tables.db, true, now - 9_000_000)
    await setMark(store.tables.db, MARKS.copied, now - 3_600_000)
    const age = /polyfolio_backup_age_seconds\{store="(.*)"\} (.*)/.exec((await vitals.metrics()).text)!
    expect(age[1]).toBe(file)
    expect(Number(age[2])).toBeGreaterThanOrEqual(3_600)
    expect(Number(age[2])).toBeLessThan(9_000)
    await store.close()
  })
})
