/** Who did what to a portfolio. */
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

export interface AuditLog {
  record(entry: Omit<AuditEntry, 'number'>): Promise<void>
  /** From a number on, in order. */
  entries(portfolio: string, from: number): Promise<readonly AuditEntry[]>
  /** The first entry that is not as it was written, or is missing, also at the end; null where every link holds. */
  broken(portfolio: string): Promise<string | null>
  /** Number and hash (hexadecimal) of the last entry: kept elsewhere, they show what is missing. Null where there is none. */
  head(portfolio: string): Promise<{ readonly number: number; readonly hash: string } | null>
  /** The hash of an entry; null where there is none of that number. */
  link(portfolio: string, number: number): Promise<string | null>
  /** All chains there are: portfolios, and '' for what came through the API. */
  chains(): Promise<readonly string[]>
}
