/**
 * Risk: a sized change is allowed, trimmed or refused, with the name of the rule that bound it.
 * In:    one Change, the projected books, the rules in force   Out: Verdict
 * Keeps: a reducing change always passes; a trim is whole steps and never more than was asked
 */
import type { AccountRules } from '../../domain/config.ts'
import type { PortfolioLimits, SleeveLimits } from '../../domain/limits.ts'
import type { Change, RiskRule, RiskView, RuleName } from '../../domain/risk.ts'
import {
  assetClassWeight,
  buyingPower,
  drawdownBreaker,
  leverage,
  portfolioPositions,
  positionWeight,
  sleeveCash,
  sleevePositions,
  sleevePositionWeight,
} from './rules.ts'

/** A rule with the limit that this sleeve is under. */
export interface BoundRule {
  readonly rule: RiskRule
  readonly limit: number
}

/** Reused by the caller. `rule` is null where all passed. */
export interface Verdict {
  quantity: number
  rule: RuleName | null
  limit: number
}

function bind(rule: RiskRule<never> | RiskRule, limit: number | null | true): BoundRule[] {
  return limit === null ? [] : [{ rule: rule as RiskRule, limit: limit === true ? Number.NaN : limit }]
}

/** The rules over one sleeve in the order they are consulted: the first to object names the refusal. */
export function rulesFor(
  sleeve: SleeveLimits,
  portfolio: PortfolioLimits,
  account: AccountRules['kind'],
): readonly BoundRule[] {
  const isFunded = account === 'given'
  return [
    ...bind(drawdownBreaker, portfolio.drawdown === null ? null : true),
    ...bind(sleevePositions, sleeve.positionsMax),
    ...bind(portfolioPositions, portfolio.positionsMax),
    ...bind(sleevePositionWeight, sleeve.positionWeightMax),
    ...bind(positionWeight, portfolio.positionWeightMax),
    ...bind(assetClassWeight, portfolio.assetClassWeightMax),
    ...bind(leverage, isFunded ? null : portfolio.leverageMax),
    ...bind(sleeveCash, account === 'cash' ? true : null),
    ...bind(buyingPower, isFunded ? null : true),
  ]
}

/** Judges one change. Trims to whole steps before it refuses. */
export function judge(change: Change, books: RiskView, rules: readonly BoundRule[], verdict: Verdict): void {
  verdict.quantity = change.quantity
  verdict.rule = null
  verdict.limit = Number.NaN
  if (change.reducing) return
  for (let index = 0; index < rules.length; index += 1) {
    const bound = rules[index]!
    const room = bound.rule.room(change, books, bound.limit)
    if (Math.abs(room) >= Math.abs(verdict.quantity)) continue
    verdict.quantity = wholeSteps(room, change.step)
    verdict.rule = bound.rule.name
    verdict.limit = bound.limit
    if (verdict.quantity === 0) return
  }
}

function wholeSteps(room: number, step: number): number {
  const steps = Math.floor(Math.abs(room) / step + 1e-9) * step
  return room < 0 ? 0 - steps : steps
}
