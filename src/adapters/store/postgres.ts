/** PostgreSQL: the same tables and statements as in a file, for several machines. */
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import { Pool, types } from 'pg'
import { FaultError, fault } from '../../domain/faults.ts'
import { hashOf, hexOf } from './chain.ts'
import { openTables } from './open-tables.ts'
import { copyBefore } from './postgres-copy.ts'
import type { Tables } from './schema.ts'
import type { SqlStore } from './sql-store.ts'

/** The journal has one writer; readers beside it are few. */
const CONNECTIONS_MAX = 4
const CONNECT_MS = 10_000
const VERSION_MIN = 14

/**
 * @param url `postgres://user:password@host/database`; the password may come from PGPASSWORD instead
 * @throws FaultError STORE_UNREACHABLE with the address less the password
 */
export async function openPostgres(url: string): Promise<SqlStore> {
  const name = withoutPassword(url)
  const limits = { max: CONNECTIONS_MAX, connectionTimeoutMillis: CONNECT_MS }
  const pool = new Pool({ connectionString: url, ...limits, types: { getTypeParser: parserOf } })
  // A connection that breaks while nobody uses it is replaced; the next statement says what is wrong.
  pool.on('error', () => {})
  // One that breaks at work fails the statement that is on it; that it also says so by itself must end nobody.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool) }) })
  try {
    const { rows } = await pool.query<{ version: string; commit: string }>(
      "SELECT current_setting('server_version_num') AS version, current_setting('synchronous_commit') AS commit",
    )
    const { version, commit } = rows[0]!
    if (Number(version) < VERSION_MIN * 10_000) throw new Error(`it is older than PostgreSQL ${VERSION_MIN}`)
    if (commit === 'off') throw new Error('synchronous_commit is off: a commit could be lost; turn it on')
  } catch (error) {
    await db.destroy()
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new FaultError(fault('STORE_UNREACHABLE', { store: name, reason }), error)
  }
  return {
    isServer: true,
    db,
    id: await openTables({
      db,
      dialect: 'postgres',
      name,
      copyBefore: (step) => copyBefore(db, name, step),
      // The steps themselves take a lock of the server.
      alone: (work) => work(),
    }),
    name,
    lock: (portfolio) => lockOf(pool, portfolio),
    intact: () => Promise.resolve('ok'), // the server checks its own pages
  }
}

/** Statements that come again and again are prepared once per connection, under a name that follows from their text. */
function preparing(pool: Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect()
      const query = (text: string, values: readonly unknown[]) =>
        client.query(
          text.startsWith('insert') ? { name: nameOf(text), text, values: [...values] } : { text, values: [...values] },
        )
      return { query: query as never, release: () => client.release() }
    },
    end: () => pool.end(),
  }
}

/** A name may have 63 characters. */
function nameOf(text: string): string {
  return hexOf(hashOf(Buffer.from(text))).slice(0, 32)
}

/** Whole numbers and their sums come as numbers: none is ever beyond 2^53. */
const WHOLE_NUMBERS: ReadonlySet<number> = new Set([types.builtins.INT8, types.builtins.NUMERIC])

function parserOf(type: number, format?: 'text' | 'binary') {
  return WHOLE_NUMBERS.has(type) ? Number : types.getTypeParser(type, format as 'text')
}

/** An advisory lock of one session: the server takes it back when the session ends. */
async function lockOf(pool: Pool, portfolio: string): Promise<(() => Promise<void>) | null> {
  const client = await pool.connect()
  // Where it breaks, the server gives the lock away; the next commit then finds another epoch, or no server.
  client.on('error', () => {})
  const key = `polyfolio lease of ${portfolio}`
  const { rows } = await client
    .query<{ taken: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', [key])
    .catch((error: unknown) => {
      client.release(true)
      throw error
    })
  if (rows[0]!.taken) {
    return async () => {
      // A connection that is gone took the lock with it.
      const isThere = await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [key]).then(
        () => true,
        () => false,
      )
      client.release(!isThere)
    }
  }
  client.release()
  return null
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    parsed.password = ''
    return parsed.toString()
  } catch {
    return 'postgres'
  }
}
