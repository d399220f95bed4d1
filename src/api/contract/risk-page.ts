import type { Line, Panel } from './analysis.ts'
import type { ByMethodAndLevel, RiskFigures, TailView } from './risk.ts'

/* The Risk page. Losses (value at risk, shortfall) are positive fractions of equity in one day, drawdowns negative. */

type Figure = number | null

/** A figure against its limit; `use` is the part of the limit that is used, null without a limit. */
export interface Gauge {
  readonly value: Figure
  readonly limit: Figure
  readonly use: Figure
  /** What the portfolio aims at, where it aims at anything. */
  readonly target: Figure
}

export interface TailOf {
  /** `book` is today's book over the days behind it, `portfolio` the portfolio as it was; else a sleeve's id. */
  readonly name: string
  readonly title: string
  readonly tail: TailView
}

/** Levels are "95" and "99". */
export interface TailRisk {
  /** Money that the fractions are of. */
  readonly equity: number
  readonly book: TailView
  readonly portfolio: TailView
  readonly sleeves: readonly TailOf[]
  readonly observations: number
  readonly intervals: RiskFigures['intervals']
  /** The limit on the one-day loss; null where none is set. */
  readonly limit: { readonly level: string; readonly limit: number } | null
}

export interface DrawdownPeriod {
  /** 1 is the deepest. */
  readonly rank: number
  /** Last day at the peak; null where the start was the peak. */
  readonly peak: string | null
  readonly trough: string
  /** First day at a new peak; null while it lasts. */
  readonly recovered: string | null
  readonly depth: number
  /** Portfolio days from the peak to the trough, from there to the recovery, and altogether until recovery or today. */
  readonly fall: number
  readonly recovery: Figure
  readonly length: number
}

export interface Drawdown {
  readonly line: Line
  readonly current: Figure
  readonly deepest: Figure
  /** As negative fractions; null where no limit is set. */
  readonly haltAt: Figure
  readonly resumeAt: Figure
  readonly liquidateAt: Figure
  readonly worst: readonly DrawdownPeriod[]
}

export interface RiskPart {
  readonly name: string
  readonly title: string
  /** Part of equity on the last day. */
  readonly weight: Figure
  /** Of the book's volatility: the components add up to it, the shares to 1. */
  readonly component: Figure
  readonly share: Figure
  readonly marginal: Figure
  /** Volatility of the sleeve alone, and of the book without it. */
  readonly volatility: Figure
  readonly without: Figure
  /** Parts of the book's value at risk and of its expected shortfall, by method and level. */
  readonly varComponent: ByMethodAndLevel<Figure>
  readonly cvarComponent: ByMethodAndLevel<Figure>
}

export interface RiskParts {
  readonly volatility: Figure
  readonly cvar: ByMethodAndLevel<Figure>
  readonly cash: Figure
  readonly parts: readonly RiskPart[]
  /** Name of the sleeve that carries most of the volatility. */
  readonly largest: string | null
  /** What mixing takes away of the weighted volatility. */
  readonly benefit: Figure
}

/** A pair whose correlation is beyond the threshold, with the days in a row that count for the bench. */
export interface ClosePair {
  readonly left: string
  readonly right: string
  readonly correlation: Figure
  /** Days in a row above the bench's threshold; null where the portfolio has no bench. */
  readonly runDays: Figure
}

export interface Correlation {
  readonly window: number
  readonly names: readonly string[]
  readonly titles: readonly string[]
  /** Places of `names` in the order of their likeness, for a clustered picture. */
  readonly order: readonly number[]
  /** Over the last `window` days that both have; null below `needed` common days. */
  readonly matrix: readonly (readonly Figure[])[]
  /** Common days behind each cell, at most `window`. */
  readonly observations: readonly (readonly number[])[]
  readonly needed: number
  /** Cells at or above it are marked. */
  readonly threshold: number
  /** Most correlated first; `runDays` counts up to `runOf` where there is a bench. */
  readonly close: readonly ClosePair[]
  readonly runOf: Figure
}

export interface PairReturns {
  readonly left: string
  readonly right: string
  readonly leftTitle: string
  readonly rightTitle: string
  readonly window: number
  /** Returns of common days, the last 5,000 at most. */
  readonly points: readonly { readonly day: string; readonly left: number; readonly right: number }[]
  readonly fit: { readonly slope: number; readonly intercept: number; readonly correlation: number } | null
  readonly rolling: Line
  readonly thresholds: readonly number[]
  readonly run: { readonly days: number; readonly of: number } | null
}

export interface ConcentrationPart {
  readonly sleeve: string
  readonly title: string
  /** Signed fraction of equity. */
  readonly weight: number
}

export interface ConcentrationBar {
  readonly name: string
  readonly net: number
  readonly gross: number
  readonly parts: readonly ConcentrationPart[]
  readonly limit: Figure
  readonly isAbove: boolean
}

export interface Concentration {
  readonly by: 'instrument' | 'assetClass' | 'sector'
  /** Largest gross first, ten at most; `other` is what is left of the gross. */
  readonly bars: readonly ConcentrationBar[]
  readonly other: number
  readonly limit: Figure
}

export interface ConcentrationFigures {
  readonly largest: Figure
  readonly topFive: Figure
  readonly herfindahl: Figure
  readonly effectiveCount: Figure
}

export interface Diversification {
  readonly ratio: Figure
  readonly volatilityOverSum: Figure
  readonly volatilityOverWeighted: Figure
  readonly window: number
  readonly weighted: Figure
  readonly volatility: Figure
  readonly benefit: Figure
  readonly limit: Figure
}

export interface RollingVolatility {
  readonly windows: readonly { readonly window: number; readonly value: Figure }[]
  readonly gauge: Gauge
  /** Days over which the gauge is measured. */
  readonly window: number
  readonly lines: readonly Line[]
}

export interface RiskPage {
  readonly currency: string
  readonly equity: number
  readonly from: string | null
  readonly to: string | null
  readonly days: number
  readonly leverage: { readonly gross: Gauge; readonly net: Gauge }
  readonly volatility: Panel<RollingVolatility>
  readonly tail: Panel<TailRisk>
  readonly diversification: Panel<Diversification>
  readonly drawdown: Panel<Drawdown>
  readonly parts: Panel<RiskParts>
  /** One for each of 30, 60 and 90 days. */
  readonly correlation: Panel<readonly Correlation[]>
  readonly concentration: Panel<{
    readonly figures: ConcentrationFigures
    readonly groups: readonly Concentration[]
  }>
}
