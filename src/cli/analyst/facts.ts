/** What every view of a portfolio is made of: its result as it stands, with all that is derived from it once. */

import type { Panel } from '../../api/contract/analysis.ts'
import type { BacktestReport } from '../../api/contract/report.ts'
import type { MarketData } from '../../domain/market.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import type { RecordedRun } from '../../live/recorded/result.ts'
import { reportOf } from '../report/figures.ts'
import { type Returns, returnsOf } from '../report/returns.ts'
import type { SizedBook } from './sized.ts'

export interface Facts {
  readonly result: RunResult
  readonly returns: Returns
  readonly report: BacktestReport
  readonly market: MarketData
  readonly sized: SizedBook
  /** `YYYY-MM-DD` of every portfolio day. */
  readonly days: readonly string[]
  /** Of the last event; null before the first one. */
  readonly at: Instant | null
  /** By name, those of the portfolio. */
  readonly strategies: ReadonlyMap<string, Strategy>
  /** Sleeves that only manage what they hold. */
  readonly pausedSleeves: ReadonlySet<string>
}

/** @throws before the portfolio was configured */
export function factsOf(run: RecordedRun, sized: SizedBook, strategies: ReadonlyMap<string, Strategy>): Facts {
  const result = run.result()
  const returns = returnsOf(result)
  const { sleeves, state } = run.kernel!.runtime
  return {
    result,
    returns,
    report: reportOf(result, undefined, returns),
    market: run.market(),
    sized,
    at: run.at,
    strategies,
    pausedSleeves: new Set(
      sleeves.flatMap(({ config, ordinal }) => (state.sleeves[ordinal]!.paused === '' ? [] : [config.id])),
    ),
    days: Array.from(result.days, (day) => formatDate(day as TradeDate)),
  }
}

export function filled<T>(data: T): Panel<T> {
  return { data, why: '' }
}

export function empty<T>(why: string): Panel<T> {
  return { data: null, why }
}

/** What a sleeve is called. */
export function titleOf({ report }: Facts, sleeve: string): string {
  return report.sleeves.find(({ name }) => name === sleeve)?.title ?? sleeve
}

/** What the portfolio is compared with; null where nothing is named, or it has no price here. */
export function benchmarkOf({
  result,
}: Pick<Facts, 'result'>): { readonly name: string; readonly returns: Float64Array } | null {
  const found = result.benchmarks.find(({ instrument }) => instrument === result.config.benchmark)
  if (found === undefined || found.returns.every((value) => Number.isNaN(value))) return null
  return { name: found.instrument, returns: found.returns }
}

/** Why nothing is measured against the benchmark over so many days; empty where it is. */
export function benchmarkWhy({ report }: Pick<Facts, 'report'>, needed: number): string {
  const { benchmark } = report
  if (benchmark === null) return 'The portfolio names no benchmark.'
  const missing = needed - benchmark.days
  if (missing <= 0) return ''
  const days = missing === 1 ? '1 more day is' : `${missing} more days are`
  return `${benchmark.instrument} is the benchmark: ${days} needed on which both have a return.`
}
