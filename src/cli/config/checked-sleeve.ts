import type { Parameters } from '../../domain/parameters.ts'
import type { RawSleeve } from './schema/sleeve.ts'

/** A sleeve as its author wrote it, with what was made of its parameters. */
export interface CheckedSleeve {
  readonly raw: RawSleeve
  readonly strategy: string | null
  /** Name of its own copy of the strategy, which decides in a thread of its own. */
  readonly isolatedAs?: string
  /** `own`: the strategy divides the capital itself. */
  readonly sizes?: 'own'
  readonly parameters: Parameters
  /** Where it stands in the list as written; null for a reserve that only takes the rest. */
  readonly position: number | null
}

/** A checked sleeve with its part of the capital. */
export interface WeightedSleeve extends CheckedSleeve {
  readonly raw: RawSleeve & { readonly weight: number }
}
