import type { Sizing } from '../../domain/config.ts'
import type { RuleName } from '../../domain/risk.ts'
import type { SizeInput } from '../../pipeline/sizing/size.ts'

/**
 * Told how an entry comes to its size while that happens: for whoever asks why. The kernel keeps nothing of it, and with
 * nobody listening nothing is reckoned.
 */
export interface Witness {
  /** An entry was sized; more than once where entries share a room. The record is reused: read it at once. */
  sized(sized: SizedEntry): void
  judged(judged: JudgedEntry): void
}

export interface SizedEntry {
  readonly sleeve: number
  /** Of a structure, its underlying. */
  readonly instrument: number
  readonly sizing: Sizing
  readonly terms: SizeInput
  /** What `terms.factor` is the product of. */
  readonly factors: SizeFactors
  /** Units, or structures; unsigned. */
  readonly size: number
}

export interface SizeFactors {
  /** Strength times confidence, as the strategy said. */
  readonly wish: number
  readonly weekend: number
  /** What a capital plan leaves of the sleeve's capital. */
  readonly capital: number
  /** How far the sleeve has come back after a halt. */
  readonly reentry: number
}

export interface JudgedEntry {
  readonly sleeve: number
  readonly instrument: number
  readonly isStructure: boolean
  /** Number of the intent that becomes of what was allowed. */
  readonly intent: number
  /** Signed units or structures. */
  readonly asked: number
  readonly allowed: number
  /** What forbids it whatever its size; the limits are not asked then. */
  readonly forbidden: { readonly rule: RuleName; readonly value: number | null; readonly limit: number | null } | null
  /** Every rule that was asked, in the order in which they were. */
  readonly consulted: readonly ConsultedRule[]
}

export interface ConsultedRule {
  readonly rule: RuleName
  readonly scope: 'position' | 'sleeve' | 'group' | 'portfolio'
  /** What would stand against the limit if all that was asked at first passed. */
  readonly value: number
  readonly limit: number
  /** Units that the rules before it had left, and that it left; unsigned. */
  readonly asked: number
  readonly allowed: number
}
