import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { openStore } from '../../adapters/store/open.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { JobKind, JobRecord, Jobs } from '../../domain/jobs.ts'
import type { Instant } from '../../domain/units.ts'
import { print, printJson } from '../output.ts'
import { textTable } from '../text-table.ts'

interface QueueOptions {
  readonly store: string
  readonly jobs?: string
  readonly json?: boolean
}

const LISTED = 50

/** `polyfolio jobs add`: asks workers, wherever they are. */
export async function jobsAdd(kind: JobKind, args: readonly string[], options: QueueOptions): Promise<void> {
  await withJobs(options, async (jobs) => {
    const job = { id: randomUUID(), kind, args, actor: userInfo().username, at: Date.now() as Instant }
    await jobs.add(job)
    if (options.json === true) printJson({ ...job, at: new Date(job.at).toISOString() })
    else print(job.id)
  })
}

/** `polyfolio jobs list`. */
export async function jobsList(options: QueueOptions): Promise<void> {
  await withJobs(options, async (jobs) => {
    const found = await jobs.recent(LISTED)
    if (options.json === true) printJson({ jobs: found.map(documentOf) })
    else if (found.length === 0) print('No job yet.')
    else {
      const rows = found.map(({ id, kind, state, actor, at, worker }) => [
        id,
        kind,
        state,
        actor,
        new Date(at).toISOString(),
        worker ?? '',
      ])
      print(textTable(['Job', 'Kind', 'State', 'By', 'When', 'Worker'], rows))
    }
  })
}

/** `polyfolio jobs show`: what the command of a job printed. */
export async function jobsShow(id: string, options: QueueOptions): Promise<void> {
  await withJobs(options, async (jobs) => {
    const job = await jobs.find(id)
    if (job === undefined) throw new FaultError(fault('JOB_UNKNOWN', { id }))
    if (options.json === true)
      printJson({ ...documentOf(job), result: job.result === null ? null : (JSON.parse(job.result) as unknown) })
    else print(job.result ?? (job.error === '' ? `It is ${job.state}.` : job.error))
  })
}

function documentOf(job: JobRecord) {
  const { id, kind, args, actor, at, state, worker, attempts, error, endedAt } = job
  const ended = endedAt === null ? null : new Date(endedAt).toISOString()
  return { id, kind, args, actor, at: new Date(at).toISOString(), state, worker, attempts, error, endedAt: ended }
}

async function withJobs(options: QueueOptions, use: (jobs: Jobs) => Promise<void>): Promise<void> {
  if (options.jobs !== undefined) {
    const jobs = (await import('../../adapters/jobs/bullmq.ts')).bullJobs(options.jobs, process.env['REDIS_PASSWORD'])
    try {
      await use(jobs)
    } finally {
      await jobs.close()
    }
    return
  }
  const store = await openStore(options.store, { create: true })
  try {
    await use(store.jobs())
  } finally {
    await store.close()
  }
}
