/* What is said between a worker and the thread that answers a question about a portfolio. */
import type { JobInput, JobResult } from '../../api/contract/jobs.ts'
import type { PortfolioJobKind } from '../../domain/jobs.ts'

/** Where portfolios of this process are kept, and what their market is. */
export interface QuestionPlace {
  readonly store: string
  /** Portfolio files. */
  readonly configs: readonly string[]
  /** A folder of data, or the seed of the simulated market. */
  readonly data?: string
  readonly seed?: number
  /** As `YYYY-MM-DD`. */
  readonly from?: string
  readonly to?: string
}

export interface AskedQuestion {
  readonly kind: PortfolioJobKind
  readonly portfolio: string
  readonly input: JobInput
  readonly place: QuestionPlace
}

export type QuestionWord =
  | { readonly kind: 'progress'; readonly done: number; readonly of: number; readonly what: string }
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly error: string }

export type OnProgress = (done: number, of: number, what: string) => void
