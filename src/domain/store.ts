/** Where the journal and snapshots of portfolios are kept so that nothing that was said is lost. */
import type { Message } from './bus.ts'
import type { Instant } from './units.ts'

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

export interface Store {
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
   *   follow the last one kept
   */
  commit(portfolio: string, lease: Pick<Lease, 'epoch'>, batch: Batch): Promise<void>
  /** Events from a number on, in order. */
  read(portfolio: string, from: number): AsyncIterable<JournalRow>
  /** The last state at or before an event; undefined: start from the first event. */
  snapshotBefore(portfolio: string, seq: number): Promise<StoredSnapshot | undefined>
  /** Messages from a number on, in order. */
  messages(portfolio: string, from: number): AsyncIterable<Message>
  /** Number of the last message that a bus has confirmed; 0: none. */
  delivered(portfolio: string, bus: string): Promise<number>
  confirm(portfolio: string, bus: string, number: number): Promise<void>
  /** Reads everything again and recomputes every hash. */
  check(): Promise<StoreCheck>
  close(): Promise<void>
}
