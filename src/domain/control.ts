/** What operators ask of an engine from any process, and what the engine says of itself: both through the store. */
import type { ClientOrderId } from './broker.ts'
import type { RebalancingMethod } from './capital.ts'
import type { AccountMode, ShutGate } from './gates.ts'
import type { OperatorVerdict } from './order-records.ts'
import type { Instant } from './units.ts'

/** Null sleeve: the whole portfolio. `account` is the suffix of the account's number as the operator typed it. */
export type ControlBody =
  | { readonly kind: 'pause'; readonly sleeve: string | null }
  | { readonly kind: 'resume'; readonly sleeve: string | null }
  | { readonly kind: 'kill'; readonly reason: string }
  | { readonly kind: 'revive'; readonly reason: string; readonly account: string }
  /** `until` null: to the end of the session that is open or comes next. */
  | { readonly kind: 'arm'; readonly account: string; readonly until: Instant | null }
  | { readonly kind: 'disarm'; readonly reason: string }
  | { readonly kind: 'flatten'; readonly sleeve: string | null; readonly account: string }
  | { readonly kind: 'rebalance'; readonly by: RebalancingMethod }
  | {
      readonly kind: 'approve'
      /** Of the wish that waits. */
      readonly approval: string
      readonly decision: 'approve' | 'reduce' | 'reject'
      /** Whole shares, contracts or coins that may pass of it; null unless it is reduced. */
      readonly quantity: number | null
    }
  /** What was found at the broker beyond the books: a sleeve's (`to`), or external from now on (null). */
  | {
      readonly kind: 'assign'
      readonly discrepancy: string
      readonly to: string | null
      /** Of one share, contract or coin; null: its mark. */
      readonly price: number | null
      /** What the sleeve pays for all of it; null: quantity x price. */
      readonly cash: number | null
      readonly note: string
    }
  /** An order whose outcome the broker cannot tell is as an operator says. */
  | {
      readonly kind: 'decide'
      readonly order: ClientOrderId
      readonly verdict: OperatorVerdict
      readonly account: string
    }
  /** Part of the allocation that may be traded; the rest stays in the reserve. */
  | { readonly kind: 'fraction'; readonly fraction: number; readonly account: string }
  /** The next cycle at once, instead of when it is due. */
  | { readonly kind: 'update' }
  /** The portfolio file as it stands now. `file`: SHA-256 of its bytes, in hex, as whoever asks has seen it. */
  | { readonly kind: 'configure'; readonly file: string }

/**
 * `begun`: the engine has taken it up and will answer, after a crash the next one; `withdrawn`: whoever asked no longer
 * waits, and it was not begun.
 */
export type ControlState = 'asked' | 'begun' | 'done' | 'declined' | 'withdrawn'

export interface ControlCommand {
  /** Random: the same id is carried out once, however often it is asked. */
  readonly id: string
  readonly portfolio: string
  readonly actor: string
  readonly at: Instant
  /** Number of the last event that whoever asks has seen. */
  readonly seen: number
  /** Not begun after this instant; null: holds until it is answered. */
  readonly until: Instant | null
  readonly body: ControlBody
  readonly state: ControlState
  /** What was done, or why not; empty until then. */
  readonly answer: string
}

/** The engine's word on a command: part of the transaction that makes it true. */
export interface ControlAnswer {
  readonly id: string
  readonly state: 'done' | 'declined'
  readonly answer: string
}

/** How a running engine is, as it last said. */
export interface Heartbeat {
  readonly portfolio: string
  /** Machine and process. */
  readonly owner: string
  readonly role: 'paper' | 'live'
  readonly startedAt: Instant
  readonly at: Instant
  /** Of the lease that it holds. */
  readonly epoch: number
  /** Number of the last committed event. */
  readonly seq: number
  /** Moment of the market that it stands at. */
  readonly marketAt: Instant | null
  readonly lastCycleAt: Instant | null
  readonly nextCycleAt: Instant | null
  /** Milliseconds of trading time since the oldest price that it trades by should have been followed; null: unknown. */
  readonly dataAge: number | null
  readonly mode: AccountMode
  readonly gates: readonly ShutGate[]
  /** Null: disarmed, or not asked for. */
  readonly armedUntil: Instant | null
  readonly liveFraction: number | null
  readonly unknownOrders: number
  /** At the broker, not ended. */
  readonly openOrders: number
  /** Wishes that no order stands for yet. */
  readonly waitingWishes: number
  /** Milliseconds that the process was late for its own timer. */
  readonly loopLag: number
  readonly equity: number | null
  readonly currency: string
  /** Wishes that wait for an operator. */
  readonly approvals: readonly WaitingApproval[]
  /** Ends of the account's number that a dangerous command must name; empty where it has none. */
  readonly accountSuffix: string
  /** What went wrong in the last cycle that failed; empty where the last one did not. */
  readonly failure: string
  /** How it ended, in the last word of all; empty while it runs. One that was killed could not say. */
  readonly ended: string
}

/** A wish that an operator is asked about, as it is shown. */
export interface WaitingApproval {
  readonly id: string
  readonly sleeve: string
  readonly instrument: string
  readonly quantity: number
  readonly value: number | null
  readonly reason: string
  readonly until: Instant | null
}

/** One criterion before live trading, as it was judged. */
export interface ValidationGate {
  readonly name: string
  readonly criterion: string
  readonly value: string
  readonly passed: boolean
  readonly by: string
  readonly at: Instant
}

/** Configurations that an operator allowed to trade live, by what they consist of. */
export interface ConfigurationApproval {
  /** Of the whole configuration. */
  readonly hash: string
  /** Hash of each part that an approval covers. */
  readonly parts: Readonly<Record<ApprovedPart, string>>
  readonly by: string
  readonly at: Instant
  readonly note: string
}
export const APPROVED_PARTS = ['allocation', 'universe', 'structure', 'venue'] as const
export type ApprovedPart = (typeof APPROVED_PARTS)[number]

/** The tables beside the journal through which processes talk to each other. */
export interface Control {
  /** Asks; the same id again changes nothing. */
  ask(command: Omit<ControlCommand, 'state' | 'answer'>): Promise<void>
  find(portfolio: string, id: string): Promise<ControlCommand | undefined>
  /** Takes up what was asked: all that nobody has answered, in the order in which it was asked. */
  begin(portfolio: string): Promise<readonly ControlCommand[]>
  /** Takes back what was not begun; the command as it then is. */
  withdraw(portfolio: string, id: string): Promise<ControlCommand>
  beat(heartbeat: Heartbeat): Promise<void>
  /** The last word of every engine that ever ran here, by portfolio. */
  beats(): Promise<readonly Heartbeat[]>
  recordGate(portfolio: string, gate: ValidationGate): Promise<void>
  /** All that were recorded, oldest first: the last one of a name counts. */
  gates(portfolio: string): Promise<readonly ValidationGate[]>
  approveConfiguration(portfolio: string, approval: ConfigurationApproval): Promise<void>
  /** Oldest first: the last one counts. */
  approvals(portfolio: string): Promise<readonly ConfigurationApproval[]>
}
