import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { command } from './command.ts'

const presets = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'presets')
const folder = storeFolder()
afterAll(() => folder.remove())

describe.skipIf(!HAS_STORE)(`breakers on paper ${STORE_NEED}`, () => {
  it('stop what was named, say so once, and keep every order that did not leave', async () => {
    for (const name of ['channels', 'instruments']) symlinkSync(join(presets, name), folder.path(name))
    const breakers = 'engine:\n  orders: {breakers: {orders_per_minute: 1}}\n'
    writeFileSync(folder.path('p.yaml'), `${readFileSync(join(presets, 'channels.yaml'), 'utf8')}\n${breakers}`)
    const days = ['--seed', '26', '--from', '2023-01-01', '--to', '2023-01-31']
    const { code, err } = await command(folder.path('.'), ['paper', 'p.yaml', ...days, '--store', 'one.db', '--json'])
    expect(code).toBe(0)
    expect(err.match(/^.*orderRate.*$/gm)).toEqual([
      '2023-01-04T14:30:00.000Z orderRate: more than 1 orders within a minute',
    ])
    const store = await openStore(folder.path('one.db'), { create: false })
    const filled = new Set<string | null>()
    for await (const { clientId } of store.executionsFrom('Channels', 0)) filled.add(clientId)
    await store.close()
    expect(filled.size).toBe(1)
  }, 120_000)
})
