/** SQLite behind the few calls that the store needs: the compiled package, or what newer Node brings along. */
import { createRequire } from 'node:module'
import type { SqliteDatabase } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import { makeOwnFile } from './own-files.ts'

export interface SqliteDriver {
  /** What the query builder speaks to. */
  readonly database: SqliteDatabase
  /** Runs a pragma; the first value of its first row. */
  pragma(setting: string): unknown
  close(): void
}

/** A writer waits this long for another one to finish its transaction. */
const BUSY_MS = 5_000
const load = createRequire(import.meta.url)

/** @throws FaultError STORE_DRIVER_MISSING where neither is there; whatever the database says where the file is none */
export function openDriver(file: string): SqliteDriver {
  const reasons: string[] = []
  for (const open of [openPackage, openBuiltIn]) {
    const driver = open(file, reasons)
    if (driver !== null) return driver
  }
  throw new FaultError(fault('STORE_DRIVER_MISSING', { reason: reasons.join('; ') }))
}

function openPackage(file: string, reasons: string[]): SqliteDriver | null {
  const found = loaded<typeof import('better-sqlite3')>('better-sqlite3', reasons)
  if (found === null) return null
  makeOwnFile(file)
  const database = new found(file, { timeout: BUSY_MS })
  return {
    database,
    pragma: (setting) => database.pragma(setting, { simple: true }),
    close: () => database.close(),
  }
}

interface BuiltInStatement {
  columns(): readonly unknown[]
  all(...values: readonly unknown[]): unknown[]
  run(...values: readonly unknown[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  iterate(...values: readonly unknown[]): IterableIterator<unknown>
}

interface BuiltInDatabase {
  prepare(text: string): BuiltInStatement
  close(): void
}

interface BuiltIn {
  readonly DatabaseSync: new (file: string, options: { readonly timeout: number }) => BuiltInDatabase
}

function openBuiltIn(file: string, reasons: string[]): SqliteDriver | null {
  const found = loaded<BuiltIn>('node:sqlite', reasons)
  if (found === null) return null
  makeOwnFile(file)
  const database = new found.DatabaseSync(file, { timeout: BUSY_MS })
  return {
    database: {
      close: () => database.close(),
      prepare: (text) => {
        const statement = database.prepare(text)
        return {
          reader: statement.columns().length > 0,
          all: (values) => statement.all(...values),
          run: (values) => statement.run(...values),
          iterate: (values) => statement.iterate(...values),
        }
      },
    },
    pragma: (setting) => {
      const [row] = database.prepare(`PRAGMA ${setting}`).all()
      return row === undefined ? undefined : Object.values(row as object)[0]
    },
    close: () => database.close(),
  }
}

function loaded<T>(name: string, reasons: string[]): T | null {
  try {
    return load(name) as T
  } catch (error) {
    reasons.push((error instanceof Error ? error.message : String(error)).split('\n')[0]!)
    return null
  }
}
