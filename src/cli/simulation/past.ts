import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { commonRows } from '../../pipeline/metrics/risk-report.ts'
import { returnsOf } from '../report/returns.ts'
import { readReturnsTable } from '../returns-file.ts'
import { type MarketSource, type RunReach, runPortfolio } from '../run.ts'
import { readNumbers } from '../sleeves-file.ts'

/** Returns that futures are drawn from: the portfolio and its parts, on periods that all have. */
export interface Past {
  readonly name: string
  readonly source: string
  /** Of each period, `YYYY-MM-DD`; null where the file has none. */
  readonly days: readonly string[] | null
  readonly portfolio: Float64Array
  readonly parts: readonly { readonly name: string; readonly title: string; readonly returns: Float64Array }[]
  /** Where the configuration says so. */
  readonly periods: number | null
  /** Drawdowns that the configuration acts on, as positive fractions. */
  readonly levels: readonly number[]
}

/** The past of a configuration: it is run first, and every sleeve that trades is a part. */
export async function pastOfRun(config: string, market: MarketSource, reach: RunReach): Promise<Past> {
  const { result } = await runPortfolio(config, market, reach)
  if (result.days.length < 2) {
    const reason = `gives a run of ${result.days.length} days, and futures are drawn from at least 2; run a longer period`
    throw new FaultError(fault('OPTION_INVALID', { option: config, reason }))
  }
  return pastOfResult(result, config)
}

/** The past of a run. @param source what it is called by */
export function pastOfResult(result: RunResult, source: string): Past {
  const returns = returnsOf(result)
  const { drawdown } = result.config.limits
  return {
    name: result.config.name,
    source,
    days: Array.from(result.days, (day) => formatDate(day as TradeDate)),
    portfolio: returns.portfolio,
    parts: result.config.sleeves.flatMap(({ id, title, strategy }, index) =>
      strategy === null ? [] : [{ name: id, title, returns: returns.sleeves[index]!.map(earned) }],
    ),
    periods: result.config.periods,
    levels: drawdown === null ? [] : [drawdown.halt],
  }
}

/** A sleeve without capital has no return: it earns nothing. */
function earned(value: number): number {
  return Number.isNaN(value) ? 0 : value
}

/** The past of a file: its series, mixed by fixed weights; equal ones where no file of weights is given. */
export async function pastOfFile(file: string, weightsFile: string | undefined): Promise<Past> {
  const { names, columns, dates } = await readReturnsTable(file)
  const weights =
    weightsFile === undefined ? names.map(() => 1 / names.length) : [...(await readNumbers(weightsFile, names))]
  const rows = commonRows(columns)
  if (rows.length < 2) {
    const reason = `its ${names.length} series have ${rows.length} rows in common, and futures are drawn from at least 2; leave out the series with gaps`
    throw new FaultError(fault('FILE_UNREADABLE', { file, reason }))
  }
  const kept = columns.map((column) => Float64Array.from(rows, (row) => column[row]!))
  return {
    name: file,
    source: file,
    days: dates === null ? null : Array.from(rows, (row) => formatDate(dates[row] as TradeDate)),
    portfolio: Float64Array.from(rows, (_, at) =>
      kept.reduce((sum, column, series) => sum + weights[series]! * column[at]!, 0),
    ),
    parts: names.map((name, index) => ({ name, title: name, returns: kept[index]! })),
    periods: null,
    levels: [],
  }
}
