import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { command, start } from '../cli/command.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { type KillOutcome, killedPeriod, killRounds } from './rounds.ts'

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
  const run = killedPeriod(root, '2023-06-30')
  let outcome: KillOutcome
  beforeAll(async () => {
    const stores = ['calm.db', 'killed.db'] as const
    outcome = await killRounds({ folder: folder.path('.'), stores, args: run, kills: 4, seed: 11 })
  })

  it('loses nothing and does nothing twice: books and journal of one that was left alone', () => {
    expect(outcome.problems).toEqual([])
    expect(outcome.killed).toBe(outcome.calm)
    expect(outcome.chains[1]).toBe(outcome.chains[0])
    expect(outcome.deaths.atWork).toBeGreaterThan(2)
  })

  it('is followed by the one that stands by, and by no other: a second process is told so and ends', async () => {
    const shared = [...run, '--json', '--store', 'shared.db']
    const first = start(folder.path('.'), [...shared, '--every', '1'])
    await written(folder.path('shared.db'))
    const second = await command(folder.path('.'), shared)
    expect(second).toMatchObject({ code: 1, out: '' })
    expect(second.err).toContain('the portfolio "Channels" in "shared.db" is run by another process')
    const standby = start(folder.path('.'), [...shared, '--standby'])
    let [out, said] = ['', '']
    standby.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
    standby.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('waiting for it to end')) first.kill('SIGKILL')
    })
    const [code] = (await once(standby, 'close')) as [number | null]
    expect({ code, out: JSON.parse(out) }, said).toEqual({ code: 0, out: JSON.parse(outcome.calm) })
    expect(said).toContain('waiting for it to end')
    const [one, other] = await Promise.all(
      ['calm.db', 'shared.db'].map((store) => command(folder.path('.'), ['store', 'check', store, '--json'])),
    )
    const journals = [one!, other!].map(({ out }) => (JSON.parse(out) as { journals: unknown }).journals)
    expect(journals[1]).toEqual(journals[0])
  })
})
