import { mean, sum } from '../../numerics/statistics.ts'

/** Statistics of closed trades, from their profit or loss in money. A flat trade is neither a win nor a loss. */
export interface TradeStatistics {
  readonly n: number
  readonly wins: number
  readonly losses: number
  readonly flats: number
  readonly win_rate_all: number
  readonly win_rate_ex_flat: number
  readonly win_rate: number
  readonly gross_profit: number
  /** Positive. */
  readonly gross_loss: number
  /** Gross profit over gross loss; infinite with wins and no loss. */
  readonly profit_factor: number
  readonly avg_win: number
  /** Negative. */
  readonly avg_loss: number
  /** Average win over the size of the average loss. */
  readonly payoff_ratio: number
  /** Average profit or loss per trade. */
  readonly expectancy: number
  readonly net: number
  readonly largest_win: number
  readonly largest_loss: number
}

/** All statistics of a set of closed trades; NaN where undefined. */
export function tradeStatistics(pnl: Float64Array): TradeStatistics {
  const won = pnl.filter((value) => value > 0)
  const lost = pnl.filter((value) => value < 0)
  const profit = sum(won)
  const loss = -sum(lost)
  const averageWin = mean(won)
  const averageLoss = mean(lost)
  return {
    n: pnl.length,
    wins: won.length,
    losses: lost.length,
    flats: pnl.length - won.length - lost.length,
    win_rate_all: won.length / pnl.length,
    win_rate_ex_flat: won.length / (won.length + lost.length),
    win_rate: won.length / pnl.length,
    gross_profit: profit,
    gross_loss: loss + 0,
    profit_factor: loss > 0 ? profit / loss : profit > 0 ? Number.POSITIVE_INFINITY : Number.NaN,
    avg_win: averageWin,
    avg_loss: averageLoss,
    payoff_ratio: averageWin / -averageLoss,
    expectancy: mean(pnl),
    net: sum(pnl),
    largest_win: won.length === 0 ? Number.NaN : won.reduce((left, right) => Math.max(left, right)),
    largest_loss: lost.length === 0 ? Number.NaN : lost.reduce((left, right) => Math.min(left, right)),
  }
}
