import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { killedYear, killRounds } from './rounds.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const folder = storeFolder()
afterAll(() => folder.remove())

describe.skipIf(!HAS_STORE)(`a process that is killed while it trades on paper ${STORE_NEED}`, () => {
  it('loses nothing and does nothing twice: books and journal of one that was left alone', async () => {
    const outcome = await killRounds({ folder: folder.path('.'), args: killedYear(root), kills: 4, seed: 11 })
    expect(outcome.problems).toEqual([])
    expect(outcome.killed).toBe(outcome.calm)
    expect(outcome.chains[1]).toBe(outcome.chains[0])
    expect(outcome.deaths).toBeGreaterThan(0)
  })
})
