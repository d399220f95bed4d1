import type { Runtime } from './runtime.ts'
import type { Screen } from './universe/membership.ts'
import type { SleeveView, WishColumns } from './view.ts'
import type { ProjectedBooks } from './wishes/risk-view.ts'

/** What one kernel holds beside its state. */
export interface Parts {
  readonly runtime: Runtime
  readonly wishes: WishColumns
  books: ProjectedBooks
  views: (SleeveView | null)[]
  /** By sleeve; null where every name of its universe is always a member. */
  screens: (Screen | null)[]
}
