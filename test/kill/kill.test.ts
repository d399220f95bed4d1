import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { command, start } from '../cli/command.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { killedYear, killRounds } from './rounds.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const folder = storeFolder()
afterAll(() => folder.remove())

/** Waits until the first process has begun to write. */
async function written(file: string): Promise<void> {
  while (!existsSync(file) || (await journalRows(file)) === 0) await new Promise((done) => setTimeout(done, 100))
}

async function journalRows(file: string): Promise<number> {
  const store = await openStore(file, { create: false })
  const extents = await store.extents()
  await store.close()
  return extents[0]?.rows ?? 0
}

describe.skipIf(!HAS_STORE)(`a process that is killed while it trades on paper ${STORE_NEED}`, () => {
  it('loses nothing and does nothing twice: books and journal of one that was left alone', async () => {
    const stores = ['calm.db', 'killed.db'] as const
    const outcome = await killRounds({ folder: folder.path('.'), stores, args: killedYear(root), kills: 4, seed: 11 })
    expect(outcome.problems).toEqual([])
    expect(outcome.killed).toBe(outcome.calm)
    expect(outcome.chains[1]).toBe(outcome.chains[0])
    expect(outcome.deaths).toBeGreaterThan(0)
  })

  it('is followed by the one that stands by, and by no other: a second process is told so and ends', async () => {
    const run = killedYear(root)
    const calm = await command(folder.path('.'), [...run, '--json', '--store', 'alone.db'])
    const shared = [...run, '--json', '--store', 'shared.db']
    const first = start(folder.path('.'), [...shared, '--every', '0.05'])
    await written(folder.path('shared.db'))
    const second = await command(folder.path('.'), shared)
    expect(second).toMatchObject({ code: 1, out: '' })
    expect(second.err).toContain('the portfolio "Channels" in "shared.db" is run by another process')
    const standby = command(folder.path('.'), [...shared, '--standby'])
    await new Promise((done) => setTimeout(done, 2_500))
    first.kill('SIGKILL')
    const end = await standby
    expect(end.err).toContain('waiting for it to end')
    expect(end).toMatchObject({ code: 0, out: calm.out })
    const [one, other] = await Promise.all(
      ['alone.db', 'shared.db'].map((store) => command(folder.path('.'), ['store', 'check', store, '--json'])),
    )
    const journals = [one!, other!].map(({ out }) => (JSON.parse(out) as { journals: unknown }).journals)
    expect(journals[1]).toEqual(journals[0])
  })
})
