/*
 * The risk of a portfolio as its report states it. Lists follow `names`; losses (value at risk, shortfall) are positive
 * fractions of equity in one day, drawdowns and adverse excursions negative; an undefined figure is null.
 */

type Figure = number | null

/** One value per level under its percentage, "95" and "99", for each way to compute it. */
export interface ByMethodAndLevel<T> {
  readonly historical: Readonly<Record<string, T>>
  readonly gaussian: Readonly<Record<string, T>>
  readonly cornishFisher: Readonly<Record<string, T>>
}

export interface IntervalView {
  readonly low: Figure
  readonly high: Figure
}

/** Value at risk, expected shortfall beyond it, and the middle 90 % of both on redrawn histories. */
export interface TailView {
  readonly var: ByMethodAndLevel<Figure>
  readonly cvar: ByMethodAndLevel<Figure>
  readonly varInterval: ByMethodAndLevel<IntervalView>
  readonly cvarInterval: ByMethodAndLevel<IntervalView>
}

export interface DrawdownView {
  readonly name: string
  readonly current: Figure
  readonly deepest: Figure
}

/** A shift of a pair's 90-day correlation. */
export interface ShiftView {
  readonly date: string
  readonly kind: 'moved' | 'above' | 'below'
  readonly correlation: number
  readonly reference: number
}

export interface StabilityView {
  readonly left: string
  readonly right: string
  readonly current: Figure
  /** Sample deviation of the rolling correlation: 0 never changes. */
  readonly deviation: Figure
  readonly alerts: readonly ShiftView[]
}

/** How far trades went against and for a sleeve while they were open, as fractions of entry price or maximum loss. */
export interface ExcursionView {
  readonly name: string
  readonly count: number
  readonly meanAdverse: Figure
  readonly worstAdverse: Figure
  readonly meanFavourable: Figure
  readonly bestFavourable: Figure
  readonly meanAdverseOfWinners: Figure
  readonly meanFavourableOfLosers: Figure
  readonly edgeRatio: Figure
}

/** Sensitivities of what is open at the end; null where the last chain does not give them. */
export interface OptionRiskView {
  readonly structures: readonly {
    readonly sleeve: string
    readonly underlying: string
    readonly structure: string
    readonly quantity: number
    readonly maximumLoss: Figure
    /** Shares of the underlying; shares per 1 of its price; money per point of volatility; money per calendar day. */
    readonly delta: Figure
    readonly gamma: Figure
    readonly vega: Figure
    readonly theta: Figure
    readonly chain: 'recorded' | 'model' | null
  }[]
  /** In shares, all sleeves netted; `value` in money, `weight` of equity. */
  readonly underlyings: readonly {
    readonly underlying: string
    readonly shares: Figure
    readonly options: Figure
    readonly net: Figure
    readonly value: Figure
    readonly weight: Figure
  }[]
}

export interface RiskFigures {
  /** Sleeves that are invested, in declared order. */
  readonly names: readonly string[]
  /** Their parts of equity on the last day; the rest is cash. */
  readonly weights: readonly Figure[]
  readonly cash: Figure
  /** First and last of the days on which every one of them has a session, how many, and how many of them a year has. */
  readonly from: string | null
  readonly to: string | null
  readonly observations: number
  readonly periods: number
  /** Of the book as it stands on the last day, over the days behind it, annualised. */
  readonly portfolioVolatility: Figure
  readonly volatilities: readonly Figure[]
  readonly marginals: readonly Figure[]
  readonly components: readonly Figure[]
  readonly shares: readonly Figure[]
  readonly volatilityWithout: readonly Figure[]
  readonly betas: {
    /** Of each sleeve on the book. */
    readonly portfolio: readonly Figure[]
    /** Instrument that returns are compared with, or null; then the portfolio's own beta and the sleeves'. */
    readonly benchmark: string | null
    readonly portfolioToBenchmark: Figure
    readonly benchmarkOfSleeves: readonly Figure[]
  }
  /** The portfolio's first, then the sleeves'. */
  readonly drawdowns: readonly DrawdownView[]
  readonly rolling: readonly {
    readonly window: number
    readonly portfolio: Figure
    readonly sleeves: readonly Figure[]
  }[]
  /** The book as it stands, the portfolio as it was, and each sleeve. */
  readonly book: TailView
  readonly portfolio: TailView
  readonly sleeves: readonly TailView[]
  readonly varComponents: ByMethodAndLevel<readonly Figure[]>
  readonly cvarComponents: ByMethodAndLevel<readonly Figure[]>
  readonly varSum: ByMethodAndLevel<Figure>
  readonly varCorrelated: ByMethodAndLevel<Figure>
  readonly intervals: {
    readonly confidence: number
    readonly draws: number
    readonly seed: number
    readonly blockLength: number
  }
  readonly diversification: {
    readonly ratio: Figure
    readonly volatilityOverSum: Figure
    readonly volatilityOverWeighted: Figure
    /** Over the last days of the window: weighted volatility, the book's, and what mixing took away. */
    readonly window: number
    readonly weighted: Figure
    readonly volatility: Figure
    readonly benefit: Figure
  }
  readonly matrix: readonly (readonly Figure[])[]
  readonly stability: readonly StabilityView[]
  /** Of the account's exposures on the last day, sleeves netted. */
  readonly concentration: {
    readonly largest: Figure
    readonly topFive: Figure
    readonly herfindahl: Figure
    readonly effectiveCount: Figure
    readonly instruments: readonly { readonly instrument: string; readonly weight: Figure }[]
  }
  /** Fractions of equity on the last day: what the sleeves hold added up, what is left of it netted, longs less shorts. */
  readonly exposure: { readonly sleeves: Figure; readonly gross: Figure; readonly net: Figure; readonly netted: Figure }
  /** Of the structures that are open at the end; absent where none is. */
  readonly options?: OptionRiskView
  /** The portfolio's first, then the sleeves'. */
  readonly excursions: readonly ExcursionView[]
}
