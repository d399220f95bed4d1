import type { QueryClient } from '@tanstack/react-query'

/** Number of the newest event that any reading on the page contains: a command says what its sender had seen. */
export function lastSeen(cache: QueryClient, portfolio: string): number {
  let seen = -1
  for (const [, data] of cache.getQueriesData({ queryKey: ['p', portfolio] })) {
    const seq = (data as { readonly seq?: unknown } | undefined)?.seq
    if (typeof seq === 'number' && seq > seen) seen = seq
  }
  return seen
}
