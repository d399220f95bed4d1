import type { CorrelationView } from '../../api/contract/report.ts'
import type {
  ByMethodAndLevel,
  DrawdownView,
  ExcursionView,
  IntervalView,
  OptionRiskView,
  RiskFigures,
  StabilityView,
  TailView,
} from '../../api/contract/risk.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { OptionRisk, RunResult, TradeRecord } from '../../engine/records/result.ts'
import { type CommonDates, onCommonDates } from '../../pipeline/metrics/common-dates.ts'
import { correlationMatrix, diversificationSeries } from '../../pipeline/metrics/diversification.ts'
import { deepest, drawdowns } from '../../pipeline/metrics/drawdown.ts'
import { type ExcursionTrade, summariseExcursions } from '../../pipeline/metrics/excursions.ts'
import { beta } from '../../pipeline/metrics/relative.ts'
import {
  type ByMethod,
  concentrationReport,
  type RiskReport,
  riskReport,
  type TailReport,
  tailReport,
} from '../../pipeline/metrics/risk-report.ts'
import { TAIL_METHODS } from '../../pipeline/metrics/tail-risk.ts'
import { finite, known } from './numbers.ts'
import type { Returns } from './returns.ts'

/* The risk block of a report: the sleeves' returns on common dates, at the weights of the last day. */

const TAILS = [0.05, 0.01]
const INTERVALS = { seed: 1, draws: 400, confidence: 0.9 }
/** Days over which weighted and portfolio volatility are compared. */
const REDUCTION_WINDOW = 60
const CONCENTRATED_SHOWN = 5

/** Which sleeves are invested, and their returns on the days that all of them have. */
interface Invested {
  /** Places in the result. */
  readonly places: readonly number[]
  readonly names: readonly string[]
  readonly common: CommonDates
}

/** Sleeves with a strategy: a reserve of cash has no risk to speak of. */
export function tradingPlaces({ sleeves, config }: RunResult): number[] {
  const reserves = new Set(config.sleeves.flatMap(({ id, strategy }) => (strategy === null ? [id] : [])))
  return sleeves.flatMap(({ id }, place) => (reserves.has(id) ? [] : [place]))
}

/** Those of them with capital at work on the last day. */
function investedOf(result: RunResult, returns: Returns): Invested {
  const places = tradingPlaces(result).filter((place) => !Number.isNaN(returns.sleeves[place]!.at(-1)))
  return {
    places,
    names: places.map((place) => result.sleeves[place]!.id),
    common: commonDates(result, returns, places),
  }
}

/** Returns of the sleeves at these places, on the dates that all of them have. */
export function commonDates(result: RunResult, returns: Returns, places: readonly number[]): CommonDates {
  const isOpen = (series: number, day: number): boolean => result.sleeves[places[series]!]!.sessions[day] === 1
  return onCommonDates(
    places.map((place) => returns.sleeves[place]!),
    isOpen,
    result.config.periods,
  )
}

/** Correlations of the sleeves that trade, pair by pair on the dates that both have. */
export function correlationsOf(result: RunResult, returns: Returns): CorrelationView {
  const places = tradingPlaces(result)
  const names = places.map((place) => result.sleeves[place]!.id)
  if (places.every((place) => result.sleeves[place]!.sessions.every((open) => open === 1)))
    return {
      names,
      matrix: correlationMatrix(places.map((place) => returns.sleeves[place]!)).map((row) => row.map(finite)),
    }
  const pair = (left: number, right: number): number | null =>
    finite(correlationMatrix(commonDates(result, returns, [left, right]).columns)[0]![1])
  const matrix = places.map((left) => places.map((right) => (left === right ? null : pair(left, right))))
  // a sleeve goes with itself wherever it moves at all
  places.forEach((place, at) => {
    matrix[at]![at] = finite(correlationMatrix([returns.sleeves[place]!])[0]![0])
  })
  return { names, matrix }
}

/** What mixing takes away, per portfolio day; NaN before enough days and between common dates. */
export interface Reduction {
  readonly weighted: Float64Array
  readonly portfolio: Float64Array
  readonly benefit: Float64Array
}

/** Of every sleeve that trades; one without capital on a day moves nothing then, and has no weight. */
export function reductionOf(result: RunResult, returns: Returns): Reduction {
  const places = tradingPlaces(result)
  const moved = {
    ...returns,
    sleeves: returns.sleeves.map((lane) => lane.map((value) => (Number.isNaN(value) ? 0 : value))),
  }
  const common = commonDates(result, moved, places)
  const weights = places.map((place) => Float64Array.from(common.rows, (row) => returns.weights[place]![row]!))
  const series = diversificationSeries(common.columns, weights, { window: REDUCTION_WINDOW, periods: common.periods })
  const onDays = (lane: Float64Array): Float64Array => {
    const days = new Float64Array(result.days.length).fill(Number.NaN)
    for (const [at, row] of common.rows.entries()) days[row] = lane[at]!
    return days
  }
  return { weighted: onDays(series.weighted), portfolio: onDays(series.portfolio), benefit: onDays(series.benefit) }
}

/** The risk block: of the book as it stands on the last day, of the portfolio as it was, and of each sleeve. */
export function riskFigures(result: RunResult, returns: Returns): RiskFigures {
  const { places, names, common } = investedOf(result, returns)
  const equity = result.equity.at(-1) ?? Number.NaN
  const weights = places.map((place) => (result.sleeves[place]!.equity.at(-1) ?? Number.NaN) / equity)
  const report = riskReport(common.columns, weights, { ...INTERVALS, periods: common.periods, tails: TAILS })
  const own = { ...INTERVALS, periods: result.config.periods, tails: TAILS }
  const day = (row: number | undefined): string | null =>
    row === undefined ? null : formatDate(result.days[row] as TradeDate)
  return {
    names,
    weights: weights.map(finite),
    cash: finite(1 - weights.reduce((sum, weight) => sum + weight, 0)),
    from: day(common.rows[0]),
    to: day(common.rows.at(-1)),
    observations: report.observations,
    periods: known(common.periods),
    portfolioVolatility: finite(report.portfolioVolatility),
    volatilities: report.volatilities.map(finite),
    marginals: report.marginals.map(finite),
    components: report.components.map(finite),
    shares: report.shares.map(finite),
    volatilityWithout: report.volatilityWithout.map(finite),
    betas: betasOf(result, returns, places, report),
    drawdowns: drawdownsOf(returns, places, names),
    rolling: report.rolling.map(({ window, portfolio, series }) => ({
      window,
      portfolio: finite(portfolio),
      sleeves: series.map(finite),
    })),
    book: tailView(report.portfolio),
    portfolio: tailView(tailReport(returns.portfolio, own)),
    sleeves: report.series.map(tailView),
    varComponents: byMethod(report.varComponents, (parts) => parts.map(finite)),
    cvarComponents: byMethod(report.cvarComponents, (parts) => parts.map(finite)),
    varSum: byMethod(report.varSum, finite),
    varCorrelated: byMethod(report.varCorrelated, finite),
    intervals: { ...INTERVALS, blockLength: report.blockLength },
    diversification: diversificationOf(report, reductionOf(result, returns)),
    matrix: report.correlation.map((row) => row.map(finite)),
    stability: stabilityOf(report, names, (index) => day(common.rows[index])!),
    concentration: concentrationOf(result, equity),
    exposure: exposureOf(result, equity),
    ...(result.options === undefined ? {} : { options: optionsOf(result.options, equity) }),
    excursions: excursionsOf(result, places),
  }
}

function byMethod<T, U>(figures: ByMethod<T>, of: (value: T) => U): ByMethodAndLevel<U> {
  const entries = TAIL_METHODS.map((method) => [
    method,
    Object.fromEntries(Object.entries(figures[method]).map(([level, value]) => [level, of(value)])),
  ])
  return Object.fromEntries(entries) as ByMethodAndLevel<U>
}

function tailView(tail: TailReport): TailView {
  const interval = ({ low, high }: IntervalView): IntervalView => ({ low: finite(low), high: finite(high) })
  return {
    var: byMethod(tail.var, finite),
    cvar: byMethod(tail.cvar, finite),
    varInterval: byMethod(tail.varInterval, interval),
    cvarInterval: byMethod(tail.cvarInterval, interval),
  }
}

function betasOf(
  result: RunResult,
  returns: Returns,
  places: readonly number[],
  report: RiskReport,
): RiskFigures['betas'] {
  const benchmark = result.benchmarks.find(({ instrument }) => instrument === result.config.benchmark)
  const on = (own: Float64Array): number | null =>
    benchmark === undefined ? null : finite(beta(own, benchmark.returns))
  return {
    portfolio: report.betas.map(finite),
    benchmark: benchmark === undefined ? null : benchmark.instrument,
    portfolioToBenchmark: on(returns.portfolio),
    benchmarkOfSleeves: places.map((place) => on(returns.sleeves[place]!)),
  }
}

function drawdownsOf(returns: Returns, places: readonly number[], names: readonly string[]): DrawdownView[] {
  const view = (name: string, own: Float64Array): DrawdownView => {
    const series = drawdowns(own)
    return { name, current: finite(series.at(-1)), deepest: finite(deepest(series)) }
  }
  return [view('portfolio', returns.portfolio), ...places.map((place, at) => view(names[at]!, returns.sleeves[place]!))]
}

function lastKnown(lane: Float64Array): number | null {
  return finite(lane.findLast((value) => !Number.isNaN(value)))
}

function diversificationOf(
  { diversification }: RiskReport,
  { weighted, portfolio, benefit }: Reduction,
): RiskFigures['diversification'] {
  return {
    ratio: finite(diversification.ratio),
    volatilityOverSum: finite(diversification.volatilityOverSum),
    volatilityOverWeighted: finite(diversification.volatilityOverWeighted),
    window: REDUCTION_WINDOW,
    weighted: lastKnown(weighted),
    volatility: lastKnown(portfolio),
    benefit: lastKnown(benefit),
  }
}

function stabilityOf(report: RiskReport, names: readonly string[], dateOf: (index: number) => string): StabilityView[] {
  return report.stability.map(({ left, right, current, deviation, alerts }) => ({
    left: names[left]!,
    right: names[right]!,
    current: finite(current),
    deviation: finite(deviation),
    alerts: alerts.map(({ index, kind, correlation, reference }) => ({
      date: dateOf(index),
      kind,
      correlation: known(correlation),
      reference: known(reference),
    })),
  }))
}

function concentrationOf({ exposures }: RunResult, equity: number): RiskFigures['concentration'] {
  const { largest, topFive, herfindahl, effectiveCount } = concentrationReport(
    exposures.map(({ exposure }) => exposure),
    equity,
  )
  const instruments = [...exposures]
    .sort((left, right) => right.exposure - left.exposure || (left.instrument < right.instrument ? -1 : 1))
    .slice(0, CONCENTRATED_SHOWN)
    .map(({ instrument, exposure }) => ({ instrument, weight: finite(exposure / equity) }))
  return {
    largest: finite(largest),
    topFive: finite(topFive),
    herfindahl: finite(herfindahl),
    effectiveCount: finite(effectiveCount),
    instruments,
  }
}

function exposureOf(result: RunResult, equity: number): RiskFigures['exposure'] {
  const sleeves = result.sleeves.reduce((sum, sleeve) => sum + Math.abs(sleeve.exposure.at(-1) ?? 0), 0)
  const gross = result.grossExposure.at(-1) ?? 0
  return {
    sleeves: finite(sleeves / equity),
    gross: finite(gross / equity),
    net: finite((result.netExposure.at(-1) ?? 0) / equity),
    netted: finite((sleeves - gross) / equity),
  }
}

function optionsOf({ structures, underlyings }: OptionRisk, equity: number): OptionRiskView {
  return {
    structures: structures.map(({ maximumLoss, delta, gamma, vega, theta, ...named }) => ({
      ...named,
      maximumLoss: finite(maximumLoss),
      delta: finite(delta),
      gamma: finite(gamma),
      vega: finite(vega),
      theta: finite(theta),
    })),
    underlyings: underlyings.map(({ underlying, shares, options, net, value }) => ({
      underlying,
      shares: finite(shares),
      options: finite(options),
      net: finite(net),
      value: finite(value),
      weight: finite(value / equity),
    })),
  }
}

function excursionsOf(result: RunResult, places: readonly number[]): ExcursionView[] {
  const view = (name: string, trades: readonly TradeRecord[]): ExcursionView => {
    const measured = trades.flatMap(
      ({ pnl, maximumAdverse: adverse, maximumFavourable: favourable }): ExcursionTrade[] =>
        adverse === null || favourable === null ? [] : [{ pnl, adverse, favourable }],
    )
    const { count, ...figures } = summariseExcursions(measured)
    return {
      name,
      count,
      meanAdverse: finite(figures.meanAdverse),
      worstAdverse: finite(figures.worstAdverse),
      meanFavourable: finite(figures.meanFavourable),
      bestFavourable: finite(figures.bestFavourable),
      meanAdverseOfWinners: finite(figures.meanAdverseOfWinners),
      meanFavourableOfLosers: finite(figures.meanFavourableOfLosers),
      edgeRatio: finite(figures.edgeRatio),
    }
  }
  const sleeves = places.map((place) => result.sleeves[place]!.id)
  return [
    view('portfolio', result.trades),
    ...sleeves.map((id) =>
      view(
        id,
        result.trades.filter((trade) => trade.sleeve === id),
      ),
    ),
  ]
}
