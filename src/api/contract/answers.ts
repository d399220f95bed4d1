/*
 * What every answer of the API has in common. Amounts that people read are decimal text such as `1506650.12`, never summed
 * in a browser; figures without a defined value are null with the reason beside them; instants are ISO 8601 in UTC; trade
 * dates are `YYYY-MM-DD`; fractions, not percent.
 */

/** Decimal text: `-1506650.12`. */
export type Amount = string

/** A reading with the moment that it is of, and the journal's last event that is in it. */
export interface Dated<T> {
  /** Moment of the market that the figures are of; null before anything happened. */
  readonly asOf: string | null
  /** Number of the last event; -1 before the first one. */
  readonly seq: number
  /** Milliseconds after which a newer reading is expected; null: nothing is expected, the market is closed or replayed. */
  readonly every: number | null
  /** Prices that are too old, by instrument; totals that contain them say so. */
  readonly late: readonly string[]
  readonly data: T
}

/** Part of a long list, newest first unless another order was asked for. */
export interface Page<T> {
  readonly rows: readonly T[]
  /** Of all that the filter lets pass; null where counting would take too long. */
  readonly total: number | null
  /** Asks for the rows after these, as `before` or `offset`; null: these were the last. */
  readonly next: string | null
}

/** One thing that is wrong with what was asked. */
export interface ProblemDetail {
  /** Where: `body.name`, `query.limit`, a line and key of a configuration. */
  readonly at: string
  readonly text: string
}

/** The body of every refusal, `application/problem+json`. */
export interface Problem {
  readonly status: number
  /** Stays the same while words may change: `sign_in_needed`, `role_needed`, `step_up_needed`, `stale`, `throttled`, ... */
  readonly code: ProblemCode
  /** A sentence for people: what happened and what to do. */
  readonly title: string
  readonly requestId: string
  readonly details?: readonly ProblemDetail[]
  /** Seconds to wait before asking again. */
  readonly retryAfter?: number
  /** Of `stale`: the number of the event that was seen, and of the one that changed what was to be changed. */
  readonly conflict?: {
    readonly seen: number
    readonly changedAt: number
    readonly what: string
    readonly now: unknown
  }
}

export type ProblemCode =
  | 'invalid'
  | 'sign_in_needed'
  | 'sign_in_wrong'
  | 'role_needed'
  | 'step_up_needed'
  | 'confirm_needed'
  | 'origin_refused'
  | 'host_unknown'
  | 'not_found'
  | 'method_unknown'
  | 'stale'
  | 'id_reused'
  | 'too_large'
  | 'type_unknown'
  | 'throttled'
  | 'unavailable'
  | 'failed'
