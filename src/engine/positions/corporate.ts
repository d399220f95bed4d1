/** Corporate actions on live positions: share counts and cost change, cash is paid, no profit appears from nowhere. */
import { assert } from '../../domain/assert.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { CorporateAction } from '../../domain/market.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import type { InstrumentId } from '../../domain/units.ts'
import { dealFill } from '../../pipeline/fills/attribute.ts'
import { postAccount } from '../../pipeline/ledger/books.ts'
import { cashEntitlements, splitEntitlements } from '../../pipeline/ledger/entitlements.ts'
import { externalOf } from '../external/sleeve.ts'
import { holdsBack } from '../gates/gates.ts'
import { blankPart, bookPart, dropGuard } from '../orders/booking.ts'
import { endStream } from '../rebalance/standing.ts'
import type { PostingKind } from '../records/observer.ts'
import { type Runtime, setMark } from '../runtime.ts'
import { held, release, reserve, type StructurePosition, type Waiting } from '../state.ts'
import { countClosing } from '../watch/closings.ts'
import { endWaiting, exitRoom, waitFor } from '../wishes/waiting.ts'
import { applyAdjustment } from './adjustment.ts'
import { applyBorrow, applyFunding } from './financing.ts'
import { realiseForeign } from './foreign.ts'
import { applyRoll } from './rolling.ts'
import { structureLabel } from './structures.ts'

/** In the money by at least this much, an expiring contract is exercised without instruction. */
const EXERCISE_MIN = 0.01

export function applyAction(runtime: Runtime, action: CorporateAction): void {
  const index = runtime.byId.get(action.instrument)
  assert(index !== undefined, `a corporate action names "${action.instrument}", which was never listed`)
  const instrument = runtime.state.instruments[index]!
  switch (action.kind) {
    case 'split':
      applySplit(runtime, instrument, action.numerator, action.denominator, action.priceAfter)
      break
    case 'dividend':
      applyDividend(runtime, instrument, action.amount)
      break
    case 'funding':
      applyFunding(runtime, instrument, action)
      break
    case 'borrow':
      applyBorrow(runtime, instrument, action)
      break
    case 'roll':
      applyRoll(runtime, instrument, action)
      break
    case 'ended':
      applyEnd(runtime, instrument, action.price, action.cause)
      break
    case 'expiry':
      applyExpiry(runtime, instrument, action.underlyingPrice, action.settlement === 'cash')
      break
    case 'assignment':
      applyAssignment(runtime, instrument, action.underlyingPrice)
      break
    case 'adjustment':
      applyAdjustment(runtime, action.contracts, action.count)
      break
  }
}

function holdings(runtime: Runtime, instrument: number): Float64Array {
  return Float64Array.from(runtime.sleeves, (_, sleeve) => held(runtime.state, sleeve, instrument))
}

function applySplit(
  runtime: Runtime,
  instrument: Instrument,
  numerator: number,
  denominator: number,
  priceAfter: number | null,
): void {
  const { state } = runtime
  const { books } = state
  const index = instrument.index
  const before = holdings(runtime, index)
  const whole = new Float64Array(before.length)
  const fraction = new Float64Array(before.length)
  const broker = splitEntitlements(before, { numerator, denominator, step: instrument.step }, whole, fraction)
  const markAfter = (state.mark[index]! * denominator) / numerator
  const price = priceAfter ?? markAfter
  const scale = runtime.perPrice[index]!
  let brokerFraction = 0
  for (const part of fraction) brokerFraction += part
  // Without a fraction no price is needed: the split may come before the first bar.
  const paid = (part: number): number => (part === 0 ? 0 : signed(part, tradedCash(part, price, scale)))
  const brokerCash = paid(brokerFraction)
  const cash = fraction.map(paid)
  balance(cash, before, brokerCash)
  for (let sleeve = 0; sleeve < before.length; sleeve += 1) {
    if (before[sleeve] === 0) continue
    const at = sleeve * books.width + index
    const perWhole = books.perWhole[index]!
    const average = ((books.cost[at]! / (before[sleeve]! / perWhole)) * denominator) / numerator
    // The fraction is settled at the price after the split, against the average cost after it.
    let realised = (fraction[sleeve]! / perWhole) * books.multiplier[index]! * (price - average)
    books.quantity[at] = whole[sleeve]!
    if (whole[sleeve] === 0) dropGuard(runtime, sleeve, index)
    books.cost[at] = (whole[sleeve]! / perWhole) * average
    books.realised[at] = books.realised[at]! + realised
    if (books.currency[index] !== 0) {
      const closed = fraction[sleeve]! / (whole[sleeve]! + fraction[sleeve]!)
      realised = realiseForeign(runtime, { sleeve, instrument: index, realised, closed, fee: 0, dividend: 0 })
    }
    books.cash[sleeve * books.currencies + books.currency[index]!]! += cash[sleeve]!
    observe(runtime, {
      kind: 'split',
      sleeve,
      index,
      quantity: whole[sleeve]! - before[sleeve]!,
      price,
      cash: cash[sleeve]!,
      realised,
      before: before[sleeve]!,
      reason: `${numerator}:${denominator}`,
    })
  }
  postAccount(books, index, broker - books.accountQuantity[index]!, brokerCash)
  state.waiting = state.waiting
    .map((wish) => (wish.instrument === index ? rebuilt(runtime, wish, numerator, denominator) : wish))
    .filter((wish) => wish.quantity !== 0)
  if (!Number.isNaN(state.mark[index]!)) setMark(runtime, index, markAfter)
  if (externalOf(runtime) >= 0) state.splits = { ...state.splits, [index]: state.at }
  // Levels on the signal scale are compared with raw prices from this very auction on.
  state.factor[index] = (state.factor[index]! * numerator) / denominator
}

/** A wish that waits over an ex-date keeps its value: count and prices follow the ratio. */
function rebuilt(runtime: Runtime, wish: Waiting, numerator: number, denominator: number): Waiting {
  const { state } = runtime
  const step = state.instruments[wish.instrument]!.step
  const steps = Math.trunc((wish.quantity * numerator) / denominator / step)
  release(state, wish.sleeve, wish.instrument, wish.quantity)
  const quantity = steps * step + 0
  if (quantity === 0) state.ended.lapsed += 1
  else reserve(state, wish.sleeve, wish.instrument, quantity)
  return {
    ...wish,
    quantity,
    limit: (wish.limit * denominator) / numerator,
    stop: (wish.stop * denominator) / numerator,
  }
}

const signed = (sign: number, magnitude: number): number => (sign < 0 ? 0 - magnitude : magnitude)

/** A last count between the sleeves' roundings and the broker's goes to the largest holder. */
function balance(parts: Float64Array, held: Float64Array, total: number): void {
  let sum = 0
  let largest = 0
  for (let index = 0; index < parts.length; index += 1) {
    sum += parts[index]!
    if (Math.abs(held[index]!) > Math.abs(held[largest]!)) largest = index
  }
  if (parts.length > 0) parts[largest] = parts[largest]! + (total - sum)
}

function applyDividend(runtime: Runtime, instrument: Instrument, amount: number): void {
  const { books } = runtime.state
  const index = instrument.index
  const before = holdings(runtime, index)
  const cash = new Float64Array(before.length)
  const broker = cashEntitlements(
    before,
    { perWhole: amount, scale: runtime.perPrice[index]!, step: instrument.step },
    cash,
  )
  for (let sleeve = 0; sleeve < before.length; sleeve += 1) {
    if (cash[sleeve] === 0) continue
    books.cash[sleeve * books.currencies + books.currency[index]!]! += cash[sleeve]!
    const purse = sleeve * books.currencies + books.currency[index]!
    books.dividends[purse] = books.dividends[purse]! + cash[sleeve]!
    if (books.currency[index] !== 0)
      realiseForeign(runtime, { sleeve, instrument: index, realised: 0, closed: 0, fee: 0, dividend: cash[sleeve]! })
    observe(runtime, {
      kind: 'dividend',
      sleeve,
      index,
      quantity: 0,
      price: amount,
      cash: cash[sleeve]!,
      realised: 0,
      before: before[sleeve]!,
      reason: 'dividend',
    })
  }
  postAccount(books, index, 0, broker)
}

interface Observed {
  readonly kind: PostingKind
  readonly sleeve: number
  readonly index: number
  readonly quantity: number
  readonly price: number
  readonly cash: number
  readonly realised: number
  readonly before: number
  readonly reason: string
}

function observe(runtime: Runtime, row: Observed): void {
  const { index: instrument, ...told } = row
  runtime.observer?.posting({ ...told, order: 0, execution: 0, instrument, fee: 0 })
}

/** Every sleeve's position ends at the price; what waits for the instrument ends with it. */
function applyEnd(runtime: Runtime, instrument: Instrument, price: number, cause: string): void {
  closeAll(runtime, instrument, price, 'ended', cause)
  const { state } = runtime
  state.delisted[instrument.index] = 1
  const over = state.waiting.filter((wish) => wish.instrument === instrument.index)
  state.waiting = state.waiting.filter((wish) => wish.instrument !== instrument.index)
  for (const wish of over) endWaiting(runtime, wish, 'cancelled', 'notListed')
  if (runtime.recorded.has(instrument.index)) endStream(runtime, instrument.index)
}

function closeAll(runtime: Runtime, instrument: Instrument, price: number, kind: PostingKind, reason: string): void {
  const before = holdings(runtime, instrument.index)
  closeParts(
    runtime,
    instrument,
    Float64Array.from(before, (quantity) => 0 - quantity),
    price,
    kind,
    reason,
  )
}

/** Trades at a given price on every sleeve's book and on the account: ends, expiries and exercises. */
function closeParts(
  runtime: Runtime,
  instrument: Instrument,
  quantities: Float64Array,
  price: number,
  kind: PostingKind,
  reason: string,
): void {
  const scale = runtime.perPrice[instrument.index]!
  let net = 0
  for (const quantity of quantities) net += quantity
  const total = 0 - signed(net, tradedCash(net, price, scale))
  const cash = Float64Array.from(quantities, (quantity) => 0 - signed(quantity, tradedCash(quantity, price, scale)))
  balance(cash, quantities, total)
  for (let sleeve = 0; sleeve < quantities.length; sleeve += 1) {
    if (quantities[sleeve] === 0) continue
    const own = { sleeve, instrument: instrument.index, quantity: quantities[sleeve]!, cash: cash[sleeve]! }
    bookPart(runtime, { ...blankPart(), ...own, kind, price, reason })
  }
  postAccount(runtime.state.books, instrument.index, net, total)
}

function intrinsicOf(instrument: Instrument, spot: number): number {
  const { right, strike } = instrument.option!
  return Math.max(0, right === 'put' ? strike - spot : spot - strike)
}

function applyExpiry(runtime: Runtime, contract: Instrument, spot: number, inMoney: boolean): void {
  const contracts = holdings(runtime, contract.index)
  const value = intrinsicOf(contract, spot)
  const exercised = value >= EXERCISE_MIN
  const cashSettled = inMoney || contract.option!.style === 'european'
  // Premium is realised in full: the contract leaves the books at nothing, or at its cash settlement.
  closeAll(runtime, contract, exercised && cashSettled ? value : 0, 'expiry', 'expiry')
  if (exercised && !cashSettled) deliver(runtime, contract, contracts, spot, 'expiry')
  setMark(runtime, contract.index, 0)
  endLegs(runtime, contract.index, 'expiry', () => true)
}

/** The account's net short is assigned; among sleeves it falls on the short ones by largest remainder. */
function applyAssignment(runtime: Runtime, contract: Instrument, spot: number): void {
  const before = holdings(runtime, contract.index)
  const net = runtime.state.books.accountQuantity[contract.index]!
  if (net >= 0) return
  const assigned = new Float64Array(before.length)
  dealFill(
    -net,
    Float64Array.from(before, (quantity) => (quantity < 0 ? -quantity : 0)),
    before.length,
    1,
    assigned,
  )
  closeParts(runtime, contract, assigned, 0, 'assignment', 'assignment')
  deliver(
    runtime,
    contract,
    Float64Array.from(assigned, (quantity) => 0 - quantity),
    spot,
    'assignment',
  )
  endLegs(runtime, contract.index, 'assignment', (sleeve) => assigned[sleeve] !== 0)
}

/** Shares change hands at the strike; a sleeve that did not want them sells or covers them at the next auction. */
function deliver(
  runtime: Runtime,
  contract: Instrument,
  contracts: Float64Array,
  spot: number,
  kind: 'expiry' | 'assignment',
): void {
  const { underlying, right, strike } = contract.option!
  const index = runtime.byId.get(underlying)!
  const shares = runtime.state.instruments[index]!
  const direction = right === 'put' ? -1 : 1
  const quantities = Float64Array.from(
    contracts,
    (count) => count * direction * contract.multiplier * shares.unitsPerWhole,
  )
  closeParts(runtime, shares, quantities, strike, kind, kind)
  quantities.forEach((quantity, sleeve) => {
    if (quantity !== 0 && !keepsShares(runtime, contract.index, sleeve))
      runtime.state.leftovers.push({ instrument: index, sleeve, quantity, reason: kind })
  })
  setMark(runtime, index, spot)
}

/** Whether a sleeve's structure with this contract was opened to keep what comes out of it. */
function keepsShares({ state }: Runtime, contract: number, sleeve: number): boolean {
  return state.structures.some(
    (position) => position.keepsShares === true && position.sleeve === sleeve && position.contracts.includes(contract),
  )
}

/** A structure that lost a leg is over: what is left of it, contracts and shares, is closed at the next auction. */
function endLegs(
  runtime: Runtime,
  contract: number,
  reason: 'expiry' | 'assignment',
  concerns: (sleeve: number) => boolean,
): void {
  const { state } = runtime
  const over: StructurePosition[] = []
  for (const position of state.structures)
    if (position.contracts.includes(contract) && concerns(position.sleeve)) over.push(position)
  if (over.length === 0) return
  state.structures = state.structures.filter((position) => !over.includes(position))
  for (const position of over) {
    position.contracts.forEach((instrument, leg) => {
      const quantity = position.quantity * position.legs[leg]!.ratio
      state.leftovers.push({ instrument, sleeve: position.sleeve, quantity, reason })
    })
    state.waitingStructures = state.waitingStructures.filter((wish) => {
      if (wish.structure !== position.id) return true
      state.ended.superseded += 1
      return false
    })
    countClosing(state, position.sleeve)
    runtime.observer?.structureClosed({
      structure: position.id,
      sleeve: position.sleeve,
      label: structureLabel(state.instruments[position.underlying]!.symbol, position.legs),
      quantity: position.quantity,
      premium: 0,
      money: 0,
      order: 0,
      reason,
      exitReason: reason,
      at: state.at,
      tradeDate: runtime.tradeDate,
    })
  }
}

type Leftover = Runtime['state']['leftovers'][number]

/** Whether it can trade now without leaving a sold contract bare: one needs a quote, what covers it goes with it or later. */
function isClosable(runtime: Runtime, one: Leftover): boolean {
  const { state } = runtime
  const underlyingOf = (index: number): InstrumentId | null => state.instruments[index]!.option?.underlying ?? null
  const underlying = underlyingOf(one.instrument)
  if (underlying === null || held(state, one.sleeve, one.instrument) === 0) return true
  if (one.quantity < 0) return isTradable(runtime, one)
  return state.leftovers.every(
    (other) =>
      other.sleeve !== one.sleeve ||
      other.quantity >= 0 ||
      underlyingOf(other.instrument) !== underlying ||
      held(state, other.sleeve, other.instrument) === 0 ||
      isTradable(runtime, other),
  )
}

/** Whether the contract has a quote, and no gate holds its sale or purchase back. */
function isTradable(runtime: Runtime, { instrument, sleeve }: Leftover): boolean {
  const { underlying, expiry, right, strike } = runtime.state.instruments[instrument]!.option!
  const isQuoted = (runtime.chains.get(underlying)?.quote(expiry, right, strike) ?? null) !== null
  return isQuoted && holdsBack(runtime, { sleeve, instrument, reducing: true }) === null
}

/** Sells or covers what an expiry or assignment left behind, as far as its sleeve still holds it; peers keep theirs. */
export function closeLeftovers(runtime: Runtime, auctioned: (instrument: number) => boolean): void {
  const { state } = runtime
  if (state.leftovers.length === 0) return
  const due = state.leftovers.filter((one) => auctioned(one.instrument) && isClosable(runtime, one))
  if (due.length === 0) return
  state.leftovers = state.leftovers.filter((leftover) => !due.includes(leftover))
  for (const { instrument, sleeve, quantity, reason } of due) {
    const side = quantity > 0 ? -1 : 1
    const closing = Math.min(Math.abs(quantity), exitRoom(state, sleeve, instrument, side))
    if (closing === 0) continue
    waitFor(runtime, {
      sleeve,
      instrument,
      quantity: closing * side,
      terms: { type: 'market', force: 'day' },
      reducing: true,
      reason,
      protection: null,
    })
  }
}
