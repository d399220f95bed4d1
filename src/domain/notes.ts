/** What people write beside what happened. */
import type { Instant } from './units.ts'

export const NOTED = ['sleeve', 'position', 'trade', 'order', 'violation', 'day'] as const
export type Noted = (typeof NOTED)[number]

/** A note as it stands. Taken away it is still there, with the moment. */
export interface Note {
  readonly id: string
  /** When it was first written, and by whom. */
  readonly at: Instant
  readonly author: string
  readonly about: Noted
  /** As the readable tables name it: a sleeve, `sleeve/instrument`, a number, `yyyymmdd`. */
  readonly subject: string
  readonly text: string
  readonly tags: readonly string[]
  /** From 1 on. */
  readonly version: number
  readonly editedAt: Instant | null
  readonly editor: string
  readonly removedAt: Instant | null
}

export interface NewNote {
  /** Random: the same id is one note, however often it is sent. */
  readonly id: string
  readonly at: Instant
  readonly author: string
  readonly about: Noted
  readonly subject: string
  readonly text: string
  readonly tags: readonly string[]
}

export interface NoteEdit {
  readonly text: string
  readonly tags: readonly string[]
  readonly at: Instant
  readonly author: string
  /** The version that whoever edits has seen. */
  readonly seen: number
}

/** `stale`: somebody has edited it since, and `note` is how it stands. */
export type NoteAnswer =
  | { readonly state: 'done' | 'stale'; readonly note: Note }
  | { readonly state: 'unknown'; readonly note: null }

/** What is left out selects nothing away. */
export interface NoteQuery {
  /** Those that hold all the words, in text, tags, subject or author. */
  readonly words?: string
  readonly about?: Noted
  readonly subject?: string
  readonly tag?: string
  /** Written within, both ends in it. */
  readonly from?: Instant
  readonly to?: Instant
  readonly offset?: number
  readonly limit: number
}

export interface NotePage {
  /** Newest first. */
  readonly notes: readonly Note[]
  readonly total: number
}

export interface Notes {
  /** Whether the readable tables hold what a note is to be about; days always do. */
  isNoted(portfolio: string, about: Noted, subject: string): Promise<boolean>
  addNote(portfolio: string, note: NewNote): Promise<Note>
  editNote(portfolio: string, id: string, edit: NoteEdit): Promise<NoteAnswer>
  removeNote(portfolio: string, id: string, by: Pick<NoteEdit, 'at' | 'author' | 'seen'>): Promise<NoteAnswer>
  findNotes(portfolio: string, query: NoteQuery): Promise<NotePage>
  /** How it ever stood, oldest first. */
  versions(portfolio: string, id: string): Promise<readonly Note[]>
}
