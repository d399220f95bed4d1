/** How the query builder speaks to a file that other processes use as well. */
import { setTimeout as wait } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely'

/** How long a statement asks again for a file that somebody else is writing, and how often. */
const BUSY_MS = 10_000
const ASK_AGAIN_MS = 5

/** SQLite changes its tables within a transaction as well as its rows. */
class FileAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

export class FileDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }
  override createAdapter(): SqliteAdapter {
    return new FileAdapter()
  }
  override createDriver(): Driver {
    return new FileDriver(this.#config)
  }
}

/**
 * A transaction that will write takes the file at its beginning: one that reads first and writes later would find that
 * somebody else has written in between, and could only fail.
 */
class FileDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    return patient(await super.acquireConnection())
  }
  override async beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    const begin = settings?.accessMode === 'read only' ? 'begin' : 'begin immediate'
    await connection.executeQuery(CompiledQuery.raw(begin))
  }
}

/** Asks again while somebody else writes; the rest of the process goes on meanwhile. */
function patient(connection: DatabaseConnection): DatabaseConnection {
  return {
    async executeQuery(query) {
      for (const began = performance.now(); ; ) {
        try {
          return await connection.executeQuery(query)
        } catch (error) {
          if (!isBusy(error) || performance.now() - began > BUSY_MS) throw error
          await wait(ASK_AGAIN_MS)
        }
      }
    },
    streamQuery: (query, size) => connection.streamQuery(query, size),
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked|SQLITE_BUSY/i.test(error.message)
}
