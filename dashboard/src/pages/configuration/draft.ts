import { useQuery } from '@tanstack/react-query'
import type { ProblemDetail } from '../../../../src/api/contract/answers.ts'
import type {
  ConfigurationSave,
  ConfigurationText,
  ConfigurationView,
} from '../../../../src/api/contract/configuration.ts'
import { ApiError, ask, ofPortfolio } from '../../data/api.ts'
import { queries } from '../../data/client.ts'
import { newId, withProof } from '../../data/commands.ts'
import { readingKey, usePortfolio, useReading } from '../../data/readings.ts'
import { plain, type Source } from '../../data/source.ts'
import { dismiss, notify } from '../../state/notices.ts'
import { portfolioShown } from '../../state/portfolio.ts'
import { type Store, store, useStore } from '../../state/store.ts'
import type { Schema } from './form-fields.ts'

/** What a reader has changed and not saved yet, shared by all tabs; null: nothing. */
interface Draft {
  readonly portfolio: string
  readonly text: string
  /** Version and text of the configuration that it began from. */
  readonly seen: number
  readonly fingerprint: string
  /** Why the engine, or the server, did not take this text; empty once it is changed. */
  readonly refused: readonly ProblemDetail[]
  readonly isSaving: boolean
}

const draft: Store<Draft | null> = store<Draft | null>(null)

const NOTHING_REFUSED: readonly ProblemDetail[] = []

export function useConfiguration(): Source<ConfigurationView> {
  return plain(useReading<ConfigurationView>('configuration'))
}

/** What forms are made of; null while it is on its way. */
export function useSchema(): Schema | null {
  const portfolio = usePortfolio()
  const { data } = useQuery({
    queryKey: ['schema', portfolio],
    queryFn: () => ask<Schema>('GET', ofPortfolio(portfolio, 'configuration/schema')),
    enabled: portfolio !== '',
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data ?? null
}

export interface Editing {
  readonly view: ConfigurationView | null
  /** The file with the reader's changes; empty while it cannot be edited. */
  readonly text: string
  readonly isChanged: boolean
  readonly isSaving: boolean
  /** What somebody else made of it since the draft was begun; null: nobody did. */
  readonly conflict: ConfigurationView | null
  /** Version that the draft was begun from. */
  readonly seen: number
  readonly refused: readonly ProblemDetail[]
  readonly edit: (change: (text: string) => string) => void
  readonly discard: () => void
  /** Goes on from what somebody else saved: the reader's own text stays, and is compared with theirs from now on. */
  readonly keepOwn: () => void
}

/** The configuration's file with what was changed on any of the tabs. */
export function useEditing(): Editing {
  const { data: view } = useConfiguration()
  const portfolio = usePortfolio()
  const held = useStore(draft)
  const own = held !== null && held.portfolio === portfolio ? held : null
  const text = own?.text ?? view?.text ?? ''
  const isChanged = own !== null && own.text !== view?.text
  const isOvertaken =
    isChanged && !own.isSaving && view !== null && (view.version !== own.seen || view.fingerprint !== own.fingerprint)
  return {
    view,
    text,
    isChanged,
    isSaving: own?.isSaving ?? false,
    conflict: isOvertaken ? view : null,
    seen: own?.seen ?? view?.version ?? -1,
    refused: own?.refused ?? NOTHING_REFUSED,
    edit(change) {
      if (view === null || view.text === null) return
      try {
        const { version: seen, fingerprint } = view
        const changed = { portfolio, text: change(text), refused: NOTHING_REFUSED, isSaving: false }
        // A draft that comes to what is there already is none.
        if (changed.text === view.text) draft.set(null)
        else if (isChanged) draft.set({ ...own, ...changed })
        else draft.set({ ...changed, seen, fingerprint })
      } catch (error) {
        notify({
          tone: 'bad',
          text: `The file could not be changed: ${error instanceof Error ? error.message : String(error)}`,
        })
      }
    },
    discard: () => draft.set(null),
    keepOwn() {
      if (own !== null && view !== null) draft.set({ ...own, seen: view.version, fingerprint: view.fingerprint })
    },
  }
}

/** The file of an earlier version, for a draft. @throws ApiError where it is not kept */
export async function textOfVersion(seq: number): Promise<string> {
  const { text } = await ask<ConfigurationText>(
    'GET',
    ofPortfolio(portfolioShown.get(), `configuration/versions/${seq}`),
  )
  return text
}

const AGAIN_MS = 1_000

/** Sends until the server answers: under one id, so that nothing is done twice. */
async function delivered(portfolio: string, request: ConfigurationSave): Promise<ConfigurationView | null> {
  const notice = `save-${request.id}`
  for (;;) {
    try {
      const saved = await withProof('Changing the configuration', () =>
        ask<ConfigurationView>('POST', ofPortfolio(portfolio, 'configuration'), request),
      )
      dismiss(notice)
      return saved
    } catch (error) {
      const isOpen = error instanceof ApiError && (error.status === 0 || error.code === 'unavailable')
      if (!isOpen) {
        dismiss(notice)
        throw error
      }
      notify({
        id: notice,
        tone: 'warn',
        lasts: null,
        text: 'The configuration: sent, not confirmed.',
        detail: `Checking id ${request.id.slice(0, 8)}`,
      })
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}

/** Puts the draft in the place of the configuration; resolves to whether it was saved. */
export async function saveDraft(confirm: string): Promise<boolean> {
  const held = draft.get()
  if (held === null || held.isSaving) return false
  const { portfolio, text, seen, fingerprint } = held
  const request = { id: newId(), text, seen, fingerprint, ...(confirm === '' ? {} : { confirm }) }
  draft.set({ ...held, isSaving: true, refused: NOTHING_REFUSED })
  try {
    const saved = await delivered(portfolio, request)
    if (saved === null) {
      draft.set(held)
      return false
    }
    draft.set(null)
    queries.setQueryData(readingKey(portfolio, 'configuration'), saved)
    notify({ tone: 'good', text: `The configuration is saved: it holds from event ${saved.version} on.` })
    void queries.invalidateQueries({ queryKey: ['p', portfolio] })
    return true
  } catch (error) {
    const problem = error instanceof ApiError ? error.problem : null
    draft.set({ ...held, refused: problem?.details ?? NOTHING_REFUSED })
    const theirs = problem?.code === 'stale' ? problem.conflict?.now : undefined
    if (theirs !== undefined) queries.setQueryData(readingKey(portfolio, 'configuration'), theirs)
    notify({ tone: 'bad', text: `Not saved: ${error instanceof Error ? error.message : String(error)}`, lasts: null })
    return false
  }
}
