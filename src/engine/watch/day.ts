/** The end of a portfolio day: what a window of days says of risk, and how far halted subjects have come. */
import { correlation, mean, NO_DEVIATION, quantile, sampleDeviation } from '../../numerics/statistics.ts'
import { diversification } from '../../pipeline/metrics/diversification.ts'
import { endBreakerDay } from '../../pipeline/risk/breaker.ts'
import { cashValue } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'
import { endReturnSession } from './return.ts'
import { setPeak } from './review.ts'
import { drawdownRule, violationRules, watched } from './rules.ts'
import { totalOf, type WatchState } from './state.ts'
import { isByDay } from './step.ts'
import { PORTFOLIO, pairSubject, sleeveSubject } from './subjects.ts'
import { answerFindings, endUnseen, findOpen, type Looking, look, resolveAll, startLooking } from './violations.ts'

/** After the capital of the day, before the decisions of its close. */
export function endWatchDay(runtime: Runtime): void {
  const { watch } = runtime.state
  if (watch === undefined) return
  endBreakerDays(runtime, watch)
  if (watch.capacity > 0) {
    takeReturns(runtime, watch)
    const looking = startLooking(runtime, watch)
    measureReturns(looking)
    measureCorrelations(looking)
    endUnseen(looking, isByDay)
    answerFindings(looking)
  }
  endReturnSession(runtime, watch)
  for (const { ordinal, equity } of runtime.sleeves) watch.dayStart[ordinal] = equity
}

/** Flat days of halted books count towards a new peak. */
function endBreakerDays(runtime: Runtime, watch: WatchState): void {
  const { state, sleeves, equity, cash } = runtime
  const config = state.config!
  const { drawdown } = config.limits
  if (drawdown !== null && state.breaker !== null) {
    const rule = drawdownRule(config, 'portfolio_drawdown', drawdown)
    if (endBreakerDay(state.breaker, rule, equity, equity === cash) === 'resume') {
      setPeak(runtime, watch)
      resolveAll(runtime, 'portfolio_drawdown', PORTFOLIO, { how: 'reset', value: 0, note: '' })
    }
  }
  for (const { ordinal, equity: own, config: sleeve } of sleeves) {
    const breaker = state.sleeveBreakers?.[ordinal] ?? null
    if (breaker === null || sleeve.limits.drawdown === undefined) continue
    const rule = drawdownRule(config, 'strategy_drawdown', sleeve.limits.drawdown)
    if (endBreakerDay(breaker, rule, own, own === cashValue(runtime, ordinal)) === 'resume')
      resolveAll(runtime, 'strategy_drawdown', sleeveSubject(ordinal), { how: 'reset', value: 0, note: '' })
  }
}

function takeReturns({ sleeves, equity }: Runtime, watch: WatchState): void {
  const row = (watch.days % watch.capacity) * (sleeves.length + 1)
  for (const { ordinal, equity: own } of sleeves) watch.returns[row + ordinal] = returnOf(own, watch.dayStart[ordinal]!)
  watch.returns[row + sleeves.length] = returnOf(equity, totalOf(watch.dayStart))
  watch.days += 1
}

function returnOf(equity: number, start: number): number {
  return start > 0 ? equity / start - 1 : 0
}

/** Returns of `window` days, oldest first, the last of them `ago` days back; null while there are not as many. */
function returnsOf(watch: WatchState, column: number, window: number, ago = 0): Float64Array | null {
  if (watch.days < window + ago) return null
  const width = watch.dayStart.length + 1
  const first = watch.days - ago - window
  return Float64Array.from(
    { length: window },
    (_, index) => watch.returns[((first + index) % watch.capacity) * width + column]!,
  )
}

function measureReturns(looking: Looking): void {
  const { runtime, watch } = looking
  const { sleeves, state } = runtime
  const config = state.config!
  const measured = state.measured!
  const { volatility, valueAtRisk, diversification: spread } = config.limits
  const year = Math.sqrt(config.periods)
  if (volatility !== undefined) {
    const returns = returnsOf(watch, sleeves.length, volatility.window)
    measured.volatility = returns === null ? Number.NaN : sampleDeviation(returns) * year
    const rule = watched(config, 'portfolio_volatility', volatility.limit)
    look(looking, 'portfolio_volatility', PORTFOLIO, measured.volatility, rule)
  }
  if (valueAtRisk !== undefined) {
    const returns = returnsOf(watch, sleeves.length, valueAtRisk.window)
    measured.valueAtRisk = returns === null ? Number.NaN : 0 - quantile(returns, 1 - valueAtRisk.confidence)
    const rule = watched(config, 'value_at_risk', valueAtRisk.limit)
    look(looking, 'value_at_risk', PORTFOLIO, measured.valueAtRisk, rule)
  }
  if (spread !== undefined) {
    measured.diversification = diversificationRatio(runtime, watch, spread.window)
    const rule = watched(config, 'diversification', spread.limit, true)
    look(looking, 'diversification', PORTFOLIO, measured.diversification, rule)
  }
  for (const { ordinal, config: sleeve } of sleeves) {
    const own = sleeve.limits.volatility
    if (own === undefined) continue
    const returns = returnsOf(watch, ordinal, own.window)
    const value = returns === null ? Number.NaN : sampleDeviation(returns) * year
    measured.sleeveVolatility[ordinal] = value
    look(
      looking,
      'strategy_volatility',
      sleeveSubject(ordinal),
      value,
      watched(config, 'strategy_volatility', own.limit),
    )
  }
}

/** Of today's mix: the weights of this close over the returns of the window. NaN while nothing moves. */
function diversificationRatio({ sleeves, equity }: Runtime, watch: WatchState, window: number): number {
  if (watch.days < window || !(equity > 0)) return Number.NaN
  const weights = sleeves.map((sleeve) => sleeve.equity / equity)
  const columns = sleeves.map(({ ordinal }) => returnsOf(watch, ordinal, window)!)
  const mixed = new Float64Array(window)
  for (const [ordinal, column] of columns.entries())
    for (let day = 0; day < window; day += 1) mixed[day] = mixed[day]! + weights[ordinal]! * column[day]!
  const whole = sampleDeviation(mixed)
  if (!(whole >= NO_DEVIATION)) return Number.NaN
  return diversification(columns.map(sampleDeviation), weights, whole).ratio ?? Number.NaN
}

/**
 * Of each pair the one with the lower Sharpe ratio gives way; of equal ones the one declared later. One that has given
 * way does so until its violation is over, however the two rank meanwhile.
 */
function measureCorrelations(looking: Looking): void {
  const { runtime, watch } = looking
  const { state, sleeves } = runtime
  const config = state.config!
  const measured = state.measured!
  const { correlation: limit } = config.limits
  if (limit === undefined) return
  measured.closeness.fill(Number.NaN)
  const { days } = violationRules(config).correlation
  const trading = sleeves.flatMap(({ ordinal, config: sleeve }) => (sleeve.strategy === null ? [] : [ordinal]))
  const columns = trading.map((ordinal) => returnsOf(watch, ordinal, limit.window))
  const former = trading.map((ordinal) => returnsOf(watch, ordinal, limit.window, days))
  const ratios = columns.map((column) => (column === null ? Number.NaN : ratioOf(column)))
  const gaveWay = trading.map((ordinal) => findOpen(watch, 'strategy_correlation', sleeveSubject(ordinal)) !== null)
  const isFirstWeaker = (first: number, second: number): boolean =>
    gaveWay[first] === gaveWay[second] ? ratios[first]! < ratios[second]! : gaveWay[first]!
  for (let first = 0; first < trading.length; first += 1) {
    for (let second = first + 1; second < trading.length; second += 1) {
      if (columns[first] === null || columns[second] === null) continue
      const value = correlation(columns[first]!, columns[second]!)
      const before = former[first] === null ? Number.NaN : correlation(former[first]!, former[second]!)
      lookAtPair(looking, trading[first]!, trading[second]!, value, before)
      const weaker = trading[isFirstWeaker(first, second) ? first : second]!
      const most = measured.closeness[weaker]!
      if (Number.isNaN(most) || value > most) measured.closeness[weaker] = value
    }
  }
  for (const ordinal of trading) {
    const rule = watched(config, 'strategy_correlation', limit.limit)
    look(looking, 'strategy_correlation', sleeveSubject(ordinal), measured.closeness[ordinal]!, rule)
  }
}

/** Mean over deviation: what sleeves are ranked by; 0 for one that does not move. */
function ratioOf(returns: Float64Array): number {
  const deviation = sampleDeviation(returns)
  return deviation >= NO_DEVIATION ? mean(returns) / deviation : 0
}

/** One alert per crossing of the level, and one per shift of regime; they end when the value is well back. */
function lookAtPair(looking: Looking, first: number, second: number, value: number, before: number): void {
  const config = looking.runtime.state.config!
  const { level, move } = violationRules(config).correlation
  const pair = pairSubject(first, second)
  look(looking, 'correlation_alert', pair, value, watched(config, 'correlation_alert', level))
  look(looking, 'correlation_regime', pair, Math.abs(value - before), watched(config, 'correlation_regime', move))
}
