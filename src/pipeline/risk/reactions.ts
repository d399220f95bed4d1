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
  /** 'portfolio', or the id of a group, a sleeve or an instrument. */
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

/** What an entry belongs to. */
export interface EntryScope {
  readonly sleeve: string
  readonly group: string | null
  readonly instrument: string
}

/** Whether an open violation of a subject keeps an entry out: the portfolio's all, others those within their scope. */
export function blocksEntry(openSubjects: ReadonlySet<string>, { sleeve, group, instrument }: EntryScope): boolean {
  return (
    openSubjects.has('portfolio') ||
    openSubjects.has(sleeve) ||
    openSubjects.has(instrument) ||
    (group !== null && openSubjects.has(group))
  )
}
