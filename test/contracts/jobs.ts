import { describe, expect, it } from 'vitest'
import { CALLED_OFF, JOB_ATTEMPTS, type JobOutcome, type Jobs, type NewJob } from '../../src/domain/jobs.ts'
import type { Instant } from '../../src/domain/units.ts'

export interface JobsUnderTest {
  /** Another process's way to the same queue. */
  open(): Promise<Jobs>
}

let made = 0
function jobOf(fields: Partial<NewJob> = {}): NewJob {
  made += 1
  const at = (1_700_000_000_000 + made) as Instant
  return { id: `job-${made}-${process.pid}`, kind: 'backtest', args: ['a b', "it's"], actor: 'me', at, ...fields }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 20))
}

/** What whoever asks and whoever works rely on, wherever the queue is. */
export function jobsContract(name: string, prepare: () => Promise<JobsUnderTest>): void {
  describe(name, () => {
    it('gives each job once, in order, and keeps what came of it', async () => {
      const under = await prepare()
      const [asking, working] = [await under.open(), await under.open()]
      const stop = new AbortController()
      const list = [jobOf(), jobOf({ kind: 'stress' }), jobOf()]
      for (const job of list) await asking.add(job)
      await asking.add(list[0]!)
      expect(await asking.find(list[0]!.id)).toMatchObject({ ...list[0], state: 'waiting', result: null })
      expect(await asking.find('nobody')).toBeUndefined()
      const given: NewJob[] = []
      const work = working.work(
        'w',
        (job) => {
          given.push({ id: job.id, kind: job.kind, args: job.args, actor: job.actor, at: job.at })
          if (given.length === 2) return Promise.resolve({ state: 'failed', error: 'no such file' } as JobOutcome)
          if (given.length === 3) return Promise.reject(new Error('the thread ended'))
          return Promise.resolve({ state: 'done', result: '{"a":1}' } as JobOutcome)
        },
        stop.signal,
      )
      const [first, second, third] = list.map(({ id }) => id) as [string, string, string]
      const stateOf = async (id: string) => (await asking.find(id))!.state
      await until(async () => (await stateOf(third)) === 'failed')
      stop.abort()
      await work
      expect(given).toEqual(list)
      expect(await asking.find(first)).toMatchObject({ state: 'done', result: '{"a":1}', worker: 'w', error: '' })
      expect(await asking.find(second)).toMatchObject({ state: 'failed', error: 'no such file', result: null })
      expect((await asking.find(third))!.error).toContain('the thread ended')
      expect((await asking.recent(2)).map(({ id }) => id)).toEqual([third, second])
      await asking.close()
      await working.close()
    })

    it('tells whoever works that a job is called off, and whoever asks how far it is', async () => {
      const under = await prepare()
      const [asking, working] = [await under.open(), await under.open()]
      const [first, second] = [jobOf(), jobOf()]
      await asking.add(first)
      await asking.add(second)
      const stop = new AbortController()
      const begun: string[] = []
      const work = working.work(
        'w',
        (job, { signal, report }) => {
          begun.push(job.id)
          report({ done: 3, of: 8, what: 'paths' })
          return new Promise<JobOutcome>((done) => {
            signal.addEventListener('abort', () => done({ state: 'failed', error: CALLED_OFF }))
          })
        },
        stop.signal,
      )
      await until(async () => (await asking.find(first.id))!.progress !== null)
      expect((await asking.find(first.id))!.progress).toEqual({ done: 3, of: 8, what: 'paths' })
      await asking.callOff(second.id)
      expect(await asking.find(second.id)).toMatchObject({ isCalledOff: true })
      await asking.callOff(first.id)
      await until(async () => (await asking.find(second.id))!.state === 'failed')
      await until(async () => (await asking.find(first.id))!.state === 'failed')
      for (const { id } of [first, second])
        expect(await asking.find(id)).toMatchObject({ error: CALLED_OFF, progress: null, isCalledOff: true })
      expect(begun).toEqual([first.id])
      stop.abort()
      await work
      await asking.callOff('nobody')
      await asking.close()
      await working.close()
    })

    it('shares the jobs between workers, and no job between two of them', async () => {
      const under = await prepare()
      const asking = await under.open()
      const workers = [await under.open(), await under.open(), await under.open()]
      const stop = new AbortController()
      const list = Array.from({ length: 12 }, () => jobOf())
      const given: string[] = []
      const working = workers.map((one, place) =>
        one.work(
          `w${place}`,
          async (job) => {
            given.push(job.id)
            await new Promise((done) => setTimeout(done, 5))
            return { state: 'done', result: 'null' }
          },
          stop.signal,
        ),
      )
      await Promise.all(list.map((job) => asking.add(job)))
      await until(async () =>
        (await Promise.all(list.map(({ id }) => asking.find(id)))).every((job) => job?.state === 'done'),
      )
      stop.abort()
      await Promise.all(working)
      expect(given.sort()).toEqual(list.map(({ id }) => id).sort())
      for (const one of [asking, ...workers]) await one.close()
    })
  })
}

/** Where a worker that was lost is found out quickly enough to be waited for. */
export function lostWorkerContract(name: string, prepare: () => Promise<JobsUnderTest>): void {
  describe(name, () => {
    it('gives a job again whose worker was lost, and not for ever', async () => {
      const under = await prepare()
      const [asking, lost, other] = [await under.open(), await under.open(), await under.open()]
      const job = jobOf()
      await asking.add(job)
      const never = new AbortController()
      let begun = 0
      // It neither ends nor says anything any more.
      void lost.work(
        'lost',
        () => {
          begun += 1
          return lost.close().then(() => new Promise<JobOutcome>(() => {}))
        },
        never.signal,
      )
      await until(() => Promise.resolve(begun === 1))
      const stop = new AbortController()
      const work = other.work('other', () => Promise.resolve({ state: 'done', result: '7' }), stop.signal)
      await until(async () => (await asking.find(job.id))!.state === 'done')
      expect(await asking.find(job.id)).toMatchObject({ worker: 'other', result: '7', attempts: 2 })
      stop.abort()
      await work
      expect(JOB_ATTEMPTS).toBe(3)
      await asking.close()
      await other.close()
    })
  })
}
