import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { ProblemDetail } from '../../../../src/api/contract/answers.ts'
import type { ConfigurationCheck } from '../../../../src/api/contract/configuration.ts'
import { ask, ofPortfolio } from '../../data/api.ts'
import { readingKey, usePortfolio } from '../../data/readings.ts'
import { useRole } from '../../data/session.ts'
import { useEditing } from './draft.ts'
import type { Path } from './yaml-edit.ts'

const CHECK_AFTER_MS = 400

export interface Checked {
  /** Null while it is not known. */
  readonly check: ConfigurationCheck | null
  readonly error: string | null
  /** The answer is of what stands in the fields now. */
  readonly isCurrent: boolean
}

interface Known extends Checked {
  readonly problems: ReadonlyMap<string, string>
}

const NOTHING: Known = { check: null, error: null, isCurrent: false, problems: new Map() }
const Context = createContext<Known>(NOTHING)

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), CHECK_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** `sleeves[0].weight` and `sleeves.0.weight` are one place. */
function placeOf(at: string): string {
  return at.replace(/\[(\d+)\]/g, '.$1')
}

/** Without the place, which the field itself is. */
function reasonOf(text: string): string {
  return text.replace(/^\S+:\d+:\d+ \S+: /, '')
}

function byPlace(problems: readonly ProblemDetail[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { at, text } of problems) {
    const place = placeOf(at)
    const reason = reasonOf(text)
    found.set(place, found.has(place) ? `${found.get(place)} ${reason}` : reason)
  }
  return found
}

/** Asks the server, when the typing rests, what is wrong with the draft and what it would change: once for all fields. */
export function CheckedDraft({ children }: { readonly children: ReactNode }): ReactNode {
  const { text, isChanged, refused, view } = useEditing()
  const portfolio = usePortfolio()
  const mayAsk = useRole('admin')
  const settled = useSettled(text)
  const { data, error } = useQuery({
    queryKey: readingKey(portfolio, 'configuration/check', { settled, against: view?.fingerprint }),
    queryFn: () => ask<ConfigurationCheck>('POST', ofPortfolio(portfolio, 'configuration/check'), { text: settled }),
    enabled: isChanged && mayAsk && settled !== '',
    placeholderData: (before) => before,
    retry: false,
    gcTime: 60_000,
  })
  const known = useMemo<Known>(() => {
    if (!isChanged) return NOTHING
    return {
      check: data ?? null,
      error: error?.message ?? null,
      isCurrent: settled === text,
      problems: byPlace([...(data?.problems ?? []), ...refused]),
    }
  }, [data, error, isChanged, settled, text, refused])
  return <Context value={known}>{children}</Context>
}

export function useChecked(): Checked {
  return useContext(Context)
}

/** What is wrong with one field, as the server says it; null: nothing. @param names how engines speak of the place, too */
export function useProblem(path: Path, name?: string): string | null {
  const { problems } = useContext(Context)
  return problems.get(path.join('.')) ?? (name === undefined ? null : (problems.get(name) ?? null))
}
