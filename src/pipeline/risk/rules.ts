/** The rules that may trim or refuse an entry: one function makes one rule with its limit. */
import type { LifecycleLimits, PortfolioLimits, PositionLimits } from '../../domain/limits.ts'
import type { Change, RiskRule, RiskView, RuleName } from '../../domain/risk.ts'
import { dailyLossBreached } from './daily-loss.ts'

/** Limits hold with this slack, so that a position sized exactly to its limit is not trimmed by rounding. */
const EPSILON = 1e-12
const UNBOUND = Number.POSITIVE_INFINITY

type Level = Pick<RiskRule, 'name' | 'scope' | 'contention'>
type Amount = (change: Change, books: RiskView) => number

interface Weight {
  readonly limit: number
  /** What the limit is a multiple of, in money. */
  readonly base: Amount
  /** Exposure that the limit is on, before the change. */
  readonly total: Amount
  /** Exposure that the change takes without adding to the total: what it nets against. */
  readonly beside: Amount
  readonly pool?: RiskRule['pool']
  /** Structures count by their deltas. */
  readonly byDelta?: true
}

const askedOf = ({ quantity, unitExposure }: Change): number => Math.abs(quantity) * unitExposure
const deltaOf = ({ quantity, unitDelta }: Change): number => Math.abs(quantity * unitDelta)

/** A limit on exposure, as a multiple of an equity. A total that is beyond its limit already may only not grow. */
function weightRule(level: Level, { limit, base, total, beside, pool, byDelta }: Weight): RiskRule {
  const asked = byDelta === true ? deltaOf : askedOf
  return {
    ...level,
    ...(byDelta === true ? { byDelta } : {}),
    limit,
    pool: pool ?? whole,
    room: (change, books) =>
      Math.max(0, limit * base(change, books) * (1 + EPSILON) - total(change, books)) + beside(change, books),
    value: (change, books) =>
      (total(change, books) + Math.max(0, asked(change) - beside(change, books))) / base(change, books),
  }
}

/** A limit that an entry meets as a whole: it passes, or it does not. */
function gate(
  level: Omit<Level, 'contention'>,
  limit: number,
  value: Amount,
  isShut: (value: number, change: Change, books: RiskView) => boolean,
): RiskRule {
  return {
    ...level,
    contention: 'queue',
    limit,
    pool: whole,
    room: (change, books) => (isShut(value(change, books), change, books) ? 0 : UNBOUND),
    value,
  }
}

const whole = (): number => 0
const equity: Amount = (_, books) => books.equity
const ofSleeve: Amount = (change, books) => books.sleeveEquity(change.sleeve)
const besideAccount: Amount = (change, books) => books.beside(change)
const besideDelta: Amount = (change, books) => books.besideDelta(change)
const besideSleeve: Amount = (change, books) => books.besideSleeve(change)
const ownExposure: Amount = (change, books) => books.sleeveExposure(change.sleeve, change.instrument)
const above = (value: number, limit: number): boolean => value > limit + EPSILON

/** A limit on open positions, waiting ones included: value is the count with the one that would open. */
function placesRule(
  level: Omit<Level, 'contention'>,
  limit: number,
  held: Amount,
  concerns: (change: Change, books: RiskView) => boolean = () => true,
): RiskRule {
  const next: Amount = (change, books) => held(change, books) + 1
  return gate(
    level,
    limit,
    next,
    (count, change, books) => count > limit && books.opens(change) && concerns(change, books),
  )
}

/** Open positions of one sleeve. */
export const sleevePositions = (limit: number): RiskRule =>
  placesRule({ name: 'sleevePositions', scope: 'sleeve' }, limit, ({ sleeve }, books) => books.sleevePositions(sleeve))

/** Open positions of all sleeves; one structure counts once. */
export const portfolioPositions = (limit: number): RiskRule =>
  placesRule({ name: 'portfolioPositions', scope: 'portfolio' }, limit, (_, books) => books.positions)

/** Exposure of one position as a fraction of its sleeve's or the portfolio's equity; structures by maximum loss. */
export const sleevePositionWeight = (limit: number, of: PositionLimits['of']): RiskRule =>
  weightRule(
    { name: 'sleevePositionWeight', scope: 'position', contention: 'queue' },
    { limit, base: of === 'sleeve' ? ofSleeve : equity, total: ownExposure, beside: besideSleeve },
  )

/** Exposure of one position after the trade, over the capital that its sleeve is allocated. */
export const orderCap = (limit: number): RiskRule =>
  weightRule(
    { name: 'orderCap', scope: 'position', contention: 'queue' },
    {
      limit,
      base: (change, books) => books.sleeveAllocation(change.sleeve),
      total: ownExposure,
      beside: besideSleeve,
    },
  )

/** Exposure of one position in money. */
export const positionNotional = (limit: number): RiskRule =>
  weightRule(
    { name: 'positionNotional', scope: 'position', contention: 'queue' },
    { limit, base: () => 1, total: ownExposure, beside: besideSleeve },
  )

/** Units of one position as a part of the instrument's mean volume; where that is not known nothing is entered. */
export const volumeParticipation = (limit: number): RiskRule => {
  const volumeOf: Amount = (change, books) => {
    const volume = books.averageVolume(change.sleeve, change.instrument)
    return volume > 0 ? volume * change.unitExposure : 0
  }
  const rule = weightRule(
    { name: 'volumeParticipation', scope: 'position', contention: 'queue' },
    { limit, base: volumeOf, total: ownExposure, beside: besideSleeve },
  )
  return { ...rule, room: (change, books) => (change.structure ? UNBOUND : rule.room(change, books, 0)) }
}

/** An entry, or what other rules left of it, that is worth less than this in money. */
export const minimumSize = (limit: number): RiskRule => ({
  name: 'minimumSize',
  scope: 'position',
  contention: 'queue',
  limit,
  pool: whole,
  room: (change, _, allowed) => (Math.abs(allowed) * change.unitExposure < limit * (1 - EPSILON) ? 0 : UNBOUND),
  value: askedOf,
  keepsName: true,
})

/** Gross exposure of one sleeve over its equity. */
export const sleeveLeverage = (limit: number): RiskRule =>
  weightRule(
    { name: 'sleeveLeverage', scope: 'sleeve', contention: 'queue' },
    { limit, base: ofSleeve, total: (change, books) => books.sleeveGross(change.sleeve), beside: besideSleeve },
  )

/** Gross exposure of one sleeve as a fraction of portfolio equity. */
export const sleeveExposure = (limit: number): RiskRule =>
  weightRule(
    { name: 'sleeveExposure', scope: 'sleeve', contention: 'queue' },
    { limit, base: equity, total: (change, books) => books.sleeveGross(change.sleeve), beside: besideSleeve },
  )

/** Exposure to one instrument across sleeves, netted, as a fraction of portfolio equity. */
export const positionWeight = (limit: number): RiskRule =>
  weightRule(
    { name: 'positionWeight', scope: 'portfolio', contention: 'scale' },
    {
      limit,
      base: equity,
      total: (change, books) => books.exposure(change.instrument),
      beside: besideAccount,
      // The two sides of one instrument have a room each.
      pool: (change) => change.instrument * 2 + (change.quantity < 0 ? 1 : 0),
    },
  )

/** Exposure to one asset class, sector or currency; options count by their deltas, with their underlying. */
export const bucketWeight = (name: 'assetClassWeight' | 'sectorWeight' | 'currencyWeight', limit: number): RiskRule => {
  const bucket = BUCKET_OF[name]
  return weightRule(
    { name, scope: 'portfolio', contention: 'scale' },
    {
      limit,
      base: equity,
      total: (change, books) => books.bucketExposure(bucket, change.instrument),
      beside: besideDelta,
      byDelta: true,
      pool: (change, books) => books.bucketOf(bucket, change.instrument),
    },
  )
}

const BUCKET_OF = { assetClassWeight: 'assetClass', sectorWeight: 'sector', currencyWeight: 'currency' } as const

/** Gross exposure over equity. */
export const leverage = (limit: number): RiskRule =>
  weightRule(
    { name: 'leverage', scope: 'portfolio', contention: 'queue' },
    { limit, base: equity, total: (_, books) => books.grossExposure, beside: besideAccount },
  )

/** The same under a limit of its own, options by their deltas. */
export const exposure = (limit: number): RiskRule =>
  weightRule(
    { name: 'exposure', scope: 'portfolio', contention: 'queue' },
    { limit, base: equity, total: (_, books) => books.grossDelta, beside: besideDelta, byDelta: true },
  )

/** Part of equity that is not at work; value and limit speak of what is left. */
export const cashReserve = (limit: number): RiskRule => {
  const rule = weightRule(
    { name: 'cashReserve', scope: 'portfolio', contention: 'queue' },
    { limit: 1 - limit, base: equity, total: (_, books) => books.grossExposure, beside: besideAccount },
  )
  return { ...rule, limit, value: (change, books) => 1 - rule.value(change, books) }
}

/** Long less short exposure over equity, on the side of the change; options by their deltas. */
export const netLeverage = (limit: number): RiskRule => ({
  name: 'netLeverage',
  scope: 'portfolio',
  contention: 'queue',
  byDelta: true,
  limit,
  pool: whole,
  room: (change, books) => limit * books.equity * (1 + EPSILON) - books.netExposure(change),
  value: (change, books) => (books.netExposure(change) + deltaOf(change)) / books.equity,
})

/** The largest instruments together: growth that does not reach their sum is free. */
export const concentration = ({ positions, weightMax }: NonNullable<PortfolioLimits['concentration']>): RiskRule => ({
  name: 'concentration',
  scope: 'portfolio',
  contention: 'queue',
  limit: weightMax,
  pool: whole,
  room: (change, books) => {
    const own = books.exposure(change.instrument)
    const { others, smallest } = books.largest(change.instrument, positions)
    const most = Math.max(own, smallest, weightMax * books.equity * (1 + EPSILON) - others)
    return most - own + books.beside(change)
  },
  value: (change, books) => {
    const own = books.exposure(change.instrument)
    const { others, smallest } = books.largest(change.instrument, positions)
    return (others + Math.max(smallest, own + Math.max(0, askedOf(change) - books.beside(change)))) / books.equity
  },
})

/** Exposure of a group, netted between its sleeves, as a fraction of portfolio equity; options by their deltas. */
export const groupExposure = (group: number, limit: number): RiskRule => {
  const rule = weightRule(
    { name: 'groupExposure', scope: 'group', contention: 'scale' },
    {
      limit,
      base: equity,
      total: (_, books) => books.groupExposure(group),
      beside: (change, books) => books.besideGroup(group, change),
      byDelta: true,
    },
  )
  return {
    ...rule,
    room: (change, books) => (books.inGroup(group, change) ? rule.room(change, books, 0) : UNBOUND),
    // What is no part of the group claims nothing of its room.
    pool: (change, books) => (books.inGroup(group, change) ? 0 : -1),
  }
}

/** Open positions of a group. */
export const groupPositions = (group: number, limit: number): RiskRule =>
  placesRule(
    { name: 'groupPositions', scope: 'group' },
    limit,
    (_, books) => books.groupPositions(group),
    (change, books) => books.inGroup(group, change),
  )

/** Equity of a group's sleeves as a fraction of the portfolio's. */
export const groupWeight = (group: number, limit: number): RiskRule =>
  gate(
    { name: 'groupWeight', scope: 'group' },
    limit,
    (_, books) => books.groupEquity(group) / books.equity,
    (value, change, books) => books.inGroup(group, change) && above(value, limit),
  )

/** Exposure of all sleeves of the change's stage together. */
export const stageTotal = (stageMax: LifecycleLimits['stageMax']): RiskRule => {
  const limitOf = (change: Change, books: RiskView): number => stageMax[books.stage(change.sleeve)] ?? UNBOUND
  const totalOf: Amount = (change, books) => books.stageExposure(books.stage(change.sleeve))
  return {
    name: 'stageTotal',
    scope: 'portfolio',
    contention: 'queue',
    limit: limitOf,
    pool: whole,
    room: (change, books) =>
      Math.max(0, limitOf(change, books) * books.equity * (1 + EPSILON) - totalOf(change, books)) +
      books.besideSleeve(change),
    value: (change, books) =>
      (totalOf(change, books) + Math.max(0, askedOf(change) - books.besideSleeve(change))) / books.equity,
  }
}

/** A stage that trades no money. */
export const paper = (): RiskRule =>
  gate({ name: 'paper', scope: 'sleeve' }, 0, askedOf, (_, change, books) => books.stage(change.sleeve) === 'PAPER')

/** What the sleeve may still spend of the instrument's currency: in a cash account nothing is bought with a peer's money. */
export const sleeveCash = (): RiskRule => {
  const available: Amount = (change, books) => books.sleeveAvailable(change.sleeve, change.instrument)
  return {
    name: 'sleeveCash',
    scope: 'sleeve',
    contention: 'queue',
    limit: available,
    pool: whole,
    room: available,
    value: askedOf,
  }
}

/** What the account may still spend: settled cash, or Reg-T buying power. */
export const buyingPower = (): RiskRule => {
  const available: Amount = (change, books) => books.buyingPower(change)
  return {
    name: 'buyingPower',
    scope: 'portfolio',
    contention: 'queue',
    limit: available,
    pool: whole,
    room: available,
    value: askedOf,
  }
}

/** Nothing opens while the portfolio's drawdown breaker is tripped. */
export const drawdownBreaker = (halt: number): RiskRule =>
  gate(
    { name: 'drawdownBreaker', scope: 'portfolio' },
    halt,
    (_, books) => books.drawdown,
    (_, __, books) => books.halted,
  )

/** Nor in a sleeve while its own is. */
export const sleeveDrawdown = (halt: number): RiskRule =>
  gate(
    { name: 'sleeveDrawdown', scope: 'sleeve' },
    halt,
    (change, books) => books.sleeveDrawdown(change.sleeve),
    (_, change, books) => books.sleeveHalted(change.sleeve),
  )

/** Loss since the day began, as a fraction of the equity with which it began. */
export const dailyLoss = (limit: number): RiskRule =>
  gate(
    { name: 'dailyLoss', scope: 'portfolio' },
    limit,
    (_, books) => 0 - books.dayProfit / books.dayStart,
    (_, __, books) => dailyLossBreached({ profit: books.dayProfit, value: books.dayStart }, limit),
  )

export const sleeveDailyLoss = (limit: number): RiskRule =>
  gate(
    { name: 'sleeveDailyLoss', scope: 'sleeve' },
    limit,
    (change, books) => 0 - books.sleeveDayProfit(change.sleeve) / books.sleeveDayStart(change.sleeve),
    (_, { sleeve }, books) =>
      dailyLossBreached({ profit: books.sleeveDayProfit(sleeve), value: books.sleeveDayStart(sleeve) }, limit),
  )

/** What the last portfolio day measured; what is not known yet keeps nothing out. */
function measured(
  name: Extract<
    RuleName,
    'valueAtRisk' | 'volatility' | 'sleeveVolatility' | 'diversification' | 'strategyCorrelation'
  >,
  limit: number,
  value: Amount,
): RiskRule {
  const scope = name === 'sleeveVolatility' || name === 'strategyCorrelation' ? 'sleeve' : 'portfolio'
  return gate({ name, scope }, limit, value, (found) =>
    name === 'diversification' ? above(limit, found) : above(found, limit),
  )
}

const NOT_KNOWN = Number.NaN
export const valueAtRisk = (limit: number): RiskRule =>
  measured('valueAtRisk', limit, (_, books) => books.measured?.valueAtRisk ?? NOT_KNOWN)
export const portfolioVolatility = (limit: number): RiskRule =>
  measured('volatility', limit, (_, books) => books.measured?.volatility ?? NOT_KNOWN)
export const diversification = (limit: number): RiskRule =>
  measured('diversification', limit, (_, books) => books.measured?.diversification ?? NOT_KNOWN)
export const sleeveVolatility = (limit: number): RiskRule =>
  measured('sleeveVolatility', limit, (change, books) => books.measured?.sleeveVolatility[change.sleeve] ?? NOT_KNOWN)
export const strategyCorrelation = (limit: number): RiskRule =>
  measured('strategyCorrelation', limit, (change, books) => books.measured?.closeness[change.sleeve] ?? NOT_KNOWN)

/** Orders of the sleeve on this day, or in this minute of event time. */
export const orderRate = (limit: number, per: 'day' | 'minute'): RiskRule =>
  gate(
    { name: 'orderRate', scope: 'sleeve' },
    limit,
    (change, books) => books.orders(change.sleeve, per) + 1,
    (count) => count > limit,
  )
