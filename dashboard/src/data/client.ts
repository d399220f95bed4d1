import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api.ts'

const RETRY_FIRST_MS = 1000
const RETRY_MOST_MS = 30_000

/** Whether asking again may help: the server was not reached, or could not answer for a while. */
function mayHelp(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.status === 0 || error.status === 429 || error.status >= 500
}

/** For an answer that a journal is played again for, the server is asked so often at most. */
const HEAVY_ASKED_MOST = 3

/**
 * Whether such an answer that failed is asked for once more.
 * @param failures before this one
 */
export function retryHeavy(failures: number, error: Error): boolean {
  return failures + 1 < HEAVY_ASKED_MOST && mayHelp(error)
}

export function retryDelay(attempt: number): number {
  return Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** attempt)
}

/** Readings are kept fresh by the push channel: nothing is asked again by itself but what failed. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (_, error) => mayHelp(error),
      retryDelay,
      structuralSharing: true,
    },
    mutations: { retry: false },
  },
})
