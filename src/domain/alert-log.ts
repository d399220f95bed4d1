/** Who is told of what, through which channels, and what became of it: settings and records, no sending. */
import type { Instant, Json } from './units.ts'

export const ALERT_CHANNELS = ['email', 'sms', 'slack', 'discord', 'pagerduty', 'telegram', 'webhook'] as const
export type AlertChannelKind = (typeof ALERT_CHANNELS)[number]

export const ALERT_SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/** Where alerts go. Secrets (passwords, tokens, addresses that are one) go in and come out for sending alone. */
export interface AlertChannel {
  readonly id: string
  readonly kind: AlertChannelKind
  readonly name: string
  /** False: nothing is sent through it. */
  readonly enabled: boolean
  /** What is no secret, by name. */
  readonly settings: Readonly<Record<string, Json>>
  /** The last four characters of each secret that is set, by name. */
  readonly lastFour: Readonly<Record<string, string>>
  readonly version: number
  readonly changedAt: Instant
  readonly changedBy: string
}

export interface NewAlertChannel {
  readonly id: string
  readonly kind: AlertChannelKind
  readonly name: string
  readonly enabled: boolean
  readonly settings: Readonly<Record<string, Json>>
  /** Sealed; a name that is left out keeps the secret it has, null takes it away. */
  readonly secrets: Readonly<Record<string, string | null>>
}

/** Which alerts go where. */
export interface AlertRule {
  readonly id: string
  readonly name: string
  /** Null: those of every portfolio of the store. */
  readonly portfolio: string | null
  readonly enabled: boolean
  /** Words of what it is about, as violations and alerts name their rule; empty: all. */
  readonly about: readonly string[]
  readonly severity: AlertSeverity
  /** Ids. */
  readonly channels: readonly string[]
  /** Local minutes of the day between which what is less than critical is held back; null: never. */
  readonly quiet: { readonly from: number; readonly to: number; readonly zone: string } | null
  /** The same subject is not told again within; null: each time. */
  readonly repeatMs: number | null
  /** Held back and told together so often; null: at once. */
  readonly digestMs: number | null
  /** Limits that a rule of its own adds, such as a drawdown; JSON by name. */
  readonly thresholds: Readonly<Record<string, Json>>
  readonly version: number
  readonly changedAt: Instant
  readonly changedBy: string
}

export type NewAlertRule = Omit<AlertRule, 'version' | 'changedAt' | 'changedBy'>

/** `stale`: somebody has changed it since, and `standing` is how it stands. */
export type Saved<T> =
  | { readonly state: 'done'; readonly standing: T }
  | { readonly state: 'stale'; readonly standing: T | null }

/** `held`: for the end of the quiet hours or the next digest; `merged`: told as a part of another delivery. */
export type DeliveryState = 'held' | 'waiting' | 'sent' | 'failed' | 'merged'

/** One alert on its way through one channel. */
export interface AlertDelivery {
  readonly id: string
  readonly portfolio: string
  readonly channel: string
  /** Null: a test, or the sign that the sender is alive. */
  readonly rule: string | null
  /** What is told: severity, title, text, subject; JSON. */
  readonly alert: Json
  readonly severity: AlertSeverity
  /** The same alert has the same one. */
  readonly dedupe: string
  readonly at: Instant
  readonly state: DeliveryState
  readonly attempts: number
  /** Not tried before. */
  readonly due: Instant
  /** What the other side answered last; '' until it did. Without secrets. */
  readonly answer: string
  /** Of the last attempt; null: none yet. */
  readonly triedAt: Instant | null
  /** The delivery that it was told with. */
  readonly mergedInto: string | null
}

export type NewAlertDelivery = Omit<AlertDelivery, 'attempts' | 'answer' | 'triedAt' | 'mergedInto'> & {
  readonly state: 'held' | 'waiting'
}

export interface DeliveryQuery {
  readonly portfolio?: string
  readonly channel?: string
  readonly state?: DeliveryState
  readonly from?: Instant
  readonly to?: Instant
  readonly offset?: number
  readonly limit: number
}

/** When an alert was told last, and how often it came since without being told. */
export interface Told {
  readonly at: Instant
  readonly suppressed: number
}

export interface AlertLog {
  /** In the order of their names. */
  channels(): Promise<readonly AlertChannel[]>
  /** @param seen version that whoever changes it has seen; 0: a new one */
  saveChannel(
    channel: NewAlertChannel,
    seen: number,
    by: { readonly at: Instant; readonly user: string },
  ): Promise<Saved<AlertChannel>>
  /** False: there is none. Its deliveries stay. */
  removeChannel(id: string): Promise<boolean>
  /** Opened, for whoever sends. @throws FaultError STORE_KEY_MISSING, STORE_KEY_WRONG */
  channelSecrets(id: string): Promise<Readonly<Record<string, string>>>
  rules(): Promise<readonly AlertRule[]>
  saveRule(
    rule: NewAlertRule,
    seen: number,
    by: { readonly at: Instant; readonly user: string },
  ): Promise<Saved<AlertRule>>
  removeRule(id: string): Promise<boolean>
  /**
   * Puts deliveries on record, and up to where alerts were looked at, in one transaction: an alert that was looked at is
   * never forgotten, and never told twice by two senders. The same id again changes nothing.
   *
   * @param seen by source, such as a portfolio's journal: the last number that was looked at
   */
  recordDeliveries(
    deliveries: readonly NewAlertDelivery[],
    seen: Readonly<Record<string, number>>,
    told: Readonly<Record<string, Told>>,
  ): Promise<void>
  /** Last number that was looked at; undefined: never. */
  seen(source: string): Promise<number | undefined>
  /** By deduplication key, those that were ever told. */
  told(dedupes: readonly string[]): Promise<ReadonlyMap<string, Told>>
  /** Those to be tried, oldest first: waiting and due. */
  dueDeliveries(at: Instant, limit: number): Promise<readonly AlertDelivery[]>
  /** Held ones of a rule and a channel, oldest first. */
  heldDeliveries(rule: string, channel: string): Promise<readonly AlertDelivery[]>
  /** One attempt, as it went; `due` for the next one where it goes on waiting. */
  recordAttempt(
    id: string,
    attempt: {
      readonly at: Instant
      readonly state: 'waiting' | 'sent' | 'failed'
      readonly answer: string
      readonly due: Instant
    },
  ): Promise<void>
  /** Lets held ones go, or tells them as parts of another one. */
  release(ids: readonly string[], into: NewAlertDelivery | null, at: Instant): Promise<void>
  /** Newest first. */
  deliveries(query: DeliveryQuery): Promise<{ readonly rows: readonly AlertDelivery[]; readonly total: number }>
  /** Any small state of a sender under a name, such as when it last gave a sign of life; null: none. */
  senderState(name: string): Promise<Json>
  setSenderState(name: string, value: Json): Promise<void>
  /** Lets go of deliveries that ended before a moment. */
  forgetDeliveries(before: Instant): Promise<number>
}
