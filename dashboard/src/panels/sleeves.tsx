import { type ReactNode, useCallback } from 'react'
import { Link, useSearch } from 'wouter'
import { sleeveToken } from '../charts/paint.ts'
import { useLive } from '../data/readings.ts'
import { carriedSearch } from '../state/url.ts'

/** Place of a sleeve among the sleeves, which decides its colour; null for what is none. */
export function useOrdinals(): (sleeve: string) => number | null {
  const { data } = useLive('sleeves')
  const rows = data?.rows
  const known = rows?.map(({ sleeve, ordinal }) => `${ordinal} ${sleeve}`).join('\n') ?? ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: values are pushed all the time, the sleeves' places are not
  return useCallback((sleeve) => rows?.find((row) => row.sleeve === sleeve)?.ordinal ?? null, [known])
}

/** What a sleeve is called. */
export function useTitles(): (sleeve: string) => string {
  const { data } = useLive('sleeves')
  return (sleeve) => data?.rows.find((row) => row.sleeve === sleeve)?.title ?? sleeve
}

export interface SleeveLabelProps {
  readonly sleeve: string
  readonly title: string
  /** Leads to the sleeve's page. */
  readonly isLink?: boolean
}

/** A sleeve by its colour and its name. */
export function SleeveLabel({ sleeve, title, isLink = false }: SleeveLabelProps): ReactNode {
  const ordinal = useOrdinals()(sleeve)
  const search = useSearch()
  const colour = ordinal === null ? 'var(--text-2)' : `var(${sleeveToken(ordinal)})`
  return (
    <span className="named" title={title}>
      <i className="swatch" style={{ background: colour }} />
      {isLink ? (
        <Link href={`/strategy/${encodeURIComponent(sleeve)}${carriedSearch(search)}`}>{title}</Link>
      ) : (
        <span>{title}</span>
      )}
    </span>
  )
}
