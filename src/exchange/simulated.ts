/**
 * Simulated exchange and broker in one: one account, bars and option chains in, fills and order states out.
 *
 * A bar runs through it in this order; every call answers with fills and with what fills do not say:
 *   apply(action)               corporate actions of the day, before the open; resting orders of an ex-date are cancelled
 *   open(at, date, bars)        the bars of one clock; resting orders try the auction
 *   submit(orders, 'auction')   market and open orders fill at the open; the rest tries once and rests
 *   range(at, bars)             resting stops, then resting limits, within the bar
 *   submit(orders, 'range')     stops and limits sent while the bar runs: the same rules
 *   close(at, date, bars)       close orders at the close, marks, day orders expire
 *   submit(orders, 'close')     orders for this very close
 *   expiries, earlyAssignments  what happens to option positions tonight; apply() books them
 *   marginCall, forcedReduction at the close, and at the next open if the deficit persists
 *
 * Fills come before states. `filled` is never reported: fills that add up to an order end it. An order that fills in
 * part and then lapses reports 'cancelled' (force cycle, or cut by buying power) or 'expired' (day).
 * Several clocks may stand at one instant: call each step for every clock that has it, with the same instant, before
 * `submit`. An order meets the bars whose last step was this moment at this instant, and no others.
 * All answers share one object and one set of columns: read them before the next call.
 */
import { assert } from '../domain/assert.ts'
import { type FillColumns, FORCE_CODE, fillColumns, type OrderColumns, TYPE_CODE } from '../domain/columns.ts'
import type { AccountRules, PortfolioConfig } from '../domain/config.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { CorporateAction, OptionChain } from '../domain/market.ts'
import type { CashConversion } from '../domain/risk.ts'
import { type CurrencyCode, type Instant, type Money, money, type TradeDate } from '../domain/units.ts'
import {
  accountEquity,
  type BrokerAccount,
  createListings,
  currencyPlace,
  listedInstrument,
  listInstrument,
  movePurse,
  takeRate,
} from './account.ts'
import { fillAuction } from './bulk.ts'
import { freeMargin } from './buying-power.ts'
import { applyAction } from './corporate.ts'
import type { BarColumns, BarSlot, Desk, OrderAnswer, WorkingOrder } from './desk.ts'
import { say } from './desk.ts'
import { type ForcedOrder, isClearAt, maintenanceDeficit, owesNothing, reductionOrders } from './forced.ts'
import type { Moment } from './matching.ts'
import { type OptionEnds, optionEnds } from './option-ends.ts'
import { quoteNow } from './quoted.ts'
import { type ExchangeState, exchangeState, takeExchangeState } from './state.ts'
import { blankOrder, isQuoted, lapses, meetsAs, orderName, readOrder, refusalOf, resting, tryOrder } from './trading.ts'

export interface ExchangeOptions {
  readonly account: AccountRules
  readonly currency: CurrencyCode
  /** Cash on the first day, in that currency. */
  readonly cash: Money
  /** Currencies taken as equal to it. */
  readonly parity?: PortfolioConfig['parity']
  readonly costs: PortfolioConfig['costs']
  /**
   * False leaves buying power unjudged and takes marks only when they are asked for, between a close and the next open:
   * for timing runs whose sizing cannot overspend.
   */
  readonly checks?: boolean
  /** Goes on from here instead of beginning with the cash. */
  readonly from?: ExchangeState
}

export interface ExchangeAnswer {
  readonly states: readonly OrderAnswer[]
  /** Null when nothing filled. */
  readonly fills: FillColumns | null
}

export interface SimulatedExchange extends OptionEnds {
  /** The broker's own books: the auditor of the kernel's. */
  readonly account: BrokerAccount
  list(instrument: Instrument): void
  open(at: Instant, tradeDate: TradeDate, bars: BarColumns, chains?: readonly OptionChain[]): ExchangeAnswer
  /**
   * With a `slide` above 0 the orders reach the market while the bar runs: by then it has gone so much of the way from their
   * price to the bar's worst. Those for the auction still meet the bar that they missed it of, at 'range'.
   */
  submit(orders: OrderColumns, moment: Moment, slide?: number): ExchangeAnswer
  range(at: Instant, bars: BarColumns): ExchangeAnswer
  /** `sessionEnds` is false for the bars of a session but its last: day orders live on. */
  close(
    at: Instant,
    tradeDate: TradeDate,
    bars: BarColumns,
    chains?: readonly OptionChain[],
    sessionEnds?: boolean,
  ): ExchangeAnswer
  /** Cancels a resting order; an order that is not resting (filled, unknown) gives an empty answer. */
  cancel(order: number): ExchangeAnswer
  /** Books a corporate action, expiry or assignment on the broker's own account. */
  apply(action: CorporateAction): ExchangeAnswer
  /** Money from or to outside: deposits, interest, borrow, funding; of the base currency where none is named. */
  post(amount: Money, currency?: CurrencyCode): void
  /** What one unit of a currency is worth in the base from now on. Orders in a currency without a rate are rejected. */
  setRate(currency: CurrencyCode, rate: number): void
  /** Changes money of one currency into another, both amounts as stated. */
  convert(conversion: Omit<CashConversion, 'sleeve'>): void
  /** Cash of every currency and positions at their marks, in counts of the base. */
  equity(): number
  /** Free initial margin, or free cash, in money counts. */
  buyingPower(): number
  /** What is missing to the maintenance requirement at the last marks; null when nothing is. */
  marginCall(): { readonly deficit: Money } | null
  /** Whether no price could bring a margin call: nothing is sold short and nothing borrowed. */
  owesNothing(): boolean
  /** Whether no margin call can come while the instrument is marked anywhere from `low` to `high`, all else unchanged. */
  bears(instrument: number, low: number, high: number): boolean
  /** The orders by which the broker would end the deficit, largest position first; empty when there is none. */
  forcedReduction(): readonly ForcedOrder[]
  /** Orders that rest now. */
  restingCount(): number
  /** All it remembers, to be taken between moments: `from` of another exchange. */
  state(): ExchangeState
}

interface Parts {
  readonly desk: Desk
  readonly book: WorkingOrder[]
  readonly order: WorkingOrder
  readonly answer: { states: readonly OrderAnswer[]; fills: FillColumns | null }
}

export function simulatedExchange(options: ExchangeOptions): SimulatedExchange {
  const listings = createListings(options.currency, options.cash, options.parity)
  const fills = fillColumns(options.account.id, (index) => listedInstrument(listings, index).id)
  const desk: Desk = {
    listings,
    rules: options.account,
    currency: options.currency,
    checks: options.checks ?? true,
    fills,
    states: [],
    chains: new Map(),
    slots: [],
    bar: { open: 0, high: 0, low: 0, close: 0, volume: 0 },
    now: Number.NaN,
    serial: 0,
    execution: 0,
    month: 0,
    sharesThisMonth: 0,
    excess: Number.NaN,
    slide: 0,
  }
  const parts: Parts = { desk, book: [], order: blankOrder(), answer: { states: desk.states, fills: null } }
  if (options.from !== undefined) {
    for (const instrument of options.from.instruments) listInstrument(listings, instrument, options.costs)
    takeExchangeState(desk, parts.book, options.from)
  }
  return {
    account: listings.account,
    list: (instrument) => listInstrument(listings, instrument, options.costs),
    open: (at, tradeDate, bars, chains = NO_CHAINS) => openBars(parts, at, tradeDate, bars, chains),
    submit(orders, moment, slide = 0) {
      desk.slide = slide
      const answer = submitOrders(parts, orders, moment)
      desk.slide = 0
      return answer
    },
    range: (at, bars) => rangeBars(parts, at, bars),
    close: (at, tradeDate, bars, chains = NO_CHAINS, sessionEnds = true) => {
      turnMonth(desk, tradeDate)
      return closeBars(parts, at, bars, chains, sessionEnds)
    },
    cancel: (id) => cancelOrder(parts, id),
    apply(action) {
      begin(parts, desk.now)
      applyAction(desk, parts.book, action)
      return finish(parts)
    },
    post(amount, currency = options.currency) {
      movePurse(listings, currencyPlace(listings, currency), amount)
      desk.excess = Number.NaN
    },
    setRate(currency, rate) {
      takeRate(listings, currency, rate)
      desk.excess = Number.NaN
    },
    convert({ from, sold, to, bought }) {
      movePurse(listings, currencyPlace(listings, from), 0 - sold)
      movePurse(listings, currencyPlace(listings, to), bought)
      desk.excess = Number.NaN
    },
    equity() {
      markWhenAsked(desk)
      return accountEquity(listings)
    },
    buyingPower() {
      markWhenAsked(desk)
      return freeMargin(desk)
    },
    marginCall() {
      if (owesNothing(desk)) return null
      markWhenAsked(desk)
      const deficit = maintenanceDeficit(desk)
      return deficit > 0 ? { deficit: money(Math.ceil(deficit)) } : null
    },
    owesNothing: () => owesNothing(desk),
    bears: (instrument, low, high) => isClearAt(desk, instrument, low) && isClearAt(desk, instrument, high),
    forcedReduction: () => reductionOrders(desk),
    ...optionEnds(desk),
    restingCount: () => parts.book.length,
    state: () => exchangeState(desk, parts.book),
  }
}

const NO_CHAINS: readonly OptionChain[] = []

function begin({ desk }: Parts, at: number): void {
  desk.now = at
  desk.fills.clear(at as Instant)
  if (desk.states.length > 0) desk.states.length = 0
}

function finish({ desk, answer }: Parts): ExchangeAnswer {
  answer.fills = desk.fills.count > 0 ? desk.fills : null
  return answer
}

function openBars(
  parts: Parts,
  at: Instant,
  tradeDate: TradeDate,
  bars: BarColumns,
  chains: readonly OptionChain[],
): ExchangeAnswer {
  const { desk } = parts
  begin(parts, at)
  turnMonth(desk, tradeDate)
  desk.serial += 1
  desk.excess = Number.NaN
  const slot = slotOf(desk, bars)
  slot.serial = desk.serial
  stand(slot, bars, 'auction', at)
  takeChains(desk, chains, at)
  if (parts.book.length > 0) tryResting(parts, slot, 'auction', 'all')
  return finish(parts)
}

/** A month's share tiers begin anew; orders for a close may come without any at its open. */
function turnMonth(desk: Desk, tradeDate: TradeDate): void {
  const month = Math.floor(tradeDate / 100)
  if (month === desk.month) return
  desk.month = month
  desk.sharesThisMonth = 0
}

/** The clock's place, found by its array of instruments; a new array of the same clock takes over its place. */
function slotOf(desk: Desk, bars: BarColumns): BarSlot {
  const { slots } = desk
  for (let place = 0; place < slots.length; place += 1)
    if (slots[place]!.bars.instrument === bars.instrument) return slots[place]!
  return newSlot(desk, bars)
}

function newSlot(desk: Desk, bars: BarColumns): BarSlot {
  const rowOf = new Int32Array(desk.listings.scale.length).fill(-1)
  bars.instrument.forEach((index, row) => {
    assert(index < rowOf.length, `instrument index "${index}" must be listed before its bars come`)
    rowOf[index] = row
  })
  const stale = desk.slots.findIndex((other) => sameInstruments(other.bars.instrument, bars.instrument))
  // What orders took from the bar that is under way still counts.
  const serial = stale >= 0 ? desk.slots[stale]!.serial : 0
  const slot: BarSlot = { bars, rowOf, moment: 'close', at: Number.NaN, serial }
  if (stale >= 0) desk.slots[stale] = slot
  else desk.slots.push(slot)
  return slot
}

function sameInstruments(one: Int32Array, other: Int32Array): boolean {
  return one.length === other.length && one.every((index, row) => index === other[row])
}

function stand(slot: BarSlot, bars: BarColumns, moment: Moment, at: number): void {
  slot.bars = bars
  slot.moment = moment
  slot.at = at
}

function takeChains(desk: Desk, chains: readonly OptionChain[], at: number): void {
  for (const chain of chains) desk.chains.set(chain.underlying, { chain, at })
}

function rangeBars(parts: Parts, at: Instant, bars: BarColumns): ExchangeAnswer {
  const { desk } = parts
  begin(parts, at)
  const slot = slotOf(desk, bars)
  stand(slot, bars, 'range', at)
  if (parts.book.length > 0) {
    tryResting(parts, slot, 'range', 'stops')
    tryResting(parts, slot, 'range', 'others')
  }
  return finish(parts)
}

function closeBars(
  parts: Parts,
  at: Instant,
  bars: BarColumns,
  chains: readonly OptionChain[],
  sessionEnds: boolean,
): ExchangeAnswer {
  const { desk, book } = parts
  begin(parts, at)
  const slot = slotOf(desk, bars)
  stand(slot, bars, 'close', at)
  takeChains(desk, chains, at)
  if (book.length > 0) {
    tryResting(parts, slot, 'close', 'all')
    if (sessionEnds) expireDayOrders(parts, slot)
  }
  if (desk.checks) markPositions(desk, slot)
  desk.excess = Number.NaN
  return finish(parts)
}

/** Whether the order belongs to the clock whose bars these are; a structure goes with the underlying of its first leg. */
function belongs(desk: Desk, order: WorkingOrder, slot: BarSlot): boolean {
  const { listings } = desk
  const own = order.legs === null ? order.instrument : order.legs[0]!.index
  const { option } = listedInstrument(listings, own)
  const index = option === null ? own : (listings.indexOf.get(option.underlying) ?? -1)
  return index >= 0 && index < slot.rowOf.length && slot.rowOf[index]! >= 0
}

function isStop(order: WorkingOrder): boolean {
  return order.type === TYPE_CODE.stop || (order.type === TYPE_CODE.stopLimit && !order.triggered)
}

function tryResting(parts: Parts, slot: BarSlot, moment: Moment, which: 'all' | 'stops' | 'others'): void {
  const { desk, book } = parts
  for (const order of book) {
    if (which !== 'all' && isStop(order) !== (which === 'stops')) continue
    // A limit meets the close within the bar's range already; options have no range and are tried at both quotes.
    if (moment === 'close' && order.type !== TYPE_CODE.close && !isQuoted(desk, order)) continue
    if (!belongs(desk, order, slot)) continue
    const open = tryOrder(desk, order, moment)
    if (open !== null && lapses(order, moment)) {
      order.dead = true
      say(desk, order.id, order.force === FORCE_CODE.cycle ? 'cancelled' : 'expired', open)
    }
  }
  sweep(book)
}

/** Drops what is filled or dead, in place. */
function sweep(book: WorkingOrder[]): void {
  let kept = 0
  for (const order of book) {
    if (order.dead || order.remaining === 0) continue
    book[kept] = order
    kept += 1
  }
  book.length = kept
}

function expireDayOrders({ desk, book }: Parts, slot: BarSlot): void {
  for (const order of book) {
    if (order.force !== FORCE_CODE.day || !belongs(desk, order, slot)) continue
    order.dead = true
    say(desk, order.id, 'expired', `"${orderName(desk, order)}" was not filled by the end of its day`)
  }
  sweep(book)
}

/** Without checks nobody reads marks on most bars: they are taken from the bars that stand closed when asked for. */
function markWhenAsked(desk: Desk): void {
  if (desk.checks) return
  for (const slot of desk.slots) if (slot.moment === 'close') markPositions(desk, slot)
}

function markPositions(desk: Desk, slot: BarSlot): void {
  const { account, isOption } = desk.listings
  const { close } = slot.bars
  for (let place = 0; place < account.heldCount; place += 1) {
    const index = account.held[place]!
    if (isOption[index] === 1) {
      const quote = quoteNow(desk, index)
      if (quote !== null) account.marks[index] = quote.mid
      continue
    }
    const row = index < slot.rowOf.length ? slot.rowOf[index]! : -1
    if (row < 0) continue
    const last = close[row]!
    if (!Number.isNaN(last)) account.marks[index] = last
  }
}

function submitOrders(parts: Parts, orders: OrderColumns, moment: Moment): ExchangeAnswer {
  const { desk } = parts
  begin(parts, desk.now)
  if (moment === 'range') {
    submitRows(parts, orders, moment, (row) => orders.type[row] === TYPE_CODE.stop)
    submitRows(parts, orders, moment, (row) => orders.type[row] !== TYPE_CODE.stop)
  } else if (desk.checks) {
    // Exits first: what they free is there for the entries of the same moment.
    submitRows(parts, orders, moment, (row) => orders.reducing[row] === 1)
    submitRows(parts, orders, moment, (row) => orders.reducing[row] !== 1)
  } else if (moment === 'auction') {
    for (let row = fillAuction(desk, orders, 0); row < orders.count; row = fillAuction(desk, orders, row + 1))
      submitRow(parts, orders, row, moment)
  } else {
    for (let row = 0; row < orders.count; row += 1) submitRow(parts, orders, row, moment)
  }
  return finish(parts)
}

function submitRows(parts: Parts, orders: OrderColumns, moment: Moment, now: (row: number) => boolean): void {
  for (let row = 0; row < orders.count; row += 1) if (now(row)) submitRow(parts, orders, row, moment)
}

function submitRow(parts: Parts, orders: OrderColumns, row: number, moment: Moment): void {
  // Crossed inside: nothing reaches the market.
  if (orders.quantity[row] === 0) return
  const { desk, order } = parts
  readOrder(desk, orders, row, order)
  const refusal = refusalOf(desk, order)
  if (refusal !== null) {
    say(desk, order.id, 'rejected', refusal)
    return
  }
  const open = tryOrder(desk, order, moment)
  if (open === null) return
  if (lapses(order, meetsAs(desk, order, moment))) {
    say(desk, order.id, order.force === FORCE_CODE.cycle ? 'cancelled' : 'expired', open)
    return
  }
  parts.book.push(resting(order))
  say(desk, order.id, 'working', open)
}

function cancelOrder(parts: Parts, id: number): ExchangeAnswer {
  const { desk, book } = parts
  begin(parts, desk.now)
  const order = book.find((candidate) => candidate.id === id)
  if (order !== undefined) {
    order.dead = true
    say(desk, id, 'cancelled', 'cancelled on request')
    sweep(book)
  }
  return finish(parts)
}
