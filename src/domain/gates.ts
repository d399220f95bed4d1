/** Gates: what must be open before any order leaves, exits included. Cancels and questions always pass. */
import type { Instant, InstrumentId } from './units.ts'

/**
 * `leased` this process may write the journal; `reconciled` books and broker agree; `armed` an operator allowed orders;
 * `alive` the kill switch was not used; `connected` the broker's stream is complete; `clock` our time is the broker's;
 * `unknown` the outcome of an order of this instrument is not known; `frozen` an operator or a corporate action holds the
 * instrument; `fresh` its price is not stale.
 */
export const GATES = [
  'leased',
  'reconciled',
  'armed',
  'alive',
  'connected',
  'clock',
  'unknown',
  'frozen',
  'fresh',
] as const
export type GateName = (typeof GATES)[number]
/** What the outside measures and says by an event. `alive` is the operator's kill and revive; `unknown` follows from orders. */
export type MeasuredGate = Exclude<GateName, 'alive' | 'unknown'>

/** A gate that is shut. */
export interface ShutGate {
  readonly gate: GateName
  /** Null: for the whole account. */
  readonly instrument: InstrumentId | null
  readonly reason: string
  readonly since: Instant
}

/** `reducing`: only what shrinks a sleeve's position leaves. */
export const ACCOUNT_MODES = ['active', 'reducing'] as const
export type AccountMode = (typeof ACCOUNT_MODES)[number]
