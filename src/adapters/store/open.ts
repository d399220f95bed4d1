/** A store by the name that the user gives it: a file, or the address of a server. */
import { archiveIn } from './archive.ts'
import { openSealing } from './rekey.ts'
import { keyOfEnvironment } from './sealing.ts'
import { type OpenedStore, type SqlStore, sqlStore } from './sql-store.ts'

export interface OpenOptions {
  /** False: a file that is not there is a fault, none is made. A server is there or is not. */
  readonly create: boolean
  /** Encrypts a store that holds nothing yet; one that is encrypted stays so whatever is said here. */
  readonly encrypted?: boolean
  /** The key of an encrypted store; left out: what the environment names. */
  readonly key?: Uint8Array | null
  /** Folder of payloads that were taken out of the journal; left out: beside the file. */
  readonly archive?: string
}

export function isServer(name: string): boolean {
  return /^postgres(ql)?:\/\//.test(name)
}

/** @throws FaultError where it is not there, cannot be reached, is damaged, or is encrypted by another key */
export async function openStore(name: string, options: OpenOptions): Promise<OpenedStore> {
  const { encrypted = false, key = keyOfEnvironment(process.env) } = options
  const parts = await openTablesOf(name, options)
  try {
    const sealing = await openSealing(parts, key, encrypted)
    return sqlStore(parts, {
      sealing,
      key,
      ...(options.archive === undefined ? {} : { archive: archiveIn(options.archive) }),
    })
  } catch (error) {
    await parts.db.destroy()
    throw error
  }
}

/** The tables alone; loads only the driver that is asked for. */
export async function openTablesOf(name: string, options: Pick<OpenOptions, 'create'>): Promise<SqlStore> {
  if (isServer(name)) return (await import('./postgres.ts')).openPostgres(name)
  return (await import('./sqlite.ts')).openSqlite(name, options)
}
