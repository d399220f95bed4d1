/*
 * What a backtest says about itself: plain data for the command line, the report files and the dashboard.
 * Fields are added, never renamed, retyped or removed; an undefined figure is null, never absent, NaN or infinite.
 * Returns, weights and drawdowns are fractions (0.05 is 5 %), money is in the portfolio's currency, drawdowns are negative,
 * dates are trade dates `YYYY-MM-DD`, instants are ISO 8601 in UTC.
 */

import type { AttributionFigures } from './attribution.ts'
import type { CapitalFigures } from './capital.ts'
import type { RiskFigures } from './risk.ts'
import type { ViolationView } from './violations.ts'

/** Figures of a stretch of daily time-weighted returns. */
export interface ReturnFigures {
  readonly totalReturn: number | null
  readonly annualReturn: number | null
  readonly volatility: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly maxDrawdown: number | null
  readonly meanDailyReturn: number | null
}

export interface PortfolioFigures extends ReturnFigures {
  readonly name: string
  readonly currency: string
  /** First and last portfolio day; null when the run has none. */
  readonly start: string | null
  readonly end: string | null
  readonly days: number
  readonly initial: number
  readonly final: number
  /** Money put in less money taken out after the start. */
  readonly flows: number
  /** Rate per year at which all that was put in, less what was taken out, becomes the final value; else why there is none. */
  readonly moneyWeightedReturn: number | null
  readonly moneyWeightedNote: string | null
  /** Gross and net exposure over equity at the end. */
  readonly leverageGross: number | null
  readonly leverageNet: number | null
  /** Positions of all sleeves at the end, and what is left of them when sleeves are netted. */
  readonly positionsGross: number
  readonly positionsNet: number
  /** Closed round trips, and what all sleeves paid in fees. */
  readonly roundTrips: number
  readonly fees: number
}

/**
 * The benchmark beside the portfolio: its own figures over the days of the run, and those of the portfolio against it, of the
 * days that both have.
 */
export interface BenchmarkFigures extends ReturnFigures {
  readonly instrument: string
  /** Days on which both have a return; a figure against it needs two. */
  readonly days: number
  readonly beta: number | null
  /** What the portfolio earns a year where the benchmark earns nothing, and the same in one period. */
  readonly alpha: number | null
  readonly alphaPerPeriod: number | null
  readonly correlation: number | null
  readonly trackingError: number | null
  readonly informationRatio: number | null
}

/** One expected range beside what happened; `within` is null while the figure is undefined. */
export interface ExpectedRange {
  readonly low: number
  readonly high: number
  readonly actual: number | null
  readonly within: boolean | null
}

export interface ExpectedFigures {
  readonly sharpe: ExpectedRange | null
  readonly winRate: ExpectedRange | null
  readonly tradesPerMonth: ExpectedRange | null
}

export interface PauseView {
  readonly at: string
  readonly tradeDate: string
  readonly cause: string
}

/** What a sleeve would have done alone, at full capital since the start, every order sent by itself. */
export interface ShadowFigures {
  readonly final: number | null
  readonly totalReturn: number | null
  readonly volatility: number | null
  readonly sharpe: number | null
  readonly maxDrawdown: number | null
  readonly roundTrips: number
  readonly fees: number
  /** Why it ended before the run did. */
  readonly fault: string | null
}

export interface SleeveFigures extends ReturnFigures {
  /** The sleeve's id, as in every file. */
  readonly name: string
  readonly title: string
  /** Null for a reserve that only holds cash. */
  readonly strategy: string | null
  /** Where the returns were recorded of a sleeve that holds a return stream; null for one that trades or holds cash. */
  readonly recorded: { readonly file: string; readonly column: string } | null
  readonly capital: number
  readonly weight: number
  /** Orders and internal crosses that gave the sleeve a fill. */
  readonly trades: number
  /** Positions and structures closed. */
  readonly roundTrips: number
  readonly exits: Readonly<Record<string, number>>
  readonly final: number
  readonly flows: number
  readonly moneyWeightedReturn: number | null
  readonly moneyWeightedNote: string | null
  readonly winRate: number | null
  /** Winners over losers, in money; null without a loss. */
  readonly profitFactor: number | null
  readonly averageTrade: number | null
  readonly averageWinner: number | null
  readonly averageLoser: number | null
  readonly tradesPerMonth: number | null
  readonly maxPositionWeight: number
  readonly fees: number
  readonly realised: number
  readonly unrealised: number
  readonly dividends: number
  /** What rates alone did to foreign cash and positions; null where the books keep one currency. */
  readonly currencyGain: number | null
  readonly exposure: number
  readonly leverage: number | null
  readonly positions: number
  /** Profit over the portfolio's starting capital; the parts of all sleeves add up to the portfolio's profit over it. */
  readonly contribution: number | null
  readonly expected: ExpectedFigures | null
  readonly paused: PauseView | null
  /** What nobody published, drawn from a seed: kinds of records that its strategy read or its positions paid for, `futures prices`. */
  readonly synthetic: readonly string[]
  /** Null where the run keeps no shadows, and for a reserve. */
  readonly shadow: ShadowFigures | null
  /** Criteria of the universe for which this run had no point-in-time data. */
  readonly notEvaluated: readonly string[]
  /** Why its figures of trades rest on fewer than 20 round trips; null where they do not. */
  readonly fewRoundTrips: string | null
}

/** One name that entered a universe or left it; at its first bar it does one of both. */
export interface MembershipView {
  readonly date: string
  readonly symbol: string
  readonly status: 'in' | 'out'
  /** Why it is out; empty for what is in. */
  readonly reasons: readonly string[]
}

/** A universe that was judged day by day. */
export interface UniverseFigures {
  readonly sleeve: string
  /** Names that could have been members. */
  readonly names: number
  /** Members at the end. */
  readonly members: readonly string[]
  readonly changes: readonly MembershipView[]
}

/** A cycle in which opposing wishes met: what it did not have to trade. */
export interface NettingCycleView {
  readonly cycle: number
  readonly date: string
  readonly savings: number
  readonly savingsPct: number
}

/**
 * The orders of all shadows, each sent alone, and how much more they were than the account's own. Part of that is netting,
 * part is what limits and overlays kept from being traded at all.
 */
export interface NettingShadow {
  readonly orders: number
  readonly units: number
  readonly notional: number
  readonly fees: number
  readonly ordersSpared: number
  readonly unitsSpared: number
  readonly notionalSpared: number
  readonly feesSpared: number
}

export interface NettingFigures {
  readonly ordersGross: number
  readonly ordersNet: number
  readonly unitsGross: number
  readonly unitsNet: number
  readonly notionalGross: number
  readonly notionalNet: number
  readonly savings: number
  readonly savingsPct: number | null
  readonly feesSaved: number
  readonly crosses: number
  /** Null where the run keeps no shadows. */
  readonly shadow: NettingShadow | null
  readonly cycles: readonly NettingCycleView[]
}

/** Correlations of daily returns; null where one side has no variance. */
export interface CorrelationView {
  readonly names: readonly string[]
  readonly matrix: readonly (readonly (number | null)[])[]
}

export interface DiversificationFigures {
  /** Weighted volatility over portfolio volatility: at least 1. */
  readonly ratio: number | null
  /** Portfolio volatility over the plain sum of sleeve volatilities. */
  readonly volatilityOverSum: number | null
  /** Portfolio volatility over the weighted sum: the inverse of `ratio`. */
  readonly volatilityOverWeighted: number | null
}

/** What an allocator by inverse volatility would have seen on the last day; null where too few days lie behind it. */
export interface AllocationView {
  readonly names: readonly string[]
  /** 60-day inverse-volatility weights, one for each name. */
  readonly weights: readonly (number | null)[]
  /** 90-day correlations. */
  readonly matrix: readonly (readonly (number | null)[])[]
}

/** One calendar year or named window. */
export interface PeriodFigures {
  readonly name: string
  /** Days asked for, and the days that the run has of them; null when it has none. */
  readonly from: string
  readonly to: string
  readonly first: string | null
  readonly last: string | null
  readonly covered: 'full' | 'partial' | 'none'
  readonly totalReturn: number | null
  readonly volatility: number | null
  readonly sharpe: number | null
  readonly maxDrawdown: number | null
  readonly sleeves: readonly { readonly name: string; readonly totalReturn: number | null }[]
}

export interface MonthReturn {
  /** `YYYY-MM` */
  readonly month: string
  readonly totalReturn: number | null
}

export interface RuleCount {
  readonly rule: string
  readonly count: number
}

/** Intents that ended without the fill they asked for, by rule and sleeve. */
export interface RefusalCount extends RuleCount {
  readonly end: string
  readonly sleeve: string
  /** The latest of them, in the words of the run. */
  readonly tradeDate: string
  readonly instrument: string
  readonly wanted: number
  readonly allowed: number
  readonly value: number | null
  readonly limit: number | null
}

/** Names of the files beside the report; `folder` is where they are, null inside the files themselves. */
export interface ReportFiles {
  readonly folder: string | null
  readonly report: string | null
  readonly equity: string | null
  readonly trades: string | null
  readonly orders: string | null
  readonly attribution: string | null
  readonly violations: string | null
  readonly capital: string | null
  readonly universe: string | null
  readonly signals: string | null
  readonly html: string | null
}

/** The document of `backtest --json` and of `report.json`. */
export interface BacktestReport {
  readonly portfolio: PortfolioFigures
  /** Null where the configuration names none. */
  readonly benchmark: BenchmarkFigures | null
  readonly sleeves: readonly SleeveFigures[]
  readonly netting: NettingFigures
  readonly correlation: CorrelationView
  readonly diversification: DiversificationFigures
  readonly allocation: AllocationView
  /** How capital was dealt while the run went on; null where it was dealt once and nothing moved it. */
  readonly capital: CapitalFigures | null
  readonly risk: RiskFigures
  readonly attribution: AttributionFigures
  readonly years: readonly PeriodFigures[]
  readonly windows: readonly PeriodFigures[]
  readonly months: readonly MonthReturn[]
  readonly refused: readonly RuleCount[]
  readonly trimmed: readonly RuleCount[]
  /** Every other end without a full fill: lapsed, expired, cancelled, superseded. */
  readonly unfilled: readonly RuleCount[]
  readonly refusals: readonly RefusalCount[]
  readonly violations: readonly ViolationView[]
  /** Of sleeves whose universe is more than a fixed list. */
  readonly universes: readonly UniverseFigures[]
  readonly invariants: {
    readonly checked: Readonly<Record<string, number>>
    readonly violated: readonly string[]
  }
  readonly maxOrdersPerInstrumentCycle: number
  readonly cycles: number
  readonly events: number
  readonly parity: Readonly<Record<string, string>>
  readonly notes: readonly string[]
  /** SHA-256 of the canonical bytes of the final books and of every booking, in hexadecimal. */
  readonly booksHash: string
  readonly files: ReportFiles
}

/** One line of a chart: a value for each day, null where it is undefined. */
export interface CurveView {
  readonly name: string
  readonly title: string
  readonly values: readonly (number | null)[]
}

/** Daily curves behind the charts. */
export interface CurvesView {
  /** Trade dates `YYYY-MM-DD`. */
  readonly days: readonly string[]
  readonly equity: readonly number[]
  /** Fraction below the highest index so far, starting capital included; zero or negative. */
  readonly drawdown: readonly number[]
  /** Cumulative time-weighted return since the start. */
  readonly portfolio: readonly (number | null)[]
  readonly sleeves: readonly CurveView[]
  /** The same of each sleeve's shadow; empty where none are kept. */
  readonly shadows: readonly CurveView[]
  /** What each sleeve may use, as a fraction of the portfolio; empty where no weights are in force. */
  readonly capital: readonly CurveView[]
  /** Annualised volatility of the days before: of the portfolio over 30, 60 and 90 of them, of the sleeves over 60. */
  readonly volatility: { readonly portfolio: readonly CurveView[]; readonly sleeves: readonly CurveView[] }
  /** Volatility of the sleeves weighted, of their mix, and the difference, over 60 common days. */
  readonly reduction: {
    readonly weighted: readonly (number | null)[]
    readonly portfolio: readonly (number | null)[]
    readonly benefit: readonly (number | null)[]
  }
}

/** One closed round trip, as the page shows it. */
export interface TradeView {
  readonly sleeve: string
  readonly instrument: string
  readonly side: string
  readonly quantity: number
  readonly entryDate: string
  readonly exitDate: string
  readonly entryPrice: number
  readonly exitPrice: number
  readonly priceDecimals: number
  readonly pnl: number
  readonly fees: number
  readonly bars: number
  readonly entryReason: string
  readonly exitReason: string
}

/** Limits that charts and key figures draw beside the figure. */
export interface LimitsView {
  readonly leverage: number
  readonly drawdownHalt: number | null
}

/** Everything the page draws. */
export interface ReportPage {
  readonly report: BacktestReport
  readonly curves: CurvesView
  readonly trades: readonly TradeView[]
  readonly limits: LimitsView
}
