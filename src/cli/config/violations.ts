/** What a portfolio file says of violations as the kernel takes it, with what does not fit its limits as problems. */
import type { PortfolioConfig } from '../../domain/config.ts'
import {
  REACTIONS,
  SEVERITIES,
  VIOLATION_KINDS,
  type ViolationKind,
  type ViolationRules,
} from '../../domain/violations.ts'
import type { Problems } from './problems.ts'
import type { RawViolations } from './schema/violations.ts'

/** The limits that a kind of violation is about, and where they are set. */
interface LimitSource {
  readonly key: string
  limits(config: PortfolioConfig): readonly number[]
}

type Given = number | null | undefined

const given = (values: readonly Given[]): readonly number[] =>
  values.filter((value): value is number => value !== null && value !== undefined)

function ofPortfolio(key: string, pick: (limits: PortfolioConfig['limits']) => Given): LimitSource {
  return { key: `limits.${key}`, limits: ({ limits }) => given([pick(limits)]) }
}

function ofSleeves(key: string, pick: (limits: PortfolioConfig['sleeves'][number]['limits']) => Given): LimitSource {
  return {
    key: `${key} in the limits of a sleeve`,
    limits: ({ sleeves }) => given(sleeves.map(({ limits }) => pick(limits))),
  }
}

function ofGroups(key: string, pick: (limits: PortfolioConfig['groups'][string]['limits']) => Given): LimitSource {
  return {
    key: `${key} in the limits of a group`,
    limits: ({ groups }) => given(Object.values(groups).map(({ limits }) => pick(limits))),
  }
}

const SOURCES: { readonly [K in ViolationKind]: LimitSource } = {
  portfolio_drawdown: ofPortfolio('drawdown', ({ drawdown }) => drawdown?.halt),
  daily_loss: ofPortfolio('daily_loss_max', ({ dailyLossMax }) => dailyLossMax),
  portfolio_leverage: { key: 'leverage', limits: ({ limits }) => [limits.leverageMax] },
  portfolio_net_leverage: ofPortfolio('leverage_net_max', ({ leverageNetMax }) => leverageNetMax),
  portfolio_exposure: ofPortfolio('exposure_max', ({ exposureMax }) => exposureMax),
  portfolio_volatility: ofPortfolio('volatility', ({ volatility }) => volatility?.limit),
  value_at_risk: ofPortfolio('value_at_risk', ({ valueAtRisk }) => valueAtRisk?.limit),
  diversification: ofPortfolio('diversification', ({ diversification }) => diversification?.limit),
  concentration: ofPortfolio('concentration', ({ concentration }) => concentration?.weightMax),
  asset_class_weight: ofPortfolio('asset_class_weight_max', ({ assetClassWeightMax }) => assetClassWeightMax),
  sector_weight: ofPortfolio('sector_weight_max', ({ sectorWeightMax }) => sectorWeightMax),
  currency_weight: ofPortfolio('currency_weight_max', ({ currencyWeightMax }) => currencyWeightMax),
  ticker_weight: ofPortfolio('position_weight_max', ({ positionWeightMax }) => positionWeightMax),
  group_weight: ofGroups('weight_max', ({ weightMax }) => weightMax),
  group_exposure: ofGroups('exposure_max', ({ exposureMax }) => exposureMax),
  strategy_drawdown: ofSleeves('drawdown', ({ drawdown }) => drawdown?.halt),
  strategy_daily_loss: ofSleeves('daily_loss_max', ({ dailyLossMax }) => dailyLossMax),
  strategy_leverage: ofSleeves('leverage_max', ({ leverageMax }) => leverageMax),
  strategy_exposure: ofSleeves('exposure_max', ({ exposureMax }) => exposureMax),
  strategy_volatility: ofSleeves('volatility', ({ volatility }) => volatility?.limit),
  strategy_correlation: ofPortfolio('correlation', ({ correlation }) => correlation?.limit),
  correlation_alert: ofPortfolio('correlation', ({ correlation }) => correlation?.limit),
  correlation_regime: ofPortfolio('correlation', ({ correlation }) => correlation?.limit),
  position_size: ofSleeves(
    'position_weight_max',
    ({ positionWeightMax, position }) => positionWeightMax ?? position?.weightMax,
  ),
}

export function violationsOf(
  raw: RawViolations | undefined,
  config: PortfolioConfig,
  problems: Problems,
): { readonly violations?: ViolationRules } {
  if (raw === undefined) return {}
  const { actions, rules, reentry, correlation } = raw
  for (const kind of VIOLATION_KINDS) if (rules[kind] !== undefined) checkRule(kind, raw, config, problems)
  for (const severity of SEVERITIES)
    if (actions[severity] === 'rebalance') checkRebalancing(['violations', 'actions', severity], config, problems)
  if (reentry?.steps.some((step, at) => at > 0 && step <= reentry.steps[at - 1]!))
    problems.at(['violations', 'reentry', 'steps'], `must rise from one to the next, were ${reentry.steps.join(', ')}`)
  return {
    violations: {
      actions: withoutGaps(actions),
      rules: Object.fromEntries(
        Object.entries(rules).flatMap(([kind, rule]) => (rule === undefined ? [] : [[kind, withoutGaps(rule)]])),
      ),
      reentry: reentry === null ? null : { steps: reentry.steps, sessionsPerStep: reentry.sessions_per_step },
      correlation,
    },
  }
}

function checkRule(kind: ViolationKind, { rules }: RawViolations, config: PortfolioConfig, problems: Problems): void {
  const path = ['violations', 'rules', kind]
  const { key, limits } = SOURCES[kind]
  const rule = rules[kind]!
  const set = limits(config)
  if (set.length === 0) {
    problems.at(path, `speaks of a limit that is not set; add ${key}, or leave this out`)
    return
  }
  if (rule.action === 'rebalance') checkRebalancing([...path, 'action'], config, problems)
  const { recovery } = rule
  if (recovery === undefined || kind === 'correlation_alert' || kind === 'correlation_regime') return
  const floor = kind === 'diversification'
  const limit = floor ? Math.max(...set) : Math.min(...set)
  if (floor ? recovery < limit : recovery > limit) {
    const side = floor ? 'at least' : 'at most'
    const reason = `must be ${side} the limit (${limit}), was "${recovery}"; it would be over while it lasts`
    problems.at([...path, 'recovery'], reason)
  }
}

function checkRebalancing(path: readonly string[], { capitalPlan }: PortfolioConfig, problems: Problems): void {
  if (capitalPlan?.rebalancing.triggers.includes('on_breach')) return
  const others = REACTIONS.filter((reaction) => reaction !== 'rebalance').join(', ')
  problems.at(path, `"rebalance" needs rebalancing: {method: on_breach}; add it, or choose one of ${others}`)
}

/** Without the entries that are not there: what was left out is absent, not undefined. */
function withoutGaps<T extends object>(block: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined)) as never
}
