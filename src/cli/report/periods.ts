import type { MonthReturn, PeriodFigures } from '../../api/contract/report.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { monthlyReturns } from '../../pipeline/metrics/returns.ts'
import { summariseReturns } from '../../pipeline/metrics/summary.ts'
import { finite } from './numbers.ts'

/** Stretches of history that every report shows, days included on both ends. */
const WINDOWS = [
  { name: '2020 crash', from: 20200219, to: 20200323 },
  { name: '2022 bear market', from: 20220103, to: 20221012 },
] as const

interface Stretch {
  readonly name: string
  readonly from: number
  readonly to: number
}

export interface PeriodInput {
  /** Ascending trade dates, yyyymmdd. */
  readonly days: Int32Array
  readonly periods: number
  readonly portfolio: Float64Array
  readonly sleeves: readonly { readonly name: string; readonly returns: Float64Array }[]
}

/** First index of a day at or after `date`. */
function indexFrom(days: Int32Array, date: number): number {
  const found = days.findIndex((day) => day >= date)
  return found === -1 ? days.length : found
}

function figuresOfStretch(input: PeriodInput, stretch: Stretch): PeriodFigures {
  const { days } = input
  const from = indexFrom(days, stretch.from)
  const to = indexFrom(days, stretch.to + 1)
  const isEmpty = from >= to
  const figures = summariseReturns(input.portfolio.subarray(from, to), input.periods)
  // Weekends and holidays at either end do not make a stretch partial: the run must only reach around it.
  const isFull = days[0]! <= stretch.from + 6 && (days.at(-1) ?? 0) >= stretch.to - 6
  return {
    name: stretch.name,
    from: formatDate(stretch.from as TradeDate),
    to: formatDate(stretch.to as TradeDate),
    first: isEmpty ? null : formatDate(days[from] as TradeDate),
    last: isEmpty ? null : formatDate(days[to - 1] as TradeDate),
    covered: isEmpty ? 'none' : isFull ? 'full' : 'partial',
    totalReturn: isEmpty ? null : finite(figures.totalReturn),
    volatility: isEmpty ? null : finite(figures.volatility),
    sharpe: isEmpty ? null : finite(figures.sharpe),
    maxDrawdown: isEmpty ? null : finite(figures.maxDrawdown),
    sleeves: input.sleeves.map(({ name, returns }) => ({
      name,
      totalReturn: isEmpty ? null : finite(summariseReturns(returns.subarray(from, to), input.periods).totalReturn),
    })),
  }
}

/** One row per calendar year that the run touches. */
export function yearsOf(input: PeriodInput): PeriodFigures[] {
  const years = [...new Set(Array.from(input.days, (day) => Math.floor(day / 10_000)))]
  return years.map((year) =>
    figuresOfStretch(input, { name: String(year), from: year * 10_000 + 101, to: year * 10_000 + 1231 }),
  )
}

/** One row per named window; `covered` says whether the run has it. */
export function windowsOf(input: PeriodInput): PeriodFigures[] {
  return WINDOWS.map((stretch) => figuresOfStretch(input, stretch))
}

/** Portfolio returns by calendar month, those with days only. */
export function monthsOf(input: PeriodInput): MonthReturn[] {
  return monthlyReturns(input.days, input.portfolio).map(({ year, month, value }) => ({
    month: formatDate((year * 10_000 + month * 100 + 1) as TradeDate).slice(0, 7),
    totalReturn: finite(value),
  }))
}
