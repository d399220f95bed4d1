/** Payloads that were taken out of a journal: files of a folder, each named by the hash of what is in it. */
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { FaultError, fault } from '../../domain/faults.ts'
import { hashOf, hexOf, isSame } from './chain.ts'
import { OWN_FOLDER, OWNER_ONLY } from './own-files.ts'

export interface Archive {
  readonly folder: string
  /** On the disk when it resolves; the same payload again is the same file. */
  keep(payload: Uint8Array): Promise<Uint8Array>
  /** @throws FaultError ARCHIVE_MISSING where the file is not there, or is not what was kept */
  load(hash: Uint8Array): Promise<Uint8Array>
}

export function archiveIn(folder: string): Archive {
  const fileOf = (hash: Uint8Array): string => {
    const name = hexOf(hash)
    return join(folder, name.slice(0, 2), `${name}.gz`)
  }
  return {
    folder,
    async keep(payload) {
      const hash = hashOf(payload)
      const file = fileOf(hash)
      if (existsSync(file)) return hash
      await mkdir(join(file, '..'), { recursive: true, mode: OWN_FOLDER })
      const partial = `${file}.partial-${process.pid}`
      const handle = await open(partial, 'w', OWNER_ONLY)
      try {
        await handle.writeFile(gzipSync(payload))
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(partial, file)
      return hash
    },
    async load(hash) {
      const file = fileOf(hash)
      try {
        const payload = gunzipSync(await readFile(file))
        if (isSame(hashOf(payload), hash)) return payload
      } catch (error) {
        throw new FaultError(fault('ARCHIVE_MISSING', { file }), error)
      }
      throw new FaultError(fault('ARCHIVE_MISSING', { file }))
    },
  }
}
