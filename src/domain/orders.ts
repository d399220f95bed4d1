import type { OpenShare } from './corrections.ts'
import type { AccountId, Instant, InstrumentId, IntentId, Money, OrderId, Price, Quantity, SleeveId } from './units.ts'

/** `market` and `open` act at the next auction, `close` at this bar's close, the rest rest. */
export const ORDER_TYPES = ['market', 'limit', 'stop', 'stopLimit', 'open', 'close'] as const
export type OrderType = (typeof ORDER_TYPES)[number]

export interface Terms {
  readonly type: OrderType
  readonly limit?: Price
  readonly stop?: Price
  /** `cycle`: what is not filled at once lapses; `day`: at the session's end; `gtc`: rests until cancelled. */
  readonly force: 'cycle' | 'day' | 'gtc'
}

export interface Leg {
  readonly instrument: InstrumentId
  /** Contracts per unit of the structure; negative is sold. */
  readonly ratio: number
}

/** Whether an order counts structures: several legs, or one that does not count as itself, such as a contract sold. */
export function isStructure(legs: readonly Leg[]): boolean {
  return legs.length !== 1 || legs[0]!.ratio !== 1
}

/** What a sleeve wishes. Targets are preferred: sizing subtracts what is filled and working. */
export type Want =
  | { readonly kind: 'target'; readonly quantity: Quantity }
  | { readonly kind: 'change'; readonly quantity: Quantity }
  | { readonly kind: 'sized'; readonly side: 1 | -1; readonly strength: number; readonly confidence: number }

/** Exits that the kernel keeps and runs on the sleeve's own position; fractions of the entry price. */
export interface Protection {
  /** Loss from the average entry price at which the position closes; intrabar, a gap through fills at the open. */
  readonly stop?: number
  /**
   * The same as levels on the signal scale, known before anybody knows the entry price: the low that a pattern leaves, a
   * part of the way back. Where a distance is given as well, the nearer of the two closes.
   */
  readonly stopAt?: number
  readonly targetAt?: number
  /** Gain from the average entry price at which it closes; intrabar. When one bar touches both, the stop is taken. */
  readonly target?: number
  /** Fall from the highest close since entry; `intrabar` judges on highs and lows instead of closes. */
  readonly trail?: { readonly fraction: number; readonly intrabar: boolean }
  /** Bars held after which it closes at the next open. */
  readonly bars?: number
}

export interface Intent {
  readonly id: IntentId
  readonly sleeve: SleeveId
  readonly want: Want
  readonly terms: Terms
  /** One: plain; more: filled as a unit. */
  readonly legs: readonly Leg[]
  readonly activeFrom: Instant
  readonly expires: Instant
  readonly protection?: Protection
  /** Short and for the reader: shown beside the order and counted in the table of exits. */
  readonly reason: string
}

/** Every way an intent can end; none is silent. */
export const INTENT_ENDS = [
  'filled',
  'crossed',
  'trimmed',
  'refused',
  'superseded',
  'lapsed',
  'expired',
  'cancelled',
] as const
export type IntentEnd = (typeof INTENT_ENDS)[number]

/** One sleeve's part of a net order, fixed when the order is sent. */
export interface Share {
  readonly intent: IntentId
  readonly sleeve: SleeveId
  readonly wanted: Quantity
  readonly crossed: Quantity
}

export interface NetOrder {
  readonly id: OrderId
  readonly cycle: number
  readonly account: AccountId
  readonly legs: readonly Leg[]
  readonly terms: Terms
  /** What the broker is sent; 0 = crossed inside. For a structure: the count of structures. */
  readonly quantity: Quantity
  readonly crossed: Quantity
  readonly shares: readonly Share[]
  /** An exit: never held back for lack of buying power. */
  readonly reducing: boolean
}

/**
 * `unknown`: the broker may or may not have it. No more orders leave in its instruments, and what is reserved for it stays,
 * until another state is known or its fills complete it.
 */
export const ORDER_STATES = ['working', 'unknown', 'filled', 'rejected', 'cancelled', 'expired'] as const
export type OrderState = (typeof ORDER_STATES)[number]

/** Stands for every order that was not sent by this program. */
export const FOREIGN_ORDER = 0 as OrderId

export interface Fill {
  /** FOREIGN_ORDER: nobody here sent it; it goes to the external sleeve. */
  readonly order: OrderId
  /** Unique per broker and account: the same execution twice is booked once. */
  readonly execution: string
  readonly account: AccountId
  readonly instrument: InstrumentId
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Money
  readonly at: Instant
  /** What the shares still want, where the kernel has let the order go. */
  readonly shares?: readonly OpenShare[]
}
