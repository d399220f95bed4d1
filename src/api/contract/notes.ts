/** What people wrote beside what happened. */

export type NoteAbout = 'sleeve' | 'position' | 'trade' | 'order' | 'violation' | 'day'

export interface Note {
  readonly id: string
  readonly at: string
  readonly author: string
  readonly about: NoteAbout
  /** A sleeve's name, `sleeve/instrument`, a number, a trade date. */
  readonly subject: string
  /** Markdown, shown as text. */
  readonly text: string
  readonly tags: readonly string[]
  /** From 1 on: goes back as `seen`. */
  readonly version: number
  readonly editedAt: string | null
}

export interface NewNote {
  /** Random: the same id again is the same note. */
  readonly id: string
  readonly about: NoteAbout
  readonly subject: string
  readonly text: string
  readonly tags: readonly string[]
}

/** What is left out stays. */
export interface NoteChange {
  /** `version` of the note that was changed. */
  readonly seen: number
  readonly text?: string
  readonly tags?: readonly string[]
}
