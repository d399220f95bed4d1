/** Who did what to a portfolio, and what people wrote beside what happened. */
import type { Instant, Json } from './units.ts'

/** One thing that somebody did. Numbers count from 1 without gaps; each is linked to the one before by a hash. */
export interface AuditEntry {
  readonly portfolio: string
  readonly number: number
  readonly at: Instant
  readonly actor: string
  /** A word for what was done, such as `kill`. */
  readonly action: string
  /** What it was done to; '' for the whole portfolio. */
  readonly subject: string
  /** How things were and are; null where there is nothing to say. */
  readonly before: Json
  readonly after: Json
  /** Of the command or request behind it; '' where there was none. */
  readonly requestId: string
}

export const ANNOTATED = ['position', 'trade', 'order', 'violation', 'day'] as const

/** A note of a person on something that happened. Taken away it is still there, with the moment. */
export interface Annotation {
  readonly id: string
  readonly at: Instant
  readonly actor: string
  readonly about: (typeof ANNOTATED)[number]
  /** As the readable tables name it: `sleeve/instrument`, a number, a date. */
  readonly subject: string
  readonly text: string
  readonly tags: readonly string[]
  readonly removedAt: Instant | null
}

export interface AuditLog {
  record(entry: Omit<AuditEntry, 'number'>): Promise<void>
  /** From a number on, in order. */
  entries(portfolio: string, from: number): Promise<readonly AuditEntry[]>
  /** The first entry that is not as it was written, or is missing; null where every link holds. */
  broken(portfolio: string): Promise<string | null>
  /** The same id again is the same note, with the words of now. */
  annotate(portfolio: string, annotation: Omit<Annotation, 'removedAt'>): Promise<void>
  removeAnnotation(portfolio: string, id: string, at: Instant): Promise<void>
  /** Those that stand, oldest first; `words`: that hold all of them, in text or tags. */
  annotations(portfolio: string, words?: string): Promise<readonly Annotation[]>
}
