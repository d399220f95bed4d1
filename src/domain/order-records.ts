/** Orders and executions as a store keeps them: what has been said to a broker, and what it has said. */
import type { ClientOrderId } from './broker.ts'
import type { BookedShare } from './corrections.ts'
import type { Leg, Share, Terms } from './orders.ts'
import type { AccountId, Instant, InstrumentId, Money, OrderId, Price, Quantity } from './units.ts'

/**
 * `intended`: written down, not yet known to have left; `acked`: the broker has it; `unknown`: it may or may not have it.
 * The last five are ends; `unsent` never left. Fills may follow every end.
 */
export const PROTOCOL_STATES = [
  'intended',
  'acked',
  'unknown',
  'filled',
  'cancelled',
  'expired',
  'rejected',
  'unsent',
] as const
export type ProtocolState = (typeof PROTOCOL_STATES)[number]

/** Whether it will not work any more; fills may still come. */
export function isEnded(state: ProtocolState): boolean {
  return state !== 'intended' && state !== 'acked' && state !== 'unknown'
}

/** What an operator may say of an order that the broker cannot tell. */
export const OPERATOR_VERDICTS = ['absent', 'working', 'cancelled', 'expired', 'rejected'] as const
export type OperatorVerdict = (typeof OPERATOR_VERDICTS)[number]

/** The last word on one order; kept for ever, one row per client id. */
export interface OrderRecord {
  readonly clientId: ClientOrderId
  readonly order: OrderId
  readonly account: AccountId
  readonly broker: string
  readonly brokerId: string | null
  /** Null for a structure. */
  readonly instrument: InstrumentId | null
  readonly legs: readonly Leg[]
  readonly terms: Terms
  readonly quantity: Quantity
  readonly filled: Quantity
  readonly reducing: boolean
  /** Parts of the sleeves, fixed when it was intended. */
  readonly shares: readonly Share[]
  readonly state: ProtocolState
  /** A cancel was asked for and no end is known yet. */
  readonly isCancelling: boolean
  readonly evidence: string
  readonly intendedAt: Instant
  /** How often it was sent under its id. */
  readonly sends: number
  readonly changedAt: Instant
}

/** One execution as it was booked. The broker's id is unique: a second row of it is refused. */
export interface ExecutionRecord {
  readonly broker: string
  readonly id: string
  /** Its number in the kernel. */
  readonly number: number
  readonly corrects: string | null
  /** Null where the order was not sent by this program. */
  readonly clientId: ClientOrderId | null
  readonly symbol: string
  readonly instrument: InstrumentId | null
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Money | null
  readonly at: Instant
  /** What each sleeve has of it as it is booked, in the order of the shares; null until it is. */
  readonly shares: readonly BookedShare[] | null
}
