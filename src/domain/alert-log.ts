/** What is kept of alerts: where they go, how far they were looked at, and what became of each telling. */
import type {
  Acknowledgement,
  AlertChannel,
  AlertDelivery,
  AlertRule,
  AlertThreshold,
  DeliveryState,
} from './alerts.ts'
import type { Page } from './paging.ts'
import type { Instant } from './units.ts'

/** A channel as everybody may see it: its secrets are '' and stand here by their last four characters; '': not set. */
export interface ShownChannel {
  readonly channel: AlertChannel
  readonly lastFour: Readonly<Record<string, string>>
}

/** Of whoever tells a portfolio's alerts. */
export interface AlertMemory {
  /** Number of the last message that was looked at. */
  readonly cursor: number
  /** What it must not forget: gathered, held back, told lately, going on. JSON. */
  readonly state: string
}

/** What is left out selects nothing away. */
export interface DeliveryQuery {
  readonly channel?: string
  readonly state?: DeliveryState
  /** Created within, both ends in it. */
  readonly from?: Instant
  readonly to?: Instant
  /** `next` of the page before. */
  readonly before?: string
  readonly limit: number
}

/** All of it by portfolio. Secrets of channels are sealed in the store. */
export interface AlertLog {
  /** With their secrets, for whoever sends; by name. @throws FaultError STORE_KEY_MISSING, STORE_KEY_WRONG */
  channels(portfolio: string): Promise<readonly AlertChannel[]>
  shownChannels(portfolio: string): Promise<readonly ShownChannel[]>
  /** Takes the place of the one of its name; a secret that is '' stays as it was, where the kind is the same. */
  putChannel(portfolio: string, channel: AlertChannel, at: Instant): Promise<void>
  /** False: there is none. What was told through it stays. */
  removeChannel(portfolio: string, name: string): Promise<boolean>
  /** In the order in which they were put. */
  rules(portfolio: string): Promise<readonly AlertRule[]>
  /** Takes the place of all that there were. */
  putRules(portfolio: string, rules: readonly AlertRule[], at: Instant): Promise<void>
  thresholds(portfolio: string): Promise<readonly AlertThreshold[]>
  /** Takes the place of all that there were. */
  putThresholds(portfolio: string, thresholds: readonly AlertThreshold[], at: Instant): Promise<void>
  /** Of what goes on, or did lately. */
  acknowledgements(portfolio: string): Promise<readonly Acknowledgement[]>
  /** The last one of an incident counts. */
  acknowledge(portfolio: string, seen: Acknowledgement): Promise<void>
  /** Null: nothing was ever looked at. */
  memory(portfolio: string): Promise<AlertMemory | null>
  /**
   * All in one transaction: what was looked at is told or remembered, never forgotten. A delivery whose id is known stays
   * as it is; what was seen of incidents that are over is forgotten.
   */
  keep(
    portfolio: string,
    kept: AlertMemory & { readonly deliveries: readonly AlertDelivery[]; readonly over?: readonly string[] },
  ): Promise<void>
  /** `waiting` or `sending`, to be tried by now; oldest first. */
  due(portfolio: string, now: Instant, limit: number): Promise<readonly AlertDelivery[]>
  /** State, attempts, next try, answer, and when it was sent, of the one of its id. */
  mark(portfolio: string, delivery: AlertDelivery): Promise<void>
  /** Newest first. */
  deliveries(portfolio: string, query: DeliveryQuery): Promise<Page<AlertDelivery>>
  /** Lets go of what was sent or given up before a moment; how many. */
  forgetDeliveries(portfolio: string, before: Instant): Promise<number>
}
