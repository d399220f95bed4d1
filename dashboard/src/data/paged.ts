import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import type { Dated, Page } from '../../../src/api/contract/answers.ts'
import { ask, ofPortfolio, queryOf } from './api.ts'
import { type Query, readingKey, usePortfolio, useReading } from './readings.ts'
import { dated, type Source } from './source.ts'

const PAGE_ROWS = 100

export interface PagedRows<R> {
  readonly source: Source<Page<R>>
  readonly total: number
  readonly row: (index: number) => R | undefined
  readonly onRange: (first: number, last: number) => void
}

/** A list that the server sorts, filters and pages by `offset`: only the pages that are looked at are read. */
export function usePagedRows<R>(what: string, filter: Query): PagedRows<R> {
  const portfolio = usePortfolio()
  const cache = useQueryClient()
  const answer = dated(useReading<Dated<Page<R>>>(what, { ...filter, offset: 0, limit: PAGE_ROWS }))
  const source = { ...answer, every: null } // read again when the push channel says that rows changed: it is not late before
  const [range, setRange] = useState<readonly [number, number]>([0, 0])
  const pages: number[] = []
  for (let page = range[0]; page <= range[1]; page += 1) if (page > 0) pages.push(page)
  const keyOf = (page: number) => readingKey(portfolio, what, { ...filter, offset: page * PAGE_ROWS, limit: PAGE_ROWS })
  useQueries({
    queries: pages.map((page) => ({
      queryKey: keyOf(page),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask<Dated<Page<R>>>(
          'GET',
          ofPortfolio(portfolio, `${what}${queryOf({ ...filter, offset: page * PAGE_ROWS, limit: PAGE_ROWS })}`),
          undefined,
          signal,
        ),
    })),
  })
  const onRange = useCallback((first: number, last: number) => {
    const [from, to] = [Math.floor(first / PAGE_ROWS), Math.floor(last / PAGE_ROWS)]
    setRange((before) => (before[0] === from && before[1] === to ? before : [from, to]))
  }, [])
  const first = source.data
  const row = (index: number): R | undefined => {
    const page = Math.floor(index / PAGE_ROWS)
    const rows = page === 0 ? first?.rows : cache.getQueryData<Dated<Page<R>>>(keyOf(page))?.data.rows
    return rows?.[index % PAGE_ROWS]
  }
  return { source, total: first?.total ?? first?.rows.length ?? 0, row, onRange }
}
