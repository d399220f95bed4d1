/** What an exchange remembers between calls, as plain data: one that is given it goes on as if it had never stopped. */
import type { Instrument } from '../domain/instruments.ts'
import type { CurrencyCode } from '../domain/units.ts'
import { movePosition, takeBaseScale } from './account.ts'
import type { Desk, WorkingOrder } from './desk.ts'

/**
 * Bars and chains of the moment are no part of it: it is taken between moments. Arrays are by Instrument.index unless said
 * otherwise.
 */
export interface ExchangeState {
  readonly instruments: readonly Instrument[]
  readonly cash: number
  /** By place in `currencies`. */
  readonly purses: readonly number[]
  readonly currencies: readonly CurrencyCode[]
  readonly toBase: readonly number[]
  readonly positions: Float64Array
  readonly marks: Float64Array
  /** In the order in which the account adds them up. */
  readonly held: Int32Array
  /** Absent where everything can be borrowed. */
  readonly unborrowable?: readonly number[]
  readonly orders: readonly WorkingOrder[]
  /** The clocks that have been seen, and the count of their last open. */
  readonly clocks: readonly { readonly instruments: Int32Array; readonly serial: number }[]
  readonly now: number
  readonly serial: number
  readonly execution: number
  readonly month: number
  readonly sharesThisMonth: number
  readonly excess: number
}

export function exchangeState(desk: Desk, book: readonly WorkingOrder[]): ExchangeState {
  const { listings } = desk
  const { account } = listings
  const count = listings.instruments.length
  return {
    instruments: listings.instruments as Instrument[],
    cash: account.cash,
    purses: [...account.purses],
    currencies: [...listings.currencies],
    toBase: [...listings.toBase],
    positions: account.positions.slice(0, count),
    marks: account.marks.slice(0, count),
    held: account.held.slice(0, account.heldCount),
    ...(listings.unborrowable.size === 0 ? {} : { unborrowable: [...listings.unborrowable].sort((a, b) => a - b) }),
    orders: book.map((order) => ({ ...order, traded: { ...order.traded } })),
    clocks: desk.slots.map(({ bars, serial }) => ({ instruments: bars.instrument, serial })),
    now: desk.now,
    serial: desk.serial,
    execution: desk.execution,
    month: desk.month,
    sharesThisMonth: desk.sharesThisMonth,
    excess: desk.excess,
  }
}

const NO_PRICES = new Float64Array(0)

/** Puts a new exchange, in which the state's instruments are listed, where the state left off. */
export function takeExchangeState(desk: Desk, book: WorkingOrder[], state: ExchangeState): void {
  const { listings } = desk
  const { account } = listings
  state.currencies.forEach((currency, place) => {
    listings.currencies[place] = currency
    listings.toBase[place] = state.toBase[place]!
    account.purses[place] = state.purses[place]!
  })
  for (let index = 0; index < state.instruments.length; index += 1) takeBaseScale(listings, index)
  account.cash = state.cash
  for (const index of state.held) movePosition(listings, index, state.positions[index]!)
  account.marks.set(state.marks)
  for (const index of state.unborrowable ?? []) listings.unborrowable.add(index)
  for (const order of state.orders) book.push({ ...order, traded: { ...order.traded } })
  for (const { instruments, serial } of state.clocks) {
    const none = { open: NO_PRICES, high: NO_PRICES, low: NO_PRICES, close: NO_PRICES, volume: NO_PRICES }
    const rowOf = new Int32Array(0)
    // A copy: the clock's own array is met again with bars of its own.
    const bars = { instrument: instruments.slice(), ...none }
    desk.slots.push({ bars, rowOf, moment: 'close', at: Number.NaN, serial })
  }
  desk.now = state.now
  desk.serial = state.serial
  desk.execution = state.execution
  desk.month = state.month
  desk.sharesThisMonth = state.sharesThisMonth
  desk.excess = state.excess
}
