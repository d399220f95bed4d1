/** Long questions about portfolios: asked here, worked on by whoever takes jobs, shown as they stand. */
import type { JobInput, JobRequest, JobResult, JobView } from '../../api/contract/jobs.ts'
import type { JobDesk } from '../../api/ports.ts'
import { Refusal } from '../../api/refusal.ts'
import { type JobOutcome, type JobRecord, type Jobs, type NewJob, PORTFOLIO_JOB_KINDS } from '../../domain/jobs.ts'
import { formatInstant } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import { startModule } from '../isolation/thread.ts'
import type { AskedQuestion, QuestionPlace, QuestionWord } from './questions.ts'

const PREFIX = 'portfolio-'
/** What a job that was called off ends with. */
const CANCELLED = 'called off'
/** Nobody waits longer for an answer. */
const ANSWER_MS_MOST = 30 * 60_000
/** Each may take a worker for that long. */
const WAITING_MOST = 50

type Progress = NonNullable<JobView['progress']>

export interface PortfolioJobs extends JobDesk {
  /** Whether a job is one of these: then it is answered, else it is somebody else's. */
  isOwn(job: Pick<NewJob, 'kind'>): boolean
  answer(job: NewJob, place: QuestionPlace): Promise<JobOutcome>
}

/** How far jobs are, and which are to be called off, is known to the process that works on them. */
export function portfolioJobs(
  jobs: Pick<Jobs, 'add' | 'find' | 'recent'>,
  now: () => number = Date.now,
): PortfolioJobs {
  const progress = new Map<string, Progress>()
  const running = new Map<string, () => void>()
  const cancelled = new Set<string>()

  const find = async (portfolio: string, id: string): Promise<JobView | null> => {
    const job = await jobs.find(id)
    if (job === undefined || !isOwn(job) || questionOf(job).portfolio !== portfolio) return null
    return viewOf(job, progress.get(id) ?? null, cancelled.has(id))
  }
  return {
    isOwn,
    find,
    async ask(portfolio, { id, kind, input }: JobRequest, actor) {
      const args = [JSON.stringify({ portfolio, input })]
      if ((await jobs.find(id)) === undefined && (await waitingOf(jobs)) >= WAITING_MOST) {
        throw new Refusal('unavailable', `${WAITING_MOST} questions wait already: ask again when some are answered.`)
      }
      await jobs.add({ id, kind: `${PREFIX}${kind}`, args, actor, at: now() as Instant })
      const view = await find(portfolio, id)
      const known = await jobs.find(id)
      if (view === null || view.kind !== kind || known?.args[0] !== args[0]) {
        throw new Refusal('id_reused', `The id ${id} is that of another job. Send a new one.`)
      }
      return view
    },
    async cancel(portfolio, id) {
      const view = await find(portfolio, id)
      if (view === null || (view.state !== 'waiting' && view.state !== 'running')) return view
      cancelled.add(id)
      running.get(id)?.()
      return find(portfolio, id)
    },
    async answer(job, place) {
      if (cancelled.has(job.id)) return { state: 'failed', error: CANCELLED }
      const { portfolio, input } = questionOf(job)
      const asked: AskedQuestion = { kind: job.kind as AskedQuestion['kind'], portfolio, input, place }
      try {
        return await answered(
          asked,
          (stop) => running.set(job.id, stop),
          (word) => progress.set(job.id, word),
        )
      } finally {
        running.delete(job.id)
        progress.delete(job.id)
      }
    },
  }
}

async function waitingOf(jobs: Pick<Jobs, 'recent'>): Promise<number> {
  return (await jobs.recent(2 * WAITING_MOST)).filter(({ state }) => state === 'waiting').length
}

function isOwn({ kind }: Pick<NewJob, 'kind'>): boolean {
  return (PORTFOLIO_JOB_KINDS as readonly string[]).includes(kind)
}

function questionOf({ args }: Pick<NewJob, 'args'>): { readonly portfolio: string; readonly input: JobInput } {
  return JSON.parse(args[0]!) as { readonly portfolio: string; readonly input: JobInput }
}

function viewOf(job: JobRecord, progress: Progress | null, isCancelled: boolean): JobView {
  const isOver = job.state === 'done' || job.state === 'failed'
  const state = job.error === CANCELLED || (isCancelled && !isOver) ? 'cancelled' : job.state
  return {
    id: job.id,
    kind: job.kind.slice(PREFIX.length) as JobView['kind'],
    state,
    actor: job.actor,
    at: formatInstant(job.at),
    endedAt: job.endedAt === null ? null : formatInstant(job.endedAt),
    progress: state === 'running' ? progress : null,
    result: job.result === null ? null : (JSON.parse(job.result) as JobResult),
    error: state === 'cancelled' ? '' : job.error,
  }
}

/** In a thread of its own, which ends with the answer, or is ended. */
function answered(
  asked: AskedQuestion,
  onStart: (stop: () => void) => void,
  onProgress: (progress: Progress) => void,
): Promise<JobOutcome> {
  const worker = startModule(new URL('./thread', import.meta.url), { workerData: asked })
  return new Promise((done) => {
    const end = (outcome: JobOutcome): void => {
      clearTimeout(timer)
      done(outcome)
      void worker.terminate()
    }
    const timer = setTimeout(() => end({ state: 'failed', error: 'it took too long' }), ANSWER_MS_MOST)
    onStart(() => end({ state: 'failed', error: CANCELLED }))
    worker.on('message', (word: QuestionWord) => {
      if (word.kind === 'progress') onProgress({ done: word.done, of: word.of, what: word.what })
      else if (word.kind === 'done') end({ state: 'done', result: JSON.stringify(word.result) })
      else end({ state: 'failed', error: word.error })
    })
    worker.on('error', (error) => end({ state: 'failed', error: error.message }))
    worker.on('exit', (code) => end({ state: 'failed', error: `it ended with ${code} and said nothing` }))
  })
}
