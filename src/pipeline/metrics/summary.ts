import { mean } from '../../numerics/statistics.ts'
import { defined, definedOrInfinite } from './defined.ts'
import { maxDrawdown } from './drawdown.ts'
import { annualReturn, observed, totalReturn } from './returns.ts'
import { calmar, sharpe, sortino, volatility } from './risk.ts'
import { tradeStatistics } from './trades.ts'

/** The key figures of a series of returns; null where undefined. */
export interface ReturnSummary {
  readonly totalReturn: number | null
  readonly annualReturn: number | null
  readonly volatility: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  /** Negative. */
  readonly maxDrawdown: number | null
  readonly meanDailyReturn: number | null
}

/** Key figures of returns per period, `periods` of them in a year; NaN is a missing observation. */
export function summariseReturns(returns: Float64Array, periods: number): ReturnSummary {
  return {
    totalReturn: defined(totalReturn(returns)),
    annualReturn: defined(annualReturn(returns, periods)),
    volatility: defined(volatility(returns, periods)),
    sharpe: defined(sharpe(returns, periods)),
    sortino: defined(sortino(returns, periods)),
    calmar: defined(calmar(returns, periods)),
    maxDrawdown: defined(maxDrawdown(returns)),
    meanDailyReturn: defined(mean(observed(returns))),
  }
}

/** The key figures of closed trades; null where undefined. */
export interface TradeSummary {
  readonly count: number
  readonly winRate: number | null
  /** The text "Infinity" with wins and no loss. */
  readonly profitFactor: number | string | null
  readonly averageTrade: number | null
  readonly averageWinner: number | null
  /** Negative. */
  readonly averageLoser: number | null
  readonly expectancy: number | null
}

/** Key figures of closed trades from their profit or loss in money. */
export function summariseTrades(pnl: Float64Array): TradeSummary {
  const trades = tradeStatistics(pnl)
  return {
    count: trades.n,
    winRate: defined(trades.win_rate),
    profitFactor: definedOrInfinite(trades.profit_factor),
    averageTrade: defined(trades.expectancy),
    averageWinner: defined(trades.avg_win),
    averageLoser: defined(trades.avg_loss),
    expectancy: defined(trades.expectancy),
  }
}
