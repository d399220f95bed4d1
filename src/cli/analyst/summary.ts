/** Key figures of a portfolio beside those of its benchmark. */
import type { MetricRow, Metrics } from '../../api/contract/performance-page.ts'
import { findMetric, metricInput } from '../../pipeline/metrics/catalogue.ts'
import { finite } from '../report/numbers.ts'
import { benchmarkOf, benchmarkWhy, type Facts } from './facts.ts'

type Unit = MetricRow['unit']

/** Figures of report.json by their names there, and what docs/metrics.md calls them. */
const FIGURES = [
  ['totalReturn', 'total_return', 'Total return, time-weighted', 'percent'],
  ['annualReturn', 'cagr', 'Annual return', 'percent'],
  ['volatility', 'vol', 'Volatility', 'percent'],
  ['sharpe', 'sharpe', 'Sharpe ratio', 'ratio'],
  ['sortino', 'sortino', 'Sortino ratio', 'ratio'],
  ['calmar', 'calmar', 'Calmar ratio', 'ratio'],
  ['maxDrawdown', 'max_drawdown', 'Maximum drawdown', 'percent'],
  ['meanDailyReturn', 'mean', 'Mean day', 'percent'],
] as const satisfies readonly (readonly [string, string, string, Unit])[]

/** Measures of one series, by their names in docs/metrics.md. */
const SERIES = [
  ['hit_rate_periods', 'Days with a gain', 'percent'],
  ['skew_population', 'Skewness', 'ratio'],
  ['kurt_excess_population', 'Excess kurtosis', 'ratio'],
  ['var95_hist', 'Value at risk 95 %, one day', 'percent'],
  ['cvar95_hist', 'Expected shortfall 95 %, one day', 'percent'],
  ['ulcer_index', 'Ulcer index', 'percent'],
  ['omega_0', 'Omega', 'ratio'],
] as const satisfies readonly (readonly [string, string, Unit])[]

/** Measures against the benchmark: figures of report.json by their names there. */
const RELATIVE = [
  ['beta', 'beta', 'Beta', 'ratio'],
  ['alpha', 'alpha', 'Alpha, a year', 'percent'],
  ['alphaPerPeriod', 'alpha_per_period', 'Alpha, per day', 'percent'],
  ['correlation', 'correlation', 'Correlation', 'ratio'],
  ['trackingError', 'tracking_error_ann', 'Tracking error', 'percent'],
  ['informationRatio', 'information_ratio_arithmetic', 'Information ratio', 'ratio'],
] as const satisfies readonly (readonly [string, string, string, Unit])[]
/** A slope goes through two points. */
const RELATIVE_DAYS = 2

export function summaryOf(facts: Facts): Metrics {
  const { report, returns, result } = facts
  const { periods } = result.config
  const reference = benchmarkOf(facts)?.returns ?? null
  const measured = (name: string, lane: Float64Array): number | null => {
    const value = findMetric(name)!(metricInput({ returns: lane, periods }))
    return typeof value === 'number' ? finite(value) : null
  }
  const why = benchmarkWhy(facts, RELATIVE_DAYS)
  const rows = [
    ...FIGURES.map(([key, metric, label, unit]) =>
      rowOf({ metric, label, unit }, report.portfolio[key], report.benchmark?.[key] ?? null),
    ),
    moneyWeighted(facts),
    ...SERIES.map(([metric, label, unit]) =>
      rowOf(
        { metric, label, unit },
        measured(metric, returns.portfolio),
        reference === null ? null : measured(metric, observedOf(reference)),
      ),
    ),
    ...RELATIVE.map(([key, metric, label, unit]) => {
      const value = report.benchmark?.[key] ?? null
      return rowOf({ metric, label, unit }, value, null, value === null ? why || 'The benchmark did not move.' : '')
    }),
  ]
  return { benchmark: report.benchmark?.instrument ?? null, benchmarkWhy: why, rows }
}

function observedOf(lane: Float64Array): Float64Array {
  return lane.filter((value) => !Number.isNaN(value))
}

function moneyWeighted({ report }: Facts): MetricRow {
  const { moneyWeightedReturn, moneyWeightedNote } = report.portfolio
  const named = { metric: 'moneyWeightedReturn', label: 'Annual return, money-weighted', unit: 'percent' } as const
  return rowOf(named, moneyWeightedReturn, null, moneyWeightedReturn === null ? (moneyWeightedNote ?? '') : '')
}

function rowOf(
  named: Pick<MetricRow, 'metric' | 'label' | 'unit'>,
  portfolio: number | null,
  benchmark: number | null,
  why = portfolio === null ? 'Too few days, or nothing moved.' : '',
): MetricRow {
  const difference = portfolio === null || benchmark === null ? null : finite(portfolio - benchmark)
  return { ...named, portfolio, benchmark, difference, why }
}
