/** What holding costs or earns without a trade: funding of perpetuals, borrowed shares. Every sleeve on its own count. */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { CorporateAction } from '../../domain/market.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { borrowPerWhole } from '../../exchange/financing.ts'
import { postAccount } from '../../pipeline/ledger/books.ts'
import { borrowCharges, cashEntitlements } from '../../pipeline/ledger/entitlements.ts'
import type { Runtime } from '../runtime.ts'
import { held } from '../state.ts'

type ActionOf<Kind> = Extract<CorporateAction, { readonly kind: Kind }>

/** Longs pay shorts; a negative rate the other way round. */
export function applyFunding(runtime: Runtime, instrument: Instrument, { rate, price }: ActionOf<'funding'>): void {
  const perWhole = Math.abs(rate) * (price ?? runtime.state.mark[instrument.index]!)
  if (!(perWhole > 0)) return
  const before = holdings(runtime, instrument.index)
  const cash = new Float64Array(before.length)
  const side = rate > 0 ? -1 : 1
  const broker = side * cashEntitlements(before, paymentOf(runtime, instrument, perWhole), cash)
  for (let sleeve = 0; sleeve < cash.length; sleeve += 1) cash[sleeve] = side * cash[sleeve]!
  post(runtime, instrument, { kind: 'funding', price: rate, before, cash, broker })
}

/** Shorts pay for what they borrow; from now on the instrument can be borrowed, or not. */
export function applyBorrow(runtime: Runtime, instrument: Instrument, action: ActionOf<'borrow'>): void {
  const { state } = runtime
  const { index } = instrument
  takeAvailability(runtime, index, action.isAvailable)
  const perWhole = borrowPerWhole(action, state.mark[index]!)
  if (!(perWhole > 0)) return
  const before = holdings(runtime, index)
  if (!before.some((quantity) => quantity < 0)) return
  const cash = new Float64Array(before.length)
  const broker = borrowCharges(before, paymentOf(runtime, instrument, perWhole), cash)
  post(runtime, instrument, { kind: 'borrow', price: action.rate, before, cash, broker })
}

function takeAvailability({ state }: Runtime, index: number, isAvailable: boolean): void {
  const known = state.unborrowable ?? []
  if (known.includes(index) !== isAvailable) return
  state.unborrowable = isAvailable
    ? known.filter((other) => other !== index)
    : [...known, index].sort((one, other) => one - other)
}

function holdings(runtime: Runtime, instrument: number): Float64Array {
  return Float64Array.from(runtime.sleeves, (_, sleeve) => held(runtime.state, sleeve, instrument))
}

function paymentOf(runtime: Runtime, { index, step }: Instrument, perWhole: number) {
  return { perWhole, scale: runtime.perPrice[index]!, step }
}

interface Payment {
  readonly kind: 'funding' | 'borrow'
  /** The rate stands where a trade has its price. */
  readonly price: number
  readonly before: Float64Array
  readonly cash: Float64Array
  readonly broker: number
}

function post(runtime: Runtime, { index }: Instrument, { kind, price, before, cash, broker }: Payment): void {
  const { books, capital, currencies, rate } = runtime.state
  const currency = books.currency[index]!
  const perUnit = countsPerUnit(currencies[currency] as CurrencyCode)
  for (let sleeve = 0; sleeve < before.length; sleeve += 1) {
    const amount = cash[sleeve]!
    if (amount === 0) continue
    const purse = sleeve * books.currencies + currency
    books.cash[purse] = books.cash[purse]! + amount
    // A trade that lives on funding is won or lost by it.
    const open = capital?.trades?.open
    const at = sleeve * books.width + index
    if (open !== undefined) open[at] = open[at]! + (amount / perUnit) * rate[currency]!
    const none = { order: 0, execution: 0, quantity: 0, fee: 0, realised: 0 }
    const told = { kind, sleeve, instrument: index, price, cash: amount, before: before[sleeve]!, reason: kind }
    runtime.observer?.posting({ ...none, ...told })
  }
  postAccount(books, index, 0, broker)
}
