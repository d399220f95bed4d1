import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { JobRequest } from '../../api/contract/jobs.ts'
import type { JobRecord } from '../../domain/jobs.ts'
import { packageRoot } from '../package-root.ts'
import { portfolioJobs } from './desk.ts'
import type { QuestionPlace } from './questions.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-desk-'))
const place: QuestionPlace = {
  store: join(folder, 's.db'),
  configs: [join(packageRoot(), 'presets', 'channels.yaml')],
}
let store: OpenedStore
beforeAll(async () => {
  store = await openStore(place.store, { create: true })
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const diff = (id: string): JobRequest => ({ id, kind: 'config-diff', input: { document: 'name: Other\n' } })

/** Works until the job has ended. */
async function worked(desk: ReturnType<typeof portfolioJobs>, id: string): Promise<void> {
  const jobs = store.jobs()
  const stop = new AbortController()
  const working = jobs.work('w', (job, underWay) => desk.answer(job, place, underWay), stop.signal)
  await expect.poll(async () => (await jobs.find(id))?.endedAt ?? null, { timeout: 30_000 }).not.toBeNull()
  stop.abort()
  await working
}

describe('the desk of long questions', () => {
  it('takes no more than can be waited for, nor another question under the same id', async () => {
    const known = new Map<string, JobRecord>()
    const desk = portfolioJobs({
      add: (job) => {
        const record = { ...job, state: 'waiting', result: null, error: '', endedAt: null } as unknown as JobRecord
        if (!known.has(job.id)) known.set(job.id, record)
        return Promise.resolve()
      },
      find: (id) => Promise.resolve(known.get(id)),
      recent: (count) => Promise.resolve([...known.values()].slice(0, count)),
      callOff: () => Promise.resolve(),
    })
    for (let job = 0; job < 10; job += 1) await desk.ask('Channels', diff(`job-${job}`), 'ada')
    const full = { code: 'throttled', more: { retryAfter: 30 } }
    await expect(desk.ask('Channels', diff('one-more'), 'ada/notebook')).rejects.toMatchObject(full)
    for (let job = 10; job < 50; job += 1) await desk.ask('Channels', diff(`job-${job}`), `user-${job % 8}`)
    await expect(desk.ask('Channels', diff('one-more'), 'bob')).rejects.toMatchObject(full)
    expect((await desk.ask('Channels', diff('job-1'), 'ada')).id).toBe('job-1')
    const other = { ...diff('job-1'), input: { document: 'name: Another\n' } } as JobRequest
    await expect(desk.ask('Channels', other, 'ada')).rejects.toMatchObject({ code: 'id_reused' })
  })

  it('answers one in a thread of its own, once for an id, and to its own portfolio alone', async () => {
    const desk = portfolioJobs(store.jobs())
    const asked = await desk.ask('Channels', diff('a'), 'ada')
    expect(asked).toMatchObject({ id: 'a', kind: 'config-diff', state: 'waiting', actor: 'ada', result: null })
    expect((await desk.ask('Channels', diff('a'), 'bob')).actor).toBe('ada')
    expect(await desk.find('Other', 'a')).toBeNull()
    await expect(desk.ask('Other', diff('a'), 'ada')).rejects.toThrow('that of another job')
    await worked(desk, 'a')
    const done = (await desk.find('Channels', 'a'))!
    expect(done).toMatchObject({ state: 'done', error: '', progress: null })
    expect(done.result).toMatchObject({ kind: 'config-diff' })
  }, 60_000)

  it('says why one failed', async () => {
    const desk = portfolioJobs(store.jobs())
    await desk.ask('Nobody', diff('b'), 'ada')
    await worked(desk, 'b')
    expect(await desk.find('Nobody', 'b')).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('no file of "Nobody"') as string,
    })
  }, 60_000)

  it('calls one off that waits, or is under way', async () => {
    const desk = portfolioJobs(store.jobs())
    await desk.ask('Channels', diff('c'), 'ada')
    expect((await desk.cancel('Channels', 'c'))!.state).toBe('cancelled')
    await worked(desk, 'c')
    expect(await desk.find('Channels', 'c')).toMatchObject({ state: 'cancelled', result: null, error: '' })
    // The worker is another process: all that it hears, it hears through the store.
    const asking = portfolioJobs(store.jobs())
    await desk.ask('Channels', diff('d'), 'ada')
    const stop = new AbortController()
    const jobs = store.jobs()
    const working = jobs.work('w', (job, underWay) => desk.answer(job, place, underWay), stop.signal)
    await expect.poll(async () => (await desk.find('Channels', 'd'))!.state, { interval: 5 }).toBe('running')
    await asking.cancel('Channels', 'd')
    stop.abort()
    await working
    expect(await desk.find('Channels', 'd')).toMatchObject({ state: 'cancelled', result: null })
    expect(await desk.cancel('Channels', 'nothing')).toBeNull()
  }, 60_000)
})
