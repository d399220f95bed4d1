/** Bookings of money that moves without a trade: what it changes in the books, in what returns are measured from, and who is told. */
import type { CapitalCause } from '../../domain/capital.ts'
import { isEarned } from '../../domain/risk.ts'
import { money } from '../../domain/units.ts'
import { postFlow, postTransfer } from '../../pipeline/ledger/books.ts'
import { tellCapital } from '../capital/record.ts'
import { baseCounts } from '../positions/foreign.ts'
import { valueAll } from '../positions/valuation.ts'
import type { PostingKind } from '../records/observer.ts'
import type { Runtime } from '../runtime.ts'
import { shiftPortfolioPeak, shiftWatch } from '../watch/flows.ts'
import type { Transfer } from './deal.ts'
import { baseUnit } from './free-cash.ts'

/** Moves money of one currency between two sleeves of the account. */
export function bookTransfer(
  runtime: Runtime,
  { from, to, amount }: Transfer,
  currency: number,
  told: { readonly kind: PostingKind; readonly reason: string },
): void {
  const { books } = runtime.state
  const worth = amount * baseCounts(runtime, currency)
  const before = cashSum(books.cash, currency, books.currencies)
  postTransfer(books, currency, from, to, amount)
  runtime.observer?.transferred?.(before, cashSum(books.cash, currency, books.currencies))
  shiftMeasures(runtime, from, 0 - worth)
  shiftMeasures(runtime, to, worth)
  tellMoney(runtime, told.kind, from, 0 - worth, told.reason)
  tellMoney(runtime, told.kind, to, worth, told.reason)
}

/** Books money from or to outside in one sleeve; counts of the currency, negative for what leaves. */
export function bookFlow(runtime: Runtime, sleeve: number, currency: number, amount: number, reason: string): void {
  const worth = amount * baseCounts(runtime, currency)
  postFlow(runtime.state.books, currency, sleeve, amount)
  // interest and charges are results: what returns and falls are measured from stays where it is
  if (!isEarned(reason)) {
    shiftPortfolioPeak(runtime, worth / baseUnit(runtime))
    shiftMeasures(runtime, sleeve, worth)
  }
  tellMoney(runtime, 'transfer', sleeve, worth, reason)
}

/** Something of value has come to a sleeve from outside, or left it, in kind: no return of anybody. Base currency. */
export function shiftFlow(runtime: Runtime, sleeve: number, worth: number): void {
  shiftPortfolioPeak(runtime, worth)
  shiftMeasures(runtime, sleeve, worth * baseUnit(runtime))
}

/** Books transfers of the base currency, values everything anew and records what each sleeve had before and has now. */
export function moveCapital(
  runtime: Runtime,
  transfers: readonly Transfer[],
  cause: CapitalCause,
  reason: string,
): void {
  if (transfers.length === 0) return
  const moved = new Float64Array(runtime.sleeves.length)
  for (const transfer of transfers) {
    bookTransfer(runtime, transfer, 0, { kind: 'transfer', reason: cause })
    moved[transfer.from]! -= transfer.amount
    moved[transfer.to]! += transfer.amount
  }
  valueAll(runtime)
  moved.forEach((amount, sleeve) => {
    if (amount !== 0) recordMove(runtime, sleeve, amount, cause, reason)
  })
}

/** Money before and after is the sleeve's equity in the base currency. */
export function recordMove(
  runtime: Runtime,
  sleeve: number,
  amount: number,
  cause: CapitalCause,
  reason: string,
): void {
  const after = runtime.sleeves[sleeve]!.equity
  const before = after - amount / baseUnit(runtime)
  tellCapital(runtime, { cause, sleeve, before, after, reason, moved: money(amount) })
}

function cashSum(cash: Float64Array, currency: number, currencies: number): number {
  let sum = 0
  for (let purse = currency; purse < cash.length; purse += currencies) sum += cash[purse]!
  return sum
}

/** Tells the observer of money that moves without a trade, in counts of the base currency. */
function tellMoney(runtime: Runtime, kind: PostingKind, sleeve: number, cash: number, reason: string): void {
  const none = { order: 0, execution: 0, instrument: -1, quantity: 0, price: 0, fee: 0, realised: 0, before: 0 }
  runtime.observer?.posting({ ...none, kind, sleeve, cash, reason })
}

/** A flow moves what the next return and the day's loss are measured from, so that it is neither. Counts of the base currency. */
function shiftMeasures(runtime: Runtime, sleeve: number, counts: number): void {
  const { state } = runtime
  const amount = counts / baseUnit(runtime)
  const own = state.sleeves[sleeve]!
  shiftWatch(runtime, sleeve, amount)
  state.previousEquity[sleeve] = orNothing(state.previousEquity[sleeve]! + amount, baseUnit(runtime))
  own.dayStartEquity += amount
  own.equityBefore += amount
}

/** Less than half a count is what rounding leaves of nothing: measured from it, the next return would be a loss of everything. */
const orNothing = (amount: number, unit: number): number => (Math.abs(amount) * unit < 0.5 ? 0 : amount)
