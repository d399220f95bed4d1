/** Returns by calendar month and year, with the part of each sleeve: the parts add up to the whole. */
import type { MonthCell, Monthly } from '../../api/contract/performance-page.ts'
import { quantile } from '../../numerics/statistics.ts'
import { finite } from '../report/numbers.ts'
import type { Facts } from './facts.ts'

const CLIP = 0.95

/** A stretch of portfolio days, the last one not included. */
interface Stretch {
  readonly key: string
  readonly from: number
  readonly to: number
}

export function monthlyOf(facts: Facts): Monthly {
  const cells = monthCells(facts)
  const years = stretchesOf(facts, 4).map((stretch) => ({
    year: stretch.key,
    months: Array.from(
      { length: 12 },
      (_, month) => cells.find((cell) => cell.month === `${stretch.key}-${String(month + 1).padStart(2, '0')}`) ?? null,
    ),
    total: cellOf(facts, stretch),
  }))
  const sizes = cells.flatMap(({ totalReturn }) => (totalReturn === null ? [] : [Math.abs(totalReturn)]))
  return { years, clip: finite(quantile(Float64Array.from(sizes), CLIP)) }
}

/** One for each month that the run has days of. */
export function monthCells(facts: Facts): readonly MonthCell[] {
  return stretchesOf(facts, 7).map((stretch) => cellOf(facts, stretch))
}

function stretchesOf({ days }: Facts, length: number): readonly Stretch[] {
  const stretches: { key: string; from: number; to: number }[] = []
  days.forEach((day, at) => {
    const key = day.slice(0, length)
    const last = stretches.at(-1)
    if (last?.key === key) last.to = at + 1
    else stretches.push({ key, from: at, to: at + 1 })
  })
  return stretches
}

/** Contributions in units of the wealth with which the stretch began: they add up to its compounded return. */
function cellOf({ report, returns }: Facts, { key, from, to }: Stretch): MonthCell {
  const parts = report.sleeves.map(() => 0)
  let wealth = 1
  for (let day = from; day < to; day += 1) {
    let gained = 0
    returns.contributions.forEach((lane, at) => {
      parts[at] = parts[at]! + lane[day]! * wealth
      gained += lane[day]!
    })
    wealth *= 1 + gained
  }
  return {
    month: key,
    totalReturn: monthReturn(report, key) ?? finite(wealth - 1),
    parts: report.sleeves.map(({ name, title }, at) => ({ name, title, contribution: finite(parts[at]) })),
  }
}

/** As report.json has it. */
function monthReturn({ months, years }: Facts['report'], key: string): number | null {
  const found = months.find(({ month }) => month === key) ?? years.find(({ name }) => name === key)
  return found?.totalReturn ?? null
}
