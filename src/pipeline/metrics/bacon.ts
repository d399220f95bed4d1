import { log } from '../../numerics/elementary.ts'
import {
  leastSquares,
  mean,
  populationDeviation,
  populationKurtosis,
  populationSkewness,
  sampleDeviation,
  sum,
} from '../../numerics/statistics.ts'
import { painIndex, ulcerIndex } from './drawdown.ts'
import { beta } from './relative.ts'
import { annualReturn, excess, observed, paired } from './returns.ts'
import { downsideDeviation, lowerPartialMoment, type Rate, upperPartialMoment, volatility } from './risk.ts'

/**
 * Measures of Bacon (2008), "Practical Portfolio Performance Measurement and Attribution", second edition, as computed
 * by the package PerformanceAnalytics: annual returns are geometric, the standard deviations of the book are of the
 * population where it says so, and a risk-free rate is subtracted as it is given.
 */

/** Annual geometric return over the annualised sample deviation. */
function annualSharpe(returns: Float64Array, periods: number, riskFree: number): number {
  const over = observed(excess(returns, riskFree))
  return annualReturn(over, periods) / volatility(over, periods)
}

/** Sharpe ratio corrected for skewness and excess kurtosis (Pezier and White 2006), from the annual Sharpe ratio. */
export function adjustedSharpe(returns: Float64Array, periods: number, riskFree: number): number {
  const present = observed(returns)
  const ratio = annualSharpe(present, periods, riskFree)
  const over = populationKurtosis(present) - 3
  return ratio * (1 + (populationSkewness(present) / 6) * ratio - (over / 24) * ratio * ratio)
}

/** Sum of gains over the sum of losses. @see Bernardo and Ledoit (2000) */
export function bernardoLedoit(returns: Float64Array): number {
  return upperPartialMoment(returns, 0, 1) / lowerPartialMoment(returns, 0, 1)
}

/** Gains and losses weighted by how often they come: d = (losses x their count) / (gains x their count). */
export function dRatio(returns: Float64Array): number {
  const present = observed(returns)
  const gains = present.filter((value) => value > 0)
  const losses = present.filter((value) => value < 0)
  return (losses.length * -sum(losses)) / (gains.length * sum(gains))
}

/**
 * Losses of the runs of consecutive negative returns, each compounded as if its returns were in percent: what the
 * published Burke ratio is made of. A negative first period only counts when the second is negative too.
 */
function fallingRuns(returns: Float64Array): number[] {
  const out: number[] = []
  let factor = 1
  let falling = false
  for (let index = 1; index < returns.length; index += 1) {
    if (returns[index]! < 0) {
      factor *= 1 + returns[index]! * 0.01
      falling = true
    } else if (falling) {
      out.push((factor - 1) * 100)
      factor = 1
      falling = false
    }
  }
  if (falling) out.push((factor - 1) * 100)
  return out
}

/** Annual return over the root of the summed squares of the falling runs; modified: times the root of n. @see Burke (1994) */
export function burke(returns: Float64Array, periods: number, riskFree: number, modified: boolean): number {
  const present = observed(returns)
  let squares = 0
  for (const loss of fallingRuns(present)) squares += loss * loss
  if (squares === 0) return Number.NaN
  const ratio = (annualReturn(present, periods) - riskFree) / Math.sqrt(squares)
  return modified ? ratio * Math.sqrt(returns.length) : ratio
}

/** Annual return over the ulcer index. */
export function martin(returns: Float64Array, periods: number, riskFree: number): number {
  return (annualReturn(returns, periods) - riskFree) / ulcerIndex(returns)
}

/** Annual return over the pain index. */
export function painRatio(returns: Float64Array, periods: number, riskFree: number): number {
  return (annualReturn(returns, periods) - riskFree) / painIndex(returns)
}

/** Mean absolute distance to the mean. */
export function meanAbsoluteDeviation(returns: Float64Array): number {
  const present = observed(returns)
  const centre = mean(present)
  return mean(present.map((value) => Math.abs(value - centre)))
}

/** Share of observed periods below the minimum acceptable return. */
export function downsideFrequency(returns: Float64Array, mar: Rate): number {
  const over = observed(excess(returns, mar))
  return over.filter((value) => value < 0).length / over.length
}

/** Share of observed periods above the minimum acceptable return. */
export function upsideFrequency(returns: Float64Array, mar: Rate): number {
  const over = observed(excess(returns, mar))
  return over.filter((value) => value > 0).length / over.length
}

/** Downside deviation below the mean. */
export function semiDeviation(returns: Float64Array): number {
  return downsideDeviation(returns, mean(observed(returns)))
}

/** Mean squared distance to the mean of the returns below it, over their own count. */
export function semiVariance(returns: Float64Array): number {
  const present = observed(returns)
  const centre = mean(present)
  const below = present.filter((value) => value < centre)
  return (lowerPartialMoment(present, centre, 2) * present.length) / below.length
}

/** Mean return above a rate over the root `order` of its lower partial moment of that order (Kaplan and Knowles 2004). */
export function kappa(returns: Float64Array, mar: Rate, order: 1 | 2 | 3): number {
  const moment = lowerPartialMoment(returns, mar, order)
  const root = order === 1 ? moment : order === 2 ? Math.sqrt(moment) : cubeRoot(moment)
  return mean(observed(excess(returns, mar))) / root
}

/** Cube root by Newton's method, from an upper start; exact bits on every engine. */
function cubeRoot(x: number): number {
  if (!(x > 0)) return x
  let guess = Math.max(1, x)
  for (let step = 0; step < 2_000; step += 1) {
    const next = (2 * guess + x / (guess * guess)) / 3
    if (next >= guess) break
    guess = next
  }
  return guess
}

/** Gains over the threshold, by its downside deviation. @see Sortino, van der Meer and Plantinga (1999) */
export function upsidePotentialRatio(returns: Float64Array, mar: Rate): number {
  return upperPartialMoment(returns, mar, 1) / downsideDeviation(returns, mar)
}

/** The same with each mean taken over its own side only. */
export function upsidePotentialRatioOfSides(returns: Float64Array, mar: number): number {
  const present = observed(returns)
  const above = present.filter((value) => value > mar)
  const below = present.filter((value) => value < mar)
  const potential = (upperPartialMoment(present, mar, 1) * present.length) / above.length
  return potential / Math.sqrt((lowerPartialMoment(present, mar, 2) * present.length) / below.length)
}

/** Omega less one: (upside potential - downside potential) / downside potential. */
export function omegaSharpe(returns: Float64Array, mar: Rate): number {
  const downside = lowerPartialMoment(returns, mar, 1)
  return (upperPartialMoment(returns, mar, 1) - downside) / downside
}

/** Gains, and losses at 2.25 times their size, less the acceptable return once, over n downside deviations. @see Watanabe (2006) */
export function prospect(returns: Float64Array, mar: number): number {
  const present = observed(returns)
  const felt = (upperPartialMoment(present, 0, 1) - 2.25 * lowerPartialMoment(present, 0, 1)) * present.length
  return (felt - mar) / (downsideDeviation(present, mar) * present.length)
}

/** Rescaled range of the summed distances to the mean: log(range / sample deviation) / log(n). @see Peters (1991) */
export function hurst(returns: Float64Array): number {
  const present = observed(returns)
  const centre = mean(present)
  let running = 0
  let high = Number.NEGATIVE_INFINITY
  let low = Number.POSITIVE_INFINITY
  for (let index = 0; index < present.length; index += 1) {
    running += present[index]! - centre
    if (running > high) high = running
    if (running < low) low = running
  }
  return log((high - low) / sampleDeviation(present)) / log(present.length)
}

/** Mean excess return over its sample variance: the Kelly leverage. */
export function kelly(returns: Float64Array, riskFree: Rate): number {
  const present = observed(returns)
  const deviation = sampleDeviation(present)
  return mean(observed(excess(returns, riskFree))) / (deviation * deviation)
}

/** Alpha and beta of the returns on the benchmark's, with annual returns of both: what the relative measures share. */
interface Regressed {
  readonly own: Float64Array
  readonly other: Float64Array
  readonly ownAnnual: number
  readonly otherAnnual: number
  readonly slope: number
  readonly intercept: number
}

function regressed(returns: Float64Array, benchmark: Float64Array, periods: number): Regressed {
  const [own, other] = paired(returns, benchmark)
  const { slope, intercept } = leastSquares(other, own)
  return {
    own,
    other,
    slope,
    intercept,
    ownAnnual: annualReturn(own, periods),
    otherAnnual: annualReturn(other, periods),
  }
}

type Relative = (returns: Float64Array, benchmark: Float64Array, periods: number, riskFree: number) => number

/** Annual return less the risk-free rate and less beta times that of the benchmark. @see Jensen (1968) */
export const jensenAlpha: Relative = (returns, benchmark, periods, riskFree) => {
  const { ownAnnual, otherAnnual, slope } = regressed(returns, benchmark, periods)
  return ownAnnual - riskFree - slope * (otherAnnual - riskFree)
}

/** Annual return not explained by the regression: less its alpha per period and beta times the annual benchmark. */
export const epsilon: Relative = (returns, benchmark, periods, riskFree) => {
  const { ownAnnual, otherAnnual, slope, intercept } = regressed(returns, benchmark, periods)
  const alpha = intercept - riskFree * (1 - slope)
  return riskFree + ownAnnual - alpha - slope * (otherAnnual - riskFree)
}

/** Ratio of the deviations: the beta at which all risk would be systematic. */
export const famaBeta: Relative = (returns, benchmark) => {
  const [own, other] = paired(returns, benchmark)
  return populationDeviation(own) / populationDeviation(other)
}

/** Jensen's alpha less what the risk beyond beta should have earned. @see Fama (1972) */
export const netSelectivity: Relative = (returns, benchmark, periods, riskFree) => {
  const { otherAnnual, slope } = regressed(returns, benchmark, periods)
  const diversification = (famaBeta(returns, benchmark, periods, riskFree) - slope) * (otherAnnual - riskFree)
  return jensenAlpha(returns, benchmark, periods, riskFree) - diversification
}

/** Beta times the annualised sample deviation of the benchmark. */
export const systematicRisk: Relative = (returns, benchmark, periods) => {
  const [own, other] = paired(returns, benchmark)
  return beta(own, other) * volatility(other, periods)
}

/** Annualised population deviation of the regression's residuals. */
export const specificRisk: Relative = (returns, benchmark, periods) => {
  const { own, other, slope, intercept } = regressed(returns, benchmark, periods)
  const rest = own.map((value, index) => value - other[index]! * slope - intercept)
  return populationDeviation(rest) * Math.sqrt(periods)
}

/** Root of the squares of systematic and specific risk. */
export const totalRisk: Relative = (returns, benchmark, periods, riskFree) => {
  const systematic = systematicRisk(returns, benchmark, periods, riskFree)
  const specific = specificRisk(returns, benchmark, periods, riskFree)
  return Math.sqrt(systematic * systematic + specific * specific)
}

/** Beta times the annualised population deviation of the benchmark, as the book has it. */
export const systematicRiskOfBook: Relative = (returns, benchmark, periods) => {
  const [own, other] = paired(returns, benchmark)
  return beta(own, other) * populationDeviation(other) * Math.sqrt(periods)
}

/** Root of the squares of the book's systematic risk and of specific risk: the annualised population deviation. */
export const totalRiskOfBook: Relative = (returns, benchmark, periods, riskFree) => {
  const systematic = systematicRiskOfBook(returns, benchmark, periods, riskFree)
  const specific = specificRisk(returns, benchmark, periods, riskFree)
  return Math.sqrt(systematic * systematic + specific * specific)
}

/** Jensen's alpha over specific risk. */
export const appraisal: Relative = (returns, benchmark, periods, riskFree) =>
  jensenAlpha(returns, benchmark, periods, riskFree) / specificRisk(returns, benchmark, periods, riskFree)

/** Jensen's alpha over beta. */
export const modifiedJensen: Relative = (returns, benchmark, periods, riskFree) =>
  jensenAlpha(returns, benchmark, periods, riskFree) / beta(returns, benchmark)

/** Jensen's alpha over systematic risk. */
export const alternativeJensen: Relative = (returns, benchmark, periods, riskFree) =>
  jensenAlpha(returns, benchmark, periods, riskFree) / systematicRisk(returns, benchmark, periods, riskFree)

/** Annual excess return over beta. @see Treynor (1965) */
export const treynor: Relative = (returns, benchmark, periods, riskFree) =>
  annualReturn(excess(returns, riskFree), periods) / beta(returns, benchmark)

/** Annual excess return over systematic risk. */
export const modifiedTreynor: Relative = (returns, benchmark, periods, riskFree) =>
  annualReturn(excess(returns, riskFree), periods) / systematicRisk(returns, benchmark, periods, riskFree)

/** Annual excess return over the book's systematic risk. */
export const modifiedTreynorOfBook: Relative = (returns, benchmark, periods, riskFree) =>
  annualReturn(excess(returns, riskFree), periods) / systematicRiskOfBook(returns, benchmark, periods, riskFree)

/** The annual return at the benchmark's risk. @see Modigliani and Modigliani (1997) */
export const mSquared: Relative = (returns, benchmark, periods, riskFree) => {
  const { own, other, ownAnnual } = regressed(returns, benchmark, periods)
  return ((ownAnnual - riskFree) * populationDeviation(other)) / populationDeviation(own) + riskFree
}

/** M squared against the benchmark's annual return, as a quotient of growth. */
export const mSquaredExcess: Relative = (returns, benchmark, periods, riskFree) => {
  const { otherAnnual } = regressed(returns, benchmark, periods)
  return (1 + mSquared(returns, benchmark, periods, riskFree)) / (1 + otherAnnual) - 1
}

/** M squared less the benchmark's annual return. */
export const mSquaredExcessArithmetic: Relative = (returns, benchmark, periods, riskFree) =>
  mSquared(returns, benchmark, periods, riskFree) - regressed(returns, benchmark, periods).otherAnnual

/** M squared for downside risk; the Sortino ratio in it is per period. */
export function mSquaredSortino(returns: Float64Array, benchmark: Float64Array, periods: number, mar: number): number {
  const { own, other, ownAnnual } = regressed(returns, benchmark, periods)
  const root = Math.sqrt(periods)
  const gap = downsideDeviation(other, mar) * root - downsideDeviation(own, mar) * root
  return ownAnnual + kappa(own, mar, 2) * gap
}

/** Annual return less three times the product of the two annualised downside deviations. @see Sortino et al. (1997) */
export function omegaExcess(returns: Float64Array, benchmark: Float64Array, periods: number, mar: number): number {
  const { own, other, ownAnnual } = regressed(returns, benchmark, periods)
  return ownAnnual - 3 * downsideDeviation(own, mar) * downsideDeviation(other, mar) * periods
}

export { annualSharpe }
