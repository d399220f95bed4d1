/** What somebody must be told at once: alerts, which channels are told of which, and what became of each telling. */
import type { Instant } from './units.ts'
import type { Severity } from './violations.ts'

/** Something that somebody must know. The same thing has the same `id` for ever, however often it is looked at. */
export interface Alert {
  readonly id: string
  readonly portfolio: string
  /** Of the market where it follows from the journal, else of the machine. */
  readonly at: Instant
  readonly severity: Severity
  /** What was noticed: the kind of a violation, a gate, a rule of the order desk, a fault of the process. */
  readonly rule: string
  /** What it is about: a sleeve, an instrument, an order; '' for the whole portfolio. */
  readonly subject: string
  readonly sleeve: string | null
  readonly text: string
  readonly value: number | null
  readonly limit: number | null
  /** Page of the dashboard, from its root. */
  readonly link: string
  /** What goes on until it is resolved; alerts of one incident are one to whoever is told. */
  readonly incident: string
  /** `said`: nothing will ever resolve it. */
  readonly state: 'raised' | 'resolved' | 'said'
}

export const CHANNEL_KINDS = ['email', 'sms', 'slack', 'discord', 'pagerduty', 'telegram', 'webhook'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export const EMAIL_SECURITY = ['tls', 'starttls', 'none'] as const
export type EmailSecurity = (typeof EMAIL_SECURITY)[number]

/** Where a channel leads. Addresses that are not the service's own are for tests and gateways. */
export type ChannelSettings =
  | {
      readonly kind: 'email'
      readonly host: string
      readonly port: number
      /** `none` only to this machine. */
      readonly security: EmailSecurity
      readonly user: string
      readonly password: string
      readonly from: string
      readonly to: readonly string[]
      /** Of an authority of one's own that signed the server (PEM); '': those of the system. */
      readonly certificate: string
    }
  | {
      readonly kind: 'sms'
      readonly address: string
      readonly account: string
      readonly token: string
      readonly from: string
      readonly to: readonly string[]
    }
  | { readonly kind: 'slack'; readonly url: string }
  | { readonly kind: 'discord'; readonly url: string }
  | { readonly kind: 'pagerduty'; readonly address: string; readonly key: string }
  | { readonly kind: 'telegram'; readonly address: string; readonly token: string; readonly chat: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string }

/** Fields of settings that nobody reads again once they are written. Addresses of Slack and Discord are such. */
export const CHANNEL_SECRETS = {
  email: ['password'],
  sms: ['token'],
  slack: ['url'],
  discord: ['url'],
  pagerduty: ['key'],
  telegram: ['token'],
  webhook: ['secret'],
} as const satisfies Readonly<Record<ChannelKind, readonly string[]>>

export interface AlertChannel {
  readonly name: string
  /** One that is not is kept and sends nothing. */
  readonly isEnabled: boolean
  /** Messages within a minute at most; what is beyond waits. */
  readonly perMinute: number
  readonly settings: ChannelSettings
}

/** A stretch of every day; `from` after `to` goes over midnight. Minutes since midnight in a time zone of the IANA. */
export interface QuietHours {
  readonly from: number
  readonly to: number
  readonly zone: string
  /** This severity and those above it are told all the same. */
  readonly except: Severity
}

/** Which alerts go where. All rules that fit are followed; a channel is told of an alert once. Milliseconds. */
export interface AlertRule {
  readonly name: string
  readonly isEnabled: boolean
  /** The least severity. */
  readonly severity: Severity
  /** Names of alerts, `*` for any characters; empty: all. */
  readonly rules: readonly string[]
  /** Empty: all, and what concerns no sleeve. */
  readonly sleeves: readonly string[]
  readonly channels: readonly string[]
  /** Whether the channels hear that an incident is over. */
  readonly isResolutionTold: boolean
  /** Alerts of one incident within this are told once, and counted. */
  readonly sameWithin: number
  /** Null: at once; else gathered for so long, and told in one message. */
  readonly digestEvery: number | null
  readonly quiet: QuietHours | null
  /** Who else is told where an incident goes on for so long. */
  readonly escalation: { readonly after: number; readonly channels: readonly string[] } | null
}

/** Figures of a portfolio as it runs. Fractions, but `leverage` a ratio, `data_age` seconds, the last two counts. */
export const THRESHOLD_FIGURES = [
  'drawdown',
  'daily_loss',
  'leverage',
  'volatility',
  'cash',
  'data_age',
  'positions',
  'unknown_orders',
] as const
export type ThresholdFigure = (typeof THRESHOLD_FIGURES)[number]
/** Those that a sleeve has by itself. */
export const SLEEVE_FIGURES: readonly ThresholdFigure[] = [
  'drawdown',
  'daily_loss',
  'leverage',
  'volatility',
  'positions',
]

/** A value of a figure beyond which somebody is told, once, until it is back. */
export interface AlertThreshold {
  readonly name: string
  readonly isEnabled: boolean
  readonly figure: ThresholdFigure
  /** Null: of the whole portfolio. */
  readonly sleeve: string | null
  readonly side: 'above' | 'below'
  readonly value: number
  /** It is over once the figure is back here: between the two nothing changes. */
  readonly release: number
  readonly severity: Severity
}

/** Somebody has seen what goes on: nobody else is called for it. */
export interface Acknowledgement {
  readonly incident: string
  /** Id of the alert that was seen; where the incident grew worse since, it is another one. */
  readonly alert: string
  readonly actor: string
  readonly at: Instant
  readonly note: string
}

export const DELIVERY_PURPOSES = ['alert', 'resolution', 'digest', 'escalation', 'test'] as const
export type DeliveryPurpose = (typeof DELIVERY_PURPOSES)[number]

/**
 * `waiting` until `dueAt`; `sending`: given to the service and not answered yet, which after a crash means that it may
 * have been told; `sent`; `failed`: given up.
 */
export const DELIVERY_STATES = ['waiting', 'sending', 'sent', 'failed'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One message to one channel. Its id follows from what it says: the same message twice is one. */
export interface AlertDelivery {
  readonly id: string
  readonly portfolio: string
  readonly channel: string
  /** The rule that sent it there. */
  readonly rule: string
  readonly purpose: DeliveryPurpose
  /** The highest of its alerts. */
  readonly severity: Severity
  readonly alerts: readonly Alert[]
  /** How many more of the same incident were not told since the last one. */
  readonly unsaid: number
  readonly createdAt: Instant
  readonly dueAt: Instant
  readonly attempts: number
  readonly state: DeliveryState
  /** The service's last answer. */
  readonly answer: string
  readonly sentAt: Instant | null
}

/** What a service said. `again`: it may take it later; `refused`: never, as it stands. No secret is in `text`. */
export type ChannelAnswer =
  | { readonly kind: 'taken'; readonly text: string }
  /** `afterMs` as the service asked for it; null where it did not say. */
  | { readonly kind: 'again'; readonly text: string; readonly afterMs: number | null }
  | { readonly kind: 'refused'; readonly text: string }

/** What a service is given of a delivery. */
export interface AlertNotice
  extends Pick<AlertDelivery, 'id' | 'portfolio' | 'purpose' | 'severity' | 'alerts' | 'unsaid'> {
  /** It was given to the service before, and nobody knows whether it was taken. */
  readonly mayRepeat: boolean
  /** Address of the dashboard, to which links are added; '' where nobody said it. */
  readonly dashboard: string
}

/** A service that takes messages. Sending never throws: no answer is an answer. */
export interface AlertTransport {
  send(notice: AlertNotice, at: Instant): Promise<ChannelAnswer>
}
