/** What the desk remembers of each order beside its record, and of itself: everything that its parts work on. */
import type { BrokerCapabilities, BrokerOrder, ClientOrderId, Execution } from '../../domain/broker.ts'
import {
  type ExecutionRecord,
  isEnded as isEnd,
  type OrderRecord,
  type ProtocolState,
} from '../../domain/order-records.ts'
import { isStructure, type NetOrder, type OrderState } from '../../domain/orders.ts'
import type { AccountId, Instant, InstrumentId, OrderId, Quantity } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { Hash } from './client-id.ts'
import type { DeskAlert, DeskRule } from './order-desk.ts'
import type { DeskPolicy } from './policy.ts'

export interface DeskOptions {
  /** Name of the venue that is spoken to: of every execution, and of the orders that no table routes. */
  readonly broker: string
  readonly account: AccountId
  /** Random id of the store: part of every client id. */
  readonly store: string
  readonly hash: Hash
  readonly capabilities: Pick<BrokerCapabilities, 'clientIds' | 'requestLife' | 'takesOpposing'>
  readonly policy: DeskPolicy
  /** Dense index of an instrument that the portfolio lists. */
  indexOf(instrument: InstrumentId): number
  instrumentOf(index: number): InstrumentId
  /** Whose it is by the routing table; null: the one broker's. */
  routeOf(order: NetOrder): DeskRoute | null
  /** What an order is worth at the last marks, in the base currency, without sign. */
  notionalOf(order: OrderRecord): number
}

export type DeskRoute =
  | { readonly kind: 'broker'; readonly broker: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** When something is done again, and how often it came to nothing. */
export interface Retry {
  /** Due from here on; null: not wanted. */
  at: Instant | null
  /** Handed out and not answered yet. */
  isAsked: boolean
  tries: number
}

/** What the store must be asked before it can be judged: an execution, or an order that memory does not know. */
export interface Recall extends Retry {
  readonly clientId: ClientOrderId | null
  readonly execution: Execution | null
  /** Of an order alone: as the venue shows it; null where memory knows it and not all that was taken back of it. */
  readonly order: BrokerOrder | null
  /** Since when the store does not know what it corrects; null: it has not said so. */
  lostSince: Instant | null
}

/** One order in memory. */
export interface Tracked {
  record: OrderRecord
  /** Counts the record's changes, and which of them were taken for a commit and are durable. */
  version: number
  taken: number
  durable: number
  /** It had left memory, and is here only until what was late is committed. */
  isRecalled: boolean
  /** It may be at the venue: it was handed out, or an earlier process may have sent it. */
  isOut: boolean
  /** To be sent, or sent again, from here on; null: not wanted. */
  sendAt: Instant | null
  isSending: boolean
  /** A send whose answer is still awaited counts as unknown from here on. */
  answerBy: Instant | null
  /** Last moment at which a request of it may have left. */
  lastSentAt: Instant | null
  /** An earlier request of it may still be on its way. */
  isDoubtful: boolean
  /** A request that was made again was refused: it is not made a third time. */
  refusal: string | null
  readonly query: Retry
  readonly cancel: Retry
  /** When the cancel was first asked for. */
  cancelSince: Instant | null
  /** Times in a row that the venue said it does not have it. */
  absences: number
  /** Since when its outcome is not known. */
  unknownSince: Instant | null
  /** The kernel was told that it is unknown. */
  isFrozen: boolean
  /** Signed units that the venue says were filled, the most so far. */
  heardFilled: number
  /** Signed units by which corrections made its executions smaller. */
  takenBack: number
  /** An end that waits for the executions that belong to it. */
  pendingEnd: { readonly state: VenueEnd; readonly evidence: string } | null
  /** Sweeps that did not bring them. */
  fruitless: number
  /** NaN while it has not. */
  endedAt: number
  /** The venue itself said that it is over; false: it was concluded. */
  isVenueEnd: boolean
  /** Executions of a structure that is not complete yet. */
  readonly heldLegs: Execution[]
  /** What somebody was told of already. */
  readonly paged: Set<DeskRule>
}

export type VenueEnd = Extract<ProtocolState, 'filled' | 'cancelled' | 'expired' | 'rejected'>

export interface CatchUp {
  /** Not answered for yet. */
  readonly pending: Set<Tracked>
  isSwept: boolean
  /** The gate was shut for it. */
  isShut: boolean
  /** Until then requests of the process before may arrive; null: they cannot. */
  clearAt: Instant | null
}

/** The whole desk. */
export interface Desk {
  readonly options: DeskOptions
  readonly policy: DeskPolicy
  readonly orders: Map<ClientOrderId, Tracked>
  readonly byNumber: Map<OrderId, Tracked>
  /** Not ended, or not yet over with the venue; in the order in which they were intended. */
  readonly open: Set<Tracked>
  readonly changed: Set<Tracked>
  /** Ended, oldest first: the many of a day. What is done again and again walks over none of them. */
  readonly ended: Tracked[]
  /** Ended before and back in memory, until what was late is committed. */
  recalled: Tracked[]
  /** Structures of which legs wait for each other. */
  readonly incomplete: Set<Tracked>
  /** Executions that are booked, and when they were, oldest first. */
  readonly booked: Map<string, Instant>
  /** Executions that the store must judge first. */
  readonly recalls: Map<string, Recall>
  executions: ExecutionRecord[]
  nextExecution: number
  readonly sweep: Retry & { isWantedAgain: boolean }
  /** Up to where executions were asked for, and up to where none of them is still held back. */
  cursor: string
  safeCursor: string
  /** What must be asked before anything new is sent: after a restart, or where something may have been missed. */
  catchUp: CatchUp | null
  /** When this process took over from an earlier one. */
  resumedAt: Instant | null
  readonly counted: Map<string, readonly Instant[]>
  readonly notional: { day: number; amount: number }
  /** Counts changes of the safe cursor and of what the breakers count. */
  mark: number
  /** What the kernel is to be told with the next answer. */
  said: EventBody[]
  alerts: DeskAlert[]
}

/** Whether the last word on an order is one of the ends. */
export function isEnded({ record }: Tracked): boolean {
  return isEnd(record.state)
}

/** A record in other words: part of the next commit. */
export function change(desk: Desk, tracked: Tracked, now: Instant, changes: Partial<OrderRecord>): void {
  tracked.record = { ...tracked.record, ...changes, changedAt: now }
  tracked.version += 1
  desk.changed.add(tracked)
}

export function alert(desk: Desk, now: Instant, rule: DeskRule, tracked: Tracked | null, text: string): void {
  const { clientId = null, instrument = null } = tracked?.record ?? {}
  desk.alerts.push({ at: now, rule, instrument, clientId, text })
}

/** As `alert`, once for an order. */
export function alertOnce(desk: Desk, now: Instant, rule: DeskRule, tracked: Tracked, text: string): void {
  if (tracked.paged.has(rule)) return
  tracked.paged.add(rule)
  alert(desk, now, rule, tracked, text)
}

export function tell(desk: Desk, tracked: Tracked, state: OrderState, evidence: string): void {
  desk.said.push({ kind: 'order', order: tracked.record.order, state, evidence })
}

export function recordOf(broker: string, clientId: ClientOrderId, order: NetOrder, at: Instant): OrderRecord {
  return {
    clientId,
    order: order.id,
    account: order.account,
    broker,
    brokerId: null,
    instrument: isStructure(order.legs) ? null : order.legs[0]!.instrument,
    legs: order.legs,
    terms: order.terms,
    quantity: order.quantity,
    filled: 0 as Quantity,
    reducing: order.reducing,
    shares: order.shares,
    state: 'intended',
    isCancelling: false,
    evidence: '',
    intendedAt: at,
    sends: 0,
    changedAt: at,
  }
}

export function track(desk: Desk, record: OrderRecord): Tracked {
  const tracked: Tracked = {
    record,
    version: 0,
    taken: 0,
    durable: 0,
    isRecalled: false,
    isOut: false,
    sendAt: null,
    isSending: false,
    answerBy: null,
    lastSentAt: null,
    isDoubtful: false,
    refusal: null,
    query: { at: null, isAsked: false, tries: 0 },
    cancel: { at: null, isAsked: false, tries: 0 },
    cancelSince: null,
    absences: 0,
    unknownSince: null,
    isFrozen: false,
    heardFilled: 0,
    takenBack: 0,
    pendingEnd: null,
    fruitless: 0,
    endedAt: Number.NaN,
    isVenueEnd: false,
    heldLegs: [],
    paged: new Set(),
  }
  desk.orders.set(record.clientId, tracked)
  desk.byNumber.set(record.order, tracked)
  return tracked
}

/** Later by so many milliseconds, doubled with every try up to the most. */
export function later(now: Instant, first: number, most: number, tries: number): Instant {
  let wait = first
  for (let doubled = 0; doubled < tries && wait < most; doubled += 1) wait *= 2
  return (now + Math.min(wait, most)) as Instant
}

/** Whether two orders of an account would trade one instrument in opposite directions. */
export function opposes(one: OrderRecord, other: OrderRecord): boolean {
  return one.legs.some((leg) =>
    other.legs.some(
      ({ instrument, ratio }) =>
        instrument === leg.instrument && leg.ratio * one.quantity > 0 !== ratio * other.quantity > 0,
    ),
  )
}
