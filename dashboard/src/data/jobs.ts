import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { JobKindView, JobRequest, JobView } from '../../../src/api/contract/jobs.ts'
import { useParameter } from '../state/url.ts'
import { ApiError, ask, ofPortfolio } from './api.ts'
import { readingKey, usePortfolio } from './readings.ts'

const POLL_MS = 500

const ENDED: readonly JobView['state'][] = ['done', 'failed', 'cancelled']

/** A long question that is asked from the page: its id is in the address, so that a copied link shows the same answer. */
export interface Job {
  readonly view: JobView | null
  readonly isRunning: boolean
  /** What went wrong with asking; null: nothing. */
  readonly error: string | null
  readonly run: (input: JobRequest['input']) => void
  readonly cancel: () => void
}

export function useJob(kind: JobKindView, parameter: string): Job {
  const portfolio = usePortfolio()
  const cache = useQueryClient()
  const [id, setId] = useParameter(parameter, '')
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

  async function send(method: 'POST' | 'DELETE', request: JobRequest | null, asked: string): Promise<void> {
    setError(null)
    try {
      const address = ofPortfolio(portfolio, method === 'POST' ? 'jobs' : `jobs/${encodeURIComponent(asked)}`)
      const answer = await ask<JobView>(method, address, request ?? undefined)
      cache.setQueryData(readingKey(portfolio, 'jobs', { id: asked }), answer)
      if (method === 'POST') setId(asked)
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'the question could not be sent')
    }
  }

  const lookup = query.error === null ? null : query.error.message
  return {
    view,
    isRunning: view !== null && !ENDED.includes(view.state),
    error: error ?? (view?.state === 'failed' ? view.error : lookup),
    run: (input) => {
      const asked = crypto.randomUUID()
      void send('POST', { id: asked, kind, input }, asked)
    },
    cancel: () => void send('DELETE', null, id),
  }
}
