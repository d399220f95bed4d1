/** A period on paper: against what each sleeve is expected to do, and against a backtest of the same recorded bars. */
import type { ExpectedFigures } from '../../api/contract/report.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { sampleDeviation } from '../../numerics/statistics.ts'
import { reportOf } from '../report/figures.ts'
import { finite, known } from '../report/numbers.ts'
import { returnsOf } from '../report/returns.ts'

/** Two weeks of sessions: less says too little to go live on. */
export const REVIEW_DAYS = 10

export interface Review {
  readonly portfolio: string
  readonly currency: string
  readonly start: string | null
  readonly end: string | null
  readonly days: number
  /** Whether it was long enough to judge. */
  readonly isLongEnough: boolean
  readonly sleeves: readonly ReviewedSleeve[]
  readonly total: Tracking
  /** Bookings of the period and of the backtest are the same to the last count. */
  readonly isSameBooks: boolean
  readonly notes: readonly string[]
}

export interface ReviewedSleeve extends Tracking {
  readonly sleeve: string
  readonly title: string
  readonly trades: number
  readonly tradesBacktested: number
  readonly violations: number
  /** Null where nothing is expected of it. */
  readonly expected: ExpectedFigures | null
}

/** Fractions; money in the base currency. */
export interface Tracking {
  readonly earned: number | null
  readonly backtested: number | null
  /** Earned less backtested. */
  readonly difference: number | null
  /** Annual deviation of the daily differences; null with fewer than two days. */
  readonly trackingError: number | null
  readonly fees: number
  readonly feesBacktested: number
}

export function reviewOf(happened: RunResult, backtest: RunResult, notes: readonly string[]): Review {
  const [own, other] = [returnsOf(happened), returnsOf(backtest)]
  const [report, simulated] = [reportOf(happened, undefined, own), reportOf(backtest, undefined, other)]
  const dayText = (place: number): string | null => {
    const day = happened.days.at(place)
    return day === undefined ? null : formatDate(day as TradeDate)
  }
  const track = (earned: Float64Array, backtested: Float64Array): Omit<Tracking, 'fees' | 'feesBacktested'> =>
    trackingOf(earned, backtested, happened.config.periods)
  return {
    portfolio: happened.config.name,
    currency: happened.config.currency,
    start: dayText(0),
    end: dayText(-1),
    days: happened.days.length,
    isLongEnough: happened.days.length >= REVIEW_DAYS,
    sleeves: happened.sleeves.map((sleeve, place) => ({
      sleeve: sleeve.id,
      title: report.sleeves[place]!.title,
      ...track(own.sleeves[place]!, other.sleeves[place]!),
      fees: known(sleeve.fees),
      feesBacktested: known(backtest.sleeves[place]!.fees),
      trades: tradesOf(happened, sleeve.id),
      tradesBacktested: tradesOf(backtest, sleeve.id),
      violations: happened.violations.filter((violation) => violation.subject === sleeve.id).length,
      expected: report.sleeves[place]!.expected,
    })),
    total: {
      ...track(own.portfolio, other.portfolio),
      fees: report.portfolio.fees,
      feesBacktested: simulated.portfolio.fees,
    },
    isSameBooks: report.booksHash === simulated.booksHash,
    notes,
  }
}

function tradesOf({ trades }: RunResult, sleeve: string): number {
  return trades.filter((trade) => trade.sleeve === sleeve).length
}

function trackingOf(
  earned: Float64Array,
  backtested: Float64Array,
  periods: number,
): Omit<Tracking, 'fees' | 'feesBacktested'> {
  const own = grown(earned)
  const other = grown(backtested)
  const differences = earned.map((one, day) => one - (backtested[day] ?? Number.NaN))
  const error = sampleDeviation(differences) * Math.sqrt(periods)
  return {
    earned: finite(own),
    backtested: finite(other),
    difference: finite(own - other),
    trackingError: finite(error),
  }
}

function grown(returns: Float64Array): number {
  let growth = 1
  for (const one of returns) growth *= 1 + one
  return growth - 1
}
