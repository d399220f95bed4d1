/** What the shell asks of the order protocol and what it is told: no waiting, no clock, no broker in here. */
import type {
  BrokerEvent,
  BrokerOrder,
  CancelAnswer,
  ClientOrderId,
  Execution,
  OrderRequest,
  SubmitAnswer,
} from '../../domain/broker.ts'
import type { ExecutionRecord, OperatorVerdict, OrderRecord } from '../../domain/order-records.ts'
import type { NetOrder } from '../../domain/orders.ts'
import type { BreakerCounts } from '../../domain/store.ts'
import type { Instant, InstrumentId, OrderId } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'

/** What is to be done outside next. Each is answered once, by `answered`, whatever became of it. */
export type DeskAction =
  | { readonly kind: 'submit'; readonly request: OrderRequest }
  | { readonly kind: 'cancel'; readonly clientId: ClientOrderId }
  | { readonly kind: 'query'; readonly clientId: ClientOrderId }
  /** Executions after the cursor. */
  | { readonly kind: 'sweep'; readonly cursor: string }
  /** What the store holds of an order and of executions that may have left memory: answered with `Recalled`. */
  | {
      readonly kind: 'recall'
      readonly clientId: ClientOrderId | null
      /** Null where the order alone is asked for. */
      readonly execution: string | null
      /** Of the execution that it corrects or takes back; null for a trade. */
      readonly corrects: string | null
    }

/** What the store holds: null where it has never heard of it. */
export interface Recalled {
  /** Null too where no client id was named. */
  readonly record: OrderRecord | null
  readonly execution: ExecutionRecord | null
  readonly corrected: ExecutionRecord | null
  /** All of the order, in the order of their numbers; none where no client id was named. */
  readonly executions: readonly ExecutionRecord[]
}

/** What came of asking for executions. */
export interface Swept {
  readonly executions: readonly Execution[]
  readonly cursor: string
}

/** What the desk listens to; money and corporate actions without an order are the books' business. */
export type DeskEvent = Extract<BrokerEvent, { readonly kind: 'execution' | 'order' | 'gap' }>

/** An error says that the outside could not be asked: it is evidence of nothing. */
export type DeskAnswer = SubmitAnswer | CancelAnswer | BrokerOrder | 'absent' | 'unknown' | Swept | Recalled | Error

/** Somebody must look: said once for each thing that happened. */
export interface DeskAlert {
  readonly at: Instant
  readonly rule: DeskRule
  readonly instrument: InstrumentId | null
  readonly clientId: ClientOrderId | null
  readonly text: string
}

export const DESK_RULES = [
  'unresolved',
  'lostByVenue',
  'orphan',
  'stuckCancel',
  'missingFills',
  'sweepFails',
  'overfilled',
  'misfit',
  'rejectsOfInstrument',
  'rejects',
  'rejectedCloses',
  'orderRate',
  'notional',
] as const
export type DeskRule = (typeof DESK_RULES)[number]

/** Plain data beside the records: what a restart must know as well. Part of every commit in which it changed. */
export interface DeskState extends BreakerCounts {
  /** Executions up to here were heard. */
  readonly cursor: string
  /** Number of the next execution in the kernel. */
  readonly nextExecution: number
}

/** What a desk goes on from after a restart. */
export interface DeskLegacy {
  /** Those that have not ended; others are read again where they are named. */
  readonly records: readonly OrderRecord[]
  /** Booked lately: what saves the store a question. */
  readonly executionIds: readonly string[]
  readonly cursor: string
  readonly state?: DeskState
  /** Somebody had the account before: requests of that process may still be on their way. */
  readonly isSuccessor: boolean
}

/**
 * The loop around it: give what was heard and what time did (`heard`, `answered`, `elapsed`) to the kernel, `intend` and
 * `askCancel` what the kernel commands, commit what `takeRecords` hands out, say `committed`, and only then do what is
 * `due`. An order can be due only when its record as it stands was committed; cancels and questions always.
 */
export interface OrderDesk {
  /** New orders, in the kernel's order. */
  intend(orders: readonly NetOrder[], at: Instant): void
  /** A request, never an end. An order that has not left yet ends here: the kernel hears it by the next call. */
  askCancel(order: OrderId, at: Instant): void
  /** Changed since last asked: part of the next commit. */
  takeRecords(): { readonly orders: readonly OrderRecord[]; readonly executions: readonly ExecutionRecord[] }
  /** What was taken is durable. */
  committed(): void
  /** Orders oldest first, after cancels, sweeps and questions. Handed out once, until answered. */
  due(now: Instant): readonly DeskAction[]
  /** Asked before `due`: what the passing of time means, and what earlier calls left to be said. */
  elapsed(now: Instant): readonly EventBody[]
  /** A gate shut between commit and send: the order never leaves. */
  refuse(clientId: ClientOrderId, reason: string, now: Instant): readonly EventBody[]
  /** What the kernel is to be told. */
  answered(action: DeskAction, answer: DeskAnswer, now: Instant): readonly EventBody[]
  /** One event or several that came together, whose fills then are one event. */
  heard(event: DeskEvent | readonly DeskEvent[], now: Instant): readonly EventBody[]
  /** When it wants to be asked again; null: only when something happens. */
  nextAt(): Instant | null
  /**
   * After a restart, before anything else: every order that has not ended is asked for and executions are swept before
   * anything is sent.
   *
   */
  resume(legacy: DeskLegacy, now: Instant): void
  /** Goes on as it stood, beside a venue that stands where it stood then: nobody has to be asked for anything. */
  restore(records: readonly OrderRecord[], state: DeskState): void
  /** Why nobody is asked for a word on an order; null: the broker cannot tell. */
  undecidable(clientId: ClientOrderId, verdict: OperatorVerdict): string | null
  /** An operator says what the broker could not. */
  decide(clientId: ClientOrderId, verdict: OperatorVerdict, actor: string, now: Instant): readonly EventBody[]
  /** Since last asked. */
  takeAlerts(): readonly DeskAlert[]
  /** Plain data for the snapshot. */
  state(): DeskState
  /** Another number wherever the cursor, or what the breakers count, has become another. */
  readonly mark: number
  /** Something is held back until what was taken, or is to be taken, is durable. */
  readonly awaitsCommit: boolean
  /** Orders of which nobody knows whether the broker has them. */
  readonly unknowns: number
  /** What memory holds: orders that ended lately among them, and ids of executions. */
  readonly held: { readonly orders: number; readonly executions: number }
  /** Not ended. */
  readonly open: readonly OrderRecord[]
}
