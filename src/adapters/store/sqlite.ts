/** SQLite in one file: write-ahead log, and no transaction is acknowledged before it is on the disk. */
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Kysely } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import { hashOf, hexOf } from './chain.ts'
import { openTables } from './open-tables.ts'
import { makeOwnFile } from './own-files.ts'
import type { Tables } from './schema.ts'
import type { SqlStore } from './sql-store.ts'
import { FileDialect } from './sqlite-dialect.ts'
import { openDriver, type SqliteDriver } from './sqlite-driver.ts'
import { faultOf, told } from './sqlite-faults.ts'
import { witnessBeside } from './witness.ts'

// Who finds the file locked asks again later, and lets others work meanwhile.
const SETTINGS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'busy_timeout = 0',
  // Pages of 4 kB: the log is brought into the file every 32 MB, and 32 MB of the file stay in memory.
  'wal_autocheckpoint = 8192',
  'cache_size = -32768',
]

export interface SqliteOptions {
  /** False: a store that is not there is a fault, none is made. */
  readonly create: boolean
}

export async function openSqlite(file: string, { create }: SqliteOptions): Promise<SqlStore> {
  if (!create && !existsSync(file)) throw new FaultError(fault('STORE_MISSING', { store: file }))
  const driver = soundDriver(file)
  const db = new Kysely<Tables>({ dialect: new FileDialect({ database: told(driver.database, file) }) })
  const place = { db, dialect: 'sqlite' as const, name: file }
  return {
    isServer: false,
    db,
    id: await openTables({ ...place, copyBefore: (step) => copyBefore(driver, file, step), alone: aloneWith(file) }),
    name: file,
    lock: (portfolio) => Promise.resolve(lockOf(file, portfolio)),
    witness: witnessBeside(file, fileOf),
    intact: () => Promise.resolve(String(driver.pragma('integrity_check'))),
  }
}

/** A whole file beside the store, written by the database itself. */
function copyBefore(driver: SqliteDriver, file: string, step: string): Promise<string> {
  let copy = `${file}.before-${step}`
  for (let again = 2; existsSync(copy); again += 1) copy = `${file}.before-${step}-${again}`
  makeOwnFile(copy)
  driver.database.prepare('VACUUM INTO ?').run([copy])
  return Promise.resolve(copy)
}

/** How often a process that waits for another one's change of the tables looks again, and how long at most. */
const LOOK_MS = 50
const ALONE_MS = 60_000

function aloneWith(file: string) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    for (let waited = 0; ; waited += LOOK_MS) {
      const unlock = lockOf(file, 'change of tables')
      if (unlock === null) {
        if (waited >= ALONE_MS) throw faultOf(new Error('database is locked by a change of its tables'), file)
        await wait(LOOK_MS)
        continue
      }
      try {
        return await work()
      } finally {
        await unlock()
      }
    }
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
    throw faultOf(error, file)
  }
}

/** A file beside the store that is about one portfolio: its name may be any text. */
function fileOf(file: string, portfolio: string, ending: string): string {
  return `${file}.${hexOf(hashOf(Buffer.from(portfolio))).slice(0, 12)}.${ending}`
}

/** A lock on a file beside the store, which the operating system takes back from a process that ends. */
function lockOf(file: string, portfolio: string): (() => Promise<void>) | null {
  const driver = openDriver(fileOf(file, portfolio, 'lock'))
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
