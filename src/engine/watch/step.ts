/** Every cycle: losses, drawdowns and sizes against their limits, and what is done about those that are beyond. */
import { ASSET_CLASSES } from '../../domain/instruments.ts'
import { utcDate } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import type { ViolationKind } from '../../domain/violations.ts'
import { startBreaker } from '../../pipeline/risk/breaker.ts'
import type { Runtime } from '../runtime.ts'
import { exposureTo, exposureValue, overEquity } from './exposure.ts'
import { keepPeak } from './review.ts'
import { longestWindow, watched, watchesAnything, watchesSizes } from './rules.ts'
import { startWatch, totalOf } from './state.ts'
import { instrumentSubject, namedSubject, PORTFOLIO, positionSubject, sleeveSubject } from './subjects.ts'
import { answerFindings, endUnseen, type Looking, look, lookAtDrawdown, startLooking } from './violations.ts'

/** Looked at when a portfolio day ends; everything else at every cycle. */
const BY_DAY: ReadonlySet<ViolationKind> = new Set<ViolationKind>([
  'portfolio_volatility',
  'value_at_risk',
  'diversification',
  'strategy_volatility',
  'strategy_correlation',
  'correlation_alert',
  'correlation_regime',
])

export function isByDay(kind: ViolationKind): boolean {
  return BY_DAY.has(kind)
}

/** What the configuration asks to be watched, before the first event that moves anything. */
export function openWatch(runtime: Runtime): void {
  const { state, sleeves, equity } = runtime
  const config = state.config!
  if (config.limits.drawdown !== null) state.breaker = startBreaker(equity)
  if (config.sleeves.some(({ limits }) => limits.drawdown !== undefined))
    state.sleeveBreakers = sleeves.map((sleeve) =>
      sleeve.config.limits.drawdown === undefined ? null : startBreaker(sleeve.equity),
    )
  if (!watchesAnything(config)) return
  const equities = Float64Array.from(sleeves, (sleeve) => sleeve.equity)
  const window = longestWindow(config)
  state.watch = startWatch(equities, window, state.at)
  if (window === 0) return
  state.measured = {
    volatility: Number.NaN,
    valueAtRisk: Number.NaN,
    diversification: Number.NaN,
    sleeveVolatility: new Float64Array(sleeves.length).fill(Number.NaN),
    closeness: new Float64Array(sleeves.length).fill(Number.NaN),
  }
}

/** The books of this cycle against their limits. */
export function stepWatches(runtime: Runtime): void {
  const { watch } = runtime.state
  if (watch !== undefined) {
    const looking = startLooking(runtime, watch)
    lookAtLosses(looking)
    if (watchesSizes(runtime.state.config!)) lookAtSizes(looking)
    endUnseen(looking, (kind) => !BY_DAY.has(kind) && kind !== 'portfolio_drawdown' && kind !== 'strategy_drawdown')
    answerFindings(looking)
    keepPeak(runtime, watch)
  }
  noteDayStart(runtime)
}

/** A close at midnight ends the day before: the daily bar of a Saturday is judged as Saturday's. */
function noteDayStart({ state, sleeves }: Runtime): void {
  const day = utcDate((state.at - 1) as Instant)
  for (const sleeve of sleeves) {
    const own = state.sleeves[sleeve.ordinal]!
    if (own.day !== day) {
      own.day = day
      own.dayStartEquity = own.equityBefore
    }
    own.equityBefore = sleeve.equity
  }
}

/** Loss since the portfolio day began, as a positive fraction; negative for a gain. */
function lossOf(start: number, equity: number): number {
  return start > 0 ? 1 - equity / start : 0
}

function lookAtLosses(looking: Looking): void {
  const { runtime, watch } = looking
  const { state, sleeves, equity } = runtime
  const config = state.config!
  const { drawdown, dailyLossMax } = config.limits
  if (drawdown !== null && state.breaker !== null)
    lookAtDrawdown(looking, 'portfolio_drawdown', PORTFOLIO, { state: state.breaker, rule: drawdown, equity })
  if (dailyLossMax !== undefined) {
    const loss = lossOf(totalOf(watch.dayStart), equity)
    look(looking, 'daily_loss', PORTFOLIO, loss, watched(config, 'daily_loss', dailyLossMax))
  }
  for (const { ordinal, equity: own, config: sleeve } of sleeves) {
    const breaker = state.sleeveBreakers?.[ordinal] ?? null
    const { drawdown: rule, dailyLossMax: most } = sleeve.limits
    if (rule === undefined && most === undefined) continue
    const subject = sleeveSubject(ordinal)
    if (rule !== undefined && breaker !== null)
      lookAtDrawdown(looking, 'strategy_drawdown', subject, { state: breaker, rule, equity: own })
    if (most !== undefined) {
      const loss = lossOf(watch.dayStart[ordinal]!, own)
      look(looking, 'strategy_daily_loss', subject, loss, watched(config, 'strategy_daily_loss', most))
    }
  }
}

function lookAtSizes(looking: Looking): void {
  const { state } = looking.runtime
  const { limits, account } = state.config!
  const bound = (kind: ViolationKind, limit: number | undefined): void => {
    if (limit === undefined) return
    const value = exposureValue(looking.runtime, kind, PORTFOLIO, 'held')
    look(looking, kind, PORTFOLIO, value, watched(state.config!, kind, limit))
  }
  if (account.kind !== 'given') bound('portfolio_leverage', limits.leverageMax)
  bound('portfolio_net_leverage', limits.leverageNetMax)
  bound('portfolio_exposure', limits.exposureMax)
  bound('concentration', limits.concentration?.weightMax)
  lookAtParts(looking)
  lookAtGroups(looking)
  lookAtSleeves(looking)
}

/** Instruments, and the classes, sectors and currencies that they add up to. */
function lookAtParts(looking: Looking): void {
  const { runtime } = looking
  const { state, equity } = runtime
  const config = state.config!
  const { positionWeightMax, assetClassWeightMax, sectorWeightMax, currencyWeightMax } = config.limits
  const classes = new Map<string, number>()
  const sectors = new Map<string, number>()
  const currencies = new Map<string, number>()
  const isAsked = positionWeightMax !== null || assetClassWeightMax !== null
  if (!isAsked && sectorWeightMax === undefined && currencyWeightMax === undefined) return
  for (const index of runtime.roster.live) {
    const { sector, currency } = state.instruments[index]!
    const exposure = exposureTo(runtime, PORTFOLIO, index, 'held', 'loss')
    if (positionWeightMax !== null && exposure > 0) {
      const limit = watched(config, 'ticker_weight', positionWeightMax)
      look(looking, 'ticker_weight', instrumentSubject(index), overEquity(exposure, equity), limit)
    }
    const leaning = state.structures.length === 0 ? exposure : exposureTo(runtime, PORTFOLIO, index, 'held', 'delta')
    if (leaning === 0) continue
    add(classes, ASSET_CLASSES[runtime.assetClass[index]!]!, leaning)
    add(sectors, sector, leaning)
    add(currencies, currency, leaning)
  }
  const weigh = (
    kind: 'asset_class_weight' | 'sector_weight' | 'currency_weight',
    about: 'assetClass' | 'sector' | 'currency',
    exposures: ReadonlyMap<string, number>,
    limit: number,
  ): void => {
    for (const [name, exposure] of exposures)
      look(looking, kind, namedSubject(about, name), overEquity(exposure, equity), watched(config, kind, limit))
  }
  if (assetClassWeightMax !== null) weigh('asset_class_weight', 'assetClass', classes, assetClassWeightMax)
  if (sectorWeightMax !== undefined) weigh('sector_weight', 'sector', sectors, sectorWeightMax)
  if (currencyWeightMax !== undefined) weigh('currency_weight', 'currency', currencies, currencyWeightMax)
}

function add(sums: Map<string, number>, name: string, exposure: number): void {
  sums.set(name, (sums.get(name) ?? 0) + exposure)
}

function lookAtGroups(looking: Looking): void {
  const { runtime } = looking
  const { sleeves, equity } = runtime
  const config = runtime.state.config!
  for (const [name, group] of Object.entries(config.groups)) {
    const subject = namedSubject('group', name)
    const { weightMax, exposureMax } = group.limits
    if (exposureMax !== null) {
      const value = exposureValue(runtime, 'group_exposure', subject, 'held')
      look(looking, 'group_exposure', subject, value, watched(config, 'group_exposure', exposureMax))
    }
    if (weightMax === null) continue
    let own = 0
    for (const sleeve of sleeves) if (group.sleeves.includes(sleeve.config.id)) own += sleeve.equity
    look(looking, 'group_weight', subject, overEquity(own, equity), watched(config, 'group_weight', weightMax))
  }
}

function lookAtSleeves(looking: Looking): void {
  const { runtime } = looking
  const config = runtime.state.config!
  for (const { ordinal, config: sleeve } of runtime.sleeves) {
    const { leverageMax, exposureMax } = sleeve.limits
    const subject = sleeveSubject(ordinal)
    if (leverageMax !== undefined) {
      const value = exposureValue(runtime, 'strategy_leverage', subject, 'held')
      look(looking, 'strategy_leverage', subject, value, watched(config, 'strategy_leverage', leverageMax))
    }
    if (exposureMax !== undefined) {
      const value = exposureValue(runtime, 'strategy_exposure', subject, 'held')
      look(looking, 'strategy_exposure', subject, value, watched(config, 'strategy_exposure', exposureMax))
    }
    lookAtPositions(looking, ordinal)
  }
}

function lookAtPositions(looking: Looking, sleeve: number): void {
  const { runtime } = looking
  const { state } = runtime
  const limit = positionLimit(runtime, sleeve)
  if (!Number.isFinite(limit)) return
  const rule = watched(state.config!, 'position_size', limit)
  for (const index of runtime.roster.live) {
    const subject = positionSubject(sleeve, index)
    const exposure = exposureTo(runtime, subject, index, 'held', 'loss')
    if (exposure === 0) continue
    look(looking, 'position_size', subject, overEquity(exposure, runtime.sleeves[sleeve]!.equity), rule)
  }
}

/** Largest position as a fraction of the sleeve's equity; infinite where nothing binds. */
function positionLimit({ sleeves, equity }: Runtime, sleeve: number): number {
  const { config, equity: own } = sleeves[sleeve]!
  const { positionWeightMax, position } = config.limits
  const plain = positionWeightMax ?? Number.POSITIVE_INFINITY
  const most = position?.weightMax ?? null
  if (most === null) return plain
  return Math.min(plain, position!.of === 'sleeve' || !(own > 0) ? most : (most * equity) / own)
}
