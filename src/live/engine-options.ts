/** What a live engine is handed, and what it says at its end. */
import type { Broker, BrokerEvent, ClientOrderId } from '../domain/broker.ts'
import type { Clock } from '../domain/clock.ts'
import type { PortfolioConfig } from '../domain/config.ts'
import type { ControlAnswer } from '../domain/control.ts'
import type { Slice } from '../domain/market.ts'
import type { OperatorVerdict } from '../domain/order-records.ts'
import type { Lease, Projections, Store } from '../domain/store.ts'
import type { Instant } from '../domain/units.ts'
import type { Kernel } from '../engine/kernel.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { Run } from '../engine/run/drive.ts'
import type { RunInput } from '../engine/run/run.ts'
import type { ConfigurationChange } from './change-over.ts'
import type { Market } from './deferred.ts'
import type { DeskAlert } from './desk/order-desk.ts'
import type { DeskPolicy } from './desk/policy.ts'
import type { Attached } from './observers.ts'
import type { ReconcilePolicy } from './reconcile/policy.ts'

export type EngineInput = Omit<RunInput, 'journal' | 'again' | 'commanded'>

/** A broker whose market is played in this process. */
export interface Venue {
  readonly broker: Broker
  readonly market: Market
  /** Lets the market take what was sent, and gives what there is to say, once. */
  drain(): readonly BrokerEvent[]
  /** All that it remembers, between two steps. */
  state(): unknown
}

/** Something from outside for the kernel. */
export type Told =
  | {
      readonly body: EventBody
      /** Made part of the transaction that makes it true; `declined` says why the kernel did not do it. */
      answer?(declined: string | null): ControlAnswer
    }
  /** Judged when its turn comes: what was told before it has then been given. */
  | { turn(kernel: Kernel, now: Instant): Turn }
  /** Gone over to between two instants, once nothing is under way. */
  | { readonly change: ConfigurationChange }

/** What somebody's turn comes to: events, an answer that becomes true with them, and what follows once they are kept. */
export interface Turn {
  readonly events: readonly EventBody[]
  /** An order whose outcome the broker cannot tell. */
  readonly decision?: OrderDecision
  /** @param declined what the kernel said against it; empty: nothing */
  answer(declined: string): ControlAnswer | null
  /** Where it asks for a cycle at once: the answer when that is over, instead of `answer`. */
  cycle?(ended: CycleEnd): ControlAnswer
  committed(): void
}

/** What became of a cycle that was asked for. */
export type CycleEnd =
  /** It was played. `seq`: number of its last event; `at`: moment of the market. */
  | { readonly kind: 'played'; readonly seq: number; readonly at: Instant }
  /** There are no bars beyond those that were played. `seq`: number of the last event. */
  | { readonly kind: 'nothing'; readonly seq: number }
  | { readonly kind: 'refused'; readonly reason: string }

/** A look for bars that was asked for. */
export interface Look {
  readonly isMore: boolean
  /** Why it could not be told; empty: it could. */
  readonly trouble: string
}

/** An operator's word on an order. */
export interface OrderDecision {
  readonly clientId: ClientOrderId
  readonly verdict: OperatorVerdict
  readonly actor: string
}

/** Measures what an engine does, by a clock of its own. */
export interface Meter {
  /** Milliseconds since some moment. */
  now(): number
  /** `instant` is a whole one, with all of its steps; every other one bears the name of a step, or is a `commit`. */
  took(step: string, since: number): void
  committed(events: number): void
}

/** What looks at the clock and at the engine, and shuts or opens gates. */
export interface Watch {
  look(now: Instant, kernel: Kernel): readonly Told[]
  /** When it wants to look again; null: whenever something happens. */
  nextAt(): Instant | null
}

export interface EngineOptions {
  readonly store: Store & { readonly projections?: Pick<Projections, 'projectionMemory'> }
  /** The right to write it. */
  readonly lease: Lease
  /** As the user named it, for messages. */
  readonly storeName: string
  /** Under which the store keeps this run: several portfolios may share one store. */
  readonly portfolio: string
  /** A state is kept after this many instants: what a restart must play again at most. */
  readonly snapshotEvery: number
  readonly venue: VenueSource
  sha256(bytes: Uint8Array): Uint8Array
  /** Null: time is that of the bars that are played. */
  readonly clock: Clock | null
  readonly desk?: DeskPolicy
  /** Milliseconds that an instant waits for answers before it goes on without them. */
  readonly patience?: number
  readonly watches?: readonly Watch[]
  /** How often an account elsewhere is compared with the books, and what they may differ by. */
  readonly reconcile?: ReconcilePolicy
  /** Told of every booking. */
  readonly observer?: Attached
  /** Told of bars before the kernel is given them, also of those that are played again. */
  onSlices?(slices: readonly Slice[]): void
  /** Where bars come as time goes on: resolves when there are more than the market that was handed in, or never. */
  more?(): Promise<void>
  /** Looks for them at once, beside `more`, which resolves as well where there are any. */
  lookNow?(): Promise<Look>
  /** Tripped before the kernel knows of it: nothing leaves for a venue elsewhere. */
  readonly latch?: { readonly reason: string }
  readonly meter?: Meter
  /** Waits until an instant is due, beside the clock; resolves at once where nothing is to be waited for. */
  due?(at: Instant): Promise<void>
  /** Asked between two instants: true puts the run away. */
  isStopped(): boolean
  /** Told after an instant was written down. */
  onInstant?(run: Run): void
  /** Told after the messages and readable rows of all events so far were written down. */
  onTold?(run: Run): void
  /** Told of the configurations before and after, where it was started with another one than its journal ends with. */
  onConfigured?(before: PortfolioConfig, after: PortfolioConfig): void
  /** Told after they were written down. */
  onAlerts?(alerts: readonly DeskAlert[]): void
}

export type VenueSource =
  /** @param from what `state` gave */
  { readonly kind: 'here'; open(from: unknown): Venue } | { readonly kind: 'elsewhere'; readonly broker: Broker }

export interface EngineEnd {
  readonly run: Run
  /** Events that the store held already, and that this process added. */
  readonly resumed: number
  readonly added: number
  /**
   * `market`: there is no later bar in the market that was handed in; `stopped`: it was asked to; `configured`: it stands
   * under another configuration, and is to be opened again on the market of that.
   */
  readonly ended: 'market' | 'stopped' | 'configured'
  /** What it was told and has not answered: for the engine that goes on from here. */
  readonly waiting: readonly Told[]
}
