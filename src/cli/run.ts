import { pathToFileURL } from 'node:url'
import type { BacktestReport } from '../api/contract/report.ts'
import type { PortfolioConfig } from '../domain/config.ts'
import { describeFault, FAULTS, type Fault, FaultError, fault } from '../domain/faults.ts'
import type { MarketData } from '../domain/market.ts'
import { formatDate } from '../domain/sessions.ts'
import type { TradeDate } from '../domain/units.ts'
import type { RunResult } from '../engine/records/result.ts'
import { runBacktest } from '../engine/run/run.ts'
import { loadPortfolio } from './config/load.ts'
import type { LoadedPortfolio } from './config/loaded.ts'
import type { Reach } from './market/market.ts'
import { type MarketPast, marketOfPast, readPast, simulatePast } from './market/past.ts'
import { type Progress, print, printJson, progressBar } from './output.ts'
import { renderSummary } from './report/summary.ts'
import { writeReport } from './report/write.ts'

/** First and last day; as far as the data reaches where left out. */
export interface RunReach {
  readonly from?: TradeDate
  readonly to?: TradeDate
}

export interface RunOptions extends RunReach {
  readonly out: string
  readonly json?: boolean
}

/** Where the market comes from: a folder of files, or a seed. */
export type MarketSource = { readonly data: string } | { readonly seed: number }

/** Part of the progress bar that reading takes; the rest is the run. */
const READING = 0.3
const DEMO_FROM = 20_200_101 as TradeDate
const DEMO_TO = 20_241_231 as TradeDate

/** Runs a portfolio on a market, writes its report and prints it; the exit code tells how it went. */
export async function runAndReport(file: string, source: MarketSource, options: RunOptions): Promise<BacktestReport> {
  const { result } = await runPortfolio(file, source, options)
  const report = await writeReport(result, options.out)
  if (options.json === true) printJson(report)
  else print(renderSummary(report, { width: process.stdout.columns ?? 100, colour: process.stdout.isTTY === true }))
  return report
}

/**
 * Runs a portfolio on a market. What went wrong on the way is said on stderr and tells the exit code.
 *
 * @param changed what is run in place of the configuration as it is written
 */
export async function runPortfolio(
  file: string,
  source: MarketSource,
  asked: RunReach,
  changed: (config: PortfolioConfig) => PortfolioConfig = (config) => config,
): Promise<{ readonly loaded: LoadedPortfolio; readonly market: MarketData; readonly result: RunResult }> {
  const { from, to } = asked
  if (from !== undefined && to !== undefined && from > to) {
    const reason = `${formatDate(from)} is after --to ${formatDate(to)}; give the earlier day first`
    throw new FaultError(fault('OPTION_INVALID', { option: '--from', reason }))
  }
  const loaded = await loadPortfolio(file)
  for (const note of loaded.unchecked) process.stderr.write(`note: ${note}\n`)
  const bar = progressBar()
  const reach = reachOf(source, asked)
  const market = marketOfPast(loaded, await pastOf(loaded, source, reach, bar), reach)
  const result = runBacktest({
    config: changed(loaded.config),
    market,
    strategies: [...loaded.strategies.values()],
    checks: true,
    onProgress: (fraction) => bar.at(READING + fraction * (1 - READING), 'running'),
  })
  bar.done()
  demandDays(result, asked)
  tellProblems(result)
  return { loaded, market, result }
}

/** Prices alone make no portfolio day: over a weekend its calendar has none, and nothing could be said of the run. */
function demandDays({ days }: RunResult, { from, to }: RunReach): void {
  if (days.length > 0) return
  const text = (date: TradeDate | undefined, end: string): string => (date === undefined ? end : formatDate(date))
  throw new FaultError(fault('DAYS_NONE', { from: text(from, 'the first price'), to: text(to, 'the last') }))
}

function tellProblems(result: RunResult): void {
  const problems = problemsOf(result)
  for (const problem of problems) process.stderr.write(`error: ${describeFault(problem)}\n`)
  const exits = problems.map(({ code }) => FAULTS[code].exit)
  // a broken invariant outweighs a paused sleeve
  if (exits.length > 0) process.exitCode = Math.min(...exits)
}

/** What went wrong in a run that was carried to its end. */
function problemsOf(result: RunResult): readonly Fault[] {
  const broken = result.invariants.violated.map((text) => fault('INVARIANT_BROKEN', { broken: text }))
  const paused = result.sleeves.flatMap((sleeve) => {
    if (sleeve.paused === null) return []
    const { tradeDate, cause } = sleeve.paused
    return [fault('SLEEVE_FAULT', { sleeve: sleeve.id, date: formatDate(tradeDate), cause })]
  })
  return [...broken, ...paused]
}

/** The past of a run: read from files, or simulated from a seed; the same portfolio runs on either. */
export async function pastOf(
  loaded: LoadedPortfolio,
  source: MarketSource,
  reach: Reach,
  bar: Progress,
): Promise<MarketPast> {
  if (loaded.instruments.length === 0) {
    const reason = 'only hold cash, so that there is no day to run; give one a strategy or recorded returns'
    throw new FaultError(fault('CONFIG_INVALID', { ...loaded.placeOf(['sleeves']), path: 'sleeves', reason }))
  }
  if ('data' in source)
    return readPast(loaded, source.data, (done, total, what) => bar.at((done / total) * READING, what))
  bar.at(0, 'simulating the market')
  return simulatePast(loaded, source.seed, { from: reach.from ?? DEMO_FROM, to: reach.to ?? DEMO_TO })
}

/** How far a run reaches: on a simulated market the demo's years where nothing else is asked. */
export function reachOf(source: MarketSource, { from, to }: RunReach): Reach {
  return 'data' in source ? { from: from ?? null, to: to ?? null } : { from: from ?? DEMO_FROM, to: to ?? DEMO_TO }
}

/** Reads everything that a portfolio needs from a folder of data. */
export async function loadMarket(
  loaded: LoadedPortfolio,
  folder: string,
  reach: Reach,
  onStep?: (done: number, total: number, what: string) => void,
): Promise<MarketData> {
  return marketOfPast(loaded, await readPast(loaded, folder, onStep), reach)
}

/** The same portfolio on a market that a seed gives: no file is read. */
export function simulatedMarketData(
  loaded: LoadedPortfolio,
  seed: number,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): MarketData {
  return marketOfPast(loaded, simulatePast(loaded, seed, reach), reach)
}

/** The address of a file for people and browsers. */
export function fileUrl(path: string): string {
  return pathToFileURL(path).href
}
