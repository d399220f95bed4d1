import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { JobKindView, JobRequest, JobResult, JobView } from '../../../src/api/contract/jobs.ts'
import { useParameter } from '../state/url.ts'
import { ApiError, ask, ofPortfolio } from './api.ts'
import { kept } from './kept.ts'
import { readingKey, usePortfolio } from './readings.ts'

const POLL_MS = 500

const ENDED: readonly JobView['state'][] = ['done', 'failed', 'cancelled']

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Asks a long question and waits for its end. @throws Error where there is no answer, and why */
export async function jobResult(portfolio: string, request: JobRequest): Promise<JobResult> {
  let view = await ask<JobView>('POST', ofPortfolio(portfolio, 'jobs'), request)
  while (!ENDED.includes(view.state)) {
    await wait(POLL_MS)
    view = await ask<JobView>('GET', ofPortfolio(portfolio, `jobs/${encodeURIComponent(view.id)}`))
  }
  if (view.state !== 'done' || view.result === null) throw new Error(view.error || `the question was ${view.state}`)
  return view.result
}

/** A long question that is asked from the page: its id is in the address, so that a copied link shows the same answer. */
export interface Job {
  readonly view: JobView | null
  readonly isRunning: boolean
  /** A report in a file can only show what it carries. */
  readonly canRun: boolean
  /** What went wrong with asking; null: nothing. */
  readonly error: string | null
  readonly run: (input: JobRequest['input']) => void
  readonly cancel: () => void
}

/** A report carries the answer that was drawn when it was written, where there is one. Null: a server is asked. */
function keptJob(kind: JobKindView): string | null {
  if (kept === null) return null
  const id = `kept-${kind}`
  return kept.paths.some((path) => path.endsWith(`/jobs/${id}`)) ? id : ''
}

export function useJob(kind: JobKindView, parameter: string): Job {
  const portfolio = usePortfolio()
  const cache = useQueryClient()
  const [asked, setId] = useParameter(parameter, '')
  const id = keptJob(kind) ?? asked
  const [error, setError] = useState<string | null>(null)
  const key = readingKey(portfolio, 'jobs', { id })
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      ask<JobView>('GET', ofPortfolio(portfolio, `jobs/${encodeURIComponent(id)}`), undefined, signal),
    enabled: portfolio !== '' && id !== '',
    refetchInterval: ({ state }) => (state.data === undefined || ENDED.includes(state.data.state) ? false : POLL_MS),
  })
  const view = id === '' ? null : (query.data ?? null)

  async function send(method: 'POST' | 'DELETE', request: JobRequest | null, name: string): Promise<void> {
    setError(null)
    try {
      const address = ofPortfolio(portfolio, method === 'POST' ? 'jobs' : `jobs/${encodeURIComponent(name)}`)
      const answer = await ask<JobView>(method, address, request ?? undefined)
      cache.setQueryData(readingKey(portfolio, 'jobs', { id: name }), answer)
      if (method === 'POST') setId(name)
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'the question could not be sent')
    }
  }

  const lookup = query.error === null ? null : query.error.message
  return {
    view,
    canRun: kept === null,
    isRunning: view !== null && !ENDED.includes(view.state),
    error: error ?? (view?.state === 'failed' ? view.error : lookup),
    run: (input) => {
      const name = crypto.randomUUID()
      void send('POST', { id: name, kind, input }, name)
    },
    cancel: () => void send('DELETE', null, id),
  }
}
