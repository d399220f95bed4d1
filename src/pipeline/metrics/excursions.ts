import { mean } from '../../numerics/statistics.ts'

/** One closed trade: its profit, and how far it went against and for it, as fractions (adverse zero or negative). */
export interface ExcursionTrade {
  readonly pnl: number
  readonly adverse: number
  readonly favourable: number
}

/** What maximum adverse and favourable excursions say of a set of trades; NaN where there is none of a kind. */
export interface ExcursionSummary {
  readonly count: number
  readonly meanAdverse: number
  readonly worstAdverse: number
  readonly meanFavourable: number
  readonly bestFavourable: number
  /** How far winners went against before they won: a stop nearer than this would have cut them. */
  readonly meanAdverseOfWinners: number
  /** How far losers were ahead before they lost: what was given back. */
  readonly meanFavourableOfLosers: number
  /** Mean favourable over the size of the mean adverse excursion. */
  readonly edgeRatio: number
}

/** Summary of excursions. @see Sweeney (1997), "Maximum Adverse Excursion" */
export function summariseExcursions(trades: readonly ExcursionTrade[]): ExcursionSummary {
  const lane = (of: readonly ExcursionTrade[], pick: (trade: ExcursionTrade) => number): Float64Array =>
    Float64Array.from(of, pick)
  const adverse = lane(trades, (trade) => trade.adverse)
  const favourable = lane(trades, (trade) => trade.favourable)
  const winners = trades.filter(({ pnl }) => pnl > 0)
  const losers = trades.filter(({ pnl }) => pnl < 0)
  const isNone = trades.length === 0
  return {
    count: trades.length,
    meanAdverse: mean(adverse),
    worstAdverse: isNone ? Number.NaN : adverse.reduce((left, right) => Math.min(left, right)),
    meanFavourable: mean(favourable),
    bestFavourable: isNone ? Number.NaN : favourable.reduce((left, right) => Math.max(left, right)),
    meanAdverseOfWinners: mean(lane(winners, (trade) => trade.adverse)),
    meanFavourableOfLosers: mean(lane(losers, (trade) => trade.favourable)),
    edgeRatio: mean(adverse) < 0 ? mean(favourable) / -mean(adverse) : Number.NaN,
  }
}
