/** Violations as a report shows them. */

export interface ResolutionView {
  /** `recovered`, `reset` or `operator`. */
  readonly how: string
  readonly value: number | null
  /** What the operator wrote; empty until somebody does. */
  readonly note: string
}

/** One sleeve's part in the fall that led to a halt. */
export interface SleeveReviewView {
  readonly sleeve: string
  /** Since the portfolio's peak, flows taken out. */
  readonly profit: number
  /** Of the portfolio's fall since then. */
  readonly share: number
  readonly trades: number
  readonly violations: number
}

export interface ReviewView {
  /** The portfolio's peak. */
  readonly since: string
  readonly drawdown: number
  readonly sleeves: readonly SleeveReviewView[]
  readonly proposal: { readonly action: string; readonly subject: string; readonly reason: string }
}

export interface ViolationView {
  readonly id: number
  readonly at: string
  readonly severity: string
  readonly rule: string
  /** What the subject is: `portfolio`, `group`, `sleeve`, `instrument`, `position`, `assetClass`, `sector`, ... */
  readonly about: string
  readonly subject: string
  readonly value: number | null
  readonly limit: number | null
  readonly action: string
  readonly resolvedAt: string | null
  /** Null while it is open. */
  readonly resolution: ResolutionView | null
  /** Of what halted or liquidated the whole portfolio. */
  readonly review: ReviewView | null
  /** Whether nobody owes it a note any more: it is low, or a note was written. */
  readonly reviewed: boolean
  /** What the subject was run with at the violation, and at its closing; of a violation above low. */
  readonly parameters: { readonly before: unknown; readonly after: unknown } | null
}
