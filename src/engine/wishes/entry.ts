import type { Protection } from '../../domain/orders.ts'
import type { SleeveRuntime } from '../runtime.ts'

/** A sized entry: signed units of an instrument, or structures on it. */
export interface Entry {
  readonly sleeve: SleeveRuntime
  readonly instrument: number
  readonly quantity: number
  readonly protection: Protection | null
  /** Maximum loss of one structure; null for a plain entry. */
  readonly maximumLoss: number | null
  /** Units of the instrument that one structure stands for by its deltas. Absent for a plain entry. */
  readonly deltaUnits?: number
}
