/** Busts, corrections and late fees: what an execution did is taken back by its stored shares, and booked as it was. */
import { assert } from '../../domain/assert.ts'
import type { Amendment, BookedShare, Correction } from '../../domain/corrections.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import type { Money, Price, Quantity } from '../../domain/units.ts'
import { dealAmount, dealFill } from '../../pipeline/fills/attribute.ts'
import { postAccount } from '../../pipeline/ledger/books.ts'
import { postFee, postReversal } from '../../pipeline/ledger/reversal.ts'
import { takeBooking } from '../capital/trades.ts'
import { shutGate } from '../gates/gates.ts'
import { blankPart, bookPart, dropGuard } from '../orders/booking.ts'
import { centCounts } from '../orders/cents.ts'
import { realiseForeign } from '../positions/foreign.ts'
import { valueAll } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'
import type { Guard } from '../state.ts'
import { boundExits } from '../wishes/bound-exits.ts'
import { alertAmended, alertUnholdable } from './alerts.ts'
import { amendOrder } from './amend-order.ts'

interface Owned {
  readonly share: BookedShare
  /** Ordinal. */
  readonly sleeve: number
}

/** What every step of one correction needs. */
interface Amending {
  readonly runtime: Runtime
  readonly correction: Correction
  readonly instrument: number
  /** What was traded, and what of it was kept as a fee in kind. */
  readonly traded: readonly Owned[]
  readonly kept: readonly Owned[]
}

/** What goes on over a correction: the position is the one that it was. */
interface Opening {
  readonly guard: Guard | null
  readonly bar: number
  readonly at: number
  readonly side: number
}

const part = blankPart()

/** Books a correction of the account and of every sleeve that has a share; says how the execution stands from now on. */
export function amend(runtime: Runtime, correction: Correction): void {
  const instrument = runtime.byId.get(correction.instrument)
  assert(instrument !== undefined, `a correction names "${correction.instrument}", which is not listed`)
  const owned = correction.shares.map((share): Owned => {
    const sleeve = runtime.sleeveOrdinal.get(share.sleeve)
    assert(sleeve !== undefined, `a share names sleeve "${share.sleeve}", which is not configured`)
    return { share, sleeve }
  })
  if (isOfOldUnits(runtime, instrument, correction)) {
    holdBack(runtime, instrument, correction)
    return
  }
  const [traded, kept] = [owned.filter(({ share }) => !share.isFee), owned.filter(({ share }) => share.isFee)]
  const amending: Amending = { runtime, correction, instrument, traded, kept }
  const standing = standingAfter(amending, correction.amendment)
  runtime.state.executions += 1
  amendOrder(runtime, correction, standing)
  boundExits(runtime, instrument)
  const { number, execution } = correction
  runtime.observer?.amended?.({ number, corrects: execution, kind: correction.amendment.kind, shares: standing })
  tell(amending, standing)
  valueAll(runtime)
}

/** Whether its shares are counted in units that a split has made others of since. */
function isOfOldUnits({ state }: Runtime, instrument: number, { at, amendment }: Correction): boolean {
  const split = state.splits?.[instrument]
  return split !== undefined && at !== undefined && at < split && amendment.kind !== 'fee'
}

/** Nothing is guessed: the books stay, nothing of it trades, and the comparison with the broker says what is missing. */
function holdBack(
  runtime: Runtime,
  instrument: number,
  { number, execution, amendment, shares, evidence }: Correction,
): void {
  const { state } = runtime
  state.executions += 1
  runtime.observer?.amended?.({ number, corrects: execution, kind: amendment.kind, shares })
  shutGate(state, 'frozen', instrument, `${evidence} changes one from before a split: it is not booked`)
  const units = shares.reduce((sum, { quantity, isFee }) => sum + (isFee ? 0 : quantity), 0)
  alertAmended(runtime, instrument, units / state.instruments[instrument]!.unitsPerWhole, 'high')
}

/**
 * A position has changed behind a sleeve's back: somebody must know. Fees, in kind too, are everyday, unless a fee is of
 * coins that the sleeve has no more.
 */
function tell({ runtime, correction, instrument, traded }: Amending, standing: readonly BookedShare[]): void {
  const { kind } = correction.amendment
  if (kind === 'feeInKind') alertUnholdable(runtime, instrument)
  if (kind === 'fee' || kind === 'feeInKind') return
  const lost = standing.reduce((sum, { quantity, isFee }) => sum - (isFee ? 0 : quantity), sumOf(traded, 'quantity'))
  const whole = lost / runtime.state.instruments[instrument]!.unitsPerWhole
  alertAmended(runtime, instrument, whole, kind === 'bust' ? 'medium' : 'low')
}

function standingAfter(amending: Amending, amendment: Amendment): readonly BookedShare[] {
  switch (amendment.kind) {
    case 'bust':
      reverse(amending, [...amending.traded, ...amending.kept])
      return []
    case 'replaced':
      return replace(amending, amendment)
    case 'fee':
      return chargeAnew(amending, amendment.fee)
    case 'feeInKind':
      return takeInKind(amending, amendment)
  }
}

/** Takes bookings back, the last one first, exactly as they were made. */
function reverse({ runtime, correction, instrument }: Amending, owned: readonly Owned[]): void {
  let cash = 0
  for (const own of [...owned].reverse()) {
    cash += own.share.cash - own.share.fee
    reverseShare(runtime, correction, instrument, own)
  }
  const quantity = sumOf(owned, 'quantity')
  postAccount(runtime.state.books, instrument, 0 - quantity + 0, 0 - cash + 0)
  const traded = owned.filter(({ share }) => !share.isFee)
  const units = 0 - sumOf(traded, 'quantity')
  runtime.observer?.orderFilled(correction.order, units, correction.price, 0 - sumOf(owned, 'fee'))
}

function reverseShare(
  runtime: Runtime,
  { order, number, evidence }: Correction,
  instrument: number,
  { share, sleeve }: Owned,
): void {
  const { state } = runtime
  const { price } = share
  const at = sleeve * state.books.width + instrument
  const before = state.books.quantity[at]!
  const gained = postReversal(state.books, sleeve, instrument, share)
  const after = state.books.quantity[at]!
  if (after === 0) dropGuard(runtime, sleeve, instrument)
  else if (before === 0 || before > 0 !== after > 0) {
    dropGuard(runtime, sleeve, instrument)
    state.openedBar[at] = state.sleeves[sleeve]!.bars
    state.openedAt[at] = state.at
  }
  part.kind = 'reversal'
  part.order = order
  part.execution = number
  part.sleeve = sleeve
  part.instrument = instrument
  part.quantity = 0 - share.quantity
  part.price = price
  part.cash = 0 - share.cash
  part.fee = 0 - share.fee
  part.before = before
  part.reason = evidence
  part.realised = inBase(runtime, { sleeve, instrument, gained, fee: 0 - share.fee, before, after })
  const trades = state.capital?.trades
  if (trades !== undefined) takeBooking(runtime, trades, part)
  runtime.observer?.posting(part)
}

function inBase(
  runtime: Runtime,
  booking: {
    readonly sleeve: number
    readonly instrument: number
    readonly gained: number
    readonly fee: number
    readonly before: number
    readonly after: number
  },
): number {
  const { sleeve, instrument, gained, fee, before, after } = booking
  if (runtime.state.books.currency[instrument] === 0) return gained
  const shrinks = before !== 0 && Math.abs(after) < Math.abs(before)
  const closed = before * after <= 0 ? 1 : shrinks ? 1 - after / before : 0
  return realiseForeign(runtime, { sleeve, instrument, realised: gained, closed, fee, dividend: 0 })
}

/** Reverses the execution and books it as it was; the sleeves' parts stay in proportion. */
function replace(
  amending: Amending,
  { quantity, price, fee }: Extract<Amendment, { kind: 'replaced' }>,
): readonly BookedShare[] {
  const { runtime, correction, instrument, traded, kept } = amending
  const openings = traded.map(({ sleeve }) => openingOf(runtime, sleeve, instrument))
  const charged = fee ?? sumOf(traded, 'fee')
  reverse(amending, traded)
  const cash = tradedCash(quantity, price, runtime.perPrice[instrument]!)
  const signed = quantity > 0 ? 0 - cash : cash
  postAccount(runtime.state.books, instrument, quantity, signed - charged)
  const dealt = dealtOver(amending, quantity, { cash, fee: charged })
  const booked = traded.map(({ share, sleeve }, place) => {
    const { units, counts, fees } = dealt[place]!
    const own = { sleeve, quantity: units, price, cash: quantity > 0 ? 0 - counts : counts, fee: fees }
    const realised = bookAnew(amending, own)
    restore(runtime, { sleeve, instrument }, openings[place]!)
    return shareOf(share, { ...own, realised })
  })
  runtime.observer?.orderFilled(correction.order, quantity, price, charged)
  return [...booked, ...kept.map(({ share }) => share)]
}

/** @returns what it realised, in the instrument's currency */
function bookAnew(
  { runtime, correction, instrument }: Amending,
  own: {
    readonly sleeve: number
    readonly quantity: number
    readonly price: number
    readonly cash: number
    readonly fee: number
  },
): number {
  const { books } = runtime.state
  const at = own.sleeve * books.width + instrument
  const before = books.realised[at]!
  part.kind = 'correction'
  part.order = correction.order
  part.execution = correction.number
  part.sleeve = own.sleeve
  part.instrument = instrument
  part.quantity = own.quantity
  part.price = own.price
  part.cash = own.cash + 0
  part.fee = own.fee
  part.reason = correction.evidence
  part.protection = null
  bookPart(runtime, part)
  return books.realised[at]! - before
}

/** Whole steps by largest remainder over what the shares had; cash and fee over what they get. */
function dealtOver(
  { runtime, instrument, traded }: Amending,
  quantity: number,
  { cash, fee }: { readonly cash: number; readonly fee: number },
): readonly { readonly units: number; readonly counts: number; readonly fees: number }[] {
  const count = traded.length
  const side = quantity < 0 ? -1 : 1
  const step = runtime.step[instrument]!
  const weights = Float64Array.from(traded, ({ share }) => Math.abs(share.quantity) * side)
  const [units, counts, fees] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  dealFill(quantity, weights, count, step, units)
  dealAmount(cash, units, count, { quantityStep: step, amountStep: 1 }, counts)
  dealAmount(fee, units, count, { quantityStep: step, amountStep: centCounts(runtime, instrument) }, fees)
  return traded.map((_, place) => ({ units: units[place]!, counts: counts[place]!, fees: fees[place]! }))
}

/** The fee that was charged goes back, the one that the broker tells is split by the same shares. */
function chargeAnew(amending: Amending, fee: number): readonly BookedShare[] {
  const { runtime, correction, instrument, traded, kept } = amending
  const { books } = runtime.state
  const charged = sumOf(traded, 'fee')
  postAccount(books, instrument, 0, charged - fee)
  const weights = Float64Array.from(traded, ({ share }) => share.quantity)
  const fees = new Float64Array(traded.length)
  const measure = { quantityStep: runtime.step[instrument]!, amountStep: centCounts(runtime, instrument) }
  dealAmount(fee, weights, traded.length, measure, fees)
  runtime.observer?.orderFilled(correction.order, 0, correction.price, fee - charged)
  const standing = traded.map(({ share, sleeve }, place) => {
    charge(amending, { kind: 'reversal', sleeve, fee: 0 - share.fee })
    charge(amending, { kind: 'correction', sleeve, fee: fees[place]! })
    return shareOf(share, { ...share, fee: fees[place]! })
  })
  return [...standing, ...kept.map(({ share }) => share)]
}

function charge(
  amending: Amending,
  own: { readonly kind: 'reversal' | 'correction'; readonly sleeve: number; readonly fee: number },
): void {
  const { runtime, instrument } = amending
  const { sleeve, fee } = own
  const currency = runtime.state.books.currency[instrument]!
  postFee(runtime.state.books, sleeve, currency, fee)
  if (currency !== 0) realiseForeign(runtime, { sleeve, instrument, realised: 0, closed: 0, fee, dividend: 0 })
  tellFee(amending, own)
}

function tellFee(
  { runtime, correction, instrument }: Amending,
  { kind, sleeve, fee }: { readonly kind: 'reversal' | 'correction'; readonly sleeve: number; readonly fee: number },
): void {
  const { state } = runtime
  part.kind = kind
  part.order = correction.order
  part.execution = correction.number
  part.sleeve = sleeve
  part.instrument = instrument
  part.quantity = 0
  part.price = correction.price
  part.cash = 0
  part.fee = fee + 0
  part.realised = 0
  part.before = state.books.quantity[sleeve * state.books.width + instrument]!
  part.reason = correction.evidence
  const trades = state.capital?.trades
  if (trades !== undefined && part.before !== 0) takeBooking(runtime, trades, part)
  runtime.observer?.posting(part)
}

/** Units that were kept as a fee: as if they had been sold at their price and the fee paid with the money. */
function takeInKind(
  amending: Amending,
  { quantity, price }: Extract<Amendment, { kind: 'feeInKind' }>,
): readonly BookedShare[] {
  const { runtime, correction, instrument, traded } = amending
  const side = sumOf(traded, 'quantity') < 0 ? -1 : 1
  const worth = tradedCash(quantity, price, runtime.perPrice[instrument]!)
  postAccount(runtime.state.books, instrument, 0 - quantity * side, 0)
  const dealt = dealtOver(amending, quantity, { cash: worth, fee: worth })
  const kept = traded.map(({ share, sleeve }, place) => {
    const { units, counts } = dealt[place]!
    // What a short pays in kind it buys back first: the fee is what that costs, so that no money moves.
    const cash = side > 0 ? counts : 0 - counts
    const own = { sleeve, quantity: 0 - units * side, price, cash, fee: cash }
    return { ...shareOf(share, { ...own, realised: bookAnew(amending, own) }), isFee: true as const }
  })
  return [...correction.shares, ...kept]
}

function shareOf(
  { sleeve }: BookedShare,
  own: Readonly<Record<'quantity' | 'price' | 'cash' | 'fee' | 'realised', number>>,
): BookedShare {
  return {
    sleeve,
    quantity: (own.quantity + 0) as Quantity,
    price: own.price as Price,
    cash: (own.cash + 0) as Money,
    fee: (own.fee + 0) as Money,
    realised: own.realised,
  }
}

function sumOf(owned: readonly Owned[], field: 'quantity' | 'fee'): number {
  return owned.reduce((sum, { share }) => sum + share[field], 0)
}

function openingOf({ state }: Runtime, sleeve: number, instrument: number): Opening {
  const at = sleeve * state.books.width + instrument
  const guard = state.guards.find((one) => one.sleeve === sleeve && one.instrument === instrument) ?? null
  return {
    guard: guard === null ? null : { ...guard },
    bar: state.openedBar[at]!,
    at: state.openedAt[at]!,
    side: Math.sign(state.books.quantity[at]!),
  }
}

/** A position on the side that it was on has been open as long as before, and keeps its exits. */
function restore(
  { state }: Runtime,
  { sleeve, instrument }: { readonly sleeve: number; readonly instrument: number },
  opening: Opening,
): void {
  const at = sleeve * state.books.width + instrument
  if (opening.side === 0 || Math.sign(state.books.quantity[at]!) !== opening.side) return
  state.openedBar[at] = opening.bar
  state.openedAt[at] = opening.at
  const isKept = state.guards.some((one) => one.sleeve === sleeve && one.instrument === instrument)
  if (!isKept && opening.guard !== null) state.guards.push(opening.guard)
}
