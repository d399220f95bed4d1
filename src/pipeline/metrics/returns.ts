import { pow } from '../../numerics/elementary.ts'

/**
 * Returns are simple returns per period, as fractions: 0.01 is one percent. NaN is a missing observation.
 * A statistic that is undefined for its input is NaN; `catalogue.ts` turns it into null where it is reported.
 */

/** The observations that are there, in their order. */
export function observed(returns: Float64Array): Float64Array {
  return returns.filter((value) => !Number.isNaN(value))
}

/** Growth of one unit of capital to the end: the product of 1 + r over what was observed. */
export function growth(returns: Float64Array): number {
  let wealth = 1
  for (let index = 0; index < returns.length; index += 1) {
    const step = returns[index]!
    if (!Number.isNaN(step)) wealth *= 1 + step
  }
  return wealth
}

/** Total return over all periods; NaN for an empty series. */
export function totalReturn(returns: Float64Array): number {
  return returns.length === 0 ? Number.NaN : growth(returns) - 1
}

/** Total return up to each period; a missing observation changes nothing. */
export function cumulativeReturns(returns: Float64Array): Float64Array {
  const out = new Float64Array(returns.length)
  let wealth = 1
  for (let index = 0; index < returns.length; index += 1) {
    const step = returns[index]!
    if (!Number.isNaN(step)) wealth *= 1 + step
    out[index] = wealth - 1
  }
  return out
}

/** A growth factor over `years` as a return per year; NaN when more than everything was lost. */
function annualised(factor: number, years: number): number {
  return factor < 0 || !(years > 0) ? Number.NaN : pow(factor, 1 / years) - 1
}

/**
 * Compound annual growth rate by count of periods: growth^(periods / n) - 1. A missing observation is time that passed.
 * A total loss is -1.
 */
export function annualReturn(returns: Float64Array, periods: number): number {
  return annualised(growth(returns), returns.length / periods)
}

/** Compound annual growth by calendar time, a year being 365.25 days. */
export function calendarAnnualReturn(factor: number, days: number): number {
  return annualised(factor, days / 365.25)
}

/** Share of observed periods with a positive return. */
export function hitRate(returns: Float64Array): number {
  let wins = 0
  let count = 0
  for (let index = 0; index < returns.length; index += 1) {
    if (Number.isNaN(returns[index]!)) continue
    count += 1
    if (returns[index]! > 0) wins += 1
  }
  return wins / count
}

/** Simple returns of consecutive prices; one fewer than the prices. */
export function returnsOfPrices(prices: Float64Array): Float64Array {
  const out = new Float64Array(Math.max(0, prices.length - 1))
  for (let index = 1; index < prices.length; index += 1) out[index - 1] = prices[index]! / prices[index - 1]! - 1
  return out
}

/** Returns less a rate per period: one number, or one per period. Missing where either is. */
export function excess(returns: Float64Array, rate: number | Float64Array): Float64Array {
  if (typeof rate === 'number') return rate === 0 ? returns : returns.map((value) => value - rate)
  return returns.map((value, index) => value - rate[index]!)
}

/** The two series where both were observed. */
export function paired(left: Float64Array, right: Float64Array): readonly [Float64Array, Float64Array] {
  const both = (_: number, index: number): boolean => !Number.isNaN(left[index]!) && !Number.isNaN(right[index]!)
  return [left.filter(both), right.subarray(0, left.length).filter(both)]
}

/** The yyyymmdd dates and returns of one stretch of the calendar, compounded. */
export interface CalendarReturn {
  readonly year: number
  /** 1 to 12, or 0 for a whole year. */
  readonly month: number
  readonly value: number
}

function compounded(dates: Int32Array, returns: Float64Array, divisor: number): CalendarReturn[] {
  const out: { year: number; month: number; value: number }[] = []
  let key = Number.NaN
  for (let index = 0; index < returns.length; index += 1) {
    const step = returns[index]!
    if (Number.isNaN(step)) continue
    const here = Math.floor(dates[index]! / divisor)
    if (here !== key) {
      const year = Math.floor(dates[index]! / 10_000)
      out.push({ year, month: divisor === 100 ? here - year * 100 : 0, value: 0 })
      key = here
    }
    const last = out[out.length - 1]!
    last.value = (1 + last.value) * (1 + step) - 1
  }
  return out
}

/** Compound return of each calendar month that has observations, in the order of the dates (yyyymmdd, ascending). */
export function monthlyReturns(dates: Int32Array, returns: Float64Array): CalendarReturn[] {
  return compounded(dates, returns, 100)
}

/** Compound return of each calendar year that has observations; `month` is 0. */
export function calendarYearReturns(dates: Int32Array, returns: Float64Array): CalendarReturn[] {
  return compounded(dates, returns, 10_000)
}
