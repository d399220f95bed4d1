/** The Performance page: the figures of the report, and the charts that stand beside them. */
import type { Line, Panel } from '../../api/contract/analysis.ts'
import type { Cumulative, Netting, PerformancePage, RollingSet } from '../../api/contract/performance-page.ts'
import { formatDate } from '../../domain/sessions.ts'
import {
  rollingBeta,
  rollingCorrelation,
  rollingCorrelations,
  rollingSharpe,
  rollingVolatility,
} from '../../numerics/rolling.ts'
import { cumulativeReturns } from '../../pipeline/metrics/returns.ts'
import { finite, known } from '../report/numbers.ts'
import { commonDates, tradingPlaces } from '../report/risk.ts'
import { attributionOf } from './attribution.ts'
import { benchmarkOf, benchmarkWhy, empty, type Facts, filled, titleOf } from './facts.ts'
import { histogramsOf } from './histograms.ts'
import { lineOf } from './lines.ts'
import { monthlyOf } from './monthly.ts'
import { periodsOf, tooFew } from './risk-page.ts'
import { summaryOf } from './summary.ts'
import { tradeStatsOf } from './trade-stats.ts'

const PERIODS_SHOWN = 5
const EXAMPLES_SHOWN = 20
const WINDOWS = [30, 60, 90]
const NO_DAY = 'No day has ended yet.'

export function performancePage(facts: Facts): PerformancePage {
  const { portfolio, attribution } = facts.report
  const isEmpty = facts.days.length === 0
  return {
    currency: portfolio.currency,
    from: portfolio.start,
    to: portfolio.end,
    days: portfolio.days,
    cumulative: isEmpty ? empty(NO_DAY) : filled(cumulativeOf(facts)),
    summary: isEmpty ? empty(NO_DAY) : filled(summaryOf(facts)),
    monthly: isEmpty ? empty(NO_DAY) : filled(monthlyOf(facts)),
    histograms: histogramsOf(facts),
    attribution: isEmpty ? empty(NO_DAY) : filled(attributionOf(facts)),
    brinson: attribution.brinson.excess === null ? empty(NO_DAY) : filled(attribution.brinson),
    netting: nettingOf(facts),
    trades: tradeStatsOf(facts),
    rolling: rollingOf(facts),
  }
}

function cumulativeOf(facts: Facts): Cumulative {
  const { returns, report, days } = facts
  const benchmark = benchmarkOf(facts)
  const line = (name: string, title: string, lane: Float64Array): Line =>
    lineOf({ name, title }, days, cumulativeReturns(lane))
  return {
    portfolio: line('portfolio', report.portfolio.name, returns.portfolio),
    benchmark: benchmark === null ? null : line(benchmark.name, benchmark.name, benchmark.returns),
    sleeves: report.sleeves.flatMap(({ name, title, strategy }, at) =>
      strategy === null ? [] : [line(name, title, returns.sleeves[at]!)],
    ),
    periods: periodsOf(facts, PERIODS_SHOWN),
  }
}

function nettingOf(facts: Facts): Panel<Netting> {
  const { report, result } = facts
  if (report.netting.ordersGross === 0) return empty('No order has been sent yet.')
  const crossed = result.orders.filter((order) => order.crossed !== 0)
  return filled({
    figures: report.netting,
    examples: crossed
      .slice(-EXAMPLES_SHOWN)
      .reverse()
      .map((order) => ({
        order: String(order.id),
        day: formatDate(order.tradeDate),
        instrument: order.instrument,
        grossLong: known(order.grossLong),
        grossShort: known(order.grossShort),
        net: known(order.net),
        crossed: known(order.crossed),
        price: finite(order.price),
        sleeves: order.shares.map(({ sleeve, wanted, crossed: own }) => ({
          sleeve,
          title: titleOf(facts, sleeve),
          wanted: known(wanted),
          crossed: known(own),
        })),
      })),
  })
}

function rollingOf(facts: Facts): Panel<readonly RollingSet[]> {
  const { days, returns, result } = facts
  const why = tooFew(days.length, WINDOWS[0]!, 'days')
  if (why !== '') return empty(why)
  const { periods } = result.config
  const benchmark = benchmarkOf(facts)
  const own = returns.portfolio
  return filled(
    WINDOWS.map((window): RollingSet => {
      const line = (name: string, lane: Float64Array): Line => lineOf({ name, title: `${window} days` }, days, lane)
      return {
        window,
        sharpe: line('sharpe', rollingSharpe(own, window, periods)),
        volatility: line('volatility', rollingVolatility(own, window, periods)),
        beta: benchmark === null ? null : line('beta', rollingBeta(own, benchmark.returns, window)),
        correlation:
          benchmark === null ? null : line('correlation', rollingCorrelation(own, benchmark.returns, window)),
        sleeveCorrelation: sleeveCorrelation(facts, window),
        benchmarkWhy: benchmarkWhy(facts, window),
      }
    }),
  )
}

/** Mean of the rolling correlations of all pairs of sleeves, on the days that all of them have. */
function sleeveCorrelation({ result, returns, days }: Facts, window: number): Line | null {
  const places = tradingPlaces(result)
  if (places.length < 2) return null
  const { rows, columns } = commonDates(result, returns, places)
  const pairAt = rollingCorrelations(columns, window)
  const total = new Float64Array(rows.length)
  const counts = new Int32Array(rows.length)
  for (let left = 0; left < columns.length; left += 1) {
    for (let right = left + 1; right < columns.length; right += 1) {
      const lane = pairAt(left, right)
      for (let row = 0; row < rows.length; row += 1) {
        if (Number.isNaN(lane[row]!)) continue
        total[row] = total[row]! + lane[row]!
        counts[row] = counts[row]! + 1
      }
    }
  }
  const mean = total.map((sum, row) => (counts[row] === 0 ? Number.NaN : sum / counts[row]!))
  const named = { name: 'sleeves', title: `${window} common days` }
  return lineOf(
    named,
    Array.from(rows, (row) => days[row]!),
    mean,
  )
}
