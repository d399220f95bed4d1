/** Entries that an operator is asked about. Silence rejects; what shrinks a position is never asked about. */
import type { LifecycleStage } from './allocation.ts'
import type { Instant, InstrumentId, IntentId, Quantity, SleeveId } from './units.ts'

/** `asked` waits; the others are ends. `withdrawn`: given up before anybody answered. */
export const APPROVAL_STATES = ['asked', 'approved', 'reduced', 'rejected', 'expired', 'withdrawn'] as const
export type ApprovalState = (typeof APPROVAL_STATES)[number]

/** Which entries an operator is asked about: those that any of these names. */
export interface ApprovalRules {
  readonly all: boolean
  /** Worth more than this, in the base currency; structures by their maximum loss. Null: worth decides nothing. */
  readonly above: number | null
  readonly stages: readonly LifecycleStage[]
  readonly sleeves: readonly SleeveId[]
  /** How long an answer is waited for. */
  readonly expiresAfter: { readonly bars: number } | { readonly minutes: number }
  /** Nobody is asked about entries before this moment: they were history when the engine first ran. */
  readonly from?: Instant
}

/** What an operator may answer. */
export type ApprovalDecision = 'approve' | 'reduce' | 'reject'

/** The last word on one entry that needs an approval. */
export interface ApprovalRecord {
  /** Of the intent. */
  readonly id: IntentId
  readonly sleeve: SleeveId
  /** Of a structure, its underlying. */
  readonly instrument: InstrumentId
  /** What it is called in reports. */
  readonly label: string
  /** Signed units that the limits allowed; of a structure, how many. */
  readonly quantity: Quantity
  /** The same in the base currency when it was asked: market value, of a structure its maximum loss. */
  readonly value: number
  /** The strategy's own. */
  readonly reason: string
  readonly askedAt: Instant
  /** When silence becomes a rejection; null where bars are counted. */
  readonly expires: Instant | null
  /** Bars of the sleeve's clock, counted from the question on, after which silence rejects; null where minutes are. */
  readonly bars: number | null
  readonly state: ApprovalState
  /** Signed units that may be sent: 0 while it waits, and after every end but approved and reduced. */
  readonly allowed: Quantity
  readonly changedAt: Instant
}
