/** What each kind of violation is, and what is done about it: data, so that a configuration may say otherwise. */
import {
  type Reaction,
  SEVERITIES,
  type Severity,
  type ViolationKind,
  type ViolationRules,
} from '../../domain/violations.ts'

/** Severity of what was violated: the whole before a part, losses before sizes. */
export const VIOLATION_SEVERITY = {
  portfolio_drawdown: 'critical',
  daily_loss: 'critical',
  portfolio_leverage: 'high',
  portfolio_net_leverage: 'high',
  portfolio_exposure: 'high',
  portfolio_volatility: 'high',
  value_at_risk: 'high',
  diversification: 'medium',
  concentration: 'high',
  asset_class_weight: 'high',
  sector_weight: 'high',
  currency_weight: 'high',
  ticker_weight: 'low',
  group_weight: 'high',
  group_exposure: 'high',
  strategy_drawdown: 'medium',
  strategy_daily_loss: 'medium',
  strategy_leverage: 'medium',
  strategy_exposure: 'medium',
  strategy_volatility: 'medium',
  strategy_correlation: 'medium',
  correlation_alert: 'low',
  correlation_regime: 'low',
  position_size: 'low',
} as const satisfies Readonly<Record<ViolationKind, Severity>>

/** What a severity does where the configuration says nothing: a critical one halts first and liquidates deeper down. */
const REACTION_BY_SEVERITY: Readonly<Record<Severity, Reaction>> = {
  critical: 'halt_entries',
  high: 'reduce_positions',
  medium: 'pause_strategy',
  low: 'reduce_position',
}

/** Kinds that selling cannot cure, or that are only worth a word: their reaction is not that of their severity. */
const REACTION_BY_KIND: Readonly<Partial<Record<ViolationKind, Reaction>>> = {
  diversification: 'halt_entries',
  group_weight: 'rebalance',
  correlation_alert: 'alert_only',
  correlation_regime: 'alert_only',
}

type Configured = Pick<ViolationRules, 'actions' | 'rules'>

const NOTHING_CONFIGURED: Configured = { actions: {}, rules: {} }

function severityOf(kind: ViolationKind, { rules }: Configured = NOTHING_CONFIGURED): Severity {
  return rules[kind]?.severity ?? VIOLATION_SEVERITY[kind]
}

/** A rule's own action first; then what the kind asks for, what the configuration says of the severity, the default. */
export function reactionTo(kind: ViolationKind, configured: Configured = NOTHING_CONFIGURED): Reaction {
  const severity = severityOf(kind, configured)
  return (
    configured.rules[kind]?.action ??
    REACTION_BY_KIND[kind] ??
    configured.actions[severity] ??
    REACTION_BY_SEVERITY[severity]
  )
}

export interface Breach {
  readonly kind: ViolationKind
}

export interface Response {
  readonly severity: Severity
  readonly reaction: Reaction
}

/** Every violation of one cycle with its severity and what is done: critical first, then in the order given. */
export function respond<B extends Breach>(
  breaches: readonly B[],
  configured: Configured = NOTHING_CONFIGURED,
): readonly (B & Response)[] {
  const responses = breaches.map((breach) => ({
    ...breach,
    severity: severityOf(breach.kind, configured),
    reaction: reactionTo(breach.kind, configured),
  }))
  return SEVERITIES.flatMap((severity) => responses.filter((response) => response.severity === severity))
}

export interface DrawdownLevels {
  /** Entries halt when the drawdown is above this positive fraction, */
  readonly halt: number
  /** and everything is sold when it is above this deeper one; null: never. */
  readonly liquidate: number | null
}

const EPSILON = 1e-12

/** What a drawdown asks for; the same level for both liquidates at once. Null within the limits. */
export function drawdownReaction(drawdown: number, { halt, liquidate }: DrawdownLevels): Reaction | null {
  if (liquidate !== null && drawdown > liquidate + EPSILON) return 'liquidate_all'
  return drawdown > halt + EPSILON ? 'halt_entries' : null
}

/** A limit that is watched: the most that a value may be, or the least where it is a floor. */
export interface WatchedLimit {
  readonly limit: number
  /** The violation is over when the value is within this one, which is the stricter of the two. */
  readonly recovery: number
  readonly floor: boolean
}

/** How far within its limit a value must come before its violation is over, where no recovery is configured. */
const RECOVERY_BAND = 0.05

export function recoveryOf(limit: number, floor: boolean): number {
  return limit * (floor ? 1 + RECOVERY_BAND : 1 - RECOVERY_BAND)
}

/** Whether a value is beyond its limit; exactly at it all is well, and what is not known breaks nothing. */
export function isBeyond(value: number, { limit, floor }: WatchedLimit): boolean {
  const slack = EPSILON * Math.max(1, Math.abs(limit))
  return floor ? value < limit - slack : value > limit + slack
}

/** Whether an open violation is over. A value that is not known any more holds nobody for ever. */
export function isRecovered(value: number, { recovery, floor }: WatchedLimit): boolean {
  if (Number.isNaN(value)) return true
  const slack = EPSILON * Math.max(1, Math.abs(recovery))
  return floor ? value >= recovery - slack : value <= recovery + slack
}

/** Factor on positions that brings a value to its limit in proportion; 1 within it, 0 where there is no measure. */
export function factorToLimit(value: number, { limit, floor }: WatchedLimit): number {
  if (Number.isNaN(value)) return 0
  const factor = floor ? value / limit : limit / value
  return factor >= 1 ? 1 : Math.max(0, factor)
}
