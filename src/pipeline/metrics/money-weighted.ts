import { exp } from '../../numerics/elementary.ts'

/** Money that went in (positive) or came out, so many years after the start; the first is what was there at the start. */
export interface Payment {
  readonly years: number
  readonly amount: number
}

/** A rate per year, or in words why there is none. */
export type MoneyWeighted =
  | { readonly rate: number; readonly problem: null }
  | { readonly rate: null; readonly problem: string }

/** Growth over the whole time that is looked at: from e^-60 to e^60, in steps that tell two rates apart. */
const REACH = 60
const STEPS = 1_200
const HALVINGS = 200

const none = (problem: string): MoneyWeighted => ({ rate: null, problem })

/**
 * Money-weighted return: the rate per year at which everything that was put in, less what was taken out, would have become
 * the final value. The internal rate of return of the payments.
 *
 * It is searched over the growth of the whole time, so short and long times are alike. Where the payments change sign
 * more than once there may be several such rates: then none is given, because each would be as good as the other.
 *
 * @param payments in the order of their time
 * @param final value at `years` after the start, as if all of it were taken out then
 * @see Bacon (2008), "Practical Portfolio Performance Measurement and Attribution", chapter 2
 */
export function moneyWeightedReturn(payments: readonly Payment[], final: number, years: number): MoneyWeighted {
  const moved = payments.filter(({ amount }) => amount !== 0)
  if (moved.length === 0) return none('no money was put in')
  if (!(years > 0)) return none('no time passed')
  const flows = [...moved.map(({ years: at, amount }) => ({ at: at / years, amount })), { at: 1, amount: 0 - final }]
  if (flows.every(({ amount }) => amount >= 0)) {
    return final === 0 ? { rate: -1, problem: null } : none('more than all of it was lost')
  }
  if (flows.every(({ amount }) => amount <= 0)) return none('no money was put in')
  const balance = (growth: number): number => {
    let sum = 0
    for (const { at, amount } of flows) sum += amount * exp(growth * (1 - at))
    return sum
  }
  const found = rootsOf(balance)
  if (found.length === 0) return none('no rate explains what was put in and taken out')
  if (found.length > 1) return none('several rates explain what was put in and taken out')
  const rate = exp(found[0]! / years) - 1
  return Number.isFinite(rate) ? { rate, problem: null } : none('the rate per year is beyond counting')
}

/** Where a function of the growth changes its sign. */
function rootsOf(balance: (growth: number) => number): readonly number[] {
  const roots: number[] = []
  let low = 0 - REACH
  let left = balance(low)
  for (let step = 1; step <= STEPS; step += 1) {
    const high = 0 - REACH + (2 * REACH * step) / STEPS
    const right = balance(high)
    if (left === 0) roots.push(low)
    else if (left > 0 !== right > 0 && right !== 0) roots.push(halved(balance, low, high, left > 0))
    low = high
    left = right
  }
  if (left === 0) roots.push(low)
  return roots
}

/** The root between two growths at which the signs differ, to the last bit. */
function halved(balance: (growth: number) => number, from: number, to: number, isAbove: boolean): number {
  let [low, high] = [from, to]
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = low + (high - low) / 2
    if (!(middle > low && middle < high)) break
    if (balance(middle) > 0 === isAbove) low = middle
    else high = middle
  }
  return low + (high - low) / 2
}

const DAYS_A_YEAR = 365

/** Payments of a book by its days: what it began with on the first one, and the flows that each day had. */
export function paymentsOf(
  initial: number,
  flows: Float64Array,
  daysSinceStart: ArrayLike<number>,
): { readonly payments: readonly Payment[]; readonly years: number } {
  const at = (day: number): number => (daysSinceStart[day] ?? 0) / DAYS_A_YEAR
  const payments = Array.from(flows, (amount, day) => ({ years: at(day), amount }))
  return { payments: [{ years: 0, amount: initial }, ...payments], years: at(daysSinceStart.length - 1) }
}
