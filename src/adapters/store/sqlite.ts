/** SQLite in one file: write-ahead log, and no transaction is acknowledged before it is on the disk. */
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Kysely, SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import { hashOf, hexOf } from './chain.ts'
import { openTables } from './open-tables.ts'
import type { Tables } from './schema.ts'
import type { SqlStore } from './sql-store.ts'
import { openDriver, type SqliteDriver } from './sqlite-driver.ts'

const SETTINGS = ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']

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
    intact: () => Promise.resolve(String(driver.pragma('integrity_check'))),
  }
}

/** SQLite changes its tables within a transaction as well as its rows. */
class FileAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class FileDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new FileAdapter()
  }
}

/** A whole file beside the store, written by the database itself. */
function copyBefore(driver: SqliteDriver, file: string, step: string): Promise<string> {
  let copy = `${file}.before-${step}`
  for (let again = 2; existsSync(copy); again += 1) copy = `${file}.before-${step}-${again}`
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

const UNUSABLE = /unable to open|cannot open|directory does not exist|disk is full|disk I\/O|readonly|locked/i

/** What the database says, for somebody who can do something about it. */
function faultOf(error: unknown, file: string): FaultError {
  if (error instanceof FaultError) return error
  const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
  if (!UNUSABLE.test(reason)) return new FaultError(fault('STORE_DAMAGED', { store: file, reason }), error)
  const advice = 'see that its folder is there, may be written and has room; what it holds is whole'
  return new FaultError(fault('STORE_UNREACHABLE', { store: `"${file}"`, reason: `${reason}; ${advice}` }), error)
}

const OF_THE_FILE = /disk is full|disk I\/O|readonly|malformed|not a database|unable to open/i

/** The same database, whose failures of the file name the file. */
function told(database: SqliteDatabase, file: string): SqliteDatabase {
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw error instanceof Error && OF_THE_FILE.test(error.message) ? faultOf(error, file) : error
    }
  }
  return {
    close: () => database.close(),
    prepare: (text) => {
      const statement = attempt(() => database.prepare(text))
      return {
        reader: statement.reader,
        all: (values) => attempt(() => statement.all(values)),
        run: (values) => attempt(() => (text === 'rollback' ? rolledBack(statement, values) : statement.run(values))),
        iterate: (values) => statement.iterate(values),
      }
    },
  }
}

/** A full disk has ended the transaction by itself; what it failed of is to be said, not that. */
function rolledBack(statement: SqliteStatement, values: readonly unknown[]): ReturnType<SqliteStatement['run']> {
  try {
    return statement.run(values)
  } catch (error) {
    if (error instanceof Error && error.message.includes('no transaction is active')) {
      return { changes: 0, lastInsertRowid: 0 }
    }
    throw error
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
