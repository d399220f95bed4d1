import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { BacktestReport } from '../../api/contract/report.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { reportOf } from '../report/figures.ts'
import { returnsOf } from '../report/returns.ts'
import { FILE_NAMES } from '../report/write.ts'
import { readReturns } from '../returns-file.ts'
import { type MarketSource, type RunReach, runPortfolio } from '../run.ts'

/** A run to be compared: its report, and its returns by day. */
export interface Candidate {
  /** As it was given. */
  readonly source: string
  readonly report: BacktestReport
  /** Trade dates `YYYY-MM-DD`, oldest first. */
  readonly days: readonly string[]
  readonly returns: Float64Array
  /** Portfolio days in a year. */
  readonly periods: number | null
}

const CONFIGURATION = /\.ya?ml$/i

/**
 * A finished run (its folder, or the report.json in it), or a configuration, which is run first.
 * @throws FaultError FILE_MISSING, FILE_UNREADABLE and what a run of the configuration throws
 */
export async function candidateOf(source: string, market: MarketSource, reach: RunReach): Promise<Candidate> {
  const found = await stat(source).catch(() => null)
  if (found === null) throw new FaultError(fault('FILE_MISSING', { file: source }))
  if (found.isDirectory()) return finishedRun(source, source)
  return CONFIGURATION.test(source) ? configuredRun(source, market, reach) : finishedRun(source, dirname(source))
}

async function configuredRun(source: string, market: MarketSource, reach: RunReach): Promise<Candidate> {
  const { result } = await runPortfolio(source, market, reach)
  return candidateFrom(source, result)
}

/** A run that was carried out here. */
export function candidateFrom(source: string, result: RunResult): Candidate {
  const returns = returnsOf(result)
  return {
    source,
    report: reportOf(result, undefined, returns),
    days: Array.from(result.days, (day) => formatDate(day as TradeDate)),
    returns: returns.portfolio,
    periods: result.config.periods,
  }
}

/** What a backtest wrote into a folder, or the report.json in it. */
export async function finishedRun(source: string, folder: string): Promise<Candidate> {
  const file = source === folder ? join(folder, FILE_NAMES.report) : source
  const report = reportFrom(await textOf(file), file)
  const column = await readReturns(join(folder, FILE_NAMES.equity), 'return').catch((cause: unknown) => {
    // A run without a day leaves a table without a row.
    if (cause instanceof FaultError && cause.fault.code === 'FILE_EMPTY') return null
    throw cause
  })
  return {
    source,
    report,
    days: (column?.dates ?? []).map((date) => formatDate(date as TradeDate)),
    returns: column?.values ?? new Float64Array(0),
    periods: null,
  }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new FaultError(fault('FILE_MISSING', { file }))
  })
}

function reportFrom(text: string, file: string): BacktestReport {
  const refused = (reason: string): FaultError =>
    new FaultError(fault('FILE_UNREADABLE', { file: basename(file), reason }))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refused('it is no JSON; give the folder of a report, its report.json or a configuration (.yaml)')
  }
  const isReport = typeof value === 'object' && value !== null && 'portfolio' in value && 'sleeves' in value
  if (!isReport) throw refused('it is no report of a backtest; give the folder that `backtest --out` wrote')
  return value as BacktestReport
}
