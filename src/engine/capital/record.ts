import type { CapitalCause } from '../../domain/capital.ts'
import { type Instant, type Money, money, type TradeDate } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'

export interface CapitalChange {
  readonly cause: CapitalCause
  /** Ordinal of the sleeve; null: the whole portfolio. */
  readonly sleeve: number | null
  readonly before: number | null
  readonly after: number | null
  readonly reason: string
  /** Counts of the base currency that moved to the sleeve; left out: none. */
  readonly moved?: Money
}

/** Tells who listens of one change of what a sleeve may use. */
export function tellCapital(runtime: Runtime, change: CapitalChange): void {
  const { observer, state } = runtime
  if (observer?.capital === undefined) return
  const { cause, sleeve, before, after, reason, moved = money(0) } = change
  observer.capital({
    at: state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    cause,
    sleeve: sleeve === null ? null : runtime.sleeves[sleeve]!.config.id,
    before,
    after,
    moved,
    reason,
  })
}
