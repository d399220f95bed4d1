/** Everything that is said about the risk of a mix of return series, in one record; null where undefined. */
import { rollingCorrelations, rollingVolatility } from '../../numerics/rolling.ts'
import { concentration } from './concentration.ts'
import { correlationStability, type RegimeAlert } from './correlation-stability.ts'
import { defined } from './defined.ts'
import { correlationMatrix, type Diversification, diversification } from './diversification.ts'
import { deepest, drawdowns } from './drawdown.ts'
import { beta } from './relative.ts'
import { volatility } from './risk.ts'
import { deviationWithoutEach, mixOf, riskComponentsOfSeries } from './risk-components.ts'
import { cornishFisherTail, gaussianTail, historicalTail, type TailFigures } from './tail-components.ts'
import { blockLength, type Interval, TAIL_METHODS, type TailMethod, tailIntervals, tailRisk } from './tail-risk.ts'

/** One value per level, under the level as a percentage: "95", "99". */
export type ByLevel<T> = Readonly<Record<string, T>>
export type ByMethod<T> = Readonly<Record<TailMethod, ByLevel<T>>>
type Figure = number | null
interface Bounds {
  readonly low: Figure
  readonly high: Figure
}

/** Value at risk and expected shortfall, as positive losses per period. */
export interface TailReport {
  readonly var: ByMethod<Figure>
  readonly cvar: ByMethod<Figure>
  readonly varInterval: ByMethod<Bounds>
  readonly cvarInterval: ByMethod<Bounds>
}

export interface RiskReport {
  /** Rows that every series has: what the mix is measured on. */
  readonly observations: number
  /** Per series, over its own history, annualised. */
  readonly volatilities: readonly Figure[]
  readonly portfolioVolatility: Figure
  /** Pair by pair, over the rows that both have. */
  readonly correlation: readonly (readonly Figure[])[]
  /** What one more unit of weight adds to the portfolio's annualised volatility. */
  readonly marginals: readonly Figure[]
  /** Weight times marginal: they add up to the portfolio's volatility. */
  readonly components: readonly Figure[]
  readonly shares: readonly Figure[]
  /** Volatility of the mix without the series, the others scaled up. */
  readonly volatilityWithout: readonly Figure[]
  readonly portfolio: TailReport
  readonly series: readonly TailReport[]
  /** Per series: they add up to the portfolio's figure. */
  readonly varComponents: ByMethod<readonly Figure[]>
  readonly cvarComponents: ByMethod<readonly Figure[]>
  /** The series' own values at risk put together: added up, and by their correlations. */
  readonly varSum: ByMethod<Figure>
  readonly varCorrelated: ByMethod<Figure>
  readonly diversification: Diversification
  /** Slope of each series on the mix. */
  readonly betas: readonly Figure[]
  readonly drawdown: Drawdown
  readonly drawdowns: readonly Drawdown[]
  /** Of the sizes of the weights. */
  readonly concentration: ConcentrationReport
  /** Of the last periods of each length, annualised. */
  readonly rolling: readonly {
    readonly window: number
    readonly portfolio: Figure
    readonly series: readonly Figure[]
  }[]
  readonly stability: readonly PairStability[]
  readonly blockLength: number
}

/** Negative fractions, over the rows that every series has: at the last row, and at its deepest. */
export interface Drawdown {
  readonly current: Figure
  readonly deepest: Figure
}

/** As fractions of the whole; see `Concentration`. */
export interface ConcentrationReport {
  readonly largest: Figure
  readonly topFive: Figure
  readonly herfindahl: Figure
  readonly effectiveCount: Figure
}

export interface PairStability {
  readonly left: number
  readonly right: number
  /** Last value of the rolling correlation. */
  readonly current: Figure
  readonly deviation: Figure
  /** Indexes are of the rows that every series has. */
  readonly alerts: readonly RegimeAlert[]
}

export interface RiskReportOptions {
  readonly periods: number
  /** Tails: 0.05 for 95 %. */
  readonly tails: readonly number[]
  readonly seed: number
  readonly draws: number
  readonly confidence: number
}

const ROLLING_WINDOWS = [30, 60, 90]
const STABILITY_WINDOW = 90

/** The rows on which every series has a return. */
export function commonRows(columns: readonly Float64Array[]): readonly number[] {
  const rows = columns[0]?.length ?? 0
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    columns.every((column) => !Number.isNaN(column[row]!)),
  )
}

/**
 * The risk of a mix whose weights are set anew every period; what they leave is cash without risk.
 *
 * @param columns returns per period on one axis of rows, NaN where a series has none
 */
export function riskReport(
  columns: readonly Float64Array[],
  weights: readonly number[],
  options: RiskReportOptions,
): RiskReport {
  const { periods, tails } = options
  const rows = commonRows(columns)
  const common = columns.map((column) => Float64Array.from(rows, (row) => column[row]!))
  const whole = mixOf(common, weights)
  const year = Math.sqrt(periods)
  const parts = riskComponentsOfSeries(common, weights, year)
  const own = common.map((column) => volatility(column, periods))
  const correlation = correlationMatrix(columns)
  const byMethod = TAIL_METHODS.map((method) => tails.map((tail) => METHODS[method](common, weights, tail)))
  const carried = (figure: keyof TailFigures): ByMethod<readonly Figure[]> =>
    perMethod(tails, (method, at) => byMethod[TAIL_METHODS.indexOf(method)]![at]![figure].contributions.map(defined))
  const single = tails.map((tail) => common.map((column) => tailRisk(column, tail)))
  const alone = (method: TailMethod, at: number): number[] =>
    weights.map((weight, series) => weight * single[at]![series]![method].valueAtRisk)
  const within = correlationMatrix(common)
  return {
    observations: rows.length,
    volatilities: columns.map((column) => defined(volatility(column, periods))),
    portfolioVolatility: defined(parts.total),
    correlation,
    marginals: parts.marginal.map(defined),
    components: parts.component.map(defined),
    shares: parts.share.map(defined),
    volatilityWithout: deviationWithoutEach(common, weights, year).map(defined),
    portfolio: tailReport(whole, options),
    series: columns.map((column) => tailReport(column, options)),
    varComponents: carried('valueAtRisk'),
    cvarComponents: carried('shortfall'),
    varSum: perMethod(tails, (method, at) =>
      defined(alone(method, at).reduce((sum, value) => sum + Math.abs(value), 0)),
    ),
    varCorrelated: perMethod(tails, (method, at) => defined(correlated(alone(method, at), within))),
    diversification: diversification(own, weights, parts.total),
    betas: common.map((column) => defined(beta(column, whole))),
    drawdown: drawdownOf(whole),
    drawdowns: common.map(drawdownOf),
    concentration: concentrationReport(weights, 1),
    rolling: ROLLING_WINDOWS.map((window) => ({
      window,
      portfolio: defined(last(rollingVolatility(whole, window, periods))),
      series: common.map((column) => defined(last(rollingVolatility(column, window, periods)))),
    })),
    stability: stabilityOf(common),
    blockLength: blockLength(rows.length),
  }
}

function drawdownOf(returns: Float64Array): Drawdown {
  const series = drawdowns(returns)
  return { current: defined(last(series)), deepest: defined(deepest(series)) }
}

/** Concentration as it is reported: null where equity is nothing to measure it by. */
export function concentrationReport(exposures: readonly number[], equity: number): ConcentrationReport {
  const { largest, topFive, herfindahl, effectiveCount } = concentration(exposures, equity)
  return {
    largest: defined(largest),
    topFive: defined(topFive),
    herfindahl: defined(herfindahl),
    effectiveCount: defined(effectiveCount),
  }
}

const METHODS: Readonly<
  Record<TailMethod, (c: readonly Float64Array[], w: readonly number[], t: number) => TailFigures>
> = { historical: historicalTail, gaussian: gaussianTail, cornishFisher: cornishFisherTail }

/** A level as it is named: "95" for a tail of 0.05. */
export function levelName(tail: number): string {
  return String(Math.floor((1 - tail) * 1000 + 0.5) / 10)
}

function perMethod<T>(tails: readonly number[], of: (method: TailMethod, at: number) => T): ByMethod<T> {
  const entries = TAIL_METHODS.map(
    (method) => [method, Object.fromEntries(tails.map((tail, at) => [levelName(tail), of(method, at)]))] as const,
  )
  return Object.fromEntries(entries) as unknown as ByMethod<T>
}

/** The tail figures of one series, with their intervals. */
export function tailReport(returns: Float64Array, options: RiskReportOptions): TailReport {
  const { tails } = options
  const points = tails.map((tail) => tailRisk(returns, tail))
  const intervals = tailIntervals(returns, tails, options)
  const bounds = ({ low, high }: Interval): Bounds => ({ low: defined(low), high: defined(high) })
  return {
    var: perMethod(tails, (method, at) => defined(points[at]![method].valueAtRisk)),
    cvar: perMethod(tails, (method, at) => defined(points[at]![method].shortfall)),
    varInterval: perMethod(tails, (method, at) => bounds(intervals[at]![method].valueAtRisk)),
    cvarInterval: perMethod(tails, (method, at) => bounds(intervals[at]![method].shortfall)),
  }
}

/** Root of v' C v; a pair without a correlation counts as unrelated. */
function correlated(values: readonly number[], correlation: readonly (readonly Figure[])[]): number {
  let sum = 0
  for (let left = 0; left < values.length; left += 1) {
    for (let right = 0; right < values.length; right += 1)
      sum += values[left]! * values[right]! * (left === right ? 1 : (correlation[left]![right] ?? 0))
  }
  return Math.sqrt(Math.max(0, sum))
}

function stabilityOf(columns: readonly Float64Array[]): readonly PairStability[] {
  const correlationOf = rollingCorrelations(columns, STABILITY_WINDOW)
  return columns.flatMap((_, left) =>
    columns.slice(left + 1).map((__, offset) => {
      const rolling = correlationOf(left, left + 1 + offset)
      const { deviation, alerts } = correlationStability(rolling)
      return { left, right: left + 1 + offset, current: defined(last(rolling)), deviation: defined(deviation), alerts }
    }),
  )
}

function last(lane: Float64Array): number {
  return lane[lane.length - 1] ?? Number.NaN
}
