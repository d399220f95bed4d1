/** Where alerts go, and whether they arrived. */

export type AlertSeverity = 'critical' | 'high' | 'medium' | 'low'
export type ChannelKind = 'email' | 'sms' | 'slack' | 'discord' | 'pagerduty' | 'telegram' | 'webhook'

export interface AlertChannelView {
  readonly id: string
  readonly kind: ChannelKind
  readonly title: string
  readonly enabled: boolean
  /** What is no secret: addresses, hosts, ports. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** Of each secret its last four characters, or '' where it has none yet. Secrets are written, never read. */
  readonly secrets: Readonly<Record<string, string>>
}

export interface AlertChannelChange {
  readonly id: string
  readonly kind: ChannelKind
  readonly title: string
  readonly enabled: boolean
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** What is left out stays. */
  readonly secrets?: Readonly<Record<string, string>>
}

export interface AlertRuleView {
  readonly id: string
  readonly title: string
  /** What it is about: a rule of the violations, `order`, `engine`, `data`, ... `*`: everything. */
  readonly about: string
  /** The least severity that it lets pass. */
  readonly severity: AlertSeverity
  readonly enabled: boolean
  /** Channels by id. */
  readonly channels: readonly string[]
  /** Alerts of these sleeves alone; empty: all. */
  readonly sleeves: readonly string[]
  /** Times of every day in `zone`, `22:00` to `07:00`; what is as bad as `except` passes. Null: none. */
  readonly quiet: {
    readonly from: string
    readonly to: string
    /** Of the IANA: `Europe/Berlin`. */
    readonly zone: string
    readonly except: AlertSeverity
  } | null
  /** Who else is told of what goes on for so many seconds and nobody has acknowledged; null: nobody. */
  readonly escalate: { readonly after: number; readonly channels: readonly string[] } | null
  /** Whether the channels hear that it is over. */
  readonly resolved: boolean
  /** Seconds in which the same one is not said again. */
  readonly deduplicate: number
  /** Seconds over which medium and low ones are gathered into one; 0: each at once. */
  readonly digest: number
}

export type ThresholdFigure =
  | 'drawdown'
  | 'daily_loss'
  | 'leverage'
  | 'volatility'
  | 'cash'
  | 'data_age'
  | 'positions'
  | 'unknown_orders'

/** A value of a figure beyond which somebody is told, once, until it is back at `release`. */
export interface AlertThresholdView {
  readonly id: string
  readonly enabled: boolean
  /** Fractions, but `leverage` a ratio, `data_age` seconds, `positions` and `unknown_orders` counts. */
  readonly figure: ThresholdFigure
  /** Null: of the whole portfolio. */
  readonly sleeve: string | null
  readonly side: 'above' | 'below'
  readonly value: number
  readonly release: number
  readonly severity: AlertSeverity
}

/** Something that goes on, and who has seen it. */
export interface OpenAlert {
  /** Of what goes on; the same until it is over. */
  readonly id: string
  readonly at: string
  readonly severity: AlertSeverity
  readonly rule: string
  readonly subject: string
  readonly sleeve: string | null
  readonly text: string
  /** Page of the dashboard. */
  readonly link: string
  /** Channels that were told, by id. */
  readonly told: readonly string[]
  readonly acknowledged: { readonly by: string; readonly at: string; readonly note: string } | null
}

export interface AcknowledgeRequest {
  readonly id: string
  readonly note?: string
}

export interface AlertDeliveryRow {
  readonly id: string
  readonly at: string
  readonly rule: string
  readonly channel: string
  readonly severity: AlertSeverity
  readonly subject: string
  readonly text: string
  readonly state: 'waiting' | 'sent' | 'failed' | 'quiet' | 'gathered'
  readonly attempts: number
  /** What the other side answered. */
  readonly answer: string
}

export interface ChannelTest {
  readonly ok: boolean
  readonly answer: string
}
