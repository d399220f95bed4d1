/** Where the journal and snapshots of portfolios are kept so that nothing that was said is lost. */
import type { ClientOrderId } from './broker.ts'
import type { Message } from './bus.ts'
import type { ControlAnswer } from './control.ts'
import type { ExecutionRecord, OrderRecord } from './order-records.ts'
import type {
  EquityMemory,
  EquityRange,
  EquityRow,
  Projected,
  ProjectedTable,
  ProjectionMemory,
} from './projections.ts'
import type { Instant, OrderId } from './units.ts'

/** One event as it was given to the kernel. Numbers count from 0 without gaps. */
export interface JournalRow {
  readonly seq: number
  readonly at: Instant
  readonly kind: string
  /** Of the codec that wrote the payload. */
  readonly version: number
  readonly payload: Uint8Array
}

/** A state after the event numbered `seq`, as bytes. */
export interface StoredSnapshot {
  readonly seq: number
  readonly kernelVersion: number
  readonly payload: Uint8Array
}

/** What one transaction writes. */
export interface Batch {
  readonly rows: readonly JournalRow[]
  /** The state after the last row. */
  readonly snapshot?: StoredSnapshot
  /** What others are to be told of the rows; numbered by the store. */
  readonly messages?: readonly Omit<Message, 'number'>[]
  /** The last word on orders: who has a client id that is known already takes its place. */
  readonly orders?: readonly OrderRecord[]
  /** Each is booked once for ever: one that is known refuses the whole commit. */
  readonly executions?: readonly ExecutionRecord[]
  /** Ids of events of an account that the rows tell. Each is told once for ever: one that is known refuses the commit. */
  readonly accountEvents?: { readonly broker: string; readonly ids: readonly string[] }
  /** How far a broker has been heard: takes the place of what was said before. */
  readonly place?: BrokerPlace
  /** What became of operators' commands: one that was not begun, or is answered, refuses the whole commit. */
  readonly answers?: readonly ControlAnswer[]
  /** What the rows change in the tables that anybody can read. */
  readonly projected?: Projected
  /** Messages and readable rows of these events come with a later batch: an order waits for the events alone. */
  readonly isAhead?: boolean
}

/** How far a broker has been heard, and what its breakers have counted: what a process that died must not forget. */
export interface BrokerPlace {
  readonly broker: string
  /** Executions up to here were taken; '' before the first. */
  readonly executions: string
  /** Events of the account up to here were taken; '' before the first. */
  readonly events: string
  readonly counts: BreakerCounts
}

/** What breakers against runaway loops have counted so far. */
export interface BreakerCounts {
  /** Instants by what they watch. */
  readonly counted: Readonly<Record<string, readonly number[]>>
  /** Notional of the orders of one day. */
  readonly notional: { readonly day: number; readonly amount: number }
}

/** Tables that follow from the journal; all of it by portfolio. */
export interface Projections {
  /** What whoever goes on with the rows must know of those that are there. */
  projectionMemory(portfolio: string): Promise<ProjectionMemory>
  /** The part of it that equity is measured by. */
  equityMemory(portfolio: string): Promise<EquityMemory>
  /** Rows of one table in the order of their keys; truths as 0 and 1. */
  projectedRows(portfolio: string, table: ProjectedTable): AsyncIterable<Readonly<Record<string, unknown>>>
  /**
   * Equity of a sleeve, or of the whole (''), in the coarsest roll-up that still has as many stretches as points are
   * asked for, oldest first: the smallest and largest value of each are kept.
   */
  equitySeries(portfolio: string, sleeve: string, range: EquityRange): Promise<readonly EquityRow[]>
  /**
   * Puts rows in the place of all that the tables hold of a portfolio, in one transaction: those of the events up to the
   * one that `toldTo` names.
   *
   * @param rows what the journal gives, read by what it is handed
   */
  rebuild(
    portfolio: string,
    lease: Pick<Lease, 'epoch'>,
    rows: (journal: Pick<Store, 'read' | 'toldTo'>) => AsyncIterable<Projected>,
  ): Promise<void>
}

/** What a store knows of orders and executions; all of it by portfolio. */
export interface OrderReads {
  /** Those that have not ended, in the order in which they were intended. */
  openOrders(portfolio: string): Promise<readonly OrderRecord[]>
  orderOf(portfolio: string, clientId: ClientOrderId): Promise<OrderRecord | undefined>
  /** With the sleeves' parts of it, for fills that come after the kernel has let it go. */
  orderByNumber(portfolio: string, order: OrderId): Promise<OrderRecord | undefined>
  /** Which of these executions of a broker are booked already. */
  hasExecution(portfolio: string, broker: string, ids: readonly string[]): Promise<readonly string[]>
  /** One execution with what each sleeve got of it: what a bust or correction reverses. */
  executionOf(portfolio: string, broker: string, id: string): Promise<ExecutionRecord | undefined>
  /** All of an order, corrections included, in the order of their numbers. */
  executionsOf(portfolio: string, clientId: ClientOrderId): Promise<readonly ExecutionRecord[]>
  /** Executions from a number of the kernel on, in their order. */
  executionsFrom(portfolio: string, number: number): AsyncIterable<ExecutionRecord>
  /** Which of these events of an account were told already. */
  hasAccountEvents(portfolio: string, broker: string, ids: readonly string[]): Promise<readonly string[]>
  /** Null where nothing was heard of the broker yet. */
  placeOf(portfolio: string, broker: string): Promise<BrokerPlace | null>
}

/** A journal's length: what a portfolio has been through. */
export interface JournalExtent {
  readonly portfolio: string
  readonly rows: number
  readonly firstAt: Instant | null
  readonly lastAt: Instant | null
  /** Last link of the chain of hashes, as hexadecimal text; empty for an empty journal. */
  readonly head: string
}

/** What is wrong with a store, as text for the user: empty where every hash and count holds. */
export interface StoreCheck {
  readonly journals: readonly JournalExtent[]
  readonly snapshots: number
  readonly problems: readonly string[]
}

/** The right to write one portfolio's journal. It ends with the process that has it, however that ends. */
export interface Lease {
  /** Counts who had it before: a holder that was thought dead and wakes up is refused at its next commit. */
  readonly epoch: number
  release(): Promise<void>
}

export interface Store extends OrderReads {
  /** Random, given when the store was made: two stores never tell a broker the same order id. */
  readonly id: string
  /** What the journals hold, by portfolio. */
  extents(): Promise<readonly JournalExtent[]>
  /** Takes the right to write a portfolio; null while another process has it. */
  lease(portfolio: string): Promise<Lease | null>
  /**
   * Appends events and what belongs to them in one durable transaction: all of it or nothing.
   *
   * @throws FaultError LEASE_LOST where somebody has taken the lease since, JOURNAL_GAP where the first number does not
   *   follow the last one kept, EXECUTION_KNOWN where an execution was booked before
   */
  commit(portfolio: string, lease: Pick<Lease, 'epoch'>, batch: Batch): Promise<void>
  /** Events from a number on, in order. */
  read(portfolio: string, from: number): AsyncIterable<JournalRow>
  /** The last event whose messages and readable rows are written, which the journal may be ahead of; -1: none. */
  toldTo(portfolio: string): Promise<number>
  /** The last state at or before an event; undefined: start from the first event. */
  snapshotBefore(portfolio: string, seq: number): Promise<StoredSnapshot | undefined>
  /** Messages from a number on, in order. */
  messages(portfolio: string, from: number): AsyncIterable<Message>
  /** Number of the last message that a bus has confirmed; 0: none. */
  delivered(portfolio: string, bus: string): Promise<number>
  confirm(portfolio: string, bus: string, number: number): Promise<void>
  /** Reads everything again and recomputes every hash. */
  check(): Promise<StoreCheck>
  /** Gives back the leases that were taken here and not released. */
  close(): Promise<void>
}
