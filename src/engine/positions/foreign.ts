/** Money in other currencies: what a change of their rates does, and foreign bookings in the base currency. */
import { assert } from '../../domain/assert.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { CashConversion } from '../../domain/risk.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { postConversion } from '../../pipeline/ledger/books.ts'
import { currencyColumn, type Runtime } from '../runtime.ts'
import { valueAll } from './valuation.ts'

/** Takes the rates and values everything anew; what the change alone does to a sleeve is its currency gain. */
export function onRates(runtime: Runtime, event: Extract<EngineEvent, { kind: 'rates' }>): void {
  runtime.tradeDate = event.tradeDate
  for (const { currency, rate } of event.rates) {
    const column = currencyColumn(runtime, currency)
    assert(column > 0, `"${currency}" is the base currency or equal to it; it has no rate`)
    assert(rate > 0 && rate < Number.POSITIVE_INFINITY, `a rate must be positive and finite, was "${rate}"`)
    takeRate(runtime, column, rate)
  }
  valueAll(runtime)
}

function takeRate(runtime: Runtime, currency: number, rate: number): void {
  const { state, unitValue } = runtime
  const { books, mark } = state
  const before = state.rate[currency]!
  if (before === rate) return
  state.rate[currency] = rate
  // Before the first rate nothing can be held, so the first one changes no value.
  if (!Number.isNaN(before)) gainOnRate(runtime, currency, rate - before)
  for (let index = 0; index < state.instruments.length; index += 1) {
    if (books.currency[index] !== currency) continue
    const value = mark[index]! * books.scale[index]! * rate
    unitValue[index] = Number.isNaN(value) ? 0 : value
  }
}

function gainOnRate(runtime: Runtime, currency: number, move: number): void {
  const { state } = runtime
  const { books, mark } = state
  const foreign = state.foreign!
  const perUnit = countsPerUnit(state.currencies[currency] as CurrencyCode)
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) {
    let value = books.cash[sleeve * books.currencies + currency]! / perUnit
    for (let index = 0; index < state.instruments.length; index += 1) {
      const at = sleeve * books.width + index
      const quantity = books.quantity[at]!
      if (quantity === 0 || books.currency[index] !== currency) continue
      const cost = books.cost[at]! * books.multiplier[index]!
      const worth = Number.isNaN(mark[index]!) ? cost : quantity * mark[index]! * books.scale[index]!
      value += worth
      foreign.onGains[at] = foreign.onGains[at]! + move * (worth - cost)
    }
    foreign.currencyGain[sleeve] = foreign.currencyGain[sleeve]! + move * value
  }
}

/**
 * Takes a booking in a foreign currency into the sleeve's figures, at the rate of this moment. What the rate did to the
 * gain while it was open is in the currency gain already, so it is no part of the realised gain.
 *
 * @param realised in the instrument's currency
 * @param closed part of the position that the booking closes, 0 to 1
 * @returns the realised gain in the base currency
 */
export function realiseForeign(
  runtime: Runtime,
  booking: {
    readonly sleeve: number
    readonly instrument: number
    readonly realised: number
    readonly closed: number
    readonly fee: number
    readonly dividend: number
  },
): number {
  const { state } = runtime
  const { sleeve, instrument } = booking
  const foreign = state.foreign!
  const at = sleeve * state.books.width + instrument
  const currency = state.books.currency[instrument]!
  const rate = state.rate[currency]!
  const perUnit = countsPerUnit(state.currencies[currency] as CurrencyCode)
  const moved = foreign.onGains[at]! * booking.closed
  const realised = booking.realised * rate - moved
  foreign.onGains[at] = foreign.onGains[at]! - moved
  foreign.realised[sleeve] = foreign.realised[sleeve]! + realised
  foreign.fees[sleeve] = foreign.fees[sleeve]! + (booking.fee / perUnit) * rate
  foreign.dividends[sleeve] = foreign.dividends[sleeve]! + (booking.dividend / perUnit) * rate
  return realised
}

/** Counts of the base currency that one count of a currency is worth; 1 for the base itself. */
export function baseCounts(runtime: Runtime, currency: number): number {
  if (currency === 0) return 1
  const { currencies, rate } = runtime.state
  const [base, own] = [currencies[0] as CurrencyCode, currencies[currency] as CurrencyCode]
  return rate[currency]! * (countsPerUnit(base) / countsPerUnit(own))
}

/** Books a conversion as stated; what it gains or loses against the rates of the moment is a currency gain. */
export function convert(runtime: Runtime, conversion: CashConversion): void {
  const { state } = runtime
  const { sold, bought } = conversion
  const sleeve = runtime.sleeveOrdinal.get(conversion.sleeve)
  assert(sleeve !== undefined, `a conversion names sleeve "${conversion.sleeve}", which is not configured`)
  assert(sold > 0 && bought > 0, `a conversion gives up and gets more than 0, was "${sold}" for "${bought}"`)
  const from = currencyColumn(runtime, conversion.from)
  const to = currencyColumn(runtime, conversion.to)
  assert(from !== to, `a conversion is between two currencies, was "${conversion.from}" to "${conversion.to}"`)
  postConversion(state.books, sleeve, { currency: from, amount: sold }, { currency: to, amount: bought })
  const foreign = state.foreign!
  const perUnit = countsPerUnit(state.currencies[0] as CurrencyCode)
  const [given, got] = [sold * baseCounts(runtime, from), bought * baseCounts(runtime, to)]
  foreign.currencyGain[sleeve] = foreign.currencyGain[sleeve]! + (got - given) / perUnit
  const reason = `${state.currencies[from]} to ${state.currencies[to]}`
  runtime.observer?.converted?.(sleeve, from, 0 - sold, reason)
  runtime.observer?.converted?.(sleeve, to, bought, reason)
}
