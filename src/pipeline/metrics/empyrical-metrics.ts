import {
  annualAlpha,
  betaFragility,
  calmarRatio,
  capture,
  conditionalValueAtRisk,
  downsideRisk,
  excessSharpe,
  factorBeta,
  omegaRatio,
  sharpeRatio,
  sideOf,
  sortinoRatio,
  stabilityOfTimeseries,
  tailRatio,
  valueAtRisk,
} from './empyrical.ts'
import { paretoTail } from './fitted.ts'
import { against, type Metric } from './metric.ts'
import { battingAverage } from './relative.ts'
import { annualReturn, cumulativeReturns, totalReturn } from './returns.ts'
import { volatility } from './risk.ts'

function sideCapture(side: 'up' | 'down'): Metric {
  return against((returns, benchmark, { periods }) => capture(...sideOf(returns, benchmark, side), periods))
}

function alphaAndBeta(side: 'up' | 'down' | 'all'): Metric {
  return against((returns, benchmark, { riskFree, periods }) => {
    const flat = typeof riskFree === 'number' ? riskFree : 0
    const [own, other] = side === 'all' ? [returns, benchmark] : sideOf(returns, benchmark, side)
    return [annualAlpha(own, other, flat, periods), factorBeta(own, other, flat)]
  })
}

/** The measures of the library empyrical under its own names and conventions. */
export const EMPYRICAL_METRICS: Readonly<Record<string, Metric>> = {
  annual_return: ({ returns, periods }) => annualReturn(returns, periods),
  annual_volatility: ({ returns, periods }) => volatility(returns, periods),
  calmar_ratio: ({ returns, periods }) => calmarRatio(returns, periods),
  omega_ratio: ({ returns, riskFree, requiredReturnAnnual, periods }) =>
    omegaRatio(returns, riskFree, requiredReturnAnnual, periods),
  sharpe_ratio: ({ returns, riskFree, periods }) => sharpeRatio(returns, riskFree, periods),
  sortino_ratio: ({ returns, mar, periods }) => sortinoRatio(returns, mar, periods),
  downside_risk: ({ returns, mar, periods }) => downsideRisk(returns, mar, periods),
  stability_of_timeseries: ({ returns }) => stabilityOfTimeseries(returns),
  tail_ratio: ({ returns }) => tailRatio(returns),
  cum_returns: ({ returns }) => Array.from(cumulativeReturns(returns)),
  cum_returns_final: ({ returns }) => totalReturn(returns),
  value_at_risk: ({ returns, tail }) => valueAtRisk(returns, tail),
  conditional_value_at_risk: ({ returns, tail }) => conditionalValueAtRisk(returns, tail),
  gpd_risk_estimates: ({ returns }) => {
    const fit = paretoTail(returns, 0.01)
    return fit === null ? Number.NaN : [fit.threshold, fit.scale, fit.shape, fit.valueAtRisk, fit.expectedShortfall]
  },
  excess_sharpe: against((returns, benchmark) => excessSharpe(returns, benchmark)),
  alpha: against((returns, benchmark, { riskFree, periods }) => annualAlpha(returns, benchmark, riskFree, periods)),
  alpha_beta: alphaAndBeta('all'),
  up_alpha_beta: alphaAndBeta('up'),
  down_alpha_beta: alphaAndBeta('down'),
  capture: against((returns, benchmark, { periods }) => capture(returns, benchmark, periods)),
  up_capture: sideCapture('up'),
  down_capture: sideCapture('down'),
  up_down_capture: (input) => Number(sideCapture('up')(input)) / Number(sideCapture('down')(input)),
  beta_fragility_heuristic: against((returns, benchmark) => betaFragility(returns, benchmark)),
  batting_average: against((returns, benchmark) => ({
    'batting average': battingAverage(returns, benchmark),
    'up market': battingAverage(...sideOf(returns, benchmark, 'up')),
    'down market': battingAverage(...sideOf(returns, benchmark, 'down')),
  })),
}

/** Names whose infinity means something: a gain without any risk. It is reported as the text "Infinity". */
export const INFINITE_METRICS: ReadonlySet<string> = new Set([
  'sharpe_ratio',
  'sortino_ratio',
  'excess_sharpe',
  'tail_ratio',
])
