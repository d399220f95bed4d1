import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readParquet } from '../../src/adapters/feeds/parquet.ts'
import { openTablesOf } from '../../src/adapters/store/open.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { command } from './command.ts'

const preset = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'presets/channels.yaml')
const folder = storeFolder()
afterAll(() => folder.remove())

const run = (...given: readonly string[]) => command(folder.path('.'), given)
const DAYS = ['--seed', '26', '--from', '2023-01-01', '--to', '2023-01-18']

interface Entry {
  readonly number: number
  readonly action: string
  readonly actor: string
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
  readonly request_id: string
}

/** The audit log as it lies in the file. */
async function audit(name: string): Promise<readonly Entry[]> {
  const { db } = await openTablesOf(folder.path(name), { create: false })
  const rows = await db.selectFrom('audit').selectAll().orderBy('number').execute()
  await db.destroy()
  return rows.map(({ before, after, ...row }) => ({ ...row, before: JSON.parse(before), after: JSON.parse(after) }))
}

/** A parameter as nobody else would write it. */
const PLANTED = '57.31337'

describe.skipIf(!HAS_STORE)(`an encrypted portfolio ${STORE_NEED}`, () => {
  it('leaves nothing of its parameters to read in its store, its log and its copies', async () => {
    cpSync(dirname(preset), folder.path('own'), { recursive: true })
    const file = folder.path('own/channels.yaml')
    const channel = folder.path('own/channels/large_cap.yaml')
    const planted = readFileSync(channel, 'utf8').replace(/entry_rsi: [0-9.]+/, `entry_rsi: ${PLANTED}`)
    expect(planted).toContain(PLANTED)
    writeFileSync(channel, planted)
    const key = '5a'.repeat(32)
    const opening = { POLYFOLIO_STORE_KEY: key }
    const paper = (store: string, environment: Readonly<Record<string, string>>) =>
      command(folder.path('.'), ['paper', file, ...DAYS, '--store', store, '--json'], environment)

    expect(await paper('plain.db', {})).toMatchObject({ code: 0 })
    expect(found('plain.db', PLANTED)).toBe(true)
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nstore: {encryption: on}\n`)
    const without = await paper('secret.db', {})
    expect(without).toMatchObject({ code: 2, err: expect.stringContaining('POLYFOLIO_STORE_KEY') })
    const late = await paper('plain.db', opening)
    expect(late).toMatchObject({ code: 2, err: expect.stringContaining('store rekey') })

    expect(await paper('secret.db', opening)).toMatchObject({ code: 0 })
    const copied = await command(folder.path('.'), ['store', 'backup', 'secret.db', 'secret.copy.db'], opening)
    expect(copied).toMatchObject({ code: 0 })
    for (const secret of [PLANTED, key, key.toUpperCase()]) expect(found('secret', secret)).toBe(false)
    expect(found('secret', 'breakout')).toBe(true)

    const wrong = await paper('secret.db', { POLYFOLIO_STORE_KEY: '11'.repeat(32) })
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringMatching(/is not the one of the store.*POLYFOLIO_STORE_KEY/s),
    })
    const replayed = await command(folder.path('.'), ['replay', file, '--store', 'secret.copy.db', '--json'], opening)
    expect(replayed).toMatchObject({ code: 0, out: expect.stringContaining('stateHash') })
  }, 240_000)
})

/** Whether any of the files that begin with a name holds a text, as it is written or as a number's bytes. */
function found(name: string, text: string): boolean {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(Number(text))
  const needles = text === PLANTED ? [Buffer.from(text), bytes] : [Buffer.from(text), Buffer.from(text, 'hex')]
  const files = readdirSync(folder.path('.'), { withFileTypes: true }).filter(
    (one) => one.isFile() && one.name.startsWith(name),
  )
  expect(files.length).toBeGreaterThan(0)
  return files.some((one) => {
    const content = readFileSync(folder.path(one.name))
    return needles.some((needle) => needle.length > 0 && content.includes(needle))
  })
}

describe.skipIf(!HAS_STORE)(`commands about a store ${STORE_NEED}`, () => {
  beforeAll(async () => {
    const { code, err } = await run('paper', preset, ...DAYS, '--store', 'one.db', '--json', '--snapshot-every', '5')
    expect([code, err]).toEqual([0, expect.stringContaining('written to one.db')])
  }, 120_000)

  it('gives every table as files, of which each has the rows that the table has', async () => {
    const { db } = await openTablesOf(folder.path('one.db'), { create: false })
    const { rows } = await db
      .selectFrom('posting')
      .select(({ fn }) => fn.countAll().as('rows'))
      .executeTakeFirstOrThrow()
    await db.destroy()
    expect(Number(rows)).toBeGreaterThan(0)
    for (const format of ['csv', 'json', 'parquet'] as const) {
      const { code, out, err } = await run('store', 'export', 'one.db', '--to', format, '--format', format)
      expect([code, err]).toEqual([0, ''])
      expect(out).toContain('posting')
    }
    const csv = readFileSync(folder.path('csv/posting.csv'), 'utf8').trimEnd().split('\n')
    const json = readFileSync(folder.path('json/posting.json'), 'utf8').trimEnd().split('\n')
    const parquet = await readParquet(folder.path('parquet/posting.parquet'), 'posting.parquet')
    expect([csv.length - 1, json.length, parquet.count]).toEqual([Number(rows), Number(rows), Number(rows)])
    expect(JSON.parse(json[0]!)).toMatchObject({ portfolio: 'Channels' })
    expect(csv[0]!.split(',')).toEqual(Object.keys(JSON.parse(json[0]!) as object))
    const again = await run('store', 'export', 'one.db', '--to', 'csv')
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('it is there already') })
  }, 120_000)

  it('compares its tables with the journal row by row, and makes them again', async () => {
    expect(await run('store', 'rebuild', preset, '--store', 'one.db', '--check')).toMatchObject({ code: 0 })
    const { db } = await openTablesOf(folder.path('one.db'), { create: false })
    await db.updateTable('holding').set({ quantity: 7 }).execute()
    await db.deleteFrom('mark').execute()
    const wrong = await run('store', 'rebuild', preset, '--store', 'one.db', '--check')
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/holding .*quantity differ/) })
    expect(wrong.err).toMatch(/mark .*: is missing/)
    expect(await run('store', 'rebuild', preset, '--store', 'one.db')).toMatchObject({ code: 0 })
    expect(await run('store', 'rebuild', preset, '--store', 'one.db', '--check')).toMatchObject({ code: 0 })
    await db.destroy()
  }, 120_000)

  it('lets go of old bars, and is whole and plays on all the same', async () => {
    expect(await run('store', 'backup', 'one.db', 'old.db')).toMatchObject({ code: 0 })
    const pruned = await run('store', 'prune', 'old.db', '--slices', '1', '--cycles', '1', '--snapshots', '1')
    expect(pruned).toMatchObject({ code: 0 })
    expect(readdirSync(folder.path('old.db.archive')).length).toBeGreaterThan(0)
    expect(await run('store', 'check', 'old.db')).toMatchObject({ code: 0, out: expect.stringContaining('Every hash') })
    const calm = await run('paper', preset, ...DAYS, '--store', 'one.db', '--json')
    const on = await run('paper', preset, ...DAYS, '--store', 'old.db', '--json')
    expect(on).toMatchObject({ code: 0, out: calm.out })
    expect((await run('replay', preset, '--store', 'old.db', '--json')).out).toBe(on.out)
    rmSync(folder.path('old.db.archive'), { recursive: true })
    const gone = await run('replay', preset, '--store', 'old.db', '--json')
    expect(gone).toMatchObject({ code: 2, err: expect.stringContaining('bring the archive back') })
  }, 240_000)

  it('is encrypted where the configuration asks for it, with a key that can be changed', async () => {
    writeFileSync(folder.path('first.key'), '11'.repeat(32))
    writeFileSync(folder.path('second.key'), Buffer.alloc(32, 0x22).toString('base64'))
    expect(await run('store', 'backup', 'one.db', 'sealed.db')).toMatchObject({ code: 0 })
    expect(await run('store', 'rekey', 'sealed.db', '--new-key', 'first.key')).toMatchObject({ code: 0 })
    expect(await run('store', 'check', 'sealed.db')).toMatchObject({
      code: 2,
      err: expect.stringContaining('POLYFOLIO_STORE_KEY'),
    })
  }, 120_000)

  it('writes down who did what to it, with how things were and are', async () => {
    expect(await run('store', 'backup', 'one.db', 'logged.db')).toMatchObject({ code: 0 })
    const earlier = (await audit('logged.db')).length
    const judged = ['gates', 'record', 'backtest', '--criterion', 'Sharpe above 1', '--store', 'logged.db']
    expect(await run(...judged, '--actor', 'anna', '--value', '0.8', '--failed')).toMatchObject({ code: 0 })
    expect(await run(...judged, '--actor', 'ben', '--value', '1.2', '--passed')).toMatchObject({ code: 0 })
    for (const note of ['first', 'second']) {
      const approve = ['config', 'approve', preset, '--store', 'logged.db', '--note', note]
      expect(await run(...approve)).toMatchObject({ code: 0 })
    }
    expect(await run('store', 'prune', 'logged.db', '--cycles', '1')).toMatchObject({ code: 0 })
    expect(await run('store', 'rebuild', preset, '--store', 'logged.db')).toMatchObject({ code: 0 })
    expect(await run('store', 'restore', 'logged.db', 'restored.db')).toMatchObject({ code: 0 })
    const log = (await audit('restored.db')).slice(earlier)
    expect(log.map(({ action }) => action)).toEqual([
      'gate',
      'gate',
      'approveConfiguration',
      'approveConfiguration',
      'prune',
      'rebuild',
      'restore',
    ])
    expect(log[0]).toMatchObject({ actor: 'anna', subject: 'backtest', before: null, after: { passed: false } })
    expect(log[1]).toMatchObject({ actor: 'ben', before: { by: 'anna', value: '0.8' }, after: { value: '1.2' } })
    expect(log[3]).toMatchObject({ before: { note: 'first' }, after: { note: 'second' } })
    const [before, after] = [log[4]!.before, log[4]!.after] as { readonly equity: number }[]
    expect(before!.equity).toBeGreaterThan(after!.equity)
    expect(log[6]!.after).toEqual({ from: 'logged.db', to: 'restored.db' })
    expect(new Set(log.map(({ request_id }) => request_id)).size).toBe(log.length)
    expect(await run('store', 'check', 'restored.db')).toMatchObject({ code: 0 })
  }, 240_000)

  it('keeps notes that are found, exported and taken away, and refuses those on nothing', async () => {
    expect(await run('store', 'backup', 'one.db', 'noted.db')).toMatchObject({ code: 0 })
    const earlier = (await audit('noted.db')).length
    const at = ['--store', 'noted.db']
    const { db } = await openTablesOf(folder.path('noted.db'), { create: false })
    const { sleeve, instrument } = await db.selectFrom('holding').selectAll().limit(1).executeTakeFirstOrThrow()
    const traded = await db
      .selectFrom('posting')
      .selectAll()
      .where('quantity', '<>', 0)
      .limit(1)
      .executeTakeFirstOrThrow()
    await db.destroy()
    const subjects = [`position:${sleeve}/${instrument}`, `trade:${traded.seq}-${traded.place}`, 'day:20230104']
    for (const subject of subjects) {
      const given = ['annotate', subject, '--note', `Earnings of ${subject}`, '--tag', 'earnings', '--tag', 'watch']
      expect(await run(...given, ...at)).toMatchObject({ code: 0 })
    }
    for (const nothing of [
      'position:nobody/none',
      'trade:999999-1',
      'violation:4711',
      'order:0',
      'day:20230230',
      'x:1',
    ]) {
      const given = await run('annotate', nothing, '--note', 'lost', ...at)
      expect(given).toMatchObject({ code: 2, err: expect.stringContaining(nothing) })
    }
    const all = await run('annotations', 'watch', 'EARNINGS', ...at, '--json')
    const { annotations } = JSON.parse(all.out) as { annotations: { id: string; subject: string; tags: string[] }[] }
    expect(annotations.map(({ subject }) => subject)).toEqual(subjects.map((one) => one.slice(one.indexOf(':') + 1)))
    expect(annotations[0]!.tags).toEqual(['earnings', 'watch'])
    const fewer = await run('annotations', '--remove', annotations[0]!.id, ...at, '--json')
    expect((JSON.parse(fewer.out) as { annotations: unknown[] }).annotations).toHaveLength(2)
    expect(await run('annotations', '--remove', annotations[0]!.id, ...at)).toMatchObject({ code: 2 })
    expect(await run('store', 'export', 'noted.db', '--to', 'noted')).toMatchObject({ code: 0 })
    expect(readFileSync(folder.path('noted/annotation.csv'), 'utf8')).toContain(`Earnings of ${subjects[1]}`)
    for (const secret of ['account', 'session', 'api_token', 'alert_channel'])
      expect(existsSync(folder.path(`noted/${secret}.csv`)), secret).toBe(false)
    expect((await audit('noted.db')).slice(earlier).map(({ action }) => action)).toEqual([
      ...subjects.map(() => 'annotate'),
      'removeAnnotation',
    ])
    const asked = await run('audit', ...at, '--action', 'annotate', '--limit', '2', '--json')
    expect(JSON.parse(asked.out)).toMatchObject({
      entries: subjects
        .slice(1)
        .toReversed()
        .map((subject) => ({ action: 'annotate', subject, kind: 'did', outcome: 'done' })),
      older: true,
      broken: [],
    })
    expect((await run('audit', ...at, '--user', 'nobody')).out).toContain('Nothing is on record.')
    const tampered = await openTablesOf(folder.path('noted.db'), { create: false })
    await tampered.db.updateTable('audit').set({ actor: 'nobody' }).where('action', '=', 'removeAnnotation').execute()
    await tampered.db.destroy()
    expect(await run('audit', ...at, '--user', 'nobody')).toMatchObject({
      code: 1,
      out: expect.stringContaining('removeAnnotation'),
      err: expect.stringContaining('was changed'),
    })
  }, 240_000)

  it('is brought back under a name that had another store before', async () => {
    expect(await run('store', 'backup', 'one.db', 'kept.db')).toMatchObject({ code: 0 })
    const longer = ['--seed', '26', '--from', '2023-01-01', '--to', '2023-01-24']
    expect(await run('paper', preset, ...longer, '--store', 'again.db', '--json')).toMatchObject({ code: 0 })
    for (const part of ['again.db', 'again.db-wal', 'again.db-shm']) rmSync(folder.path(part), { force: true })
    expect(await run('store', 'restore', 'kept.db', 'again.db')).toMatchObject({ code: 0 })
    expect(await run('paper', preset, ...DAYS, '--store', 'again.db', '--json')).toMatchObject({ code: 0 })
    expect(await run('store', 'check', 'again.db')).toMatchObject({ code: 0 })
  }, 240_000)

  it('shows the portfolio that is chosen, and says which there are', async () => {
    expect(await run('store', 'show', 'one.db', 'Channels')).toMatchObject({ code: 0 })
    expect(await run('store', 'show', 'one.db', 'None')).toMatchObject({
      code: 2,
      err: expect.stringContaining('it holds "Channels"'),
    })
  })

  it('says what a store is that is in its newest form, and refuses what is none', async () => {
    expect(await run('store', 'migrate', 'one.db')).toMatchObject({ code: 0, out: expect.stringContaining('newest') })
    mkdirSync(folder.path('empty'), { recursive: true })
    expect(await run('store', 'migrate', 'empty/none.db')).toMatchObject({ code: 2 })
    expect(existsSync(folder.path('empty/none.db'))).toBe(false)
  })
})
