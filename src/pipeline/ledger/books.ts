/**
 * Ledger: what every sleeve owns and owes, and what the account owns and owes.
 * In:    trades, cash movements, corporate actions   Out: positions, cash, cost, realised P&L
 * Keeps: sleeves' quantities and cash add up to the account's, exactly
 */
import { AssertionError } from '../../domain/assert.ts'
import { MAGNITUDE_MAX } from '../../domain/units.ts'

/**
 * The books of one account. Positions are rows of `width` columns per sleeve: sleeve s, instrument i at s * width + i.
 * Quantities and cash are whole counts; cost and realised P&L are doubles for reports and are never posted.
 */
export interface Books {
  readonly sleeves: number
  currencies: number
  width: number
  quantity: Float64Array
  /** Signed whole shares, contracts or coins x average entry price. */
  cost: Float64Array
  /** In the instrument's currency. */
  realised: Float64Array
  accountQuantity: Float64Array
  /** Sleeve s, currency c at s * currencies + c. */
  cash: Float64Array
  accountCash: Float64Array
  /** Laid out as `cash` is: counts of different currencies are never added up. */
  fees: Float64Array
  dividends: Float64Array
  /** Money value of one count for a price of one, per instrument: multiplier x unit. */
  scale: Float64Array
  /** Units in one whole share, contract or coin, and what a price move of one is worth for it. */
  perWhole: Float64Array
  multiplier: Float64Array
  currency: Int32Array
}

export function createBooks(sleeves: number, currencies: number, width: number): Books {
  return {
    sleeves,
    currencies,
    width,
    quantity: new Float64Array(sleeves * width),
    cost: new Float64Array(sleeves * width),
    realised: new Float64Array(sleeves * width),
    accountQuantity: new Float64Array(width),
    cash: new Float64Array(sleeves * currencies),
    accountCash: new Float64Array(currencies),
    fees: new Float64Array(sleeves * currencies),
    dividends: new Float64Array(sleeves * currencies),
    scale: new Float64Array(width),
    perWhole: new Float64Array(width),
    multiplier: new Float64Array(width),
    currency: new Int32Array(width),
  }
}

/** Makes room for more instruments; what is held stays. */
export function widenBooks(books: Books, width: number): void {
  if (width <= books.width) return
  books.quantity = rewiden(books.quantity, books.sleeves, books.width, width)
  books.cost = rewiden(books.cost, books.sleeves, books.width, width)
  books.realised = rewiden(books.realised, books.sleeves, books.width, width)
  books.accountQuantity = rewiden(books.accountQuantity, 1, books.width, width)
  books.scale = rewiden(books.scale, 1, books.width, width)
  books.perWhole = rewiden(books.perWhole, 1, books.width, width)
  books.multiplier = rewiden(books.multiplier, 1, books.width, width)
  const currency = new Int32Array(width)
  currency.set(books.currency)
  books.currency = currency
  books.width = width
}

/** Gives every sleeve and the account an empty purse in one more currency. */
export function addCurrency(books: Books): void {
  const from = books.currencies
  const to = from + 1
  books.cash = rewiden(books.cash, books.sleeves, from, to)
  books.fees = rewiden(books.fees, books.sleeves, from, to)
  books.dividends = rewiden(books.dividends, books.sleeves, from, to)
  books.accountCash = rewiden(books.accountCash, 1, from, to)
  books.currencies = to
}

/** Rows laid out for a larger width. */
export function rewiden(old: Float64Array, rows: number, from: number, to: number): Float64Array {
  const next = new Float64Array(rows * to)
  for (let row = 0; row < rows; row += 1) next.set(old.subarray(row * from, row * from + from), row * to)
  return next
}

/**
 * Books one sleeve's part of a trade at average cost: a trade through zero closes the old side (realised) and opens the
 * new one at the trade price. Fees are expensed, never in the cost.
 *
 * @param cash signed money counts before the fee: negative for a purchase
 * @returns realised P&L of the closed part, in the instrument's currency
 */
export function postTrade(
  books: Books,
  sleeve: number,
  instrument: number,
  quantity: number,
  price: number,
  cash: number,
  fee: number,
): number {
  const at = sleeve * books.width + instrument
  const before = books.quantity[at]!
  const after = before + quantity
  if (!(after <= MAGNITUDE_MAX && after >= -MAGNITUDE_MAX)) {
    throw new AssertionError(`a position must stay within 2^52 units, was "${after}"`)
  }
  const perWhole = books.perWhole[instrument]!
  let realised = 0
  if (before === 0 || before > 0 === quantity > 0) {
    books.cost[at] = books.cost[at]! + (quantity / perWhole) * price
  } else {
    const average = books.cost[at]! / (before / perWhole)
    const through = after !== 0 && after > 0 !== before > 0
    const closed = through ? before : 0 - quantity
    realised = (closed / perWhole) * books.multiplier[instrument]! * (price - average)
    books.cost[at] = after === 0 ? 0 : (after / perWhole) * (through ? price : average)
    books.realised[at] = books.realised[at]! + realised
  }
  books.quantity[at] = after
  const purse = sleeve * books.currencies + books.currency[instrument]!
  const left = books.cash[purse]! + cash - fee
  if (!(left <= MAGNITUDE_MAX && left >= -MAGNITUDE_MAX)) {
    throw new AssertionError(`a sleeve's cash must stay within 2^52 counts, was "${left}"`)
  }
  books.cash[purse] = left
  if (fee !== 0) books.fees[purse] = books.fees[purse]! + fee
  return realised
}

/** Books a fill or exercise on the account itself: the sum that the sleeves' parts must match. */
export function postAccount(books: Books, instrument: number, quantity: number, cash: number): void {
  books.accountQuantity[instrument] = books.accountQuantity[instrument]! + quantity
  const currency = books.currency[instrument]!
  const next = books.accountCash[currency]! + cash
  if (!(next <= MAGNITUDE_MAX && next >= -MAGNITUDE_MAX)) {
    throw new AssertionError(`account cash must stay within 2^52 counts, was "${next}"`)
  }
  books.accountCash[currency] = next
}

/** Average entry price of a position; NaN when flat. */
export function averagePrice(books: Books, sleeve: number, instrument: number): number {
  const at = sleeve * books.width + instrument
  return books.cost[at]! / (books.quantity[at]! / books.perWhole[instrument]!)
}

/** Moves money between two sleeves of the account: creates and loses nothing, and is no return of either. */
export function postTransfer(books: Books, currency: number, from: number, to: number, amount: number): void {
  books.cash[from * books.currencies + currency] = books.cash[from * books.currencies + currency]! - amount
  books.cash[to * books.currencies + currency] = books.cash[to * books.currencies + currency]! + amount
}

/** Changes money of one currency into another in one sleeve's purses: what is given up and what comes are both stated. */
export function postConversion(
  books: Books,
  sleeve: number,
  sold: { readonly currency: number; readonly amount: number },
  bought: { readonly currency: number; readonly amount: number },
): void {
  postFlow(books, sold.currency, sleeve, 0 - sold.amount)
  postFlow(books, bought.currency, sleeve, bought.amount)
}

/** Money from or to outside, through one sleeve. */
export function postFlow(books: Books, currency: number, sleeve: number, amount: number): void {
  const purse = sleeve * books.currencies + currency
  books.cash[purse] = books.cash[purse]! + amount
  books.accountCash[currency] = books.accountCash[currency]! + amount
}
