import type { Discrepancy } from '../../domain/discrepancies.ts'

/** What the kernel remembers of comparisons with the broker; plain data of the snapshot. */
export interface ReconciliationState {
  readonly accountNumber: string
  /** When the account was last compared. */
  readonly at: number
  /** In the order in which they were found. */
  readonly open: readonly Discrepancy[]
  /** What the broker shows beyond whole units, by instrument. */
  readonly dust: Readonly<Record<string, number>>
}
