/** What happens after a limit was exceeded: severities, reactions, recovery, and the words of a violation's record. */
import type { Instant, Json, SleeveId } from './units.ts'

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/**
 * What is done about a violation, within its subject: everything closed; no entries; all positions shrunk in proportion;
 * sleeves paused; positions trimmed, the largest first; capital dealt anew; nothing but a record and an alert.
 */
export const REACTIONS = [
  'liquidate_all',
  'halt_entries',
  'reduce_positions',
  'pause_strategy',
  'reduce_position',
  'rebalance',
  'alert_only',
] as const
export type Reaction = (typeof REACTIONS)[number]

/** Every limit that is watched while positions are held, by the name under which a configuration speaks of it. */
export const VIOLATION_KINDS = [
  'portfolio_drawdown',
  'daily_loss',
  'portfolio_leverage',
  'portfolio_net_leverage',
  'portfolio_exposure',
  'portfolio_volatility',
  'value_at_risk',
  'diversification',
  'concentration',
  'asset_class_weight',
  'sector_weight',
  'currency_weight',
  'ticker_weight',
  'group_weight',
  'group_exposure',
  'strategy_drawdown',
  'strategy_daily_loss',
  'strategy_leverage',
  'strategy_exposure',
  'strategy_volatility',
  'strategy_correlation',
  'correlation_alert',
  'correlation_regime',
  'position_size',
] as const
export type ViolationKind = (typeof VIOLATION_KINDS)[number]

/** What a configuration says of one kind of violation; what is left out has its default. */
export interface RuleReaction {
  readonly severity?: Severity
  readonly action?: Reaction
  /** The violation is over when its value is beyond this, in the unit of the limit. */
  readonly recovery?: number
  /** False: once it is over, entries have their full size at once. */
  readonly reentry?: boolean
}

export interface ReentryRule {
  /** Factors on the size of entries, rising to 1. */
  readonly steps: readonly number[]
  /** Sessions without a breach before the next step. */
  readonly sessionsPerStep: number
}

/** Correlations of two sleeves that are worth an alert. */
export interface CorrelationAlerts {
  readonly level: number
  /** A rolling correlation that differs by more than this from `days` portfolio days before is a new regime. */
  readonly move: number
  readonly days: number
}

export interface ViolationRules {
  readonly actions: Readonly<Partial<Record<Severity, Reaction>>>
  readonly rules: Readonly<Partial<Record<ViolationKind, RuleReaction>>>
  /** Null: full size at once after every halt. */
  readonly reentry: ReentryRule | null
  readonly correlation: CorrelationAlerts
}

/** What a violation is about, and so what an open one keeps entries out of. */
export const SUBJECTS = [
  'portfolio',
  'group',
  'sleeve',
  'instrument',
  'position',
  'assetClass',
  'sector',
  'currency',
  'pair',
] as const
export type SubjectKind = (typeof SUBJECTS)[number]

/** How a violation ended: the value came back; a flat book's peak was set anew; an operator closed it. */
export interface Resolution {
  readonly how: 'recovered' | 'reset' | 'operator'
  /** The value with which it ended; NaN where it was not measured. */
  readonly value: number
  /** What the operator wrote; '' until somebody does. */
  readonly note: string
}

export interface SleeveReview {
  readonly sleeve: SleeveId
  /** Since the portfolio's peak, flows taken out, in the base currency. */
  readonly profit: number
  /** Of the portfolio's fall since its peak; the shares add up to 1. 0 where there was no fall. */
  readonly share: number
  /** Positions closed since the peak. */
  readonly trades: number
  /** Violations of the sleeve since the peak. */
  readonly violations: number
}

/** What a halt leaves to whoever looks at it: who lost what since the peak, and what to do about it. */
export interface HaltReview {
  readonly since: Instant
  readonly drawdown: number
  readonly sleeves: readonly SleeveReview[]
  readonly proposal: { readonly action: Reaction; readonly subject: SleeveId | 'portfolio'; readonly reason: string }
}

/** What the subject was run with when the violation opened, and when it was closed; null while it is open. */
export interface ParameterRecord {
  readonly before: Json
  readonly after: Json
}
