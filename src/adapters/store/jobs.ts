/** Jobs in the same database as the journal: workers of any process take them in their order. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import {
  CALLED_OFF,
  JOB_ATTEMPTS,
  type JobKind,
  type JobOutcome,
  type JobProgress,
  type JobRecord,
  type JobState,
  type Jobs,
  type JobUnderWay,
  type NewJob,
} from '../../domain/jobs.ts'
import type { Instant } from '../../domain/units.ts'
import type { ControlTables } from './control-tables.ts'
import type { Tables } from './schema.ts'

export interface JobsPace {
  /** Milliseconds between two looks for work, and between two signs of life of a worker. */
  readonly lookMs: number
  /** A worker that was silent for longer is lost. */
  readonly lostMs: number
}

const PACE: JobsPace = { lookMs: 500, lostMs: 30_000 }
const GIVEN_UP = `given up: ${JOB_ATTEMPTS} workers were lost with it`
const now = (): Instant => Date.now() as Instant

export function storeJobs(db: Kysely<Tables>, pace: JobsPace = PACE): Jobs {
  return {
    async add({ args, ...job }) {
      const row = { ...job, args: JSON.stringify(args), state: 'waiting', worker: null, attempts: 0, seen_at: job.at }
      await db
        .insertInto('job')
        .values({ ...row, result: null, error: '', ended_at: null, progress: null, called_off_at: null })
        .onConflict((one) => one.column('id').doNothing())
        .execute()
    },
    async find(id) {
      const row = await db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? undefined : recordOf(row)
    },
    async recent(count) {
      const rows = await db.selectFrom('job').selectAll().orderBy('at', 'desc').orderBy('id').limit(count).execute()
      return rows.map(recordOf)
    },
    async callOff(id) {
      const at = now()
      const own = () => db.updateTable('job').where('id', '=', id)
      await own()
        .set({ state: 'failed', error: CALLED_OFF, ended_at: at, called_off_at: at })
        .where('state', '=', 'waiting')
        .execute()
      await own().set({ called_off_at: at }).where('state', '=', 'running').execute()
    },
    async work(worker, run, signal) {
      while (!signal.aborted) {
        const job = await take(db, worker, pace)
        if (job !== null) await worked(db, worker, job, run, pace)
        else await wait(pace.lookMs, undefined, { signal }).catch(() => {})
      }
    },
    close: () => Promise.resolve(), // the store closes the database
  }
}

/** The oldest job that waits, or whose worker was lost; null: none, or another worker was quicker. */
async function take(db: Kysely<Tables>, worker: string, { lostMs }: JobsPace): Promise<NewJob | null> {
  const at = now()
  const lost = at - lostMs
  const found = await db
    .selectFrom('job')
    .selectAll()
    .where((row) =>
      row.or([row('state', '=', 'waiting'), row.and([row('state', '=', 'running'), row('seen_at', '<', lost)])]),
    )
    .orderBy('at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (found === undefined) return null
  const attempts = Number(found.attempts) + 1
  const error = found.called_off_at !== null ? CALLED_OFF : attempts > JOB_ATTEMPTS ? GIVEN_UP : null
  const change =
    error !== null
      ? { state: 'failed', error, ended_at: at }
      : { state: 'running', worker, attempts, seen_at: at, progress: null }
  const { numUpdatedRows } = await db
    .updateTable('job')
    .set(change)
    .where('id', '=', found.id)
    .where('state', '=', found.state)
    .where('attempts', '=', found.attempts)
    .executeTakeFirstOrThrow()
  return error !== null || Number(numUpdatedRows) === 0 ? null : recordOf(found)
}

async function worked(
  db: Kysely<Tables>,
  worker: string,
  job: NewJob,
  run: (job: NewJob, underWay: JobUnderWay) => Promise<JobOutcome>,
  { lookMs }: JobsPace,
): Promise<void> {
  const own = () =>
    db.updateTable('job').where('id', '=', job.id).where('worker', '=', worker).where('state', '=', 'running')
  const [ended, calledOff] = [new AbortController(), new AbortController()]
  let progress: JobProgress | null = null
  const alive = (async () => {
    while (!ended.signal.aborted) {
      await wait(lookMs, undefined, { signal: ended.signal }).catch(() => {})
      if (ended.signal.aborted) return
      // A sign of life that cannot be written is written next time.
      const said = await own()
        .set({ seen_at: now(), progress: progress === null ? null : JSON.stringify(progress) })
        .returning('called_off_at')
        .executeTakeFirst()
        .catch(() => undefined)
      if (said !== undefined && said.called_off_at !== null) calledOff.abort()
    }
  })()
  const underWay = {
    signal: calledOff.signal,
    report(word: JobProgress) {
      progress = word
    },
  }
  const outcome = await run(job, underWay).catch(
    (error: unknown): JobOutcome => ({
      state: 'failed',
      error: error instanceof Error ? error.message : String(error),
    }),
  )
  ended.abort()
  await alive
  const { state } = outcome
  const said = outcome.state === 'done' ? { result: outcome.result } : { error: outcome.error }
  // Where another worker has it by now, its word counts.
  await own()
    .set({ state, ...said, progress: null, ended_at: now() })
    .execute()
}

function recordOf(row: ControlTables['job']): JobRecord {
  return {
    id: row.id,
    kind: row.kind as JobKind,
    args: JSON.parse(row.args) as string[],
    actor: row.actor,
    at: Number(row.at) as Instant,
    state: row.state as JobState,
    worker: row.worker,
    attempts: Number(row.attempts),
    result: row.result,
    error: row.error,
    endedAt: row.ended_at === null ? null : (Number(row.ended_at) as Instant),
    progress: row.progress === null ? null : (JSON.parse(row.progress) as JobProgress),
    isCalledOff: row.called_off_at !== null,
  }
}
