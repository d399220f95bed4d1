import type { CommissionSchedule } from '../domain/commissions.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import type { Instrument } from '../domain/instruments.ts'
import { type CurrencyCode, MAGNITUDE_MAX } from '../domain/units.ts'

/** What one order has traded so far, over all its fills and legs; all magnitudes. */
export interface Traded {
  /** Whole shares, contracts or coins. */
  shares: number
  /** Money value in whole currency. */
  value: number
  /** The part of both that was sold. */
  soldShares: number
  soldValue: number
}

export function nothingTraded(): Traded {
  return { shares: 0, value: 0, soldShares: 0, soldValue: 0 }
}

/** Decimal halves are not exact in binary: a value this near to a half counts as the half. */
const HALF_EPSILON = 1e-9

/**
 * What the broker charges for an order that has traded this much, in money counts of the currency, rounded half up to
 * the schedule's step. The fee of one fill is the difference between two calls: what the order costs with it less what
 * was charged so far; so a minimum is charged once however many partial fills there are.
 *
 * Per share (or per contract) and basis points add up; then the minimum, then the cap as a fraction of value, which
 * wins over the minimum as at Interactive Brokers; then regulatory fees on the part that was sold.
 *
 * @param sharesThisMonth shares traded this month before this order: tiers are marginal
 */
export function commission(
  schedule: CommissionSchedule,
  instrument: Instrument,
  traded: Traded,
  sharesThisMonth: number,
  currency: CurrencyCode,
): number {
  if (traded.shares === 0) return 0
  const contracts = instrument.kind === 'option' || instrument.kind === 'future'
  let fee = (schedule.bps / 10_000) * traded.value
  if (contracts) fee += schedule.perContract * traded.shares
  else if (schedule.tiers.length > 0) fee += tiered(schedule, traded.shares, sharesThisMonth)
  else fee += schedule.perShare * traded.shares
  if (fee < schedule.minimumPerOrder) fee = schedule.minimumPerOrder
  if (schedule.maximumFraction !== null) fee = Math.min(fee, schedule.maximumFraction * traded.value)
  if (traded.soldShares > 0) {
    fee += schedule.saleFraction * traded.soldValue
    fee += Math.min(schedule.salePerShare * traded.soldShares, schedule.salePerShareMax)
  }
  return fee === 0 ? 0 : roundedToStep(fee, schedule.step, countsPerUnit(currency))
}

/** Shares of one order priced tier by tier, as they continue the month's count. */
function tiered(schedule: CommissionSchedule, shares: number, sharesThisMonth: number): number {
  const end = sharesThisMonth + shares
  let fee = 0
  let from = 0
  let rate = schedule.perShare
  for (const tier of schedule.tiers) {
    fee += rate * overlap(from, tier.above, sharesThisMonth, end)
    from = tier.above
    rate = tier.perShare
  }
  return fee + rate * overlap(from, MAGNITUDE_MAX, sharesThisMonth, end)
}

function overlap(from: number, to: number, start: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, start))
}

/** A fee in whole currency as money counts, rounded half up to the schedule's step. */
export function roundedToStep(fee: number, step: number, counts: number): number {
  const steps = fee / step
  const whole = Math.floor(steps)
  const short = steps - whole - (0.5 - HALF_EPSILON * Math.max(1, steps))
  // What is short of half floors to -1, all else counts nothing: no branch that half of all fees would take.
  const rounded = whole + 1 + Math.min(0, Math.floor(short))
  return Math.floor(rounded * (step * counts) + 0.5)
}
