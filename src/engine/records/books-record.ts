/** The books as they stand and every booking that led there: what two runs must have in common to be the same run. */
import { canonicalBytes } from '../canonical.ts'
import { shownSleeves } from '../external/sleeve.ts'
import type { Runtime } from '../runtime.ts'
import type { AttributionRecord } from './result.ts'

/**
 * Canonical bytes of positions, cash, fees, dividends and realised gains of every sleeve and of the account, and of all
 * postings in their order. What the kernel remembers beside its books is not part of it, nor is an external sleeve that
 * nothing was ever booked to.
 */
export function booksRecord(runtime: Runtime, postings: readonly AttributionRecord[]): Uint8Array {
  const { books, currencies, instruments } = runtime.state
  const purses = (of: Float64Array, from: number): Record<string, number> =>
    Object.fromEntries(currencies.map((currency, index) => [currency, of[from + index]!]))
  const sleeves = shownSleeves(runtime).map(({ config, ordinal }) => ({
    id: config.id,
    cash: purses(books.cash, ordinal * books.currencies),
    fees: purses(books.fees, ordinal * books.currencies),
    dividends: purses(books.dividends, ordinal * books.currencies),
    positions: instruments.flatMap(({ id, index }) => {
      const at = ordinal * books.width + index
      const [quantity, cost, realised] = [books.quantity[at]!, books.cost[at]!, books.realised[at]!]
      return quantity === 0 && realised === 0 ? [] : [{ id, quantity, cost, realised }]
    }),
  }))
  const account = {
    cash: purses(books.accountCash, 0),
    positions: instruments.flatMap(({ id, index }) => {
      const quantity = books.accountQuantity[index]!
      return quantity === 0 ? [] : [{ id, quantity }]
    }),
  }
  return canonicalBytes({ sleeves, account, postings })
}
