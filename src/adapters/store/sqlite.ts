/** SQLite in one file: write-ahead log, and no transaction is acknowledged before it is on the disk. */
import { existsSync } from 'node:fs'
import { Kysely, SqliteDialect } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import { hashOf, hexOf } from './chain.ts'
import type { Tables } from './schema.ts'
import { openTables, type SqlStore } from './sql-store.ts'
import { openDriver, type SqliteDriver } from './sqlite-driver.ts'

const SETTINGS = ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']

export interface SqliteOptions {
  /** False: a store that is not there is a fault, none is made. */
  readonly create: boolean
}

export async function openSqlite(file: string, { create }: SqliteOptions): Promise<SqlStore> {
  if (!create && !existsSync(file)) throw new FaultError(fault('STORE_MISSING', { store: file }))
  const driver = soundDriver(file)
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: driver.database }) })
  return {
    isServer: false,
    db,
    id: await openTables(db, 'sqlite', file),
    name: file,
    lock: (portfolio) => Promise.resolve(lockOf(file, portfolio)),
    intact: () => Promise.resolve(String(driver.pragma('integrity_check'))),
  }
}

function soundDriver(file: string): SqliteDriver {
  let driver: SqliteDriver | null = null
  try {
    driver = openDriver(file)
    for (const setting of SETTINGS) driver.pragma(setting)
    const found = driver.pragma('quick_check')
    if (found !== 'ok') throw new Error(String(found))
    return driver
  } catch (error) {
    driver?.close()
    if (error instanceof FaultError) throw error
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new FaultError(fault('STORE_DAMAGED', { store: file, reason }), error)
  }
}

/** A lock on a file beside the store, which the operating system takes back from a process that ends. */
function lockOf(file: string, portfolio: string): (() => Promise<void>) | null {
  const driver = openDriver(`${file}.${hexOf(hashOf(Buffer.from(portfolio))).slice(0, 12)}.lock`)
  try {
    driver.pragma('busy_timeout = 0')
    driver.pragma('locking_mode = EXCLUSIVE')
    driver.database.prepare('BEGIN EXCLUSIVE').run([])
  } catch (error) {
    driver.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null
    throw error
  }
  return () => {
    driver.close()
    return Promise.resolve()
  }
}
