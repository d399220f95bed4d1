/** Results of backtests in one folder, each in a folder of its own as `backtest --out` writes it, beside a portfolio. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BacktestBeside, BacktestChoice, BesideRow } from '../../api/contract/beside.ts'
import type { PortfolioFigures } from '../../api/contract/report.ts'
import type { Backtests } from '../../api/ports.ts'
import { cumulativeReturns } from '../../pipeline/metrics/returns.ts'
import { lineOf } from '../analyst/lines.ts'
import { finite } from '../report/numbers.ts'
import { returnFigures } from '../report/returns.ts'
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

/** Looks into the folder at every question: what a backtest has just written is there. */
export function backtestsIn(folder: string): Backtests {
  const named = async (name: string): Promise<Candidate | null> => {
    const path = join(folder, name)
    // What is no report, or not yet whole, is no choice.
    return finishedRun(path, path).catch(() => null)
  }
  const names = async (): Promise<readonly string[]> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
  }
  return {
    async choices(portfolio) {
      const found = await Promise.all((await names()).map(async (name) => ({ name, run: await named(name) })))
      const all = found.flatMap(({ name, run }) => (run === null ? [] : [choiceOf(name, run)]))
      return [...all.filter((one) => one.portfolio === portfolio), ...all.filter((one) => one.portfolio !== portfolio)]
    },
    async beside(name, portfolio, periods) {
      if (!(await names()).includes(name)) return null
      const run = await named(name)
      return run === null ? null : besideOf(choiceOf(name, run), run, portfolio, periods)
    },
  }
}

function choiceOf(name: string, { report: { portfolio } }: Candidate): BacktestChoice {
  const { start, end, totalReturn } = portfolio
  return { name, portfolio: portfolio.name, start, end, totalReturn }
}

function besideOf(
  choice: BacktestChoice,
  { days, returns }: Candidate,
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
  const named = { name: 'backtest', title: `Backtest ${choice.name}` }
  const dates = places.map((place) => days[place]!)
  return { ...choice, days: places.length, line: lineOf(named, dates, cumulativeReturns(own)), rows, why: '' }
}
