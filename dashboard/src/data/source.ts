import type { UseQueryResult } from '@tanstack/react-query'
import type { Analysis } from '../../../src/api/contract/analysis.ts'
import type { Dated } from '../../../src/api/contract/answers.ts'

/** What a panel draws from, and how it is. */
export interface Source<T> {
  readonly data: T | null
  /** Why there is nothing; empty where there is data or it is not known yet. */
  readonly why: string
  /** Moment that the data is of, ISO 8601. */
  readonly asOf: string | null
  /** Milliseconds after which newer data is expected; null: nothing is, the market is closed or replayed. */
  readonly every: number | null
  /** Names of prices that are too old. */
  readonly late: readonly string[]
  readonly isLoading: boolean
  /** What went wrong with the last reading; null: nothing. */
  readonly error: string | null
  /** Attempts that failed one after another; a next one follows by itself while `isRetrying`. */
  readonly failures: number
  readonly isRetrying: boolean
  readonly retry: () => void
}

const NOTHING: readonly string[] = []

type State = Pick<Source<never>, 'isLoading' | 'error' | 'failures' | 'isRetrying' | 'retry'>

function stateOf(query: UseQueryResult<unknown>): State {
  const failure = query.error ?? query.failureReason
  return {
    isLoading: query.isPending && failure === null,
    error: failure === null ? null : failure.message,
    failures: query.failureCount,
    isRetrying: query.isFetching,
    retry: () => void query.refetch(),
  }
}

/** A live reading as a source. */
export function dated<T>(query: UseQueryResult<Dated<T>>): Source<T> {
  const answer = query.data
  return {
    ...stateOf(query),
    data: answer?.data ?? null,
    why: '',
    asOf: answer?.asOf ?? null,
    every: answer?.every ?? null,
    late: answer?.late ?? NOTHING,
  }
}

/** What was computed from the events, as a source. */
export function analysed<T>(query: UseQueryResult<Analysis<T>>): Source<T> {
  const answer = query.data
  return {
    ...stateOf(query),
    data: answer?.data ?? null,
    why: answer?.why ?? '',
    asOf: answer?.asOf ?? null,
    every: null,
    late: NOTHING,
  }
}

/** An answer that bears no date. */
export function plain<T>(query: UseQueryResult<T>): Source<T> {
  return {
    ...stateOf(query),
    data: query.data ?? null,
    why: '',
    asOf: query.dataUpdatedAt === 0 ? null : new Date(query.dataUpdatedAt).toISOString(),
    every: null,
    late: NOTHING,
  }
}

/** One panel's part of a source: null, or a part that says itself why it is empty. */
export function part<T, P>(source: Source<T>, pick: (data: T) => P | null, why = ''): Source<P> {
  const data = source.data === null ? null : pick(source.data)
  return { ...source, data, why: source.data === null ? source.why : data === null ? why : '' }
}

/** The same for what carries its own reason. */
export function panelPart<T, P>(
  source: Source<T>,
  pick: (data: T) => { readonly data: P; readonly why: '' } | { readonly data: null; readonly why: string },
): Source<P> {
  if (source.data === null) return { ...source, data: null }
  return { ...source, ...pick(source.data) }
}
