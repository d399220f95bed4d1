/** What a book was worth at the end of each period, what it began with, and the money moved in or out. */
export interface Wealth {
  readonly initial: number
  readonly equity: Float64Array
  /** Net flows booked since the end of the previous period; negative is money taken out. Fees are not flows. */
  readonly flows: Float64Array
  /** Smallest amount of money that moves: what is below it cannot be taken out of a book that is emptied. */
  readonly smallest?: number
}

/** What is left of a book that was emptied is the noise of its last bits, not money at work. */
const NOISE = 1e-9

/**
 * Time-weighted return of each period: value / (last value + net flows) - 1, so that money moved in or out is no gain.
 * NaN where nothing was at work: last value plus flows is not positive.
 *
 * @see Bacon (2008), "Practical Portfolio Performance Measurement and Attribution", chapter 2
 */
export function timeWeightedReturns({ initial, equity, flows, smallest = 0 }: Wealth): Float64Array {
  const returns = new Float64Array(equity.length)
  let last = initial
  for (let index = 0; index < equity.length; index += 1) {
    const flow = flows[index] ?? 0
    const base = last + flow
    const least = Math.max(NOISE * Math.max(Math.abs(last), Math.abs(flow)), flow < 0 ? smallest : 0)
    const isAtWork = base > least
    returns[index] = isAtWork ? equity[index]! / base - 1 : Number.NaN
    last = equity[index]!
  }
  return returns
}
