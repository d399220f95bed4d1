/** What the configuration asks to be watched, and what it says of each violation. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { DrawdownBreaker, PortfolioLimits, SleeveLimits } from '../../domain/limits.ts'
import type { Reaction, ViolationKind, ViolationRules } from '../../domain/violations.ts'
import { REENTRY_RULE } from '../../pipeline/risk/re-entry.ts'
import { reactionTo, recoveryOf, type WatchedLimit } from '../../pipeline/risk/reactions.ts'

const DEFAULT_RULES: ViolationRules = {
  actions: {},
  rules: {},
  reentry: REENTRY_RULE,
  correlation: { level: 0.7, move: 0.3, days: 30 },
}

export function violationRules({ violations }: PortfolioConfig): ViolationRules {
  return violations ?? DEFAULT_RULES
}

/**
 * Whether sizes are watched while they are held. Limits on sizes are asked before a trade; prices move positions beyond
 * them afterwards, which is a violation only where the configuration speaks of violations.
 */
export function watchesSizes({ violations }: PortfolioConfig): boolean {
  return violations !== undefined
}

/** A limit with the value at which its violation is over. */
export function watched(config: PortfolioConfig, kind: ViolationKind, limit: number, floor = false): WatchedLimit {
  return { limit, floor, recovery: violationRules(config).rules[kind]?.recovery ?? recoveryOf(limit, floor) }
}

/** The drawdown's own pair of levels; a recovery that is configured by rule comes first. */
export function drawdownRule(
  config: PortfolioConfig,
  kind: 'portfolio_drawdown' | 'strategy_drawdown',
  breaker: DrawdownBreaker,
): DrawdownBreaker {
  const recovery = violationRules(config).rules[kind]?.recovery
  return recovery === undefined ? breaker : { ...breaker, resume: recovery }
}

/** Reactions that keep entries out until the violation is over, and let them return in steps. */
export function isHalting(reaction: Reaction): boolean {
  return reaction === 'liquidate_all' || reaction === 'halt_entries' || reaction === 'pause_strategy'
}

export function reactionOf(config: PortfolioConfig, kind: ViolationKind, liquidating: boolean): Reaction {
  return liquidating ? 'liquidate_all' : reactionTo(kind, violationRules(config))
}

/** Portfolio days of returns that some limit looks back on; 0 where no day is measured. */
export function longestWindow({ limits, sleeves, violations }: PortfolioConfig): number {
  const windows = [limits.volatility, limits.valueAtRisk, limits.diversification].map((limit) => limit?.window ?? 0)
  for (const sleeve of sleeves) windows.push(sleeve.limits.volatility?.window ?? 0)
  if (limits.correlation !== undefined) {
    const { days } = violations?.correlation ?? DEFAULT_RULES.correlation
    windows.push(limits.correlation.window + days)
  }
  return Math.max(0, ...windows)
}

/** Whether any limit is watched at all. */
export function watchesAnything(config: PortfolioConfig): boolean {
  const { limits, sleeves } = config
  if (limits.drawdown !== null || limits.dailyLossMax !== undefined || longestWindow(config) > 0) return true
  if (sleeves.some(({ limits: own }) => own.drawdown !== undefined || own.dailyLossMax !== undefined)) return true
  return watchesSizes(config)
}

const MEASURED = {
  drawdown: 'portfolio_drawdown',
  dailyLossMax: 'daily_loss',
  volatility: 'portfolio_volatility',
  valueAtRisk: 'value_at_risk',
  diversification: 'diversification',
  correlation: 'strategy_correlation',
} as const satisfies { readonly [K in keyof PortfolioLimits]?: ViolationKind }

const MEASURED_OF_SLEEVE = {
  drawdown: 'strategy_drawdown',
  dailyLossMax: 'strategy_daily_loss',
  volatility: 'strategy_volatility',
} as const satisfies { readonly [K in keyof SleeveLimits]?: ViolationKind }

/**
 * The limits that entries are judged by: what is only worth an alert keeps nothing out. Limits on sizes are asked before a
 * trade whatever is done about a position that has grown beyond them.
 */
export function askedOfPortfolio(config: PortfolioConfig): PortfolioLimits {
  const { drawdown, ...kept } = without(config.limits, MEASURED, config)
  return { ...kept, drawdown: drawdown ?? null }
}

export function askedOfSleeve(config: PortfolioConfig, limits: SleeveLimits): SleeveLimits {
  return without(limits, MEASURED_OF_SLEEVE, config)
}

function without<L extends object>(
  limits: L,
  kinds: Readonly<Partial<Record<keyof L, ViolationKind>>>,
  config: PortfolioConfig,
): L {
  const kept = { ...limits }
  for (const [key, kind] of Object.entries(kinds) as [keyof L, ViolationKind][]) {
    if (reactionOf(config, kind, false) === 'alert_only') delete kept[key]
  }
  return kept
}
