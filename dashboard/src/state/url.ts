import { useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'
import { kept } from '../data/kept.ts'

/** The search text with one key set; the default value leaves no key, so that addresses stay short. */
export function withParameter(search: string, key: string, value: string | null, fallback = ''): string {
  const parameters = new URLSearchParams(search)
  if (value === null || value === fallback) parameters.delete(key)
  else parameters.set(key, value)
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

/** What of the address goes with the reader to another page: the portfolio and the period. */
export function carriedSearch(search: string): string {
  const from = new URLSearchParams(search)
  const kept = new URLSearchParams()
  for (const key of ['portfolio', 'period']) {
    const value = from.get(key)
    if (value !== null) kept.set(key, value)
  }
  const text = kept.toString()
  return text === '' ? '' : `?${text}`
}

export interface Changing {
  /** A step of its own for the Back button, as for a drawer; else the address is replaced. */
  readonly isStep?: boolean
}

/** One value of the address' query: a copied address shows the same view. */
export function useParameter(
  key: string,
  fallback: string,
  allowed?: readonly string[],
): readonly [string, (value: string | null, how?: Changing) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const found = new URLSearchParams(search).get(key)
  const value = found === null || (allowed !== undefined && !allowed.includes(found)) ? fallback : found
  const set = useCallback(
    (next: string | null, how: Changing = {}) => {
      const now = kept === null ? window.location.search : search
      navigate(`${path}${withParameter(now, key, next, fallback)}`, { replace: how.isStep !== true })
    },
    [navigate, path, search, key, fallback],
  )
  return [value, set]
}
