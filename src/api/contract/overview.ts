/** Live readings of the first page. */
import type { Amount } from './answers.ts'

/** Why orders may not leave, as shown in the top bar. */
export interface ShutGateView {
  readonly gate: string
  readonly instrument: string | null
  readonly reason: string
  readonly since: string
}

/** How a portfolio's engine is: the top bar. */
export interface EngineView {
  readonly running: boolean
  readonly owner: string
  readonly mode: 'demo' | 'paper' | 'live'
  /** `reducing`: only what shrinks a position leaves. */
  readonly trading: 'active' | 'reducing'
  readonly killed: boolean
  readonly armedUntil: string | null
  readonly liveFraction: number | null
  readonly heardAt: string
  readonly startedAt: string
  readonly marketAt: string | null
  readonly lastCycleAt: string | null
  readonly nextCycleAt: string | null
  /** When the figures of the pages were last completed, and when they are next due; null: not yet, or not known. */
  readonly lastUpdate: string | null
  readonly nextUpdate: string | null
  /** Milliseconds of trading time that its prices are old; null: replayed. */
  readonly dataAge: number | null
  readonly gates: readonly ShutGateView[]
  readonly openOrders: number
  readonly unknownOrders: number
  readonly waitingWishes: number
  readonly waitingApprovals: number
  /** Ends of the account's number that arming must name; empty: the account has none. */
  readonly accountSuffix: string
  readonly failure: string
  /** How it ended; empty while it runs. */
  readonly ended: string
}

export interface PortfolioSummary {
  readonly name: string
  readonly currency: string
  readonly value: Amount | null
  readonly sleeves: number
  readonly openViolations: number
  /** Number of the last event. */
  readonly seq: number
  /** Null: no engine ever ran it. */
  readonly engine: EngineView | null
}

/** `GET /api/status`. */
export interface StatusView {
  readonly at: string
  readonly version: string
  readonly ready: boolean
  /** Why not; empty where it is. */
  readonly reasons: readonly string[]
  readonly store: {
    readonly name: string
    readonly backup: { readonly at: string | null; readonly overdue: boolean } | null
  }
  readonly bus: { readonly kind: string; readonly undelivered: number } | null
  readonly portfolios: readonly (PortfolioSummary & {
    readonly portfolio: string
    readonly events: number
    readonly running: boolean
    /** Of the lease that its engine holds. */
    readonly lease: { readonly owner: string; readonly epoch: number } | null
    readonly feeds: readonly { readonly feed: string; readonly age: number | null }[]
    readonly broker: { readonly connected: boolean; readonly account: string }
  })[]
}

/** A figure, and what to say where there is none. */
export interface Figure {
  readonly value: number | null
  /** Why there is none; empty where there is one. */
  readonly why: string
}

export interface MoneyAndFraction {
  readonly amount: Amount | null
  readonly fraction: number | null
  readonly why: string
}

export interface Figures {
  readonly portfolio: string
  readonly currency: string
  /** Zone of the exchange that the trade dates are of, such as `America/New_York`. */
  readonly zone: string
  readonly tradeDate: string | null
  readonly value: Amount | null
  readonly cash: Amount | null
  /** Value at the last close before today began on the clock of `zone`. */
  readonly lastClose: Amount | null
  /** Since that close. */
  readonly today: MoneyAndFraction
  /** `annual` is compounded over a year's days, as in a report; null while it is being computed. */
  readonly totalReturn: MoneyAndFraction & { readonly since: string | null; readonly annual: number | null }
  readonly leverage: { readonly gross: number | null; readonly net: number | null; readonly limit: number | null }
  /** Negative fractions of the peak, flows taken out; `limit` halts. */
  readonly drawdown: {
    readonly current: number | null
    readonly deepest: number | null
    readonly limit: number | null
    readonly peakAt: string | null
  }
  /** Annual, of the last 60 days. */
  readonly volatility: Figure & { readonly limit: number | null }
  readonly sharpe: Figure
  readonly sleeves: { readonly active: number; readonly total: number }
  /** Open positions of all sleeves, and what is left of them when sleeves are netted. */
  readonly positions: { readonly gross: number; readonly net: number }
  /** Next close at which a rule moves capital by itself: its moment where it is known, and sessions until then, itself included. */
  readonly nextRebalance: {
    readonly at: string | null
    readonly sessions: number | null
    readonly method: string
    readonly why: string
  }
  /** Of the whole run; null while they are being computed, which `why` says. */
  readonly roundTrips: number | null
  readonly fees: Amount | null
  readonly why: string
}

/** One line of a chart: points in time, oldest first; a day is drawn at its trade date. */
export interface ChartLine {
  /** Epoch milliseconds. */
  readonly at: readonly number[]
  /** Trade dates, where each point is a day; null for finer ones. */
  readonly dates: readonly string[] | null
  /** Money; null where nothing is defined: a gap. */
  readonly value: readonly (number | null)[]
  /** What one unit put in at the start of the range has become, flows taken out. */
  readonly growth: readonly (number | null)[]
}

export interface EquityLine extends ChartLine {
  /** '' for the whole portfolio; a sleeve's name; the symbol of the benchmark. */
  readonly id: string
  readonly kind: 'portfolio' | 'sleeve' | 'benchmark'
  readonly title: string
  /** Place among the sleeves, for its colour; -1 for others. */
  readonly ordinal: number
}

export interface EquityCurve {
  readonly from: string | null
  readonly to: string | null
  readonly grain: 'cycle' | 'hour' | 'day' | 'week' | 'month' | null
  readonly lines: readonly EquityLine[]
  /** Of the portfolio: negative fractions of the peak. */
  readonly drawdown: {
    readonly at: readonly number[]
    readonly dates: readonly string[] | null
    readonly value: readonly (number | null)[]
  }
  /** Drawdown at which trading halts; null: no such limit. */
  readonly haltLine: number | null
  readonly rebalancings: readonly {
    readonly seq: number
    readonly at: number
    readonly tradeDate: string
    readonly text: string
  }[]
  /** Why there is none; empty where there is one. */
  readonly benchmarkWhy: string
}

export type SleeveStatus = 'active' | 'paused' | 'halted' | 'reduced' | 'reserve'

export interface SleeveRow {
  readonly sleeve: string
  readonly title: string
  readonly ordinal: number
  /** Null for a reserve. */
  readonly strategy: string | null
  /** Part of the portfolio's value now, and as dealt last. */
  readonly weight: number | null
  readonly target: number | null
  /** Dealt to it, in money. */
  readonly capital: Amount
  readonly value: Amount | null
  readonly cash: Amount | null
  readonly today: MoneyAndFraction
  readonly totalReturn: number | null
  readonly sharpe: Figure
  readonly volatility: Figure
  /** Negative; `limit` stops it. */
  readonly drawdown: number | null
  readonly drawdownLimit: number | null
  readonly positions: number
  /** Up to 90 days of growth, oldest first. */
  readonly line: readonly number[]
  readonly status: SleeveStatus
  /** Why it takes no new positions; empty while it does. */
  readonly reason: string
  readonly stage: string | null
  readonly calendar: string
}

export interface SleeveTable {
  readonly rows: readonly SleeveRow[]
  /** The portfolio: the rows add up to it. */
  readonly total: {
    readonly capital: Amount
    readonly value: Amount | null
    readonly cash: Amount | null
    readonly today: MoneyAndFraction
    readonly totalReturn: number | null
    readonly sharpe: Figure
    readonly drawdown: number | null
    readonly positions: number
    readonly line: readonly number[]
  }
}

/** One sleeve's part of a position. */
export interface PositionPart {
  readonly sleeve: string
  readonly ordinal: number
  /** Signed shares, contracts or coins. */
  readonly quantity: Amount
  readonly averagePrice: Amount | null
  readonly value: Amount
  readonly unrealised: Amount
  readonly openedAt: string | null
  readonly stop: Amount | null
  readonly target: Amount | null
  /** Of the order that opened it, for the explain drawer; null where none is known. */
  readonly order: number | null
}

export interface PositionRow {
  readonly instrument: string
  readonly symbol: string
  readonly name: string
  readonly kind: string
  readonly assetClass: string
  readonly sector: string
  readonly currency: string
  /** Digits behind the point that its prices are shown with. */
  readonly decimals: number
  /** Signed, sleeves netted; and all sides added up. */
  readonly net: Amount
  readonly gross: Amount
  /** In the base currency. */
  readonly netValue: Amount
  readonly grossValue: Amount
  /** Net value over the portfolio's value. */
  readonly weight: number | null
  readonly today: MoneyAndFraction
  readonly unrealised: Amount
  readonly realised: Amount
  readonly price: Amount | null
  readonly priceAt: string | null
  /** Its price is too old. */
  readonly late: boolean
  readonly parts: readonly PositionPart[]
}

export interface PositionTable {
  /** By the size of gross value. */
  readonly rows: readonly PositionRow[]
  /** What the limit left out, so that rows and this add up to the total. */
  readonly other: PositionSum
  readonly total: PositionSum
}

export interface PositionSum {
  readonly count: number
  readonly netValue: Amount
  readonly grossValue: Amount
  readonly unrealised: Amount
}

export interface ExposureRow {
  /** Asset class or sector; unknown ones are `Other`. */
  readonly name: string
  readonly gross: Amount
  readonly net: Amount
  /** Gross over the portfolio's value, and over all gross exposure. */
  readonly weight: number | null
  readonly part: number | null
  readonly limit: number | null
  /** Weight over limit. */
  readonly use: number | null
}

export interface ExposureView {
  readonly gross: Amount
  readonly net: Amount
  readonly classes: readonly ExposureRow[]
  readonly sectors: readonly ExposureRow[]
}

export type ActivityKind =
  | 'trade'
  | 'order'
  | 'risk'
  | 'rebalance'
  | 'status'
  | 'command'
  | 'gate'
  | 'alert'
  | 'approval'

export interface ActivityRow {
  /** Names it for ever, and pages on from it. */
  readonly id: string
  readonly at: string
  readonly kind: ActivityKind
  /** A sentence: `Bought 120 AAPL at 187.20`. */
  readonly text: string
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | null
  readonly sleeve: string | null
  readonly instrument: string | null
  /** For the explain drawer. */
  readonly order: number | null
  readonly actor: string | null
}

export interface AttentionItem {
  readonly id: string
  readonly severity: 'critical' | 'high' | 'medium' | 'low'
  readonly text: string
  readonly since: string | null
  /** Page of the dashboard that it leads to: `/config/approvals`. */
  readonly to: string
}

export interface Attention {
  readonly items: readonly AttentionItem[]
  /** Said where nothing needs anybody. */
  readonly calm: string
}
