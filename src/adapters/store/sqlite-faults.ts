/** What SQLite says of a file that fails, for somebody who can do something about it. */
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'

const UNUSABLE = /unable to open|cannot open|directory does not exist|disk is full|disk I\/O|readonly|locked/i

export function faultOf(error: unknown, file: string): FaultError {
  if (error instanceof FaultError) return error
  const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
  if (!UNUSABLE.test(reason)) return new FaultError(fault('STORE_DAMAGED', { store: file, reason }), error)
  const advice = 'see that its folder is there, may be written and has room; what it holds is whole'
  return new FaultError(fault('STORE_UNREACHABLE', { store: `"${file}"`, reason: `${reason}; ${advice}` }), error)
}

/** Statements that are kept ready: far more than the program has. */
const STATEMENTS_MAX = 500

const OF_THE_FILE = /disk is full|disk I\/O|readonly|malformed|not a database|unable to open/i

/** The same database, whose failures of the file name the file, and which prepares a statement once. */
export function told(database: SqliteDatabase, file: string): SqliteDatabase {
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw error instanceof Error && OF_THE_FILE.test(error.message) ? faultOf(error, file) : error
    }
  }
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare: (text) => {
      const known = statements.get(text)
      if (known !== undefined) return known
      const statement = attempt(() => database.prepare(text))
      const prepared: SqliteStatement = {
        reader: statement.reader,
        all: (values) => attempt(() => statement.all(values)),
        run: (values) => attempt(() => (text === 'rollback' ? rolledBack(statement, values) : statement.run(values))),
        iterate: (values) => statement.iterate(values),
      }
      if (statements.size >= STATEMENTS_MAX) statements.clear()
      statements.set(text, prepared)
      return prepared
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
