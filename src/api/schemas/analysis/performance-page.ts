/** Schemas of the Performance page. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type {
  Attribution,
  AttributionRow,
  Bin,
  Cumulative,
  Histogram,
  HistogramBin,
  MetricRow,
  Metrics,
  MonthCell,
  Monthly,
  Netting,
  PerformancePage,
  RollingSet,
  SleeveTrades,
  TradeStats,
} from '../../contract/performance-page.ts'
import { figure } from '../answers.ts'
import { line, panel } from './analysis.ts'
import { brinsonView, sleeveAttribution } from './attribution.ts'
import { nettingFigures } from './report.ts'
import { drawdownPeriod } from './risk-page.ts'
import { same } from './same.ts'

const cumulative = same<Cumulative>()(
  z
    .object({ portfolio: line, benchmark: line.nullable(), sleeves: z.array(line), periods: z.array(drawdownPeriod) })
    .meta({ id: 'Cumulative' }),
)
const metricRow = same<MetricRow>()(
  z
    .object({
      metric: z.string(),
      label: z.string(),
      unit: z.enum(['percent', 'ratio', 'money', 'days', 'count']),
      portfolio: figure,
      benchmark: figure,
      difference: figure,
      why: z.string(),
    })
    .meta({ id: 'MetricRow' }),
)
const metrics = same<Metrics>()(
  z
    .object({ benchmark: z.string().nullable(), benchmarkWhy: z.string(), rows: z.array(metricRow) })
    .meta({ id: 'Metrics' }),
)
const monthCell = same<MonthCell>()(
  z
    .object({
      month: z.string(),
      totalReturn: figure,
      parts: z.array(z.object({ name: z.string(), title: z.string(), contribution: figure })),
    })
    .meta({ id: 'MonthCell' }),
)
const monthly = same<Monthly>()(
  z
    .object({
      years: z.array(z.object({ year: z.string(), months: z.array(monthCell.nullable()), total: monthCell })),
      clip: figure,
    })
    .meta({ id: 'Monthly' }),
)
const histogramBin = same<HistogramBin>()(
  z
    .object({ from: z.number(), to: z.number(), count: z.number(), days: z.array(z.string()) })
    .meta({ id: 'HistogramBin' }),
)
const histogram = same<Histogram>()(
  z
    .object({
      unit: z.enum(['day', 'week', 'month', 'year']),
      bins: z.array(histogramBin),
      observations: z.number(),
      mean: figure,
      deviation: figure,
      skewness: figure,
      kurtosis: figure,
      normal: z.array(z.object({ at: z.number(), count: z.number() })),
      valueAtRisk: figure,
    })
    .meta({ id: 'Histogram' }),
)
const attributionRow = same<AttributionRow>()(
  z.object({ ...sleeveAttribution.shape, title: z.string() }).meta({ id: 'AttributionRow' }),
)
const attribution = same<Attribution>()(
  z
    .object({
      lines: z.array(line),
      total: line,
      bars: z.array(monthCell),
      rows: z.array(attributionRow),
      sum: attributionRow,
    })
    .meta({ id: 'Attribution' }),
)
const netting = same<Netting>()(
  z
    .object({
      figures: nettingFigures,
      examples: z.array(
        z.object({
          order: z.string(),
          day: z.string(),
          instrument: z.string(),
          grossLong: z.number(),
          grossShort: z.number(),
          net: z.number(),
          crossed: z.number(),
          price: figure,
          sleeves: z.array(
            z.object({ sleeve: z.string(), title: z.string(), wanted: z.number(), crossed: z.number() }),
          ),
        }),
      ),
    })
    .meta({ id: 'Netting' }),
)
const bin = same<Bin>()(z.object({ from: z.number(), to: z.number(), count: z.number() }).meta({ id: 'Bin' }))
const sleeveTrades = same<SleeveTrades>()(
  z
    .object({
      name: z.string(),
      title: z.string(),
      roundTrips: z.number(),
      winRate: figure,
      winners: z.number(),
      losers: z.number(),
      averageWinner: figure,
      averageLoser: figure,
      profitFactor: figure,
      averageTrade: figure,
      pnl: z.number(),
      tradesPerMonth: figure,
      medianHold: figure,
    })
    .meta({ id: 'SleeveTrades' }),
)
const tradeStats = same<TradeStats>()(
  z
    .object({
      pnl: z.array(bin),
      hold: z.array(bin),
      scatter: z.array(
        z.object({ sleeve: z.string(), instrument: z.string(), closed: z.string(), hold: z.number(), pnl: z.number() }),
      ),
      frequency: z.array(
        z.object({
          month: z.string(),
          count: z.number(),
          sleeves: z.array(z.object({ name: z.string(), count: z.number() })),
        }),
      ),
      sleeves: z.array(sleeveTrades),
      all: sleeveTrades,
    })
    .meta({ id: 'TradeStats' }),
)
const rollingSet = same<RollingSet>()(
  z
    .object({
      window: z.number(),
      sharpe: line,
      volatility: line,
      beta: line.nullable(),
      correlation: line.nullable(),
      sleeveCorrelation: line.nullable(),
      benchmarkWhy: z.string(),
    })
    .meta({ id: 'RollingSet' }),
)
export const performancePage = same<PerformancePage>()(
  z
    .object({
      currency: z.string(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      days: z.number(),
      cumulative: panel(cumulative),
      summary: panel(metrics),
      monthly: panel(monthly),
      histograms: panel(z.array(histogram)),
      attribution: panel(attribution),
      brinson: panel(brinsonView),
      netting: panel(netting),
      trades: panel(tradeStats),
      rolling: panel(z.array(rollingSet)),
    })
    .meta({ id: 'PerformancePage' }),
)
