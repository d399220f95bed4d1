/** Jobs on Redis, for workers on several machines. */
import { setTimeout as wait } from 'node:timers/promises'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import {
  CALLED_OFF,
  JOB_ATTEMPTS,
  type JobKind,
  type JobOutcome,
  type JobProgress,
  type JobRecord,
  type Jobs,
  type JobUnderWay,
  type NewJob,
} from '../../domain/jobs.ts'
import type { Instant } from '../../domain/units.ts'

const QUEUE = 'polyfolio-jobs'
/** Ended jobs that are kept to be read. */
const KEPT = 1_000

/** Milliseconds between two looks of a worker at whether its job is still wanted. */
const LOOK_MS = 500

type Payload = Omit<NewJob, 'id' | 'kind'> & { readonly isCalledOff?: boolean }
type QueuedJob = NonNullable<Awaited<ReturnType<Queue<Payload, Finished, JobKind>['getJob']>>>

/** What a worker leaves behind. */
interface Finished {
  readonly worker: string
  readonly outcome: JobOutcome
}

/** @param url `redis://host:port` */
export function bullJobs(url: string, password?: string): Jobs {
  const connect = (): Redis =>
    // A worker waits for its next job as long as it takes.
    new Redis(url, { ...(password === undefined ? {} : { password }), maxRetriesPerRequest: null })
  const connection = connect()
  connection.on('error', () => {})
  const queue = new Queue<Payload, Finished, JobKind>(QUEUE, { connection })
  queue.on('error', () => {})
  return {
    async add({ id, kind, ...payload }) {
      const kept = { count: KEPT }
      await queue.add(kind, payload, { jobId: id, removeOnComplete: kept, removeOnFail: kept })
    },
    async find(id) {
      const job = await queue.getJob(id)
      return job === undefined ? undefined : recordOf(job)
    },
    async recent(count) {
      const jobs = await queue.getJobs(['waiting', 'active', 'completed', 'failed'], 0, count - 1)
      const records = await Promise.all(jobs.map(recordOf))
      return records.sort((one, other) => other.at - one.at).slice(0, count)
    },
    async callOff(id) {
      const job = await queue.getJob(id)
      if (job !== undefined && job.finishedOn === undefined) await job.updateData({ ...job.data, isCalledOff: true })
    },
    async work(name, run, signal) {
      const own = connect()
      own.on('error', () => {})
      const worker = new Worker<Payload, Finished, JobKind>(
        QUEUE,
        async (job) => ({ worker: name, outcome: await worked(job, run, () => queue.getJob(job.id!)) }),
        { connection: own, concurrency: 1, maxStalledCount: JOB_ATTEMPTS - 1, name },
      )
      worker.on('error', () => {})
      await new Promise<void>((done) => {
        if (signal.aborted) done()
        else signal.addEventListener('abort', () => done(), { once: true })
      })
      await worker.close()
      own.disconnect()
    },
    async close() {
      await queue.close()
      connection.disconnect()
    },
  }
}

/** Looks now and then whether the job is called off, and says how far it is. */
async function worked(
  job: QueuedJob,
  run: (job: NewJob, underWay: JobUnderWay) => Promise<JobOutcome>,
  again: () => Promise<QueuedJob | undefined>,
): Promise<JobOutcome> {
  const { isCalledOff = false, ...payload } = job.data
  if (isCalledOff) return { state: 'failed', error: CALLED_OFF }
  const [ended, calledOff] = [new AbortController(), new AbortController()]
  let progress: JobProgress | null = null
  const looking = (async () => {
    while (!ended.signal.aborted) {
      await wait(LOOK_MS, undefined, { signal: ended.signal }).catch(() => {})
      if (ended.signal.aborted) return
      if (progress !== null) await job.updateProgress(progress).catch(() => {})
      const now = await again().catch(() => undefined)
      if (now?.data.isCalledOff === true) calledOff.abort()
    }
  })()
  try {
    const underWay = {
      signal: calledOff.signal,
      report(word: JobProgress) {
        progress = word
      },
    }
    return await run({ ...payload, id: job.id!, kind: job.name }, underWay)
  } finally {
    ended.abort()
    await looking
  }
}

async function recordOf(job: QueuedJob): Promise<JobRecord> {
  const state = await job.getState()
  const { args, actor, at } = job.data
  const finished = job.returnvalue as Finished | null | undefined
  const outcome = finished?.outcome
  const isLost = state === 'failed'
  return {
    id: job.id!,
    kind: job.name,
    args,
    actor,
    at: Number(at) as Instant,
    state: isLost
      ? 'failed'
      : state === 'completed'
        ? (outcome?.state ?? 'failed')
        : state === 'active'
          ? 'running'
          : 'waiting',
    worker: finished?.worker ?? null,
    attempts: job.attemptsStarted ?? job.attemptsMade,
    result: outcome?.state === 'done' ? outcome.result : null,
    error: outcome?.state === 'failed' ? outcome.error : isLost ? (job.failedReason ?? 'lost') : '',
    endedAt: job.finishedOn === undefined ? null : (job.finishedOn as Instant),
    progress: state === 'active' && typeof job.progress === 'object' ? (job.progress as JobProgress) : null,
    isCalledOff: job.data.isCalledOff === true,
  }
}
