import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { rowsFrom } from '../../../test/contracts/rows.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { openStore } from '../../adapters/store/open.ts'
import { setAside } from './set-aside.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

async function written(path: string): Promise<void> {
  const store = await openStore(path, { create: true })
  const lease = (await store.lease('one'))!
  await store.commit('one', lease, { rows: rowsFrom(0, 3) })
  await lease.release()
  await store.close()
}

describe.skipIf(!HAS_STORE)(`a store that is set aside ${STORE_NEED}`, () => {
  it('takes along what lies beside it, so that the next one under its name begins anew', async () => {
    const path = folder.path('demo.db')
    await written(path)
    mkdirSync(`${path}.archive`)
    writeFileSync(`${path}.secrets-key`, 'key')
    writeFileSync(folder.path('demo.db-other'), 'of somebody else')
    setAside(path, folder.path('presets'))
    const left = readdirSync(folder.path('.')).filter((name) => !name.startsWith('demo.db.old'))
    expect(left).toEqual(['demo.db-other'])
    for (const end of ['', '.archive', '.secrets-key']) expect(existsSync(`${path}.old${end}`), end).toBe(true)
    // Where its journal ended is no word on the new one's, and still one on its own.
    await written(path)
    setAside(path, folder.path('presets'))
    for (const name of ['demo.db.old', 'demo.db.old-2']) {
      const store = await openStore(folder.path(name), { create: false })
      expect(await store.check(), name).toMatchObject({ problems: [], journals: [{ rows: 3 }] })
      await store.close()
    }
  })
})
