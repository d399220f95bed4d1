/** In a run: closes of currency pairs become rates, and capital meant for other currencies is changed at the first one. */
import type { PortfolioConfig } from '../domain/config.ts'
import { countsPerUnit, type RateSource, rateSource } from '../domain/currencies.ts'
import type { MarketData } from '../domain/market.ts'
import { type CurrencyCode, money } from '../domain/units.ts'
import { give, type Run, type RunRates } from './drive.ts'
import type { BlockCursor } from './timeline.ts'

/** Where each currency in use gets its rate from: the first pair declared for it. */
export function ratesOf(market: MarketData, config: PortfolioConfig): RunRates {
  const codeOf = (currency: CurrencyCode): CurrencyCode => config.parity[currency] ?? currency
  const wanted = new Set(market.instruments.map(({ currency }) => codeOf(currency)))
  const pending = config.sleeves.flatMap((sleeve) =>
    (sleeve.capitalIn ?? []).map(({ currency, fraction }) => ({
      sleeve: sleeve.id,
      currency: codeOf(currency),
      amount: money(Math.floor(sleeve.capital * fraction)),
    })),
  )
  for (const { currency } of pending) wanted.add(currency)
  wanted.delete(config.currency)
  const sources: RateSource[] = []
  for (const instrument of market.instruments) {
    const source = rateSource(instrument, config.currency, config.parity)
    if (source !== null && wanted.delete(source.currency)) sources.push(source)
  }
  return { sources, known: new Map(), pending }
}

/** Before the cycle of a close: what the pairs that close now say about rates, to the broker and to the kernel. */
export function takeRates(run: Run, closing: readonly BlockCursor[]): void {
  const { sources, known } = run.rates
  const rates: { currency: CurrencyCode; rate: number }[] = []
  for (const { currency, instrument, inverse } of sources) {
    const price = closeOf(closing, instrument)
    if (!(price > 0)) continue
    const rate = inverse ? 1 / price : price
    if (known.get(currency) === rate) continue
    known.set(currency, rate)
    run.exchange.setRate(currency, rate)
    rates.push({ currency, rate })
  }
  if (rates.length === 0) return
  give(run, { kind: 'rates', tradeDate: run.tradeDate, rates })
  convertCapital(run)
}

function closeOf(closing: readonly BlockCursor[], instrument: number): number {
  for (const cursor of closing) {
    const column = cursor.instruments.indexOf(instrument)
    if (column >= 0) return cursor.bars().close[column]!
  }
  return Number.NaN
}

/** Changes what the configuration wants in other currencies, once, as far as the sleeve still has the money. */
function convertCapital(run: Run): void {
  const { rates } = run
  const due = rates.pending.filter(({ currency }) => rates.known.has(currency))
  if (due.length === 0) return
  rates.pending = rates.pending.filter((one) => !due.includes(one))
  const { runtime } = run.kernel
  const config = runtime.state.config!
  for (const { sleeve, currency, amount } of due) {
    const { books } = runtime.state
    const purse = books.cash[runtime.sleeveOrdinal.get(sleeve)! * books.currencies]!
    const sold = Math.min(amount, purse)
    const units = sold / countsPerUnit(config.currency) / rates.known.get(currency)!
    const bought = Math.floor(units * countsPerUnit(currency) + 0.5) // half up, to the book unit
    if (sold <= 0 || bought <= 0) continue
    const conversion = { sleeve, from: config.currency, sold: money(sold), to: currency, bought: money(bought) }
    run.exchange.convert(conversion)
    give(run, {
      kind: 'cash',
      account: config.account.id,
      currency: config.currency,
      amount: conversion.sold,
      cause: 'conversion',
      conversion,
    })
  }
}
