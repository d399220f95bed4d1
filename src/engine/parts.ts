import type { IndicatorRows } from './clock.ts'
import type { Runtime } from './runtime.ts'
import type { SleeveView, WishColumns } from './view.ts'
import type { ProjectedBooks } from './wishes/risk-view.ts'

/** What one kernel holds beside its state. */
export interface Parts {
  readonly runtime: Runtime
  readonly wishes: WishColumns
  readonly books: ProjectedBooks
  views: (SleeveView | null)[]
  screens: { volatility: IndicatorRows | null; volume: IndicatorRows | null }[]
}
