import { useQueryClient } from '@tanstack/react-query'
import type { Page } from '../../../src/api/contract/answers.ts'
import type { NewNote, Note, NoteChange } from '../../../src/api/contract/notes.ts'
import { ask, ofPortfolio } from './api.ts'
import { type Query, readingKey, usePortfolio, useReading } from './readings.ts'
import { plain, type Source } from './source.ts'

const NOTES_READ = 200

export interface Notes {
  readonly source: Source<Page<Note>>
  readonly add: (note: NewNote) => Promise<void>
  readonly change: (id: string, change: NoteChange) => Promise<void>
  /** `seen`: the version of the note that was looked at. */
  readonly remove: (id: string, seen: number) => Promise<void>
}

/** What people wrote, newest first, with what can be done about it. */
export function useNotes(filter: Query): Notes {
  const portfolio = usePortfolio()
  const cache = useQueryClient()
  const source = plain(useReading<Page<Note>>('notes', { ...filter, limit: NOTES_READ }))
  async function send(method: 'POST' | 'PATCH' | 'DELETE', rest: string, body?: unknown): Promise<void> {
    await ask<unknown>(method, ofPortfolio(portfolio, `notes${rest}`), body)
    await cache.invalidateQueries({ queryKey: readingKey(portfolio, 'notes').slice(0, 3) })
  }
  return {
    source,
    add: (note) => send('POST', '', note),
    change: (id, change) => send('PATCH', `/${encodeURIComponent(id)}`, change),
    remove: (id, seen) => send('DELETE', `/${encodeURIComponent(id)}`, { seen }),
  }
}
