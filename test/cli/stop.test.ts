import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { start } from './command.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

const PRESET = fileURLToPath(new URL('../../presets/momentum-trio.yaml', import.meta.url))

async function isHeard(file: string): Promise<boolean> {
  if (!existsSync(file)) return false
  const store = await openStore(file, { create: false })
  const beats = await store.control.beats()
  await store.close()
  return beats.length > 0
}

describe.skipIf(!HAS_STORE)(`a portfolio whose next bar is hours away ${STORE_NEED}`, () => {
  it('ends when it is told to, not with the next look', async () => {
    const paper = ['paper', PRESET, '--seed', '3', '--from', '2024-02-01', '--to', '2024-02-09', '--speed', '1']
    const engine = start(folder.path('.'), [...paper, '--store', 'slow.db'])
    const ended = new Promise((done) => engine.on('close', done))
    while (!(await isHeard(folder.path('slow.db')).catch(() => false))) await wait(100)
    engine.kill('SIGTERM')
    expect(await ended).toBe(0)
  }, 45_000)
})
