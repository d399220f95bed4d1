/** Long questions that other processes answer: asked once, worked on by one worker at a time, kept until they are read. */
import type { Instant } from './units.ts'

/** Commands of the command line that a worker runs. */
export const JOB_KINDS = ['backtest', 'stress', 'simulate', 'compare', 'compare-allocators', 'whatif'] as const
/** Questions about a portfolio that runs, as its dashboard asks them. */
export const PORTFOLIO_JOB_KINDS = [
  'portfolio-stress',
  'portfolio-monte-carlo',
  'portfolio-rebalance-preview',
  'portfolio-flatten-preview',
  'portfolio-config-diff',
] as const
export type PortfolioJobKind = (typeof PORTFOLIO_JOB_KINDS)[number]
export type JobKind = (typeof JOB_KINDS)[number] | PortfolioJobKind

export interface NewJob {
  /** Random: the same id is one job, however often it is asked. */
  readonly id: string
  readonly kind: JobKind
  /** As they stand behind the command; of a question about a portfolio its name, and the question as JSON. */
  readonly args: readonly string[]
  readonly actor: string
  readonly at: Instant
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed'

export interface JobRecord extends NewJob {
  readonly state: JobState
  /** Machine and process; null until one took it. */
  readonly worker: string | null
  readonly attempts: number
  /** What the command printed: one JSON document; null until it is done. */
  readonly result: string | null
  /** Why it failed; empty until then. */
  readonly error: string
  readonly endedAt: Instant | null
  /** As its worker said it last, while it runs. */
  readonly progress: JobProgress | null
  /** Nobody wants the answer any more: it ends as soon as its worker has heard. */
  readonly isCalledOff: boolean
}

export interface JobProgress {
  readonly done: number
  readonly of: number
  readonly what: string
}

/** What a worker hears and says while it works on a job, whichever process asked for it. */
export interface JobUnderWay {
  /** Aborted once it is called off. */
  readonly signal: AbortSignal
  /** Seen by whoever asks within about a second. */
  report(progress: JobProgress): void
}

/** Why a job failed that was called off. */
export const CALLED_OFF = 'called off'

/** What a worker says of a job that it took. */
export type JobOutcome =
  | { readonly state: 'done'; readonly result: string }
  | { readonly state: 'failed'; readonly error: string }

export interface Jobs {
  add(job: NewJob): Promise<void>
  find(id: string): Promise<JobRecord | undefined>
  /** The last ones, newest first. */
  recent(count: number): Promise<readonly JobRecord[]>
  /** One that waits is never begun, one that is worked on is broken off; nothing where it has ended. */
  callOff(id: string): Promise<void>
  /**
   * Gives jobs to the worker, one after the other, until the signal; then waits for the one that is under way. A job whose
   * worker was lost is given again, up to three times.
   */
  work(
    worker: string,
    run: (job: NewJob, underWay: JobUnderWay) => Promise<JobOutcome>,
    signal: AbortSignal,
  ): Promise<void>
  close(): Promise<void>
}

/** How often a job is begun before it counts as failed. */
export const JOB_ATTEMPTS = 3
