import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
const DAYS = ['--seed', '26', '--from', '2023-01-01', '--to', '2023-01-31']

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
