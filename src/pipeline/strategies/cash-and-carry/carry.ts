/** What holding a spot against selling a derivative of it short is worth a year. */
import type { FundingRecord } from '../../../domain/market-records.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { TradeDate } from '../../../domain/units.ts'

const DAYS_A_YEAR = 365
const MS_A_DAY = 86_400_000

/** A payment that was published: its instant and its rate. */
export type Payment = readonly [at: number, rate: number]

/** Premium of the derivative over the spot it stands for, as a fraction. */
export function basisOf(spot: number, derivative: number, perContract: number): number {
  return derivative / (spot * perContract) - 1
}

/**
 * A basis as a fraction a year: until the expiry of a dated contract, of which at least one day is left; over the horizon
 * where there is none.
 */
export function annualised(
  basis: number,
  {
    today,
    expiry,
    horizon,
  }: { readonly today: TradeDate; readonly expiry: TradeDate | null; readonly horizon: number },
): number {
  const days = expiry === null ? horizon : Math.max(1, daysBetween(today, expiry))
  return (basis * DAYS_A_YEAR) / days
}

/** The payments of the last days before an instant, the new ones among them, earliest first. */
export function withPayments(
  known: readonly Payment[],
  records: readonly FundingRecord[],
  { at, days }: { readonly at: number; readonly days: number },
): readonly Payment[] {
  const since = at - days * MS_A_DAY
  if (records.length === 0 && (known.length === 0 || known[0]![0] > since)) return known
  const found = records.map((record): Payment => [record.eventAt, record.rate])
  return [...known, ...found].filter(([when]) => when > since).sort((one, other) => one[0] - other[0])
}

/** What longs paid shorts over the last days, as a fraction a year; NaN where nothing was published. */
export function fundingYield(payments: readonly Payment[], days: number): number {
  if (payments.length === 0) return Number.NaN
  let total = 0
  for (const [, rate] of payments) total += rate
  return (total * DAYS_A_YEAR) / days
}
