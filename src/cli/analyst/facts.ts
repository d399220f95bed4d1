/** What every view of a portfolio is made of: its result as it stands, with all that is derived from it once. */

import type { Panel } from '../../api/contract/analysis.ts'
import type { BacktestReport } from '../../api/contract/report.ts'
import type { MarketData } from '../../domain/market.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
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
}

export function factsOf(result: RunResult, market: MarketData, sized: SizedBook): Facts {
  const returns = returnsOf(result)
  return {
    result,
    returns,
    report: reportOf(result, undefined, returns),
    market,
    sized,
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
