import { momentsOf, type SharpeEvidence, sharpeEvidence } from '../../numerics/moments.ts'
import { minimumTrackRecord, probabilisticSharpe } from '../../numerics/sharpe.ts'
import {
  mean,
  populationDeviation,
  populationKurtosis,
  populationSkewness,
  sampleDeviation,
} from '../../numerics/statistics.ts'
import { maxDrawdown, painIndex, ulcerIndex } from './drawdown.ts'
import { smoothingIndex } from './fitted.ts'
import { against, type Metric } from './metric.ts'
import {
  alphaPerPeriod,
  beta,
  correlationTo,
  informationRatioArithmetic,
  informationRatioGeometric,
  sideBeta,
  trackingError,
} from './relative.ts'
import { annualReturn, excess, hitRate, observed, totalReturn } from './returns.ts'
import {
  calmar,
  cornishFisherValueAtRisk,
  downsideDeviation,
  gaussianShortfall,
  gaussianValueAtRisk,
  historicalShortfall,
  historicalValueAtRisk,
  omega,
  type Rate,
  sharpe,
  sharpePopulation,
  sortino,
  volatility,
} from './risk.ts'

/** Value at risk and expected shortfall at one tail probability, under the names of its confidence: `var95_hist`. */
function tailMetrics(confidence: string, tail: number): Record<string, Metric> {
  return {
    [`var${confidence}_hist`]: ({ returns }) => historicalValueAtRisk(returns, tail),
    [`cvar${confidence}_hist`]: ({ returns }) => historicalShortfall(returns, tail),
    [`cvar${confidence}_hist_strict`]: ({ returns }) => historicalShortfall(returns, tail, true),
    [`var${confidence}_gauss`]: ({ returns }) => gaussianValueAtRisk(returns, tail),
    [`cvar${confidence}_gauss`]: ({ returns }) => gaussianShortfall(returns, tail),
    [`var${confidence}_cornish_fisher`]: ({ returns }) => cornishFisherValueAtRisk(returns, tail),
    [`var${confidence}_gauss_popstd`]: ({ returns }) => gaussianValueAtRisk(returns, tail, populationDeviation),
    [`cvar${confidence}_gauss_popstd`]: ({ returns }) => gaussianShortfall(returns, tail, populationDeviation),
    [`var${confidence}_cornish_fisher_popstd`]: ({ returns }) =>
      cornishFisherValueAtRisk(returns, tail, populationDeviation),
  }
}

/** What returns above the risk-free rate say of their Sharpe ratio. */
function evidenceOf(returns: Float64Array, riskFree: Rate): SharpeEvidence {
  return sharpeEvidence(momentsOf(observed(excess(returns, riskFree))))
}

/** The metrics of one series of returns, and of one against a benchmark. */
export const STANDARD_METRICS: Readonly<Record<string, Metric>> = {
  n: ({ returns }) => observed(returns).length,
  mean: ({ returns }) => mean(observed(returns)),
  std_sample: ({ returns }) => sampleDeviation(observed(returns)),
  std_population: ({ returns }) => populationDeviation(observed(returns)),
  vol: ({ returns, periods }) => volatility(returns, periods),
  ann_vol: ({ returns, periods }) => volatility(returns, periods),
  cum_return: ({ returns }) => totalReturn(returns),
  total_return: ({ returns }) => totalReturn(returns),
  cagr: ({ returns, periods }) => annualReturn(returns, periods),
  sharpe: ({ returns, periods, riskFree }) => sharpe(returns, periods, riskFree),
  sharpe_pop_std: ({ returns, periods, riskFree }) => sharpePopulation(returns, periods, riskFree),
  psr: ({ returns, riskFree }) => probabilisticSharpe(evidenceOf(returns, riskFree), 0),
  min_trl95: ({ returns, riskFree }) => minimumTrackRecord(evidenceOf(returns, riskFree), 0, 0.95),
  sortino: ({ returns, periods, mar }) => sortino(returns, periods, mar),
  downside_dev_period: ({ returns, mar }) => downsideDeviation(returns, mar),
  max_drawdown: ({ returns }) => maxDrawdown(returns),
  calmar: ({ returns, periods }) => calmar(returns, periods),
  skew_population: ({ returns }) => populationSkewness(observed(returns)),
  kurt_excess_population: ({ returns }) => populationKurtosis(observed(returns)) - 3,
  omega_0: ({ returns }) => omega(returns, 0),
  omega: ({ returns, mar }) => omega(returns, mar),
  hit_rate_periods: ({ returns }) => hitRate(returns),
  ulcer_index: ({ returns }) => ulcerIndex(returns),
  pain_index: ({ returns }) => painIndex(returns),
  smoothing_index: ({ returns }) => smoothingIndex(returns),
  ...tailMetrics('95', 0.05),
  ...tailMetrics('99', 0.01),
  beta: against((returns, benchmark) => beta(returns, benchmark)),
  alpha_per_period: against((returns, benchmark) => alphaPerPeriod(returns, benchmark)),
  tracking_error_ann: against((returns, benchmark, { periods }) => trackingError(returns, benchmark, periods)),
  information_ratio_geometric: against((returns, benchmark, { periods }) =>
    informationRatioGeometric(returns, benchmark, periods),
  ),
  information_ratio_arithmetic: against((returns, benchmark, { periods }) =>
    informationRatioArithmetic(returns, benchmark, periods),
  ),
  correlation: against((returns, benchmark) => correlationTo(returns, benchmark)),
  r_squared: against((returns, benchmark) => {
    const value = correlationTo(returns, benchmark)
    return value * value
  }),
  beta_bull: against((returns, benchmark) => sideBeta(returns, benchmark, 'up')),
  beta_bear: against((returns, benchmark) => sideBeta(returns, benchmark, 'down')),
}
