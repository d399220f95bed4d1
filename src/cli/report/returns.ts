import type { ReturnFigures } from '../../api/contract/report.ts'
import type { SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { Money } from '../../domain/units.ts'
import type { RunResult, SleeveResult } from '../../engine/records/result.ts'
import { contributionsOf } from '../../pipeline/metrics/contribution.ts'
import { drawdowns } from '../../pipeline/metrics/drawdown.ts'
import { summariseReturns } from '../../pipeline/metrics/summary.ts'
import { timeWeightedReturns } from '../../pipeline/metrics/time-weighted.ts'
import { finite, known } from './numbers.ts'

/** Daily time-weighted returns of the portfolio and of each sleeve in declared order, and the portfolio's drawdown. */
export interface Returns {
  readonly portfolio: Float64Array
  readonly sleeves: readonly Float64Array[]
  readonly drawdown: Float64Array
  /** Each sleeve's part of the capital at work on each day, and its contribution to the return over all days. */
  readonly weights: readonly Float64Array[]
  readonly contribution: readonly number[]
  /** The same day by day, each in units of the wealth before it. */
  readonly contributions: readonly Float64Array[]
}

/** Book units as whole currency. */
export function amountOf(result: RunResult, amount: Money): number {
  return amount / countsPerUnit(result.config.currency)
}

/** How the sleeve was configured. */
export function configOf(result: RunResult, sleeve: SleeveResult): SleeveConfig {
  const found = result.config.sleeves.find((config) => config.id === sleeve.id)
  if (found === undefined) throw new Error(`the result holds sleeve "${sleeve.id}", which its configuration lacks`)
  return found
}

/** Flows from outside: what one sleeve hands to another cancels in the sum. */
export function outsideFlows(result: RunResult): Float64Array {
  return Float64Array.from(result.days, (_, day) =>
    known(result.sleeves.reduce((sum, sleeve) => sum + (sleeve.flows[day] ?? 0), 0)),
  )
}

/** Daily returns with money moved in or out taken away; the first day counts from the starting capital. */
export function returnsOf(result: RunResult): Returns {
  const smallest = 1 / countsPerUnit(result.config.currency)
  const portfolio = timeWeightedReturns({
    smallest,
    initial: amountOf(result, result.config.capital),
    equity: result.equity,
    flows: outsideFlows(result),
  })
  const parts = result.sleeves.map((sleeve) => ({
    initial: amountOf(result, configOf(result, sleeve).capital),
    equity: sleeve.equity,
    flows: sleeve.flows,
    smallest,
  }))
  const { weights, total: contribution, contributions } = contributionsOf(parts)
  const sleeves = parts.map(timeWeightedReturns)
  return { portfolio, sleeves, drawdown: drawdowns(portfolio), weights, contribution, contributions }
}

/** The figures of one series of daily returns. */
export function returnFigures(returns: Float64Array, periods: number): ReturnFigures {
  const figures = summariseReturns(returns, periods)
  return {
    totalReturn: finite(figures.totalReturn),
    annualReturn: finite(figures.annualReturn),
    volatility: finite(figures.volatility),
    sharpe: finite(figures.sharpe),
    sortino: finite(figures.sortino),
    calmar: finite(figures.calmar),
    maxDrawdown: finite(figures.maxDrawdown),
    meanDailyReturn: finite(figures.meanDailyReturn),
  }
}
