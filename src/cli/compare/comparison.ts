import type { ComparedRun, ComparisonView } from '../../api/contract/comparison.ts'
import { correlationMatrix } from '../../pipeline/metrics/diversification.ts'
import { cumulativeReturns } from '../../pipeline/metrics/returns.ts'
import { summariseReturns } from '../../pipeline/metrics/summary.ts'
import { finite } from '../report/numbers.ts'
import type { Candidate } from './candidate.ts'

const PERIODS = 252
const DAYS_IN_YEAR = 365

/** Puts runs side by side on the days that all of them have. */
export function comparisonOf(candidates: readonly Candidate[]): ComparisonView {
  const days = commonDays(candidates)
  const names = namesOf(candidates)
  const returns = candidates.map((candidate) => onDays(candidate, days))
  const periods = candidates.map((candidate) => periodsOf(candidate, days))
  return {
    runs: candidates.map((candidate, index) =>
      comparedRun(candidate, names[index]!, summariseReturns(returns[index]!, periods[index]!)),
    ),
    start: days[0] ?? null,
    end: days.at(-1) ?? null,
    days: days.length,
    correlation: correlationMatrix(returns).map((row) => Array.from(row, finite)),
    curves: {
      days,
      runs: candidates.map((_, index) => ({
        name: names[index]!,
        title: names[index]!,
        values: Array.from(cumulativeReturns(returns[index]!), finite),
      })),
    },
    notes: notesOn(candidates, days),
  }
}

function commonDays(candidates: readonly Candidate[]): readonly string[] {
  const [first, ...others] = candidates
  const known = others.map(({ days }) => new Set(days))
  return (first?.days ?? []).filter((day) => known.every((days) => days.has(day)))
}

/** Returns on those days; what happened between two of them counts on the later one. */
function onDays({ days, returns }: Candidate, wanted: readonly string[]): Float64Array {
  const out = new Float64Array(wanted.length)
  const first = wanted[0]
  let place = 0
  let growth = 1
  for (let day = 0; day < days.length && place < wanted.length; day += 1) {
    if (first !== undefined && days[day]! < first) continue
    growth *= 1 + returns[day]!
    if (days[day] !== wanted[place]) continue
    out[place] = growth - 1
    growth = 1
    place += 1
  }
  return out
}

/** As the run annualises; for a finished run by whether its days include weekends. */
function periodsOf({ periods }: Candidate, days: readonly string[]): number {
  if (periods !== null) return periods
  const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
  return days.some(isWeekend) ? DAYS_IN_YEAR : PERIODS
}

function namesOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ report }, index) => {
    const { name } = report.portfolio
    const same = candidates.filter((other) => other.report.portfolio.name === name)
    const place = same.indexOf(candidates[index]!) + 1
    return same.length === 1 ? name : `${name} (${place})`
  })
}

function comparedRun({ source, report }: Candidate, name: string, figures: ComparedRun['figures']): ComparedRun {
  const { portfolio, netting, violations, refused, sleeves, booksHash } = report
  return {
    name,
    source,
    currency: portfolio.currency,
    start: portfolio.start,
    end: portfolio.end,
    initial: portfolio.initial,
    final: portfolio.final,
    figures: {
      totalReturn: finite(figures.totalReturn),
      annualReturn: finite(figures.annualReturn),
      volatility: finite(figures.volatility),
      sharpe: finite(figures.sharpe),
      sortino: finite(figures.sortino),
      calmar: finite(figures.calmar),
      maxDrawdown: finite(figures.maxDrawdown),
      meanDailyReturn: finite(figures.meanDailyReturn),
    },
    fees: portfolio.fees,
    roundTrips: portfolio.roundTrips,
    orders: netting.ordersNet,
    netted: netting.savings,
    refused: refused.reduce((sum, { count }) => sum + count, 0),
    violations: violations.length,
    booksHash,
    sleeves: sleeves.map(({ title, contribution }) => ({ name: title, contribution })),
  }
}

function notesOn(candidates: readonly Candidate[], days: readonly string[]): readonly string[] {
  const notes: string[] = []
  if (days.length === 0) notes.push('these runs share no day, so no figure of returns can be compared')
  else if (candidates.some((candidate) => candidate.days.length !== days.length))
    notes.push('figures of returns are over the days that all runs have; money, trades and costs are of each whole run')
  const currencies = new Set(candidates.map(({ report }) => report.portfolio.currency))
  if (currencies.size > 1)
    notes.push(`amounts are in different currencies (${[...currencies].join(', ')}) and are not converted`)
  const hashes = new Map<string, string>()
  for (const { source, report } of candidates) {
    const twin = hashes.get(report.booksHash)
    if (twin !== undefined) notes.push(`${twin} and ${source} have the same books, to the last count`)
    hashes.set(report.booksHash, source)
  }
  return notes
}
