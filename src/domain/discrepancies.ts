/** Where an account at a broker and the books of a portfolio differ, and what became of it. */
import type { Instant } from './units.ts'

/**
 * `position` and `cash`: more or less is there than the books say; `order`: one that works at the broker was not sent by this
 * program, or one of ours is not there; `dust`: what the broker shows beyond the last whole unit: compared, never traded.
 */
export const DISCREPANCY_KINDS = ['position', 'cash', 'order', 'dust'] as const
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number]

export interface Discrepancy {
  /** Follows from what it is about, what was found and when: the same finding has the same id in every process. */
  readonly id: string
  readonly kind: DiscrepancyKind
  /** Id of the instrument, the broker's symbol where it is not listed; a currency; the broker's id of an order. */
  readonly subject: string
  /** Signed units or counts when it was found; of dust parts of one unit. */
  readonly ours: number
  readonly theirs: number
  /** What is more at the broker. */
  readonly difference: number
  /** How much of it the external sleeve holds for now, so that the books say what is there. */
  readonly adopted: number
  /** No sleeve had anything to do with it: it is somebody else's, and no reason to stop trading. */
  readonly isForeign: boolean
  readonly since: Instant
  readonly changedAt: Instant
  readonly state: 'open' | 'resolved'
  /** '' while it is open. */
  readonly resolution: string
}

/** Whether the books cannot be trusted while it is open: sleeves hold something else than the account does. */
export function isDoubtful({ state, isForeign, kind }: Discrepancy): boolean {
  return state === 'open' && !isForeign && kind !== 'order'
}

/** What a comparison of the broker's account with the books came to. */
export interface Reconciliation {
  /** As the broker names the account: pinned by the first comparison. */
  readonly accountNumber: string
  /** Executions up to here were compared. */
  readonly cursor: string
  /** Those that are new or have changed. */
  readonly discrepancies: readonly Discrepancy[]
}
