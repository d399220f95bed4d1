import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { Kysely, Migrator, SqliteDialect, sql } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'
import { rowsFrom } from '../../../test/contracts/rows.ts'
import { propertyRuns } from '../../../test/profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../test/store.ts'
import { FaultError } from '../../domain/faults.ts'
import type { JournalRow, Store } from '../../domain/store.ts'
import { stepsOf } from './migrations/steps.ts'
import { openStore, openTablesOf } from './open.ts'
import { takenSteps } from './open-tables.ts'
import { openForReading } from './read-only.ts'
import { openDriver } from './sqlite-driver.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const writer = join(root, 'test/store-process/writer.ts')
const loader = join(root, 'node_modules/tsx/dist/esm/index.mjs')

/** A process that writes; `limit` bytes are all that it may write into one file. */
function writing(args: readonly (string | number)[], limit?: number): ChildProcess {
  const given = [process.execPath, '--import', loader, writer, ...args.map(String)]
  const blocks = limit === undefined ? '' : `trap '' XFSZ; ulimit -f ${Math.ceil(limit / 1_024)};`
  return spawn('bash', ['-c', `${blocks} exec "$@"`, 'writer', ...given], { stdio: ['ignore', 'pipe', 'inherit'] })
}

interface Told {
  readonly began?: boolean
  readonly next?: number
  readonly failed?: string
  readonly code?: string
}

/** Everything that the process says, as it says it. */
async function* linesOf(child: ChildProcess): AsyncIterable<Told> {
  let text = ''
  for await (const chunk of child.stdout!) {
    const lines = (text + String(chunk)).split('\n')
    text = lines.pop()!
    for (const line of lines) yield JSON.parse(line) as Told
  }
}

async function rowsIn(store: Store): Promise<JournalRow[]> {
  const rows: JournalRow[] = []
  for await (const row of store.read('one', 0)) rows.push({ ...row, payload: Uint8Array.from(row.payload) })
  return rows
}

async function filled(file: string, rows: number): Promise<void> {
  const store = await openStore(file, { create: true })
  const lease = (await store.lease('one'))!
  await store.commit('one', lease, { rows: rowsFrom(0, rows) })
  await lease.release()
  await store.close()
}

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mounts()

function mounts(): boolean {
  const place = folder.path('mount-probe')
  mkdirSync(place)
  const isDone = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]).status === 0
  if (isDone) spawnSync('umount', [place])
  return isDone
}

/** A disk of its own, and what takes it away. */
function disk(name: string, size: string): { readonly path: string; readOnly(): void; remove(): void } {
  const path = folder.path(name)
  mkdirSync(path)
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path])
  return {
    path,
    readOnly: () => spawnSync('mount', ['-o', 'remount,ro', path]),
    remove: () => spawnSync('umount', ['-l', path]),
  }
}

describe.skipIf(!HAS_STORE)(`a file on a disk that fails ${STORE_NEED}`, () => {
  it.skipIf(process.platform === 'win32')(
    'ends a commit that cannot be written with a fault, keeps all that was acknowledged, and goes on later',
    async () => {
      const file = folder.path('limited.db')
      await filled(file, 10)
      let [acknowledged, failed, code] = [0, '', '']
      for await (const told of linesOf(writing([file, 100_000, 50], 1_048_576))) {
        acknowledged = told.next ?? acknowledged
        failed = told.failed ?? failed
        code = told.code ?? code
      }
      expect(code).toBe('STORE_UNREACHABLE')
      expect(failed).toMatch(/disk I\/O error|disk is full/)
      expect(acknowledged).toBeGreaterThan(60)
      const store = await openStore(file, { create: false })
      expect(await rowsIn(store)).toEqual(rowsFrom(0, acknowledged))
      const lease = (await store.lease('one'))!
      await store.commit('one', lease, { rows: rowsFrom(acknowledged, 5) })
      expect((await store.check()).problems).toEqual([])
      await lease.release()
      await store.close()
    },
    60_000,
  )

  it.skipIf(!canMount)(
    'says that a full disk is full, and is whole (needs the right to mount)',
    async () => {
      const own = disk('small', '2m')
      try {
        const file = join(own.path, 'full.db')
        let [acknowledged, code] = [0, '']
        for await (const told of linesOf(writing([file, 100_000, 50]))) {
          acknowledged = told.next ?? acknowledged
          code = told.code ?? code
        }
        expect(code).toBe('STORE_UNREACHABLE')
        const copy = folder.path('full-copy.db')
        for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
        const store = await openStore(copy, { create: false })
        expect((await rowsIn(store)).length).toBe(acknowledged)
        await store.close()
      } finally {
        own.remove()
      }
    },
    60_000,
  )

  it.skipIf(!canMount)(
    'is checked where nothing can be written (needs the right to mount)',
    async () => {
      const own = disk('archive', '8m')
      try {
        const file = join(own.path, 'old.db')
        const child = writing([file, 1_000, 10, 1])
        for await (const { next = 0 } of linesOf(child)) if (next >= 100) child.kill('SIGKILL')
        own.readOnly()
        const { store, close } = await openForReading(file)
        const { journals, problems } = await store.check()
        await close()
        expect(problems).toEqual([])
        expect(journals[0]!.rows).toBeGreaterThanOrEqual(100)
      } finally {
        own.remove()
      }
    },
    60_000,
  )

  it('never gives back anything but what was written, whichever bit of the file turns over', async () => {
    const file = folder.path('whole.db')
    await filled(file, 400)
    const bytes = readFileSync(file)
    let refused = 0
    const places = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.integer({ min: 0, max: 7 }),
    )
    await fc.assert(
      fc.asyncProperty(places, async ([place, bit]) => {
        const turned = Buffer.from(bytes)
        const at = Math.floor(place * bytes.length)
        turned[at] = turned[at]! ^ (1 << bit)
        const copy = folder.path('turned.db')
        for (const name of readdirSync(dirname(copy))) if (name.startsWith('turned.db')) rmSync(folder.path(name))
        writeFileSync(copy, turned)
        try {
          const store = await openStore(copy, { create: false })
          try {
            expect(await rowsIn(store)).toEqual(rowsFrom(0, 400))
          } finally {
            await store.close()
          }
        } catch (error) {
          if (!(error instanceof FaultError)) throw error
          expect(['STORE_DAMAGED', 'STORE_UNREACHABLE', 'STORE_NEWER', 'STORE_STEP_FAILED']).toContain(error.fault.code)
          refused += 1
        }
      }),
      propertyRuns(40, 400),
    )
    expect(refused).toBeGreaterThan(3)
  }, 60_000)

  it('is refused where its log was deleted: what was acknowledged is not there', async () => {
    const file = folder.path('logged.db')
    const child = writing([file, 1_000, 5, 1])
    let acknowledged = 0
    for await (const { next = 0 } of linesOf(child)) {
      acknowledged = next
      if (next >= 50) child.kill('SIGKILL')
    }
    const whole = await openStore(file, { create: false })
    expect((await rowsIn(whole)).length).toBeGreaterThanOrEqual(acknowledged)
    await whole.close()
    const again = writing([file, 1_000, 5, 1])
    for await (const { next = 0 } of linesOf(again)) if (next >= acknowledged + 50) again.kill('SIGKILL')
    expect(existsSync(`${file}-wal`)).toBe(true)
    rmSync(`${file}-wal`)
    const store = await openStore(file, { create: false })
    await expect(store.lease('one')).rejects.toThrow(/was written up to event \d+, which is not there/)
    expect((await store.check()).problems.join()).toContain('or its log, is gone')
    await store.close()
  }, 60_000)
})

describe.skipIf(!HAS_STORE)(`a file that several use at once ${STORE_NEED}`, () => {
  it('takes commits while somebody reads for long, who sees what was there when he began', async () => {
    const file = folder.path('read.db')
    await filled(file, 100)
    const reader = await openTablesOf(file, { create: false })
    const store = await openStore(file, { create: false })
    const lease = (await store.lease('one'))!
    const count = async (db: Kysely<never>): Promise<number> =>
      Number((await sql<{ rows: number }>`SELECT count(*) AS rows FROM journal`.execute(db)).rows[0]!.rows)
    await reader.db
      .transaction()
      .setAccessMode('read only')
      .execute(async (reading) => {
        expect(await count(reading as never)).toBe(100)
        for (let next = 100; next < 200; next += 10) await store.commit('one', lease, { rows: rowsFrom(next, 10) })
        expect(await count(reading as never)).toBe(100)
      })
    expect(await count(reader.db as never)).toBe(200)
    await reader.db.destroy()
    await lease.release()
    await store.close()
  })

  it('waits for another writer without holding the process', async () => {
    const file = folder.path('busy.db')
    await filled(file, 10)
    const store = await openStore(file, { create: false })
    const lease = (await store.lease('one'))!
    const other = openDriver(file)
    other.database.prepare('BEGIN IMMEDIATE').run([])
    let isDone = false
    const committing = store.commit('one', lease, { rows: rowsFrom(10, 5) }).then(() => (isDone = true))
    await wait(50)
    expect(isDone).toBe(false)
    other.database.prepare('COMMIT').run([])
    await committing
    other.close()
    expect((await store.extents())[0]!.rows).toBe(15)
    await lease.release()
    await store.close()
  })
})

/** Events whose links take a while to be made anew. */
const ROWS = 12_000

/** A store as an older version left it, with so many events. */
async function older(file: string, rows: number): Promise<void> {
  const driver = openDriver(file)
  driver.pragma('journal_mode = WAL')
  const db = new Kysely<never>({ dialect: new SqliteDialect({ database: driver.database }) })
  const steps = Object.fromEntries(Object.entries(stepsOf('sqlite')).filter(([name]) => name < '005'))
  await new Migrator({ db, provider: { getMigrations: () => Promise.resolve(steps) } }).migrateToLatest()
  const insert = driver.database.prepare('INSERT INTO journal VALUES (?, ?, 1, ?, ?, 1, ?, ?)')
  driver.database.prepare('BEGIN').run([])
  for (const { seq, at, kind, payload } of rowsFrom(0, rows))
    insert.run(['one', seq, at, kind, Buffer.from(payload), Buffer.alloc(32)])
  driver.database.prepare('COMMIT').run([])
  await db.destroy()
}

describe.skipIf(!HAS_STORE)(`a store of another version ${STORE_NEED}`, () => {
  it('is brought to the newest form after a copy of it, from which there is a way back', async () => {
    const file = folder.path('older.db')
    await older(file, 300)
    const store = await openStore(file, { create: false })
    expect(await rowsIn(store)).toEqual(rowsFrom(0, 300))
    expect((await store.check()).problems).toEqual([])
    await store.close()
    const driver = openDriver(`${file}.before-005_archive`)
    const held = driver.database.prepare('SELECT count(*) AS rows FROM journal').all([]) as { rows: number }[]
    const columns = driver.database.prepare('SELECT name FROM pragma_table_info(?)').all(['journal'])
    driver.close()
    expect(held[0]!.rows).toBe(300)
    expect(columns.map((column) => (column as { name: string }).name)).not.toContain('archived')
  })

  it('is as it was, and goes on, however often it was killed on the way', async () => {
    const file = folder.path('killed.db')
    await older(file, ROWS)
    let halfway = 0
    for (const delay of [1, 30, 90, 200, 400]) {
      const child = writing([file])
      const ended = once(child, 'close')
      let isOpen = false
      for await (const told of linesOf(child)) {
        isOpen ||= told.next !== undefined
        if (told.began === true) void wait(delay).then(() => child.kill('SIGKILL'))
      }
      await ended
      if (!isOpen) halfway += 1
      const driver = openDriver(file)
      const steps = driver.database.prepare('SELECT name FROM kysely_migration').all([]).length
      const found = driver.database.prepare('SELECT name FROM pragma_table_info(?)').all(['journal'])
      const rows = driver.database.prepare('SELECT count(*) AS rows FROM journal').all([]) as { rows: number }[]
      expect(driver.pragma('integrity_check')).toBe('ok')
      driver.close()
      const isNew = found.some((column) => (column as { name: string }).name === 'archived')
      expect(steps).toBe(isNew ? Object.keys(stepsOf('sqlite')).length : 4)
      expect(rows[0]!.rows).toBe(ROWS)
    }
    expect(halfway).toBeGreaterThan(2)
    const store = await openStore(file, { create: false })
    expect((await store.check()).problems).toEqual([])
    expect((await store.extents())[0]!.rows).toBe(ROWS)
    await store.close()
  }, 60_000)

  it('keeps nothing of steps of which one fails, and says so', async () => {
    const file = folder.path('in-the-way.db')
    await older(file, 20)
    const driver = openDriver(file)
    driver.database.prepare('CREATE TABLE heartbeat (x)').run([])
    driver.close()
    await expect(openStore(file, { create: false })).rejects.toMatchObject({ fault: { code: 'STORE_STEP_FAILED' } })
    const { database, close } = openDriver(file)
    expect(database.prepare('SELECT name FROM kysely_migration').all([])).toHaveLength(4)
    database.prepare('DROP TABLE heartbeat').run([])
    close()
    const store = await openStore(file, { create: false })
    expect((await store.extents())[0]!.rows).toBe(20)
    await store.close()
  })

  it('is refused where a newer version has changed it, with the copy to go back to', async () => {
    const file = folder.path('newer.db')
    await filled(file, 5)
    const { db } = await openTablesOf(file, { create: false })
    expect(await takenSteps(db)).toEqual(Object.keys(stepsOf('sqlite')))
    await sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('999_later', '2030-01-01')`.execute(db)
    await db.insertInto('store').values({ name: 'copy before 999_later', value: 'here.before-999_later' }).execute()
    await db.destroy()
    await expect(openStore(file, { create: false })).rejects.toMatchObject({
      fault: { code: 'STORE_NEWER', values: { step: '999_later', copy: '"here.before-999_later"' } },
    })
  })
})
