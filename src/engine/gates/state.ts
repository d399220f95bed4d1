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

/** A sleeve of which an operator has everything closed: asked again until nothing is left. */
export interface Flattening {
  readonly sleeve: number
  readonly reason: string
  readonly since: number
}

/** An entry that an operator is asked about. The wish itself stands on the list of those that wait. */
export interface AskedApproval {
  readonly intent: number
  readonly sleeve: number
  /** Index; of a structure, of its underlying. */
  readonly instrument: number
  readonly label: string
  /** As it was asked. */
  readonly quantity: number
  readonly reason: string
  /** In the base currency, when it was asked. */
  readonly value: number
  readonly askedAt: number
  /** When silence rejects; NaN where bars are counted. */
  readonly expires: number
  /** The sleeve's count of bars at which it does; NaN where minutes are counted. */
  readonly untilBar: number
}
