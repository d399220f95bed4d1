/** The account that books stand for: what a broker would have who filled everything that was booked. */

import type { CurrencyCode } from '../../domain/units.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { ExchangeState } from '../../exchange/state.ts'

/** Nothing is on its way, and nobody has seen a bar. */
export function accountState({ state }: Runtime): ExchangeState {
  const { books, instruments, currencies, rate, mark } = state
  const count = instruments.length
  const positions = books.accountQuantity.slice(0, count)
  return {
    instruments,
    cash: books.accountCash[0]!,
    // The first purse stands beside the cash, and is empty.
    purses: Array.from(books.accountCash, (counts, place) => (place === 0 ? 0 : counts)),
    currencies: currencies as CurrencyCode[],
    toBase: Array.from(currencies, (_, place) => rate[place]!),
    positions,
    marks: mark.slice(0, count),
    held: Int32Array.from(positions.keys()).filter((index) => positions[index] !== 0),
    orders: [],
    clocks: [],
    now: state.at,
    serial: 0,
    execution: state.executions,
    month: 0,
    sharesThisMonth: 0,
    excess: 0,
  }
}
