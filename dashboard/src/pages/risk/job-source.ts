import type { JobResult } from '../../../../src/api/contract/jobs.ts'
import type { Job } from '../../data/jobs.ts'
import type { Source } from '../../data/source.ts'

export interface Answered<T> {
  /** Null while nothing was asked, or the answer is not there yet. */
  readonly answer: T | null
}

/** A long question as a panel's source: it is there before anything was asked, so that it can be asked. */
export function jobSource<T>(job: Job, pick: (result: JobResult) => T | null): Source<Answered<T>> {
  const result = job.view?.result ?? null
  return {
    data: { answer: result === null ? null : pick(result) },
    why: '',
    asOf: job.view?.endedAt ?? null,
    every: null,
    late: [],
    isLoading: false,
    error: null,
    isRetrying: false,
    failures: 0,
    retry: () => undefined,
  }
}
