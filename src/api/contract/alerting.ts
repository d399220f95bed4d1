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
  /** Local times of the portfolio's zone, `22:00` to `07:00`; critical ones pass. Null: none. */
  readonly quiet: { readonly from: string; readonly to: string } | null
  /** Seconds in which the same one is not said again. */
  readonly deduplicate: number
  /** Seconds over which medium and low ones are gathered into one; 0: each at once. */
  readonly digest: number
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
