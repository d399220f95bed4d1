import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { writeThrough } from './durability.ts'
import { openStore } from './open.ts'

describe('how soon a commit is on the disk', () => {
  it('is before it is acknowledged, but where it was said otherwise', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'polyfolio-durability-'))
    const store = await openStore(join(folder, 's.db'), { create: true })
    const { db } = store.tables
    const level = async () => (await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(db)).rows[0]!.synchronous
    const [normal, full] = [1, 2]
    expect(await level()).toBe(full)
    await writeThrough(db, 'checkpoint')
    expect(await level()).toBe(normal)
    await writeThrough(db, 'commit')
    expect(await level()).toBe(full)
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
})
