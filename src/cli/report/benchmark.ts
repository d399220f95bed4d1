/** The benchmark of a portfolio: what it returned, and the portfolio measured against it. */
import type { BenchmarkFigures } from '../../api/contract/report.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { computeMetric, metricInput } from '../../pipeline/metrics/catalogue.ts'
import { finite } from './numbers.ts'
import { type Returns, returnFigures } from './returns.ts'

/** Null where the configuration names none. */
export function benchmarkFigures(result: RunResult, { portfolio }: Returns): BenchmarkFigures | null {
  const { benchmark: instrument, periods } = result.config
  const found = result.benchmarks.find((one) => one.instrument === instrument)
  if (found === undefined) return null
  const { returns } = found
  const input = metricInput({ returns: portfolio, periods, benchmark: returns })
  const against = (name: string): number | null => {
    const value = computeMetric(name, input)
    return typeof value === 'number' ? finite(value) : null
  }
  return {
    instrument: found.instrument,
    days: returns.filter((value, day) => !Number.isNaN(value) && !Number.isNaN(portfolio[day]!)).length,
    ...returnFigures(returns, periods),
    beta: against('beta'),
    alpha: against('alpha'),
    alphaPerPeriod: against('alpha_per_period'),
    correlation: against('correlation'),
    trackingError: against('tracking_error_ann'),
    informationRatio: against('information_ratio_arithmetic'),
  }
}
