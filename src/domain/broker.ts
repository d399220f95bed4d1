/** What a broker is asked and what it says: the one port behind which every venue stands, the paper exchange included. */
import type { InstrumentKind } from './instruments.ts'
import type { CorporateAction } from './market.ts'
import type { Leg, Terms } from './orders.ts'
import type { CashCause } from './risk.ts'
import type { Capability } from './routing.ts'
import type { Session } from './sessions.ts'
import type {
  AccountId,
  Brand,
  CalendarId,
  CurrencyCode,
  Instant,
  InstrumentId,
  Money,
  OrderId,
  Price,
  Quantity,
  TradeDate,
} from './units.ts'

/** 26 letters and digits of base 32, derived from the store, account, cycle, instrument and sequence: never used twice. */
export type ClientOrderId = Brand<string, 'ClientOrderId'>

/** One net order as it leaves. */
export interface OrderRequest {
  readonly clientId: ClientOrderId
  readonly order: OrderId
  readonly account: AccountId
  /** One: plain; more: filled as a unit. */
  readonly legs: readonly Leg[]
  readonly terms: Terms
  /** Signed units; for a structure the count of structures. */
  readonly quantity: Quantity
  /** An exit: never held back for lack of buying power. */
  readonly reducing: boolean
}

/** What became of a request. Only what the venue documents as a refusal is one; every doubt is `unknown`. */
export type SubmitAnswer =
  | { readonly state: 'accepted'; readonly brokerId: string }
  | { readonly state: 'rejected'; readonly evidence: string }
  /** Not taken for now, for certain: the same request may be made again after so many milliseconds. */
  | { readonly state: 'deferred'; readonly retryAfter: number; readonly evidence: string }
  | { readonly state: 'unknown'; readonly evidence: string }

export interface CancelAnswer {
  readonly state: 'requested' | 'refused' | 'unknown'
  readonly evidence: string
}

/** `pendingCancel` still works: it can be filled. The last four are ends; an end may still be followed by fills. */
export const BROKER_ORDER_STATES = ['working', 'pendingCancel', 'filled', 'cancelled', 'expired', 'rejected'] as const
export type BrokerOrderState = (typeof BROKER_ORDER_STATES)[number]

/** An order as the broker knows it. */
export interface BrokerOrder {
  /** Null where it was not sent by this program. */
  readonly clientId: ClientOrderId | null
  readonly brokerId: string
  /** As the broker names it; null instrument where it is not one of the portfolio's. */
  readonly symbol: string
  readonly instrument: InstrumentId | null
  readonly quantity: Quantity
  /** Signed units filled so far, in all. */
  readonly filled: Quantity
  readonly state: BrokerOrderState
  readonly evidence: string
}

/** One execution, its correction, or its bust. */
export interface Execution {
  /** Unique per broker and account, for ever. */
  readonly id: string
  readonly kind: 'trade' | 'correction' | 'bust'
  /** Of the execution that a correction or bust replaces; null for a trade. */
  readonly corrects: string | null
  /** Null where the order was not sent by this program. */
  readonly clientId: ClientOrderId | null
  readonly brokerId: string
  readonly symbol: string
  readonly instrument: InstrumentId | null
  /** Signed units; 0 for a bust. */
  readonly quantity: Quantity
  readonly price: Price
  /** Null: the broker tells it later. */
  readonly fee: Money | null
  readonly at: Instant
}

export type BrokerEvent =
  | { readonly kind: 'execution'; readonly execution: Execution }
  | { readonly kind: 'order'; readonly order: BrokerOrder }
  /** What happened to the account without an order: an assignment, an exercise, a dividend. The id is unique for ever. */
  | { readonly kind: 'action'; readonly id: string; readonly action: CorporateAction; readonly at: Instant }
  | {
      readonly kind: 'cash'
      readonly id: string
      readonly currency: CurrencyCode
      readonly amount: Money
      readonly cause: CashCause
      readonly at: Instant
    }
  /** Something may have been missed: executions and orders must be asked for again. */
  | { readonly kind: 'gap'; readonly evidence: string }

/** What happens to an account without an order. */
export type AccountEvent = Extract<BrokerEvent, { readonly kind: 'action' | 'cash' }>

export interface BrokerPosition {
  readonly symbol: string
  /** Null where the portfolio does not list it. */
  readonly instrument: InstrumentId | null
  /** Signed units; for what is not listed, whole shares, contracts or coins times 1e6. */
  readonly quantity: Quantity
  /** Part of one unit that it shows beyond; absent: none. */
  readonly dust?: number
  /** Last price that the broker shows, for what is not listed; null where none. */
  readonly price: Price | null
}

/** The account at one moment. An error is thrown where any part could not be read: unknown is never flat. */
export interface BrokerSnapshot {
  readonly at: Instant
  /** As the broker names the account: pinned at the first start, compared at every later one. */
  readonly accountNumber: string
  readonly cash: ReadonlyMap<CurrencyCode, Money>
  readonly positions: readonly BrokerPosition[]
  readonly openOrders: readonly BrokerOrder[]
  /** Executions up to here are in the positions. */
  readonly cursor: string
  /** Events of the account up to here are in positions and cash. */
  readonly eventsCursor: string
}

export interface BrokerCapabilities {
  /** What it can trade, and how. */
  readonly kinds: readonly InstrumentKind[]
  readonly can: readonly Capability[]
  /**
   * `enforced`: the same client id is never accepted twice, so a request may be made again under its own id. `none`: a
   * request that was lost is only known to be absent once its life is over.
   */
  readonly clientIds: 'enforced' | 'none'
  /** Milliseconds after which a request that has not been seen can no longer be accepted; null: never certain. */
  readonly requestLife: number | null
  /** Whether it takes orders of one account that could trade with each other. Absent: it calls that a wash trade. */
  readonly takesOpposing?: boolean
  /** False: a simulation; no money of anybody moves. */
  readonly isReal: boolean
}

export interface Broker {
  readonly name: string
  capabilities(): Promise<BrokerCapabilities>
  /** @throws where any part could not be read */
  snapshot(): Promise<BrokerSnapshot>
  /** Never throws: what went wrong is the answer. */
  submit(request: OrderRequest): Promise<SubmitAnswer>
  cancel(clientId: ClientOrderId): Promise<CancelAnswer>
  /** `absent` only where the venue itself says that it has never seen the id; `unknown` where it could not be asked. */
  query(clientId: ClientOrderId): Promise<BrokerOrder | 'absent' | 'unknown'>
  /**
   * Executions after a cursor, corrections and busts included, in their order; '' asks from the first one.
   *
   * @throws where they could not be read
   */
  executionsSince(cursor: string): Promise<{ readonly executions: readonly Execution[]; readonly cursor: string }>
  /**
   * What happened to the account without an order after a cursor, in its order; '' asks from the first one. An event is the
   * same under its id, whether it is asked for or told.
   *
   * @throws where it could not be read
   */
  accountEventsSince(cursor: string): Promise<{ readonly events: readonly AccountEvent[]; readonly cursor: string }>
  /** What the venue says by itself, until the signal. May miss and repeat; `gap` where it knows that it missed. */
  events(signal: AbortSignal): AsyncIterable<BrokerEvent>
  /**
   * When it trades, from one day to another, both included; null: it does not know the calendar. Absent: it names none.
   *
   * @throws where it could not be read
   */
  sessions?(calendar: CalendarId, from: TradeDate, to: TradeDate): Promise<readonly Session[] | null>
  /** The venue's own time, to be compared with ours. */
  time(): Promise<Instant>
  close(): Promise<void>
}
