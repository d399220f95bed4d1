/** Long questions about portfolios: asked here, worked on by whoever takes jobs, shown as they stand. */
import type { JobInput, JobRequest, JobResult, JobView } from '../../api/contract/jobs.ts'
import type { JobDesk } from '../../api/ports.ts'
import { Refusal } from '../../api/refusal.ts'
import {
  CALLED_OFF,
  type JobOutcome,
  type JobRecord,
  type Jobs,
  type JobUnderWay,
  type NewJob,
  PORTFOLIO_JOB_KINDS,
} from '../../domain/jobs.ts'
import { formatInstant } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import { startModule } from '../isolation/thread.ts'
import type { AskedQuestion, QuestionPlace, QuestionWord } from './questions.ts'

const PREFIX = 'portfolio-'
/** Nobody waits longer for an answer. */
const ANSWER_MS_MOST = 30 * 60_000
/** Each may take a worker for that long: of all who ask, and of one of them. */
const OPEN_MOST = 50
const OPEN_OF_ONE_MOST = 10
const AGAIN_S = 30

export interface PortfolioJobs extends JobDesk {
  /** Whether a job is one of these: then it is answered, else it is somebody else's. */
  isOwn(job: Pick<NewJob, 'kind'>): boolean
  answer(job: NewJob, place: QuestionPlace, underWay: JobUnderWay): Promise<JobOutcome>
}

export function portfolioJobs(
  jobs: Pick<Jobs, 'add' | 'find' | 'recent' | 'callOff'>,
  now: () => number = Date.now,
): PortfolioJobs {
  const find = async (portfolio: string, id: string): Promise<JobView | null> => {
    const job = await jobs.find(id)
    if (job === undefined || !isOwn(job) || questionOf(job).portfolio !== portfolio) return null
    return viewOf(job)
  }
  return {
    isOwn,
    find,
    async ask(portfolio, { id, kind, input }: JobRequest, actor) {
      const args = [JSON.stringify({ portfolio, input })]
      if ((await jobs.find(id)) === undefined) await demandRoom(jobs, actor)
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
      await jobs.callOff(id)
      return find(portfolio, id)
    },
    answer(job, place, underWay) {
      const { portfolio, input } = questionOf(job)
      const asked: AskedQuestion = { kind: job.kind as AskedQuestion['kind'], portfolio, input, place }
      return answered(asked, underWay)
    },
  }
}

/** @throws Refusal where too much waits already, of everybody or of whoever asks */
async function demandRoom(jobs: Pick<Jobs, 'recent'>, actor: string): Promise<void> {
  const recent = await jobs.recent(2 * OPEN_MOST)
  const open = recent.filter((job) => (job.state === 'waiting' || job.state === 'running') && !job.isCalledOff)
  const own = open.filter((job) => userOf(job.actor) === userOf(actor))
  if (open.length < OPEN_MOST && own.length < OPEN_OF_ONE_MOST) return
  const text = own.length < OPEN_OF_ONE_MOST ? `${open.length} questions wait` : `${own.length} of your questions wait`
  throw new Refusal('throttled', `${text} already: ask again when some are answered.`, { retryAfter: AGAIN_S })
}

/** A program asks in the name of its user. */
function userOf(actor: string): string {
  return actor.split('/')[0]!
}

function isOwn({ kind }: Pick<NewJob, 'kind'>): boolean {
  return (PORTFOLIO_JOB_KINDS as readonly string[]).includes(kind)
}

function questionOf({ args }: Pick<NewJob, 'args'>): { readonly portfolio: string; readonly input: JobInput } {
  return JSON.parse(args[0]!) as { readonly portfolio: string; readonly input: JobInput }
}

function viewOf(job: JobRecord): JobView {
  const isOver = job.state === 'done' || job.state === 'failed'
  const state = job.error === CALLED_OFF || (job.isCalledOff && !isOver) ? 'cancelled' : job.state
  return {
    id: job.id,
    kind: job.kind.slice(PREFIX.length) as JobView['kind'],
    state,
    actor: job.actor,
    at: formatInstant(job.at),
    endedAt: job.endedAt === null ? null : formatInstant(job.endedAt),
    progress: state === 'running' ? job.progress : null,
    result: job.result === null ? null : (JSON.parse(job.result) as JobResult),
    error: state === 'cancelled' ? '' : job.error,
  }
}

/** In a thread of its own, which ends with the answer, or is ended. */
function answered(asked: AskedQuestion, { signal, report }: JobUnderWay): Promise<JobOutcome> {
  const worker = startModule(new URL('./thread', import.meta.url), { workerData: asked })
  return new Promise((done) => {
    const end = (outcome: JobOutcome): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      done(outcome)
      void worker.terminate()
    }
    const stop = (): void => end({ state: 'failed', error: CALLED_OFF })
    const timer = setTimeout(() => end({ state: 'failed', error: 'it took too long' }), ANSWER_MS_MOST)
    signal.addEventListener('abort', stop)
    worker.on('message', (word: QuestionWord) => {
      if (word.kind === 'progress') report({ done: word.done, of: word.of, what: word.what })
      else if (word.kind === 'done') end({ state: 'done', result: JSON.stringify(word.result) })
      else end({ state: 'failed', error: word.error })
    })
    worker.on('error', (error) => end({ state: 'failed', error: error.message }))
    worker.on('exit', (code) => end({ state: 'failed', error: `it ended with ${code} and said nothing` }))
  })
}
