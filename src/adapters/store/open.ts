/** A store by the name that the user gives it: a file, or the address of a server. */
import { type OpenedStore, type SqlStore, sqlStore } from './sql-store.ts'

export interface OpenOptions {
  /** False: a file that is not there is a fault, none is made. A server is there or is not. */
  readonly create: boolean
}

export function isServer(name: string): boolean {
  return /^postgres(ql)?:\/\//.test(name)
}

/** @throws FaultError where it is not there, cannot be reached, or is damaged */
export async function openStore(name: string, options: OpenOptions): Promise<OpenedStore> {
  return sqlStore(await openTablesOf(name, options))
}

/** The tables alone; loads only the driver that is asked for. */
export async function openTablesOf(name: string, options: OpenOptions): Promise<SqlStore> {
  if (isServer(name)) return (await import('./postgres.ts')).openPostgres(name)
  return (await import('./sqlite.ts')).openSqlite(name, options)
}
