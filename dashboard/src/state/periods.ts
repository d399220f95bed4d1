/** The stretches of time that every page offers, longest last; keys 1 to 8 choose them. */
export const PERIODS = ['1D', '1W', '1M', '3M', 'YTD', '1Y', '5Y', 'All'] as const
export type Period = (typeof PERIODS)[number]
export const PERIOD_DEFAULT: Period = '1Y'
/** What fits a phone. */
export const PERIODS_SHORT: readonly Period[] = ['1W', '1M', '3M', 'YTD', '1Y', 'All']

export const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  '1D': '1 day',
  '1W': '1 week',
  '1M': '1 month',
  '3M': '3 months',
  YTD: 'this year',
  '1Y': '1 year',
  '5Y': '5 years',
  All: 'since the start',
}

interface Back {
  readonly days?: number
  readonly months?: number
}
const BACK: Readonly<Record<Exclude<Period, 'YTD' | 'All'>, Back>> = {
  '1D': { days: 1 },
  '1W': { days: 7 },
  '1M': { months: 1 },
  '3M': { months: 3 },
  '1Y': { months: 12 },
  '5Y': { months: 60 },
}

/** First trade date of a period that ends at a trade date `YYYY-MM-DD`; null from the very start. */
export function periodStart(period: Period, last: string): string | null {
  if (period === 'All') return null
  const year = Number(last.slice(0, 4))
  if (period === 'YTD') return `${year - 1}-12-31` // the close that the year is measured from
  const { days, months } = BACK[period]
  if (days !== undefined) return isoDay(Date.UTC(year, Number(last.slice(5, 7)) - 1, Number(last.slice(8, 10)) - days))
  const whole = year * 12 + Number(last.slice(5, 7)) - 1 - months!
  const [then, month] = [Math.floor(whole / 12), whole % 12]
  const lastDay = new Date(Date.UTC(then, month + 1, 0)).getUTCDate()
  return isoDay(Date.UTC(then, month, Math.min(Number(last.slice(8, 10)), lastDay)))
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
