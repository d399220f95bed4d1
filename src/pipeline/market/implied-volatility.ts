import { daysBetween } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { AdjustedSeries, CashDividend, PriceBasis, Split } from './adjust.ts'

/** One number a day, oldest first; NaN where a day has none. */
export interface DatedValues {
  readonly dates: Int32Array
  readonly values: Float64Array
}

/** Where an underlying's at-the-money volatility comes from. Prices must be continuous over splits. */
export type VolatilityRule =
  /** A volatility index in percent: ^VIX for SPY. */
  | { readonly kind: 'index'; readonly index: DatedValues }
  /** The index times the ratio of two realised volatilities: ^VIX for QQQ by QQQ over SPY. */
  | {
      readonly kind: 'scaled'
      readonly index: DatedValues
      readonly closes: DatedValues
      readonly reference: DatedValues
    }
  /** Implied volatilities as fractions where the file has them, realised volatility times a factor elsewhere. */
  | {
      readonly kind: 'recorded'
      readonly recorded: DatedValues
      readonly closes: DatedValues
      readonly realisedFactor: number
    }
  | { readonly kind: 'realised'; readonly closes: DatedValues; readonly realisedFactor: number }

/** Closes of a series on the signal scale: continuous over splits. */
export function signalCloses({ series, factors }: Pick<AdjustedSeries, 'series' | 'factors'>): DatedValues {
  return { dates: series.dates, values: series.close.map((close, row) => close * factors[row]!) }
}

const REALISED_DAYS = 60
const DAYS_PER_YEAR = 252
/** A value this many calendar days old no longer says anything about today. */
const STALE_DAYS = 10
const TRAILING_DAYS = 365

/**
 * Annualised sample volatility of the last 60 daily returns, each value from closes up to its day; NaN before there
 * are 60 returns.
 */
export function realisedVolatility(closes: DatedValues, days: number = REALISED_DAYS): DatedValues {
  const { dates, values } = closes
  const returns = values.map((close, row) => (row === 0 ? Number.NaN : close / values[row - 1]! - 1))
  const volatility = new Float64Array(values.length).fill(Number.NaN)
  for (let row = days; row < values.length; row += 1) {
    let sum = 0
    for (let at = row - days + 1; at <= row; at += 1) sum += returns[at]!
    const mean = sum / days
    let squares = 0
    for (let at = row - days + 1; at <= row; at += 1) squares += (returns[at]! - mean) * (returns[at]! - mean)
    volatility[row] = Math.sqrt((squares / (days - 1)) * DAYS_PER_YEAR)
  }
  return { dates, values: volatility }
}

/** At-the-money implied volatility by day, as a fraction a year; each value uses nothing later than its day. */
export function impliedVolatilitySeries(rule: VolatilityRule): DatedValues {
  switch (rule.kind) {
    case 'index':
      return { dates: rule.index.dates, values: rule.index.values.map((percent) => percent / 100) }
    case 'scaled': {
      const own = realisedVolatility(rule.closes)
      const reference = realisedVolatility(rule.reference)
      return mapDates(rule.index.dates, (date, row) => {
        const percent = rule.index.values[row]!
        return (percent / 100) * (valueOn(own, date) / valueOn(reference, date))
      })
    }
    case 'recorded': {
      const realised = realisedVolatility(rule.closes)
      return mapDates(rule.closes.dates, (date, row) => {
        const recorded = valueOn(rule.recorded, date)
        return Number.isNaN(recorded) ? realised.values[row]! * rule.realisedFactor : recorded
      })
    }
    case 'realised': {
      const realised = realisedVolatility(rule.closes)
      return { dates: realised.dates, values: realised.values.map((value) => value * rule.realisedFactor) }
    }
  }
}

function mapDates(dates: Int32Array, value: (date: TradeDate, row: number) => number): DatedValues {
  return { dates, values: Float64Array.from(dates, (date, row) => value(date as TradeDate, row)) }
}

/** Row of the last date at or before `date`; -1 before the first. */
function rowUpTo(dates: Int32Array, date: number): number {
  let low = 0
  let high = dates.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (dates[middle]! <= date) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The value of exactly that day; NaN where there is none. */
function valueOn(series: DatedValues, date: TradeDate): number {
  const row = rowUpTo(series.dates, date)
  return row >= 0 && series.dates[row] === date ? series.values[row]! : Number.NaN
}

/**
 * What is known of a daily value at a moment: at the close the day's own, at the open the one of the day before.
 *
 * @returns null where the last value is missing or older than ten calendar days
 */
export function knownValue(series: DatedValues, tradeDate: TradeDate, phase: 'open' | 'close'): number | null {
  let row = rowUpTo(series.dates, phase === 'close' ? tradeDate : tradeDate - 1)
  while (row >= 0 && Number.isNaN(series.values[row]!)) row -= 1
  if (row < 0 || daysBetween(series.dates[row] as TradeDate, tradeDate) > STALE_DAYS) return null
  return series.values[row]!
}

/**
 * Dividends with an ex-date in the year up to and including a day, per share of that day, over the spot. For raw prices
 * amounts are brought over the splits between.
 */
export function trailingDividendYield(
  paid: { readonly dividends: readonly CashDividend[]; readonly splits: readonly Split[]; readonly basis: PriceBasis },
  tradeDate: TradeDate,
  spot: number,
): number {
  let sum = 0
  for (const { date, amount } of paid.dividends) {
    const age = daysBetween(date, tradeDate)
    if (age < 0 || age >= TRAILING_DAYS) continue
    let shares = 1
    for (const split of paid.splits) {
      const between = split.date > date && split.date <= tradeDate
      if (paid.basis === 'raw' && between) shares = (shares * split.numerator) / split.denominator
    }
    sum += amount / shares
  }
  return sum / spot
}
