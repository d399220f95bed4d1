/** Shadow books as the kernel beside them sees them. */
import type { EngineEvent } from '../../domain/events.ts'
import type { Slice } from '../../domain/market.ts'
import type { Instant } from '../../domain/units.ts'
import type { ShadowState, ShadowTally } from '../state.ts'

/** What a sleeve would have done alone, at full capital, since the first day. */
export interface ShadowBook {
  /** In the base currency, at the last marks. */
  readonly equity: number
  /** In the base currency. */
  readonly fees: number
  readonly tally: ShadowTally
  /** Why it ended before the run did; '' while it goes on. One that ended is worth what it was worth then. */
  readonly fault: string
}

export interface Shadows {
  /** By sleeve ordinal; null for a reserve, and for a sleeve that decides elsewhere. */
  readonly books: readonly (ShadowBook | null)[]
  /** Takes an event of the kernel beside them. */
  take(event: Exclude<EngineEvent, { kind: 'slices' }>): void
  /** Takes the bars of a close, once the clocks of that kernel have. */
  takeCloses(at: Instant, slices: readonly Slice[]): void
  /** Whether an auction can concern any of them. */
  waits(): boolean
  /** Whether any of them trades at the quotes of option chains. */
  needsChains(): boolean
  /** By sleeve ordinal, as plain data. */
  states(): readonly (ShadowState | null)[]
}
