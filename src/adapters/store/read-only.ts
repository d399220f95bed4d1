/** A store that is only looked at: also on a disk that takes no writes. */

import { accessSync, constants, existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isServer, openStore } from './open.ts'
import type { OpenedStore } from './sql-store.ts'

interface ReadStore {
  readonly store: OpenedStore
  close(): Promise<void>
}

/** Where the file or its folder cannot be written, a copy of it and of its log is looked at instead. */
export async function openForReading(name: string): Promise<ReadStore> {
  if (isServer(name) || !existsSync(name) || (isWritable(name) && isWritable(dirname(name)))) {
    const store = await openStore(name, { create: false })
    return { store, close: () => store.close() }
  }
  const folder = await mkdtemp(join(tmpdir(), 'polyfolio-look-'))
  const copy = join(folder, basename(name))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    for (const suffix of ['', '-wal'])
      if (existsSync(`${name}${suffix}`)) await copyFile(`${name}${suffix}`, `${copy}${suffix}`)
    const store = await openStore(copy, { create: false, archive: `${name}.archive` })
    return {
      store,
      async close() {
        await store.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
