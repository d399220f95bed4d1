/** Which rules a sleeve is under, from the configured limits, in the order in which they are asked. */
import type { AccountRules } from '../../domain/config.ts'
import type { Group, LifecycleLimits, PortfolioLimits, PositionLimits, SleeveLimits } from '../../domain/limits.ts'
import { type RiskRule, RULES, type RuleName } from '../../domain/risk.ts'
import {
  bucketWeight,
  buyingPower,
  cashReserve,
  concentration,
  dailyLoss,
  diversification,
  drawdownBreaker,
  exposure,
  groupExposure,
  groupPositions,
  groupWeight,
  leverage,
  minimumSize,
  netLeverage,
  orderCap,
  orderRate,
  paper,
  portfolioPositions,
  portfolioVolatility,
  positionNotional,
  positionWeight,
  sleeveCash,
  sleeveDailyLoss,
  sleeveDrawdown,
  sleeveExposure,
  sleeveLeverage,
  sleevePositions,
  sleevePositionWeight,
  sleeveVolatility,
  stageTotal,
  strategyCorrelation,
  valueAtRisk,
  volumeParticipation,
} from './rules.ts'

/** The rule of a limit that is set. */
function when<L>(limit: L | null | undefined, rule: (limit: L) => RiskRule): readonly RiskRule[] {
  return limit === null || limit === undefined ? [] : [rule(limit)]
}

/** The rules over all sleeves: made once, so that the entries of several sleeves meet at the same rule. */
export function portfolioRules(
  limits: PortfolioLimits,
  account: AccountRules['kind'],
  groups: readonly Group[] = [],
): readonly RiskRule[] {
  const isFunded = account === 'given'
  return [
    ...when(limits.drawdown, ({ halt }) => drawdownBreaker(halt)),
    ...when(limits.dailyLossMax, dailyLoss),
    ...when(limits.valueAtRisk, ({ limit }) => valueAtRisk(limit)),
    ...when(limits.volatility, ({ limit }) => portfolioVolatility(limit)),
    ...when(limits.diversification, ({ limit }) => diversification(limit)),
    ...when(limits.correlation, ({ limit }) => strategyCorrelation(limit)),
    ...when(limits.positionsMax, portfolioPositions),
    ...when(limits.exposureMax, exposure),
    ...when(limits.cashMin, cashReserve),
    ...when(limits.positionWeightMax, positionWeight),
    ...when(limits.sectorWeightMax, (limit) => bucketWeight('sectorWeight', limit)),
    ...when(limits.currencyWeightMax, (limit) => bucketWeight('currencyWeight', limit)),
    ...when(limits.assetClassWeightMax, (limit) => bucketWeight('assetClassWeight', limit)),
    ...when(limits.concentration, concentration),
    ...when(isFunded ? null : limits.leverageMax, leverage),
    ...when(limits.leverageNetMax, netLeverage),
    ...groups.flatMap((group, index) => groupRules(group, index)),
    ...(limits.lifecycle === undefined ? [] : lifecycleRules(limits.lifecycle)),
    ...(isFunded ? [] : [buyingPower()]),
  ]
}

/** The groups in the order in which their limits are numbered: by name. */
export function groupsOf(groups: Readonly<Record<string, Group>>): readonly Group[] {
  return Object.keys(groups)
    .sort((one, other) => (one < other ? -1 : 1))
    .map((name) => groups[name]!)
}

function groupRules({ limits }: Group, group: number): readonly RiskRule[] {
  return [
    ...when(limits.weightMax, (limit) => groupWeight(group, limit)),
    ...when(limits.positionsMax, (limit) => groupPositions(group, limit)),
    ...when(limits.exposureMax, (limit) => groupExposure(group, limit)),
  ]
}

/** The limits of a lifecycle portfolio: each entry of a cycle uses up room for the next. */
export function lifecycleRules(limits: LifecycleLimits): readonly RiskRule[] {
  return [
    ...when(limits.dailyLossMax, dailyLoss),
    exposure(limits.exposureMax),
    cashReserve(limits.cashMin),
    stageTotal(limits.stageMax),
    { ...positionWeight(limits.assetMax), contention: 'queue' },
    minimumSize(limits.sizeMin),
    paper(),
    ...when(limits.positionsMax, portfolioPositions),
  ]
}

/** The rules over one sleeve alone. */
export function sleeveRules(limits: SleeveLimits, account: AccountRules['kind']): readonly RiskRule[] {
  return [
    ...when(limits.drawdown, ({ halt }) => sleeveDrawdown(halt)),
    ...when(limits.dailyLossMax, sleeveDailyLoss),
    ...when(limits.volatility, ({ limit }) => sleeveVolatility(limit)),
    ...when(limits.orders?.perDay, (limit) => orderRate(limit, 'day')),
    ...when(limits.orders?.perMinute, (limit) => orderRate(limit, 'minute')),
    ...when(limits.positionsMax, sleevePositions),
    ...when(limits.orderCap, orderCap),
    ...when(limits.positionWeightMax, (limit) => sleevePositionWeight(limit, 'sleeve')),
    ...(limits.position === undefined ? [] : positionRules(limits.position)),
    ...when(limits.leverageMax, sleeveLeverage),
    ...when(limits.exposureMax, sleeveExposure),
    ...(account === 'cash' ? [sleeveCash()] : []),
  ]
}

function positionRules({ weightMax, of, notionalMax, sizeMin, volume }: PositionLimits): readonly RiskRule[] {
  return [
    ...when(weightMax, (limit) => sleevePositionWeight(limit, of)),
    ...when(notionalMax, positionNotional),
    ...when(volume, ({ fraction }) => volumeParticipation(fraction)),
    ...when(sizeMin, minimumSize),
  ]
}

/** A lifecycle portfolio refuses for want of places last of all. */
const LIFECYCLE_ORDER: readonly RuleName[] = RULES.filter((rule) => rule !== 'portfolioPositions').flatMap((rule) =>
  rule === 'paper' ? [rule, 'portfolioPositions'] : [rule],
)

/** Rules in the order in which they are asked: the first to object names the refusal. */
export function inOrder(rules: readonly RiskRule[], order: 'strictest' | 'lifecycle'): readonly RiskRule[] {
  const names: readonly RuleName[] = order === 'lifecycle' ? LIFECYCLE_ORDER : RULES
  return [...rules].sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name))
}
