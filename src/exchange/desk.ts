import type { FillColumns } from '../domain/columns.ts'
import type { AccountRules } from '../domain/config.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import type { OptionChain } from '../domain/market.ts'
import type { OrderState } from '../domain/orders.ts'
import { tradedCash } from '../domain/traded-cash.ts'
import type { CurrencyCode, InstrumentId, OrderId } from '../domain/units.ts'
import { type Listings, listedInstrument, moveCashFor, movePosition } from './account.ts'
import { commission, type Traded } from './commission.ts'
import { requirementFraction } from './margin.ts'
import type { BarPrices, Moment, Resting } from './matching.ts'

/** Bars of one clock: one column per instrument, NaN = no bar. Owned by the caller; the exchange only reads them. */
export interface BarColumns {
  /** Instrument.index of each column; give the same array again for the same clock. */
  readonly instrument: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** What became of an order, where its fills do not say it. */
export interface OrderAnswer {
  readonly order: OrderId
  readonly state: OrderState
  readonly evidence: string
}

export interface OrderLeg {
  readonly index: number
  readonly ratio: number
}

/** An order at the exchange: one that rests, or the one being tried. */
export interface WorkingOrder extends Resting {
  id: number
  /** -1 for a structure. */
  instrument: number
  type: number
  force: number
  limit: number
  stop: number
  triggered: boolean
  /** Signed units still wanted; for a structure, structures. */
  remaining: number
  reducing: boolean
  legs: readonly OrderLeg[] | null
  traded: Traded
  /** Fees charged so far, in money counts. */
  charged: number
  /** Serial of the bar it took volume from last, and how many units. */
  tapped: number
  taken: number
  dead: boolean
}

/** The bars of one clock and how far they have got. */
export interface BarSlot {
  bars: BarColumns
  rowOf: Int32Array
  moment: Moment
  at: number
  serial: number
}

/** Everything the exchange's parts share. */
export interface Desk {
  readonly listings: Listings
  readonly rules: AccountRules
  readonly currency: CurrencyCode
  readonly checks: boolean
  readonly fills: FillColumns
  readonly states: OrderAnswer[]
  readonly chains: Map<InstrumentId, { chain: OptionChain; at: number }>
  readonly slots: BarSlot[]
  readonly bar: BarPrices
  now: number
  serial: number
  execution: number
  month: number
  sharesThisMonth: number
  /** Initial margin still free, in money counts; NaN: to be reckoned anew. */
  excess: number
  /** How much of the way to the bar's worst price the market has gone before orders reach it, from 0 to 1. */
  slide: number
}

export function say(desk: Desk, order: number, state: OrderState, evidence: string): void {
  desk.states.push({ order: order as OrderId, state, evidence })
}

/** Money counts as text with two decimals. */
export function moneyText(counts: number, currency: CurrencyCode): string {
  return `${(counts / countsPerUnit(currency)).toFixed(2)} ${currency}`
}

/** What a position adds to free margin at a mark: its value less what it binds, in the base currency. Not for options. */
export function contribution(desk: Desk, index: number, position: number, mark: number): number {
  if (position === 0 || Number.isNaN(mark)) return 0
  const value = position * mark * desk.listings.baseScale[index]!
  const instrument = listedInstrument(desk.listings, index)
  return value - Math.abs(value) * requirementFraction(desk.rules, instrument, value < 0, 'initial')
}

/** The fee of one more fill: what the order costs with it, less what it was charged so far. Counts of its currency. */
export function feeOf(desk: Desk, order: WorkingOrder, index: number, units: number, price: number): number {
  const { listings } = desk
  const before = order.traded
  const shares = Math.abs(units) / listings.perWhole[index]!
  const instrument = listedInstrument(listings, index)
  const value = shares * price * instrument.multiplier
  tally.shares = before.shares + shares
  tally.value = before.value + value
  tally.soldShares = before.soldShares + (units < 0 ? shares : 0)
  tally.soldValue = before.soldValue + (units < 0 ? value : 0)
  const earlier = Math.max(0, desk.sharesThisMonth - before.shares)
  const currency = listings.currencies[listings.currencyOf[index]!]!
  const total = commission(listings.costs[index]!.commission, instrument, tally, earlier, currency)
  // Shares that others traded in between can lift the whole order into a cheaper tier: nothing is paid back.
  return Math.max(0, total - order.charged)
}

/** The order's total as `feeOf` last reckoned it: `execute` adopts it. */
const tally: Traded = { shares: 0, value: 0, soldShares: 0, soldValue: 0 }

/**
 * One execution: moves position, cash and fee on the broker's books and adds the fill row.
 *
 * @param reference price before slippage (the middle for options): the mark from now on
 */
export function execute(
  desk: Desk,
  order: WorkingOrder,
  index: number,
  units: number,
  price: number,
  reference: number,
): void {
  const { listings } = desk
  const { account } = listings
  const fee = feeOf(desk, order, index, units, price)
  const shares = tally.shares - order.traded.shares
  order.traded.shares = tally.shares
  order.traded.value = tally.value
  order.traded.soldShares = tally.soldShares
  order.traded.soldValue = tally.soldValue
  order.charged += fee
  const cash = tradedCash(units, price, listings.scale[index]!)
  const paid = (units > 0 ? cash : -cash) + fee
  if (!Number.isNaN(desk.excess)) followExcess(desk, index, units, reference, paid)
  moveCashFor(listings, index, -paid)
  movePosition(listings, index, units)
  account.marks[index] = reference
  if (listings.isShare[index] === 1) desk.sharesThisMonth += shares
  desk.execution += 1
  desk.fills.push(order.id, desk.execution, index, units, price, fee)
}

function followExcess(desk: Desk, index: number, units: number, reference: number, paid: number): void {
  if (desk.listings.isOption[index] === 1 || desk.listings.currencyOf[index] !== 0) {
    desk.excess = Number.NaN
    return
  }
  const { account } = desk.listings
  const position = account.positions[index]!
  const before = contribution(desk, index, position, account.marks[index]!)
  desk.excess += contribution(desk, index, position + units, reference) - before - paid
}
