/** The Risk page: the figures of the report, and the charts that stand beside them. */
import type { Panel } from '../../api/contract/analysis.ts'
import type { ByMethodAndLevel } from '../../api/contract/risk.ts'
import type {
  ConcentrationFigures,
  Diversification,
  Drawdown,
  DrawdownPeriod,
  Gauge,
  RiskPage,
  RiskPart,
  RiskParts,
  RollingVolatility,
  TailRisk,
} from '../../api/contract/risk-page.ts'
import { rollingVolatility } from '../../numerics/rolling.ts'
import { deepest, deepestDrawdowns, type DrawdownPeriod as Stretch } from '../../pipeline/metrics/drawdown.ts'
import { TAIL_METHODS } from '../../pipeline/metrics/tail-risk.ts'
import { finite } from '../report/numbers.ts'
import { concentrationOf } from './concentration.ts'
import { correlationsOf } from './correlation.ts'
import { empty, type Facts, filled, titleOf } from './facts.ts'
import { lineOf } from './lines.ts'

/** Below so many common days nothing is said of how sleeves move together. */
const DAYS_NEEDED = 20
const VOLATILITY_WINDOWS = [30, 60, 90]
const GAUGE_WINDOW = 60
const WORST_SHOWN = 5

export function riskPage(facts: Facts): RiskPage {
  const { report, result } = facts
  const { portfolio } = report
  return {
    currency: portfolio.currency,
    equity: portfolio.final,
    from: portfolio.start,
    to: portfolio.end,
    days: portfolio.days,
    leverage: {
      gross: gauge(portfolio.leverageGross, result.config.limits.leverageMax),
      net: gauge(portfolio.leverageNet, result.config.limits.leverageNetMax ?? null),
    },
    volatility: volatilityOf(facts),
    tail: tailOf(facts),
    diversification: diversificationOf(facts),
    drawdown: drawdownOf(facts),
    parts: partsOf(facts),
    correlation: correlationsOf(facts),
    concentration: concentrated(facts),
  }
}

function gauge(value: number | null, limit: number | null, target: number | null = null): Gauge {
  const use = value === null || limit === null || limit === 0 ? null : finite(Math.abs(value) / limit)
  return { value, limit, use, target }
}

/** Why figures over days are not there yet; empty where they are. */
export function tooFew(days: number, needed: number, what: string): string {
  if (days >= needed) return ''
  return `Needs ${needed} ${what}; ${days === 0 ? 'none' : days} so far.`
}

function volatilityOf({ result, returns, days }: Facts): Panel<RollingVolatility> {
  const { limits, periods, capitalPlan } = result.config
  const why = tooFew(days.length, VOLATILITY_WINDOWS[0]!, 'days')
  if (why !== '') return empty(why)
  const lanes = VOLATILITY_WINDOWS.map((window) => ({
    window,
    lane: rollingVolatility(returns.portfolio, window, periods),
  }))
  const window = limits.volatility?.window ?? capitalPlan?.overlays.volatilityTarget?.window ?? GAUGE_WINDOW
  const measured = rollingVolatility(returns.portfolio, Math.min(window, days.length), periods)
  const target = capitalPlan?.overlays.volatilityTarget?.target ?? null
  return filled({
    windows: lanes.map((one) => ({ window: one.window, value: finite(one.lane.at(-1)) })),
    gauge: gauge(finite(measured.at(-1)), limits.volatility?.limit ?? null, target),
    window: Math.min(window, days.length),
    lines: lanes.map((one) => lineOf({ name: String(one.window), title: `${one.window} days` }, days, one.lane)),
  })
}

function tailOf(facts: Facts): Panel<TailRisk> {
  const { risk, portfolio } = facts.report
  const why = tooFew(risk.observations, DAYS_NEEDED, 'days on which every sleeve trades')
  if (why !== '') return empty(why)
  const { valueAtRisk } = facts.result.config.limits
  return filled({
    equity: portfolio.final,
    book: risk.book,
    portfolio: risk.portfolio,
    sleeves: risk.names.map((name, at) => ({ name, title: titleOf(facts, name), tail: risk.sleeves[at]! })),
    observations: risk.observations,
    intervals: risk.intervals,
    limit:
      valueAtRisk === undefined
        ? null
        : { level: String(Math.floor(valueAtRisk.confidence * 100 + 0.5)), limit: valueAtRisk.limit },
  })
}

function diversificationOf({ report, result }: Facts): Panel<Diversification> {
  const { risk } = report
  if (risk.names.length < 2) return empty('Needs two sleeves with capital at work.')
  const why = tooFew(risk.observations, DAYS_NEEDED, 'common days')
  if (why !== '') return empty(why)
  return filled({ ...risk.diversification, limit: result.config.limits.diversification?.limit ?? null })
}

/** Stretches below a peak as a table has them, the deepest first. */
export function periodsOf(facts: Facts, count: number): DrawdownPeriod[] {
  return deepestDrawdowns(facts.returns.drawdown, count).map((stretch, at) => periodOf(facts, stretch, at + 1))
}

function periodOf({ days }: Facts, stretch: Stretch, rank: number): DrawdownPeriod {
  const { start, trough, recovery, depth, barsToTrough, barsLength } = stretch
  return {
    rank,
    peak: start === 0 ? null : days[start - 1]!,
    trough: days[trough]!,
    recovered: recovery === null ? null : days[recovery]!,
    depth: finite(depth)!,
    fall: barsToTrough,
    recovery: recovery === null ? null : recovery - trough,
    length: barsLength,
  }
}

function drawdownOf(facts: Facts): Panel<Drawdown> {
  const { returns, days, result } = facts
  if (days.length === 0) return empty('No day has ended yet.')
  const breaker = result.config.limits.drawdown
  const below = (fraction: number | null | undefined): number | null =>
    typeof fraction === 'number' ? -fraction : null
  return filled({
    line: lineOf({ name: 'portfolio', title: 'Drawdown' }, days, returns.drawdown),
    current: finite(returns.drawdown.at(-1)),
    deepest: finite(deepest(returns.drawdown)),
    haltAt: below(breaker?.halt),
    resumeAt: below(breaker?.resume),
    liquidateAt: below(breaker?.liquidate),
    worst: periodsOf(facts, WORST_SHOWN),
  })
}

function partsOf(facts: Facts): Panel<RiskParts> {
  const { risk } = facts.report
  if (risk.names.length === 0) return empty('No sleeve has capital at work.')
  const why = tooFew(risk.observations, DAYS_NEEDED, 'days on which every sleeve trades')
  if (why !== '') return empty(why)
  const partAt = (figures: ByMethodAndLevel<readonly (number | null)[]>, at: number): ByMethodAndLevel<number | null> =>
    Object.fromEntries(
      TAIL_METHODS.map((method) => [
        method,
        Object.fromEntries(Object.entries(figures[method]).map(([level, parts]) => [level, parts[at] ?? null])),
      ]),
    ) as unknown as ByMethodAndLevel<number | null>
  const parts = risk.names.map(
    (name, at): RiskPart => ({
      name,
      title: titleOf(facts, name),
      weight: risk.weights[at]!,
      component: risk.components[at]!,
      share: risk.shares[at]!,
      marginal: risk.marginals[at]!,
      volatility: risk.volatilities[at]!,
      without: risk.volatilityWithout[at]!,
      varComponent: partAt(risk.varComponents, at),
      cvarComponent: partAt(risk.cvarComponents, at),
    }),
  )
  const largest = parts.reduce<RiskPart | null>(
    (most, part) => ((part.share ?? 0) > (most?.share ?? 0) ? part : most),
    null,
  )
  return filled({
    volatility: risk.portfolioVolatility,
    cvar: risk.book.cvar,
    cash: risk.cash,
    parts,
    largest: largest?.name ?? null,
    benefit: risk.diversification.benefit,
  })
}

function concentrated(facts: Facts): RiskPage['concentration'] {
  const groups = concentrationOf(facts)
  if (groups.every(({ bars }) => bars.length === 0)) return empty('Nothing is held.')
  const { largest, topFive, herfindahl, effectiveCount } = facts.report.risk.concentration
  const figures: ConcentrationFigures = { largest, topFive, herfindahl, effectiveCount }
  return filled({ figures, groups })
}
