/** What holds orders back, as the kernel remembers it. */
import type { AccountMode, GateName } from '../../domain/gates.ts'

export interface Shut {
  readonly gate: GateName
  /** Index; -1 for the whole account. */
  readonly instrument: number
  readonly reason: string
  readonly since: number
}

/** An order whose outcome is not known. What is reserved for it stays: that is the worst that it can come to. */
export interface UnknownOrder {
  readonly order: number
  /** Of the legs of a structure all contracts. */
  readonly instruments: readonly number[]
  readonly evidence: string
  readonly since: number
}

export interface GateState {
  /** As the outside and the operator say; the account's first, then by instrument. */
  shut: readonly Shut[]
  /** In the order in which they became unknown. */
  unknown: readonly UnknownOrder[]
  mode: AccountMode
  /** Why the account only reduces; '' while it is active. */
  modeReason: string
  modeSince: number
}
