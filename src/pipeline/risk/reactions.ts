/** What each kind of violation is, and what is done about it: data, so that a configuration may say otherwise. */
import { SEVERITIES, type Severity } from '../../domain/risk.ts'

export const REACTIONS = [
  'liquidate_all',
  'halt_entries',
  'reduce_positions',
  'pause_strategy',
  'reduce_position',
  'alert_only',
] as const
export type Reaction = (typeof REACTIONS)[number]

/** Severity of what was violated: the whole before a part, losses before sizes. */
export const VIOLATION_SEVERITY = {
  portfolio_drawdown: 'critical',
  daily_loss: 'critical',
  portfolio_leverage: 'high',
  portfolio_volatility: 'high',
  concentration: 'high',
  strategy_drawdown: 'medium',
  strategy_leverage: 'medium',
  strategy_correlation: 'medium',
  position_size: 'low',
} as const satisfies Readonly<Record<string, Severity>>
export type ViolationKind = keyof typeof VIOLATION_SEVERITY

/** What a severity does where the configuration says nothing: a critical one halts first and liquidates deeper down. */
const REACTION_BY_SEVERITY: Readonly<Record<Severity, Reaction>> = {
  critical: 'halt_entries',
  high: 'reduce_positions',
  medium: 'pause_strategy',
  low: 'reduce_position',
}

export interface Breach {
  readonly kind: ViolationKind
  /** 'portfolio', or a sleeve's or an instrument's id. */
  readonly subject: string
}

export interface Response extends Breach {
  readonly severity: Severity
  readonly reaction: Reaction
}

/** Every violation of one cycle with its severity and what is done: critical first, then in the order given. */
export function respond(
  breaches: readonly Breach[],
  configured: Readonly<Partial<Record<ViolationKind, Reaction>>> = {},
): readonly Response[] {
  const responses = breaches.map((breach) => {
    const severity: Severity = VIOLATION_SEVERITY[breach.kind]
    return { ...breach, severity, reaction: configured[breach.kind] ?? REACTION_BY_SEVERITY[severity] }
  })
  return SEVERITIES.flatMap((severity) => responses.filter((response) => response.severity === severity))
}
