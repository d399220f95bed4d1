import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type {
  ConfigurationCheck,
  ConfigurationSave,
  ConfigurationView,
} from '../../../../src/api/contract/configuration.ts'
import { ApiError, ask, ofPortfolio } from '../../data/api.ts'
import { queries } from '../../data/client.ts'
import { newId, withProof } from '../../data/commands.ts'
import { readingKey, usePortfolio, useReading } from '../../data/readings.ts'
import { plain, type Source } from '../../data/source.ts'
import { notify } from '../../state/notices.ts'
import { portfolioShown } from '../../state/portfolio.ts'
import { type Store, store, useStore } from '../../state/store.ts'

/** What a reader has changed and not saved yet, shared by all tabs; null: nothing. */
interface Draft {
  readonly portfolio: string
  readonly text: string
  /** Version of the configuration that it began from. */
  readonly seen: number
  /** What somebody else made of it in the meantime. */
  readonly conflict: ConfigurationView | null
}

const draft: Store<Draft | null> = store<Draft | null>(null)

export function useConfiguration(): Source<ConfigurationView> {
  return plain(useReading<ConfigurationView>('configuration'))
}

export interface Editing {
  readonly view: ConfigurationView | null
  /** The file with the reader's changes; empty while it cannot be edited. */
  readonly text: string
  readonly isChanged: boolean
  readonly conflict: ConfigurationView | null
  readonly edit: (change: (text: string) => string) => void
  readonly discard: () => void
}

/** The configuration's file with what was changed on any of the tabs. */
export function useEditing(): Editing {
  const { data: view } = useConfiguration()
  const portfolio = usePortfolio()
  const held = useStore(draft)
  const own = held !== null && held.portfolio === portfolio ? held : null
  const text = own?.text ?? view?.text ?? ''
  return {
    view,
    text,
    isChanged: own !== null && own.text !== view?.text,
    conflict: own?.conflict ?? null,
    edit(change) {
      if (view === null || view.text === null) return
      try {
        draft.set({ portfolio, text: change(text), seen: own?.seen ?? view.version, conflict: own?.conflict ?? null })
      } catch (error) {
        notify({
          tone: 'bad',
          text: `The file could not be changed: ${error instanceof Error ? error.message : String(error)}`,
        })
      }
    },
    discard: () => draft.set(null),
  }
}

const CHECK_AFTER_MS = 400

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), CHECK_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** What is wrong with the draft and what it would change, asked of the server when the typing rests. */
export function useCheck(): {
  readonly check: ConfigurationCheck | null
  readonly error: string | null
  readonly isCurrent: boolean
} {
  const { text, isChanged } = useEditing()
  const portfolio = usePortfolio()
  const settled = useSettled(text)
  const { data, error } = useQuery({
    queryKey: readingKey(portfolio, 'configuration/check', { settled }),
    queryFn: () => ask<ConfigurationCheck>('POST', ofPortfolio(portfolio, 'configuration/check'), { text: settled }),
    enabled: isChanged && settled !== '',
    retry: false,
    gcTime: 60_000,
  })
  return { check: data ?? null, error: error?.message ?? null, isCurrent: settled === text }
}

/** Puts the draft in the place of the configuration; resolves to whether it was saved. */
export async function saveDraft(confirm: string): Promise<boolean> {
  const held = draft.get()
  if (held === null) return false
  const portfolio = portfolioShown.get()
  const request: ConfigurationSave = {
    id: newId(),
    text: held.text,
    seen: held.seen,
    ...(confirm === '' ? {} : { confirm }),
  }
  try {
    const saved = await withProof('Changing the configuration', () =>
      ask<ConfigurationView>('POST', ofPortfolio(portfolio, 'configuration'), request),
    )
    if (saved === null) return false
    draft.set(null)
    notify({ tone: 'good', text: 'The configuration is saved.' })
    void queries.invalidateQueries({ queryKey: ['p', portfolio] })
    return true
  } catch (error) {
    const now = error instanceof ApiError && error.code === 'stale' ? error.problem?.conflict?.now : undefined
    if (now !== undefined) draft.set({ ...held, conflict: now as ConfigurationView })
    notify({ tone: 'bad', text: `Not saved: ${error instanceof Error ? error.message : String(error)}`, lasts: null })
    return false
  }
}

/** Goes on from what somebody else saved: the reader's own text stays, and is compared with theirs from now on. */
export function keepOwn(): void {
  const held = draft.get()
  if (held === null || held.conflict === null) return
  queries.setQueryData(readingKey(held.portfolio, 'configuration'), held.conflict)
  draft.set({ ...held, seen: held.conflict.version, conflict: null })
}
