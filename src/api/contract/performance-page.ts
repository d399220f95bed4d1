import type { Line, Panel } from './analysis.ts'
import type { BrinsonView, SleeveAttribution } from './attribution.ts'
import type { NettingFigures } from './report.ts'
import type { DrawdownPeriod } from './risk-page.ts'

/* The Performance page. */

type Figure = number | null

export interface Cumulative {
  /** Cumulative time-weighted returns since the start. */
  readonly portfolio: Line
  readonly benchmark: Line | null
  readonly sleeves: readonly Line[]
  /** The five deepest. */
  readonly periods: readonly DrawdownPeriod[]
}

export interface MetricRow {
  /** As in docs/metrics.md. */
  readonly metric: string
  readonly label: string
  readonly unit: 'percent' | 'ratio' | 'money' | 'days' | 'count'
  readonly portfolio: Figure
  readonly benchmark: Figure
  /** Portfolio less benchmark; null where one of them is. */
  readonly difference: Figure
  /** Why a figure is null; empty where none is. */
  readonly why: string
}

export interface Metrics {
  readonly benchmark: string | null
  /** Why nothing is measured against the benchmark: none is named, or how many days are missing; empty where it is. */
  readonly benchmarkWhy: string
  readonly rows: readonly MetricRow[]
}

export interface MonthCell {
  /** `YYYY-MM` */
  readonly month: string
  readonly totalReturn: Figure
  /** Contributions of the sleeves: they add up to the month's return. */
  readonly parts: readonly { readonly name: string; readonly title: string; readonly contribution: Figure }[]
}

export interface Monthly {
  /** Months by number, null where the run has none of its days; the year's own return and parts. */
  readonly years: readonly {
    readonly year: string
    readonly months: readonly (MonthCell | null)[]
    readonly total: MonthCell
  }[]
  /** Colours end here: 95th percentile of the months' absolute returns. */
  readonly clip: Figure
}

export interface HistogramBin {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Last day of each period in it, the newest 40. */
  readonly days: readonly string[]
}

export interface Histogram {
  readonly unit: 'day' | 'week' | 'month' | 'year'
  readonly bins: readonly HistogramBin[]
  readonly observations: number
  readonly mean: Figure
  readonly deviation: Figure
  readonly skewness: Figure
  /** Excess over the normal distribution's. */
  readonly kurtosis: Figure
  /** Counts that a normal distribution of this mean and deviation would put into bins of this width; empty without variance. */
  readonly normal: readonly { readonly at: number; readonly count: number }[]
  /** Loss of the historical value at risk at 95 %, as a negative return of one period. */
  readonly valueAtRisk: Figure
}

export interface AttributionRow extends SleeveAttribution {
  readonly title: string
}

export interface Attribution {
  /** Same days in every line: cumulative contribution of each sleeve, and their sum, the portfolio's return. */
  readonly lines: readonly Line[]
  readonly total: Line
  /** By month. */
  readonly bars: readonly MonthCell[]
  readonly rows: readonly AttributionRow[]
  /** Sums of the rows. */
  readonly sum: AttributionRow
}

export interface Netting {
  readonly figures: NettingFigures
  /** Newest first, twenty at most: where sleeves met and no order was needed. */
  readonly examples: readonly {
    readonly order: string
    readonly day: string
    readonly instrument: string
    readonly grossLong: number
    readonly grossShort: number
    readonly net: number
    readonly crossed: number
    readonly price: Figure
    readonly sleeves: readonly {
      readonly sleeve: string
      readonly title: string
      readonly wanted: number
      readonly crossed: number
    }[]
  }[]
}

export interface RollingSet {
  readonly window: number
  readonly sharpe: Line
  readonly volatility: Line
  /** To the benchmark; null where there is none. */
  readonly beta: Line | null
  readonly correlation: Line | null
  /** Mean correlation of all pairs of sleeves; null below two. */
  readonly sleeveCorrelation: Line | null
  /** Why beta and the correlation to the benchmark have no value yet; empty where they have. */
  readonly benchmarkWhy: string
}

export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

export interface SleeveTrades {
  readonly name: string
  readonly title: string
  readonly roundTrips: number
  readonly winRate: Figure
  readonly winners: number
  readonly losers: number
  readonly averageWinner: Figure
  readonly averageLoser: Figure
  readonly profitFactor: Figure
  readonly averageTrade: Figure
  readonly pnl: number
  readonly tradesPerMonth: Figure
  readonly medianHold: Figure
}

export interface TradeStats {
  readonly pnl: readonly Bin[]
  /** Calendar days held. */
  readonly hold: readonly Bin[]
  /** Newest 10,000 round trips. */
  readonly scatter: readonly {
    readonly sleeve: string
    readonly instrument: string
    readonly closed: string
    readonly hold: number
    readonly pnl: number
  }[]
  /** Round trips closed by month, months without one included. */
  readonly frequency: readonly {
    readonly month: string
    readonly count: number
    readonly sleeves: readonly { readonly name: string; readonly count: number }[]
  }[]
  readonly sleeves: readonly SleeveTrades[]
  readonly all: SleeveTrades
}

export interface PerformancePage {
  readonly currency: string
  readonly from: string | null
  readonly to: string | null
  readonly days: number
  readonly cumulative: Panel<Cumulative>
  readonly summary: Panel<Metrics>
  readonly monthly: Panel<Monthly>
  /** Day, week, month, year. */
  readonly histograms: Panel<readonly Histogram[]>
  readonly attribution: Panel<Attribution>
  readonly brinson: Panel<BrinsonView>
  readonly netting: Panel<Netting>
  readonly trades: Panel<TradeStats>
  /** 30, 60 and 90 days. */
  readonly rolling: Panel<readonly RollingSet[]>
}
