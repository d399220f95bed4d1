/** Results of backtests in one folder, each in a folder of its own as `backtest --out` writes it, beside a portfolio. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BacktestBeside, BacktestChoice, BesideRow } from '../../api/contract/beside.ts'
import type { PortfolioFigures } from '../../api/contract/report.ts'
import type { Backtests } from '../../api/ports.ts'
import { cumulativeReturns } from '../../pipeline/metrics/returns.ts'
import { lineOf } from '../analyst/lines.ts'
import { finite } from '../report/numbers.ts'
import { returnFigures } from '../report/returns.ts'
import { FILE_NAMES } from '../report/write.ts'
import { type Candidate, finishedRun } from './candidate.ts'

/** Figures of report.json by their names there, and what docs/metrics.md calls them. */
const FIGURES = [
  ['totalReturn', 'total_return'],
  ['annualReturn', 'cagr'],
  ['volatility', 'vol'],
  ['sharpe', 'sharpe'],
  ['sortino', 'sortino'],
  ['calmar', 'calmar'],
  ['maxDrawdown', 'max_drawdown'],
  ['meanDailyReturn', 'mean'],
] as const

/** Of its line among those of sleeves: the id of a sleeve begins with a letter. */
const LINE_NAME = '.backtest'

/** What is shown of a backtest. */
type Finished = Pick<Candidate, 'days' | 'returns'> & { readonly choice: BacktestChoice }

interface Known {
  /** When its files were written, and how long they are. */
  readonly written: string
  /** Null: it is no report, or not yet whole, and no choice. */
  readonly run: Finished | null
}

/** Looks into the folder at every question: what a backtest has just written is there. Files are read once each. */
export function backtestsIn(folder: string): Backtests {
  let known: ReadonlyMap<string, Known> = new Map()
  const look = async (name: string): Promise<Known> => {
    const path = join(folder, name)
    const written = await writtenOf(path)
    const before = known.get(name)
    if (before?.written === written) return before
    const run = await finishedRun(path, path).catch(() => null)
    return { written, run: run === null ? null : finishedOf(name, run) }
  }
  const all = async (): Promise<ReadonlyMap<string, Known>> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
    const found = new Map<string, Known>()
    for (const name of names) found.set(name, await look(name))
    known = found
    return found
  }
  return {
    async choices(portfolio) {
      const choices = [...(await all()).values()].flatMap(({ run }) => (run === null ? [] : [run.choice]))
      const isOwn = (one: BacktestChoice): boolean => one.portfolio === portfolio
      return [...choices.filter(isOwn), ...choices.filter((one) => !isOwn(one))]
    },
    async beside(name, portfolio, periods) {
      const run = (await all()).get(name)?.run ?? null
      return run === null ? null : besideOf(run, portfolio, periods)
    },
  }
}

/** Of the two files that are read; one that is written anew is another one. */
async function writtenOf(path: string): Promise<string> {
  const files = [FILE_NAMES.report, FILE_NAMES.equity].map(async (name) => {
    const found = await stat(join(path, name)).catch(() => null)
    return found === null ? '' : `${found.mtimeMs} ${found.size}`
  })
  return (await Promise.all(files)).join(', ')
}

function finishedOf(name: string, { report: { portfolio }, days, returns }: Candidate): Finished {
  const { start, end, totalReturn } = portfolio
  return { choice: { name, portfolio: portfolio.name, start, end, totalReturn }, days, returns }
}

function besideOf(
  { choice, days, returns }: Finished,
  portfolio: PortfolioFigures | null,
  periods: number | null,
): BacktestBeside {
  const none = (why: string): BacktestBeside => ({ ...choice, days: 0, line: null, rows: [], why })
  if (portfolio === null || portfolio.start === null || portfolio.end === null || periods === null)
    return none('No day of the portfolio has ended yet.')
  const { start, end } = portfolio
  const places = [...days.keys()].filter((place) => days[place]! >= start && days[place]! <= end)
  if (places.length === 0)
    return none(`It has the days ${choice.start} to ${choice.end}, none of which is a day of the portfolio.`)
  const own = Float64Array.from(places, (place) => returns[place]!)
  const figures = returnFigures(own, periods)
  const rows = FIGURES.map(([key, metric]): BesideRow => {
    const [here, there] = [portfolio[key], figures[key]]
    const difference = here === null || there === null ? null : finite(here - there)
    return { metric, portfolio: here, backtest: there, difference }
  })
  const named = { name: LINE_NAME, title: `Backtest ${choice.name}` }
  const dates = places.map((place) => days[place]!)
  return { ...choice, days: places.length, line: lineOf(named, dates, cumulativeReturns(own)), rows, why: '' }
}
